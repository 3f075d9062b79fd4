from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.leased_letter import LeasedLetter
from accounts.models.people import User


class Reminder(LeasedLetter):
    """A letter that one person gets on one day, about all their accounts at once. It comes once:
    where nobody knows whether it left, the next one is due in a week at most."""

    comes_once = True

    class Kind(models.TextChoices):
        ATTESTATION = "attestation", _("Accounts to confirm")
        ESCALATION = "escalation", _("Accounts that nobody confirmed")
        HANDOVER = "handover", _("Handovers that are late")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The day that the letter is due; it may leave later, when nothing ran on that day.
    slot = models.DateField()
    day = models.DateField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(settled_at=None), name="reminder_due"
            )
        ]
        constraints = [
            *LeasedLetter.Meta.constraints,
            models.UniqueConstraint(fields=["kind", "person", "slot"], name="reminder_once_a_slot"),
            models.UniqueConstraint(fields=["kind", "person", "day"], name="reminder_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(outcome="waiting", settled_at=None)
                | (~models.Q(outcome="waiting") & models.Q(settled_at__isnull=False)),
                name="reminder_settled_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["kind", "person", "slot", "day"]),
            pgtrigger.Protect(
                name="settled_is_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person}"
