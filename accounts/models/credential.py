from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from accounts.models.platform_app import PlatformApp
from accounts.sealing import Place


class Credential(models.Model):
    """The secret of one official account, encrypted with a key of the versioned key list."""

    class Status(models.TextChoices):
        GOOD = "good", _("Connected")
        REVOKED = "revoked", _("Must be connected again")
        REMOVED = "removed", _("Not connected")

    official_account = models.OneToOneField(
        OfficialAccount, models.PROTECT, related_name="credential"
    )
    # None for a secret that a person entered by hand.
    app = models.ForeignKey(PlatformApp, models.PROTECT, null=True, related_name="credentials")
    sealed = models.TextField(editable=False)
    key_version = models.PositiveIntegerField(editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.GOOD)
    problem = models.CharField(max_length=300, blank=True)
    connected_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    connected_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True)
    # Since when a refresh is under way whose answer is not stored: a worker that died in it may
    # have left the platform with a token that nobody has.
    refresh_started_at = models.DateTimeField(null=True)
    # When a person must act at the latest, and when the access token alone ends.
    expires_at = models.DateTimeField(null=True)
    access_expires_at = models.DateTimeField(null=True)
    renew_after = models.DateTimeField(null=True)
    scopes = ArrayField(models.CharField(max_length=200), default=list)
    missing_scopes = ArrayField(models.CharField(max_length=200), default=list)
    # What the account's own server takes in a post, where servers differ, and when it was asked.
    server_limits = models.JSONField(default=dict)
    server_limits_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    # The class of govsocial.platforms.errors, and what the platform told people, cleaned.
    last_error = models.CharField(max_length=40, blank=True)
    last_error_words = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status="good"),
                name="credential_that_ends",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="removed", sealed="")
                | (~models.Q(status="removed") & ~models.Q(sealed="")),
                name="credential_removed_holds_no_secret",
            ),
            models.CheckConstraint(
                condition=models.Q(last_error="", last_error_at=None)
                | (~models.Q(last_error="") & models.Q(last_error_at__isnull=False)),
                name="credential_error_is_dated",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.official_account)

    @staticmethod
    def place_of(official_account_id: int) -> Place:
        """One account has one row, so the account names the row, also before there is one."""
        return Place("credential", "accounts_credential", (str(official_account_id),))

    @property
    def place(self) -> Place:
        return self.place_of(self.official_account_id)

    @property
    def is_failing(self) -> bool:
        """Whether the latest call that was noted failed."""
        if self.last_error_at is None:
            return False
        return self.last_success_at is None or self.last_error_at > self.last_success_at


class ConnectionWarning(models.Model):
    """A letter about a connection that ends: one row for each, so that each is sent once."""

    REVOKED = 0

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="warnings")
    # How many days before the end; 0 is a connection that the platform no longer takes.
    days = models.PositiveSmallIntegerField()
    # The end that it warns of; of a revoked connection when it was made.
    about = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    letters = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("warning about a connection")
        verbose_name_plural = _("warnings about connections")
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "days", "about"], name="connection_warning_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.credential}: {self.days}"
