from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.kinds import OfficialPlatform
from accounts.models.people import User
from accounts.redirects import redirect_uri
from accounts.sealing import Place
from govsocial.web.as_of_now import as_of_now


class PlatformApp(models.Model):
    """The agency's application at a platform: with it, owners of accounts can consent.

    Where every server gives out its own (Mastodon) there is one for each ``host``. Each client is a
    row of its own: another one replaces it, and the former keeps its secret for as long as
    something is granted to it, because platforms refresh and revoke a token only for the
    application that it was granted to (RFC 6749, 6; RFC 7009, 2.1). Removing empties the secret;
    the row stays.
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
    # Since when another one is asked for consent instead; None: this is the current one.
    replaced_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("application at a platform")
        verbose_name_plural = _("applications at platforms")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "host"],
                condition=models.Q(replaced_at=None),
                name="platform_app_current_once",
            ),
            models.UniqueConstraint(
                fields=["platform", "host", "client_id"], name="platform_app_once"
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=False, sealed="")
                | (models.Q(removed_at=None) & ~models.Q(sealed="")),
                name="platform_app_removed_holds_no_secret",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself", fields=["platform", "host", "client_id", "created_by"]
            ),
            # An administrator may remove the current one; a former one nobody else can speak for.
            pgtrigger.Trigger(
                name="kept_while_needed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__replaced_at__isnull=False, new__replaced_at__isnull=False, new__sealed=""
                )
                & ~pgtrigger.Q(old__sealed=""),
                func=as_of_now("""
                    IF EXISTS (
                        SELECT 1 FROM accounts_credential
                        WHERE app_id = NEW.id AND status <> 'removed'
                    ) OR EXISTS (
                        SELECT 1 FROM accounts_revocation
                        WHERE app_id = NEW.id AND settled_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'Cannot forget an application that is still needed';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        name = str(self.get_platform_display())
        return f"{name} ({self.host})" if self.host else name

    @property
    def is_current(self) -> bool:
        """Whether it is registered with the address to which its platform sends people back now."""
        return self.redirect_uri == redirect_uri(self.host)

    @property
    def place(self) -> Place:
        """A secret moved under the row of another server or client would be sent in its name."""
        row = (self.platform, self.host, self.client_id)
        return Place("platform app", "accounts_platformapp", row)

    @property
    def is_configured(self) -> bool:
        """Whether its secret is there, be it the current one or a former one."""
        return self.removed_at is None
