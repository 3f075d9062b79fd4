from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from content.models.media import MediaFile
from govsocial.web.as_of_now import as_of_now


class MediaAlt(models.Model):
    """Who wrote which alternative text of a medium of the library, and in which edition of its
    record. Written before the record is: its trigger asks for it.

    The text goes out with a post that shows the medium, so who wrote it does not decide on a post
    in which it stands.
    """

    media = models.ForeignKey(MediaFile, models.PROTECT, related_name="alts")
    edition = models.PositiveIntegerField()
    alt = models.TextField()
    editor = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The newest version of all posts at that time, written by the trigger: only a later one can
    # have the text from the library. Ids are given in order, clocks differ.
    after_version = models.BigIntegerField(default=0, editable=False)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("alternative text of a medium")
        verbose_name_plural = _("alternative texts of media")
        ordering = ["pk"]
        indexes = [models.Index(fields=["media", "editor"], name="media_alt_by_editor")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(alt__regex="[^[:space:]]"), name="media_alt_says_something"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counts_up",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    PERFORM 1 FROM content_mediarecord r WHERE r.media_id = NEW.media_id
                        AND r.edition + 1 = NEW.edition FOR UPDATE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'A text is of the next edition of its record.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.after_version := COALESCE((SELECT max(id) FROM content_postversion), 0);
                    NEW.written_at := clock_timestamp();
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media} ({self.edition})"
