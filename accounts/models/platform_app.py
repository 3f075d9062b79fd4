from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.kinds import OfficialPlatform
from accounts.models.people import User
from accounts.sealing import Place


class PlatformApp(models.Model):
    """The agency's application at a platform: with it, owners of accounts can consent.

    Where every server gives out its own (Mastodon) there is one row for each ``host``. Removing
    empties the secret; the row stays, because connections were made through it.
    """

    platform = models.CharField(_("platform"), max_length=20, choices=OfficialPlatform.choices)
    host = models.CharField(_("server"), max_length=200, blank=True)
    client_id = models.CharField(_("client ID"), max_length=300)
    sealed = models.TextField(editable=False)
    key_version = models.PositiveIntegerField(editable=False)
    # Where the platform bills that account less for its own posts; empty: none of ours, or unknown.
    owner = models.CharField(_("account that owns it"), max_length=200, blank=True)
    # Where the platform was told to send people back to.
    redirect_uri = models.CharField(_("redirect address"), max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("application at a platform")
        verbose_name_plural = _("applications at platforms")
        constraints = [
            models.UniqueConstraint(fields=["platform", "host"], name="platform_app_once"),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=False, sealed="")
                | (models.Q(removed_at=None) & ~models.Q(sealed="")),
                name="platform_app_removed_holds_no_secret",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["platform", "host", "created_by"]),
        ]

    def __str__(self) -> str:
        name = str(self.get_platform_display())
        return f"{name} ({self.host})" if self.host else name

    @property
    def place(self) -> Place:
        """A secret moved under another platform's or server's row would be sent there."""
        return Place("platform app", "accounts_platformapp", (self.platform, self.host))

    @property
    def is_configured(self) -> bool:
        return self.removed_at is None
