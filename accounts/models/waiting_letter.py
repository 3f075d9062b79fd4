from __future__ import annotations

import uuid
from datetime import timedelta

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.leased_letter import LeasedLetter
from accounts.sealing import Place


class WaitingLetter(LeasedLetter):
    """An invitation, or a letter that a page for signing in promised. Whose it is and what it says,
    a link that opens the door among it, lies sealed and only until it is settled."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        NEW_PASSWORD = "new_password", _("New password")
        # Nobody here has the address: the letter says so to whoever reads it.
        UNKNOWN_ADDRESS = "unknown_address", _("Unknown address")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices, editable=False)
    # Knows a second letter to the same address, and tells nothing of the address.
    address_digest = models.CharField(max_length=64, editable=False)
    sealed = models.TextField(editable=False)
    key_version = models.PositiveIntegerField(editable=False)
    # From then on the link in it leads nowhere.
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("letter about signing in")
        verbose_name_plural = _("letters about signing in")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["kind", "next_try_at"],
                condition=models.Q(settled_at=None),
                name="waiting_letter_due",
            ),
            models.Index(
                fields=["address_digest"],
                condition=models.Q(settled_at=None),
                name="waiting_letter_to_the_same",
            ),
        ]
        constraints = [
            *LeasedLetter.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    models.Q(outcome="waiting", settled_at=None) & ~models.Q(sealed="")
                    | ~models.Q(outcome="waiting")
                    & models.Q(settled_at__isnull=False, sealed="", address_digest="")
                ),
                name="waiting_letter_settled_is_dated_and_forgotten",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["invitation", "new_password", "unknown_address"]),
                name="waiting_letter_kind_is_known",
            ),
            models.CheckConstraint(
                # Who sends it is done within minutes: it is not put away for longer than it lives.
                condition=models.Q(claimed_until=None)
                | models.Q(claimed_until__lte=models.F("expires_at") + timedelta(days=1)),
                name="waiting_letter_claimed_for_a_while",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="waiting_letter_ends_after_it_began",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="kept_until_settled",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__settled_at__isnull=True),
            ),
            pgtrigger.ReadOnly(name="stays_itself", fields=["id", "kind", "expires_at"]),
            pgtrigger.Protect(
                name="settled_is_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def place(self) -> Place:
        return Place("letter", "accounts_waitingletter", (str(self.pk),))
