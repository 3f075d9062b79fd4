from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Document, User
from content.models.lexemes import RECORD_WORDS
from content.models.media import MediaFile
from govsocial.web.as_of_now import as_of_now


class Answer(models.TextChoices):
    """What nobody has looked at is not "no"."""

    UNKNOWN = "unknown", pgettext_lazy("answer", "Not said yet")
    YES = "yes", _("Yes")
    NO = "no", _("No")


class Licence(models.TextChoices):
    """By what right the agency publishes a picture or a film (UU 28/2014)."""

    UNKNOWN = "", pgettext_lazy("licence", "Not said yet")
    OWN = "own", _("Made by the agency itself")
    ASSIGNED = "assigned", _("Rights were assigned to the agency")
    PERMISSION = "permission", _("Written permission of the owner")
    STOCK = "stock", _("Licence that was bought")
    CC0 = "cc0", "Creative Commons CC0"
    CC_BY = "cc_by", "Creative Commons BY"
    CC_BY_SA = "cc_by_sa", "Creative Commons BY-SA"
    CC_BY_ND = "cc_by_nd", "Creative Commons BY-ND"
    CC_BY_NC = "cc_by_nc", "Creative Commons BY-NC"
    PUBLIC_DOMAIN = "public_domain", _("Public domain")
    OTHER = "other", _("Another right (say which)")


PROVED = (
    Licence.ASSIGNED, Licence.PERMISSION, Licence.STOCK, Licence.CC0, Licence.CC_BY,
    Licence.CC_BY_SA, Licence.CC_BY_ND, Licence.CC_BY_NC, Licence.OTHER,
)  # fmt: skip
"""What somebody else has given, so that a file or an address must prove it."""
NAMED = (Licence.CC_BY, Licence.CC_BY_SA, Licence.CC_BY_ND, Licence.CC_BY_NC)
"""What may only be used when its owner is named."""


class MediaRecord(models.Model):
    """What people say about a picture or a film of the library: words, rights, consent.

    Its history is the trail. It is put away when nobody uses it, and never deleted.
    """

    media = models.OneToOneField(MediaFile, models.PROTECT, related_name="record")
    title = models.CharField(_("title"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    alt = models.TextField(_("alternative text"), max_length=1500, blank=True)

    licence = models.CharField(
        _("right"), max_length=20, choices=Licence.choices, blank=True, default=Licence.UNKNOWN
    )
    licence_note = models.CharField(_("terms"), max_length=300, blank=True)
    licence_until = models.DateField(_("right ends on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    owner = models.CharField(_("owner"), max_length=200, blank=True)
    proof_url = models.URLField(_("address of the proof"), max_length=500, blank=True)
    proof_file = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("proof")
    )

    people = models.CharField(
        _("people can be recognised"),
        max_length=7,
        choices=Answer.choices,
        default=Answer.UNKNOWN,
    )
    minors = models.CharField(
        _("minors among them"), max_length=7, choices=Answer.choices, default=Answer.UNKNOWN
    )
    consent_place = models.CharField(_("where the consent is kept"), max_length=300, blank=True)
    consent_file = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("consent")
    )
    consent_until = models.DateField(_("consent ends on"), null=True, blank=True)
    consent_by_guardians = models.BooleanField(_("given by their guardians"), default=False)

    made_with_ai = models.CharField(
        _("made with AI"), max_length=7, choices=Answer.choices, default=Answer.UNKNOWN
    )

    # Counts up with every change: a form says which one it was filled with.
    edition = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("media record")
        verbose_name_plural = _("media records")
        indexes = [GinIndex(RECORD_WORDS, name="media_record_words")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(licence__in=Licence.values), name="media_record_licence"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    people__in=Answer.values,
                    minors__in=Answer.values,
                    made_with_ai__in=Answer.values,
                ),
                name="media_record_answers",
            ),
            models.CheckConstraint(
                condition=~models.Q(licence=Licence.OTHER) | ~models.Q(licence_note=""),
                name="media_record_other_right_is_told",
            ),
            models.CheckConstraint(
                condition=~models.Q(minors=Answer.YES) | models.Q(people=Answer.YES),
                name="media_record_minors_are_people",
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at=None, archived_by=None)
                | models.Q(archived_at__isnull=False, archived_by__isnull=False),
                name="media_record_archived_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="keeps_its_media", fields=["media"]),
            pgtrigger.Trigger(
                name="counts_up",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                # Two people who were shown the same cannot both write.
                func="""
                    IF NEW.edition <> OLD.edition + 1 THEN
                        RAISE EXCEPTION 'Every change of a media record is its next edition.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="alt_is_of_somebody",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("alt"),
                func=as_of_now("""
                    IF NEW.alt ~ '[^[:space:]]' AND (TG_OP = 'INSERT' OR NEW.alt <> OLD.alt)
                        AND NOT EXISTS (
                        SELECT 1 FROM content_mediaalt w WHERE w.media_id = NEW.media_id
                        AND w.edition = NEW.edition AND w.alt = NEW.alt) THEN
                        RAISE EXCEPTION 'Whoever writes an alternative text says so.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="used_is_not_put_away",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__archived_at__isnull=False),
                func=as_of_now("""
                    IF EXISTS (
                        SELECT 1 FROM content_mediause WHERE media_id = NEW.media_id
                    ) THEN
                        RAISE EXCEPTION 'What a post shows or showed is not put away.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.media)

    @property
    def unit_id(self) -> int:
        """Whose trail it belongs to."""
        return self.media.unit_id

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None
