from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from accounts.handles import page_of
from accounts.models.document import Document
from accounts.models.kinds import (
    Audience,
    ChannelKind,
    MediaKind,
    OfficialPlatform,
    TwoStep,
)
from accounts.models.naming import Naming
from accounts.models.people import User
from accounts.models.register import (
    PUBLIC_FIELDS,
    bump_when,
    list_when_active,
    not_in_the_future,
)
from accounts.models.register_triggers import put_in_charge
from accounts.models.shown import has_no_spaces, hides_nothing, is_plain_list, is_seen
from accounts.models.unit import Unit
from govsocial.platforms.registry import has_client
from govsocial.web.as_of_now import as_of_now

if TYPE_CHECKING:
    from accounts.models.impersonation import ImpersonationReport


class AccountStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")
    RELEASED = "released", _("Handle released")


ACCOUNT_MOVES = (
    (AccountStatus.PROPOSED, AccountStatus.ACTIVE),
    (AccountStatus.PROPOSED, AccountStatus.CLOSED),
    (AccountStatus.ACTIVE, AccountStatus.SUSPENDED),
    (AccountStatus.ACTIVE, AccountStatus.CLOSED),
    (AccountStatus.SUSPENDED, AccountStatus.ACTIVE),
    (AccountStatus.SUSPENDED, AccountStatus.CLOSED),
    (AccountStatus.CLOSED, AccountStatus.ACTIVE),
    # The platform, or the agency, gave the name away: from then on it may be a stranger's.
    (AccountStatus.CLOSED, AccountStatus.RELEASED),
)

DAYS_PAST = ("decree_date", "two_step_checked_on", "opened_on", "closed_on")
"""Days on which something was done: none of them is still to come."""

# Facebook ignores points and capitals in the names of pages.
FACEBOOK_NAME = Replace(Lower("handle"), models.Value("."), models.Value(""))


class OfficialAccount(Naming, models.Model):
    """A presence of the agency on a platform, as the register keeps it. The row always stays."""

    Platform = OfficialPlatform
    Status = AccountStatus

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="official_accounts", verbose_name=_("unit")
    )
    platform = models.CharField(_("platform"), max_length=20, choices=OfficialPlatform.choices)
    # Empty where the platform has one server for everybody.
    host = models.CharField(_("server"), max_length=200, blank=True)
    handle = models.CharField(_("handle"), max_length=200)
    display_name = models.CharField(_("display name"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=400, blank=True)
    platform_id = models.CharField(_("platform id"), max_length=200, blank=True)
    language = models.CharField(_("language of posts"), max_length=5, default="id")
    status = models.CharField(
        _("status"), max_length=10, choices=AccountStatus.choices, default=AccountStatus.PROPOSED
    )
    media_kinds = ArrayField(
        models.CharField(max_length=20, choices=MediaKind.choices),
        verbose_name=_("kinds of media"),
        default=list,
        blank=True,
    )
    channel_kind = models.CharField(
        _("kind of channel"), max_length=20, choices=ChannelKind.choices, blank=True
    )
    audiences = ArrayField(
        models.CharField(max_length=5, choices=Audience.choices),
        verbose_name=_("audiences"),
        default=list,
        blank=True,
    )
    # None: nobody has looked.
    verified = models.BooleanField(_("verified badge"), null=True, blank=True)
    decree_number = models.CharField(_("number of the decree"), max_length=120, blank=True)
    decree_date = models.DateField(_("date of the decree"), null=True, blank=True)
    decree_file = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file of the decree"),
    )
    person_in_charge = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts_in_charge_of",
        verbose_name=_("person in charge"),
    )
    # Who holds them, by name or position; never the address or the number itself.
    recovery_email_holder = models.CharField(
        _("holder of the recovery e-mail"), max_length=150, blank=True
    )
    recovery_phone_holder = models.CharField(
        _("holder of the recovery phone"), max_length=150, blank=True
    )
    two_step = models.CharField(
        _("two-step sign-in"), max_length=10, choices=TwoStep.choices, default=TwoStep.UNKNOWN
    )
    two_step_checked_on = models.DateField(_("checked on"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_reason = models.CharField(_("reason of closing"), max_length=500, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("official account")
        verbose_name_plural = _("official accounts")
        ordering = ["display_name", "platform"]
        indexes = [
            models.Index(fields=["unit", "status"], name="official_account_by_unit"),
        ]
        constraints = [
            # A released handle may become the agency's again, as another row.
            models.UniqueConstraint(
                "platform",
                Lower("host"),
                Lower("handle"),
                condition=~models.Q(status="released"),
                name="official_account_once",
            ),
            # On Bluesky handle and id are the same everywhere, whatever server one goes through.
            models.UniqueConstraint(
                Lower("handle"),
                condition=models.Q(platform="bluesky") & ~models.Q(status="released"),
                name="official_account_bluesky_handle_once",
            ),
            models.UniqueConstraint(
                FACEBOOK_NAME,
                condition=models.Q(platform="facebook") & ~models.Q(status="released"),
                name="official_account_facebook_name_once",
            ),
            # The name of a website holds its server already, www. aside.
            models.UniqueConstraint(
                "platform",
                Lower("handle"),
                condition=models.Q(platform__in=["feed", "wiki", "other"])
                & ~models.Q(status="released"),
                name="official_account_site_once",
            ),
            # On Mastodon an id means something only together with its server.
            models.UniqueConstraint(
                Lower("host"),
                "platform_id",
                condition=models.Q(platform="mastodon")
                & ~models.Q(platform_id="")
                & ~models.Q(status="released"),
                name="official_account_mastodon_id_once",
            ),
            models.UniqueConstraint(
                "platform",
                "platform_id",
                condition=~models.Q(platform="mastodon")
                & ~models.Q(platform_id="")
                & ~models.Q(status="released"),
                name="official_account_platform_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(platform__in=OfficialPlatform.values),
                name="official_account_platform_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=AccountStatus.values),
                name="official_account_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(two_step__in=TwoStep.values),
                name="official_account_two_step_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(handle=""), name="official_account_has_a_handle"
            ),
            models.CheckConstraint(
                condition=has_no_spaces("handle"), name="official_account_handle_is_seen"
            ),
            models.CheckConstraint(
                condition=is_seen("display_name"), name="official_account_name_is_seen"
            ),
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__iregex="^https?://."),
                name="official_account_url_is_of_the_web",
            ),
            models.CheckConstraint(
                condition=has_no_spaces("url"), name="official_account_url_is_seen"
            ),
            models.CheckConstraint(
                condition=hides_nothing("purpose")
                & hides_nothing("decree_number")
                & hides_nothing("recovery_email_holder")
                & hides_nothing("recovery_phone_holder"),
                name="official_account_texts_hide_nothing",
            ),
            models.CheckConstraint(
                condition=has_no_spaces("host") & hides_nothing("platform_id"),
                name="official_account_server_and_id_are_seen",
            ),
            *(
                models.CheckConstraint(
                    condition=is_plain_list(name), name=f"official_account_{name}_are_a_list"
                )
                for name in ("media_kinds", "audiences")
            ),
            models.CheckConstraint(
                condition=models.Q(
                    # Empty: an older register may not say it, and the checklist asks for it.
                    language__in=["", *(code for code, _name in settings.LANGUAGES)]
                ),
                name="official_account_language_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel_kind__in=["", *ChannelKind.values])
                & models.Q(media_kinds__contained_by=MediaKind.values)
                & models.Q(audiences__contained_by=Audience.values),
                name="official_account_kinds_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None)
                | models.Q(opened_on=None)
                | models.Q(closed_on__gte=models.F("opened_on")),
                name="official_account_closed_after_opened",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["closed", "released"])
                | (models.Q(closed_on__isnull=False) & ~models.Q(closed_reason="")),
                name="official_account_closed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["closed", "released"])
                | models.Q(closed_on=None, closed_reason=""),
                name="official_account_in_use_is_not_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(two_step="unknown")
                | models.Q(two_step_checked_on__isnull=False),
                name="official_account_two_step_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # A handle may be written anew; on another platform it is another account. When it was
            # registered is left open: whoever takes over an older register knows the day.
            pgtrigger.ReadOnly(name="stays_itself", fields=["platform", "registered_by"]),
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[(str(old), str(new)) for old, new in ACCOUNT_MOVES],
            ),
            pgtrigger.Protect(
                name="not_released_at_first",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status="released"),
            ),
            # From then on it may be a stranger's: what was said of it while it was ours stays said.
            pgtrigger.Protect(
                name="frozen_when_released",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.\"status\" = 'released' AND OLD.* IS DISTINCT FROM NEW.*"
                ),
            ),
            not_in_the_future(*DAYS_PAST),
            pgtrigger.Trigger(
                name="released_without_handover",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="released"),
                func=as_of_now("""
                    IF EXISTS (
                        SELECT 1 FROM accounts_handover one WHERE one.official_account_id = NEW.id
                        AND one.state NOT IN ('completed', 'cancelled')
                    ) THEN
                        RAISE EXCEPTION 'A handover of this account is under way.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            *put_in_charge,
            list_when_active(),
            bump_when(*PUBLIC_FIELDS),
        ]

    def __str__(self) -> str:
        return f"{self.at_handle} ({self.get_platform_display()})"

    # Django builds a dictionary of all choices for each answer; a list asks a hundred times.
    def get_platform_display(self) -> str:  # type: ignore[no-redef]  # Django's own, quicker
        return str(OfficialPlatform(self.platform).label)

    def get_status_display(self) -> str:  # type: ignore[no-redef]  # as above
        return str(AccountStatus(self.status).label)

    @property
    def page(self) -> str:
        """Where people see it; nowhere once the handle was given up and may be a stranger's."""
        page = self.url or page_of(self.platform, self.host, self.handle)
        return "" if self.is_released else page

    @property
    def can_connect(self) -> bool:
        """Whether there is a client for its platform; others are published and measured by hand."""
        return has_client(self.platform)

    @property
    def is_proposed(self) -> bool:
        """Registered, and not taken into use yet: nothing is connected."""
        return self.status == AccountStatus.PROPOSED

    @property
    def is_connected(self) -> bool:
        return hasattr(self, "credential") and self.credential.status == "good"

    @property
    def needs_reconnecting(self) -> bool:
        """It was connected, and the platform no longer takes the secret."""
        return hasattr(self, "credential") and self.credential.status == "revoked"

    @property
    def connection_words(self) -> str:
        if not self.can_connect:
            return str(_("Managed manually"))
        if self.is_proposed and not self.is_connected and not self.needs_reconnecting:
            return str(_("Only proposed"))
        if not hasattr(self, "credential"):
            return str(_("Not connected"))
        return str(self.credential.Status(self.credential.status).label)

    @property
    def language_words(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    @property
    def audience_words(self) -> str:
        words = dict(Audience.choices)
        return ", ".join(str(words[one]) for one in self.audiences)

    @property
    def media_words(self) -> str:
        words = dict(MediaKind.choices)
        return ", ".join(str(words[one]) for one in self.media_kinds)

    @property
    def is_closed(self) -> bool:
        return self.status in {AccountStatus.CLOSED, AccountStatus.RELEASED}

    @property
    def is_released(self) -> bool:
        return self.status == AccountStatus.RELEASED

    @property
    def recent_impersonations(self) -> models.QuerySet[ImpersonationReport]:
        """The last reports of accounts that imitate this one, open ones first."""
        reports = self.impersonations.model.objects
        named = models.Q(official_account=self) | models.Q(
            pk__in=reports.filter(statements__imitated=self).values("pk")
        )
        return reports.filter(named).order_by(
            models.F("settled_at").desc(nulls_first=True), "-opened_at"
        )[:5]

    @property
    def is_active(self) -> bool:
        return self.status == AccountStatus.ACTIVE
