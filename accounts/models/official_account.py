from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.models.unit import Unit


class OfficialAccount(models.Model):
    """A presence of the agency on a platform. The row stays when the account is closed."""

    class Platform(models.TextChoices):
        BLUESKY = "bluesky", "Bluesky"
        MASTODON = "mastodon", "Mastodon"

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="official_accounts", verbose_name=_("unit")
    )
    platform = models.CharField(_("platform"), max_length=20, choices=Platform.choices)
    host = models.CharField(_("server"), max_length=200)
    handle = models.CharField(_("handle"), max_length=200)
    display_name = models.CharField(_("display name"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=400, blank=True)
    platform_id = models.CharField(_("platform id"), max_length=200, blank=True)
    language = models.CharField(_("language of posts"), max_length=5, default="id")
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE
    )
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("official account")
        verbose_name_plural = _("official accounts")
        ordering = ["display_name", "platform"]
        constraints = [
            models.UniqueConstraint(
                "platform", Lower("host"), Lower("handle"), name="official_account_once"
            ),
            # On Bluesky handle and id are the same everywhere, whatever server one goes through.
            models.UniqueConstraint(
                Lower("handle"),
                condition=models.Q(platform="bluesky"),
                name="official_account_bluesky_handle_once",
            ),
            models.UniqueConstraint(
                "platform_id",
                condition=models.Q(platform="bluesky") & ~models.Q(platform_id=""),
                name="official_account_bluesky_id_once",
            ),
            # On Mastodon an id means something only together with its server.
            models.UniqueConstraint(
                Lower("host"),
                "platform_id",
                condition=models.Q(platform="mastodon") & ~models.Q(platform_id=""),
                name="official_account_mastodon_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(platform__in=["bluesky", "mastodon"]),
                name="official_account_platform_is_known",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at_handle} ({self.get_platform_display()})"

    @property
    def at_handle(self) -> str:
        return f"@{self.handle.lstrip('@')}"

    @property
    def is_connected(self) -> bool:
        return hasattr(self, "credential") and self.credential.status == Credential.Status.GOOD

    @property
    def needs_reconnecting(self) -> bool:
        """It was connected, and the platform no longer takes the secret."""
        return hasattr(self, "credential") and self.credential.status == Credential.Status.REVOKED

    @property
    def connection_words(self) -> str:
        if not hasattr(self, "credential"):
            return str(_("Not connected"))
        return str(self.credential.get_status_display())

    @property
    def language_words(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED


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
