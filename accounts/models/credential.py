from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.official_account import OfficialAccount
from accounts.models.people import User


class Credential(models.Model):
    """The secret of one official account, encrypted with a key of the versioned key list."""

    class Status(models.TextChoices):
        GOOD = "good", _("Connected")
        REVOKED = "revoked", _("Must be connected again")
        REMOVED = "removed", _("Not connected")

    official_account = models.OneToOneField(
        OfficialAccount, models.PROTECT, related_name="credential"
    )
    sealed = models.TextField(editable=False)
    key_version = models.PositiveIntegerField(editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.GOOD)
    problem = models.CharField(max_length=300, blank=True)
    connected_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    connected_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="removed", sealed="")
                | (~models.Q(status="removed") & ~models.Q(sealed="")),
                name="credential_removed_holds_no_secret",
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.official_account)
