from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.models.media import MediaFile
from govsocial.web.as_of_now import as_of_now


class MediaVariant(models.Model):
    """A picture made from another one, so that a platform takes it. The same rule makes the same
    bytes once: later programs may encode otherwise, what was approved stays what it was."""

    original = models.ForeignKey(MediaFile, models.PROTECT, related_name="variants")
    file = models.ForeignKey(MediaFile, models.PROTECT, related_name="made_from")
    # ``content.variants.Rule.name``: what it had to be.
    rule = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("media variant")
        verbose_name_plural = _("media variants")
        constraints = [
            models.UniqueConstraint(fields=["original", "rule"], name="media_variant_once"),
            models.CheckConstraint(
                condition=~models.Q(original=models.F("file")), name="media_variant_of_another"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_the_same_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF (SELECT unit_id FROM content_mediafile WHERE id = NEW.original_id)
                        IS DISTINCT FROM
                        (SELECT unit_id FROM content_mediafile WHERE id = NEW.file_id)
                    THEN
                        RAISE EXCEPTION 'A variant belongs to the unit of what it is made from.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.original} → {self.file}"
