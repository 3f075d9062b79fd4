from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class Reminder(models.Model):
    """A letter that one person gets on one day, about all their accounts at once.

    The row is claimed before the letter is sent and the claim is committed: a worker that dies in
    between may lose a letter, it never sends it twice. What is certain not to have left is tried
    again.
    """

    class Kind(models.TextChoices):
        ATTESTATION = "attestation", _("Accounts to confirm")
        ESCALATION = "escalation", _("Accounts that nobody confirmed")
        HANDOVER = "handover", _("Handovers that are late")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The day that the letter is due; it may leave later, when nothing ran on that day.
    slot = models.DateField()
    day = models.DateField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["day"], condition=models.Q(claimed_at=None), name="reminder_to_send"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "person", "slot"], name="reminder_once_a_slot"),
            models.UniqueConstraint(fields=["kind", "person", "day"], name="reminder_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(claimed_at__isnull=False),
                name="reminder_sent_by_who_claimed_it",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["kind", "person", "slot", "day"]),
            pgtrigger.Protect(
                name="sent_is_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person}"
