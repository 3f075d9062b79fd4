from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.leased_letter import LeasedLetter
from accounts.sealing import Place


class WaitingLetter(LeasedLetter):
    """An invitation, or a letter that a page for signing in promised. Whose it is and what it says,
    a link that opens the door among it, lies sealed and only until it is settled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
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
                fields=["attempts", "next_try_at"],
                condition=models.Q(settled_at=None),
                name="waiting_letter_to_send",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(outcome="waiting", settled_at=None) & ~models.Q(sealed="")
                    | ~models.Q(outcome="waiting") & models.Q(settled_at__isnull=False, sealed="")
                ),
                name="waiting_letter_settled_is_dated_and_forgotten",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="kept_until_settled",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__settled_at__isnull=True),
            ),
            pgtrigger.ReadOnly(name="stays_itself", fields=["id", "expires_at"]),
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
