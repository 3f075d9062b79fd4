from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.credential import ConnectionWarning
from accounts.models.people import User


class ConnectionLetter(models.Model):
    """A warning to one of those who keep the accounts of its unit, settled whatever becomes of the
    letters to the others.

    The row is claimed before the letter is sent and the claim is committed. A worker that dies in
    between leaves it to the next one, so the letter may come twice; ``in_doubt`` counts how often
    nobody knew whether it left, so that it comes no third time.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("To be sent")
        SENT = "sent", _("Sent")
        NOT_NEEDED = "not_needed", _("No longer needed")
        GIVEN_UP = "given_up", _("Given up")

    warning = models.ForeignKey(ConnectionWarning, models.PROTECT, related_name="addressed")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(default=0)
    # When it is due; while somebody sends it, when the claim is over.
    next_try_at = models.DateTimeField()
    # The class of what went wrong last: its words may hold an address.
    last_error = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter about a connection")
        verbose_name_plural = _("letters about connections")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["attempts", "next_try_at"],
                condition=models.Q(settled_at=None),
                name="connection_letter_to_send",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["warning", "person"], name="connection_letter_once_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="waiting", settled_at=None)
                | (~models.Q(outcome="waiting") & models.Q(settled_at__isnull=False)),
                name="connection_letter_settled_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["warning", "person"]),
            pgtrigger.Protect(
                name="settled_is_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warning}: {self.person}"
