"""The trail: entries that are only ever added, and the seals that prove it.

``TRUNCATE`` is not seen by row triggers (test databases are flushed by it); in production the
application's database role is not given that right: docs/howto/protect-the-trail.md.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from govsocial.audit import sentences
from govsocial.audit.events import CHANGES, Text, find

_ONLY_ADDED = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


# By the values of ``verification.What``.
_BROKEN_WORDS = {
    "changed": _("an entry was changed"),
    "missing": _("an entry is missing"),
    "inserted": _("an entry was slipped in"),
    "reordered": _("entries changed places"),
    "chain broken": _("a seal was changed or removed"),
    "chain cut": _("the end of the chain was cut off"),
}


class Entry(models.Model):
    """Something that somebody did. Names are copies: they say what was true at the time."""

    event = models.CharField(_("event"), max_length=100)
    at = models.DateTimeField(_("time"), db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    actor_name = models.CharField(_("name at the time"), max_length=200)
    actor_roles = ArrayField(models.CharField(max_length=40), verbose_name=_("roles at the time"))
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("on behalf of"),
    )
    on_behalf_of_name = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    target_type = models.CharField(_("kind of object"), max_length=100)
    target_id = models.CharField(_("object id"), max_length=64)
    target_label = models.CharField(_("object"), max_length=300)
    # A plain number: this app knows no units, and the entry outlives every table it points at.
    unit_id = models.BigIntegerField(_("unit"), null=True)
    data = models.JSONField(_("data"), default=dict)

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("entries of the audit trail")
        ordering = ["-id"]
        indexes = [
            models.Index("target_type", "target_id", "id", name="audit_entry_target"),
            models.Index("unit_id", "id", name="audit_entry_unit"),
            models.Index("actor", "id", name="audit_entry_actor"),
            models.Index("event", "id", name="audit_entry_event"),
            models.Index("at", name="audit_entry_at"),
            models.Index(
                "request_id",
                name="audit_entry_request",
                condition=~models.Q(request_id=""),
            ),
            GinIndex(
                SearchVector("actor_name", "target_label", config="simple"),
                name="audit_entry_words",
            ),
        ]
        triggers = [
            _ONLY_ADDED,
            pgtrigger.Trigger(
                name="stamp",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # The time is the database's, whatever the writer says: no entry is backdated.
                func="NEW.at := clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.event}"

    def get_absolute_url(self) -> str:
        return reverse("audit:entry_detail", args=[self.pk])

    @property
    def label(self) -> Text:
        known = find(self.event)
        return known.label if known else self.event

    @property
    def sentence(self) -> str:
        """What the entry tells, in the language that is active now."""
        return sentences.sentence(self)

    @property
    def sentence_html(self) -> SafeString:
        """The same for a page."""
        return sentences.sentence_html(self)

    @property
    def changes(self) -> list[sentences.Change]:
        return sentences.changes_of(self)

    @property
    def roles_in_words(self) -> str:
        return ", ".join(get_user_model().roles_in_words(self.actor_roles))

    @property
    def kind_in_words(self) -> str:
        return sentences.kind_in_words(self.target_type)

    @property
    def data_in_words(self) -> list[tuple[str, str]]:
        """Key and value, digests in full; without what ``changes`` tells in words."""
        told = CHANGES if self.changes else ()
        return [
            (key, sentences.amount_of(self, key) or sentences.spoken("", value))
            for key, value in sorted(self.data.items())
            if key not in told
        ]


class Seal(models.Model):
    """A link of the hash chain over entries ``first_id`` to ``last_id``. See ``sealing``."""

    first_id = models.BigIntegerField(_("first entry"))
    last_id = models.BigIntegerField(_("last entry"), unique=True)
    count = models.PositiveIntegerField(_("entries"))
    # id (8 bytes) and SHA-256 (32 bytes) of each entry, in order of id: names what was altered.
    links = models.BinaryField()
    entries_sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(_("digest"), max_length=64, unique=True)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_id__gte=models.F("first_id"), count__gte=1),
                name="seal_covers_something",
            )
        ]
        triggers = [_ONLY_ADDED]

    def __str__(self) -> str:
        return f"{self.pk}: {self.first_id}-{self.last_id}"


class Verification(models.Model):
    """One reading of the whole chain, and what it found. Kept once it is finished."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        INTACT = "intact", _("Intact")
        BROKEN = "broken", _("Broken")

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    entries = models.BigIntegerField(null=True)
    sealed = models.BigIntegerField(null=True)
    unsealed = models.BigIntegerField(null=True)
    last_seal_id = models.BigIntegerField(null=True)
    last_sha256 = models.CharField(max_length=64, blank=True)
    broken_what = models.CharField(max_length=20, blank=True)
    broken_seal_id = models.BigIntegerField(null=True)
    broken_entry_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="waiting", finished_at__isnull=True)
                | models.Q(status__in=["intact", "broken"], finished_at__isnull=False),
                name="verification_ends_with_a_result",
            ),
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="waiting"),
                name="verification_one_waiting",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="finished_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("audit:entry_list")

    @property
    def broken_words(self) -> str:
        return str(_BROKEN_WORDS.get(self.broken_what, self.broken_what))
