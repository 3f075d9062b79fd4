from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.credential import ConnectionWarning
from accounts.models.leased_letter import LeasedLetter
from accounts.models.people import User


class ConnectionLetter(LeasedLetter):
    """A warning to one of those who keep the accounts of its unit, settled whatever becomes of the
    letters to the others."""

    warning = models.ForeignKey(ConnectionWarning, models.PROTECT, related_name="addressed")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("letter about a connection")
        verbose_name_plural = _("letters about connections")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(settled_at=None),
                name="connection_letter_due",
            ),
        ]
        constraints = [
            *LeasedLetter.Meta.constraints,
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
