"""What an administrator must do at each platform before accounts there can be connected."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import (
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions.connections import SECRET_NAMES
from accounts.actions.platform_apps import is_configurable, mark_of
from accounts.events_connections import PLATFORM_APP_FORGOTTEN
from accounts.models import Credential, OfficialAccount, PlatformApp
from govsocial.audit.models import Entry
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.registry import authorisation, has_client, spec

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Guide:
    """One platform: how it is connected, with which application, and how many accounts are."""

    platform: str
    name: str
    app: PlatformApp | None
    connected: int
    configurable: bool
    by_hand: bool
    servers: int
    tried_against_platform: bool

    @property
    def is_configured(self) -> bool:
        return self.app is not None and self.app.is_configured

    @property
    def client_id(self) -> str:
        return self.app.client_id if self.app else ""

    @property
    def mark(self) -> str:
        return mark_of(self.app)

    @property
    def owner(self) -> str:
        return self.app.owner if self.app else ""

    @property
    def asks_owner(self) -> bool:
        """Whether it costs less when the platform's bill knows which account owns the app."""
        return spec(self.platform).owner_pays_less

    @property
    def scopes(self) -> list[str]:
        """The rights that govsocial asks for, where an application is entered."""
        if not self.configurable:
            return []
        nobody = AppCredentials(client_id="", client_secret="")
        return list(
            authorisation(
                self.platform,
                app=nobody,
                base=settings.PLATFORM_BASE_URL,
                allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
            ).scopes
        )

    @property
    def registers_itself(self) -> bool:
        """Whether each server gives out an application when it is first needed."""
        return spec(self.platform).register is not None

    @property
    def steps(self) -> tuple[Words, ...]:
        return (*_STEPS.get(self.platform, ()), *_LAST)


_META: Words = _(
    "Sign in at Meta for Developers with an account that may manage the agency's pages, and make "
    "an app of the type Business."
)
_STEPS: dict[str, tuple[Words, ...]] = {
    "facebook": (
        _META,
        _("Add the product Facebook Login for Business."),
        _(
            "Have Meta verify the agency and review the rights below; until then only people with "
            "a role in the app can consent."
        ),
    ),
    "instagram": (
        _META,
        _("The Instagram account must be a professional one and linked to a Facebook page."),
        _("The same app may be used as for Facebook; enter its ID and secret here as well."),
    ),
    "threads": (
        _("Sign in at Meta for Developers and make an app with the use case Threads API."),
        _("Use the Threads app ID and secret, which differ from those of the app itself."),
    ),
    "x": (
        _("Sign in at the X developer console, make a project and in it an app."),
        _(
            "Set up user authentication: OAuth 2.0, a confidential client (web app), read and "
            "write."
        ),
        _("X bills each call: buy credit there and set a limit of spending."),
    ),
    "youtube": (
        _(
            "Sign in at the Google Cloud console, make a project and switch on YouTube Data API v3 "
            "and YouTube Analytics API."
        ),
        _(
            "Make OAuth credentials of the type web application and publish the consent screen; "
            "while it is in testing every connection ends after seven days."
        ),
        _("Films stay private until Google has audited the project."),
    ),
    "tiktok": (
        _(
            "Sign in at TikTok for Developers and make an app with Login Kit and Content Posting "
            "API."
        ),
        _("Posts are visible to nobody else until TikTok has audited the app."),
    ),
}
_GOOD = Q(credential__status=Credential.Status.GOOD)
_LAST: tuple[Words, ...] = (
    _("Enter the redirect address below there, exactly as it stands."),
    _("Copy the client ID and the client secret into this form."),
)


def overview() -> list[Guide]:
    """Every platform with a client, in the order of the register."""
    apps = {app.platform: app for app in PlatformApp.objects.filter(host="", replaced_at=None)}
    servers = dict(
        PlatformApp.objects.filter(replaced_at=None, removed_at=None)
        .exclude(host="")
        .values_list("platform")
        .annotate(Count("pk"))
    )
    connected = _connected()
    return [
        _guide(str(platform), apps, servers, connected)
        for platform in OfficialAccount.Platform
        if has_client(platform)
        and (spec(platform).authorisation is not None or platform in SECRET_NAMES)
    ]


def guide_to(platform: str) -> Guide | None:
    """The guide to one platform whose application is entered here; None for any other."""
    if not is_configurable(platform):
        return None
    app = PlatformApp.objects.filter(platform=platform, host="", replaced_at=None).first()
    return _guide(platform, {platform: app} if app else {}, {}, _connected())


def given_apps() -> QuerySet[PlatformApp]:
    """The applications that servers gave out. ``connected``: how many accounts are through it; one
    on the same server with a token of its own is not.

    Those that are ``is_current`` are used by the next consent; it asks for another one instead of
    the rest. ``is_marked``: ``changed_by`` wanted that, at ``changed_at``; else nobody did.
    """
    through = Credential.objects.filter(app=OuterRef("pk"), status=Credential.Status.GOOD)
    counted = through.order_by().values("app").annotate(number=Count("pk")).values("number")
    marks = Entry.objects.filter(
        event=PLATFORM_APP_FORGOTTEN.name,
        target_type=PlatformApp._meta.label_lower,
        target_id=Cast(OuterRef("pk"), CharField()),
    )
    return (
        PlatformApp.objects.filter(replaced_at=None, removed_at=None)
        .exclude(host="")
        .select_related("changed_by")
        .annotate(
            connected=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            is_marked=Q(redirect_uri="") & Exists(marks),
        )
        .order_by("platform", "host")
    )


def _connected() -> dict[str, int]:
    counted = OfficialAccount.objects.filter(_GOOD).order_by().values_list("platform")
    return dict(counted.annotate(Count("pk")))


def _guide(
    platform: str,
    apps: dict[str, PlatformApp],
    servers: dict[str, int],
    connected: dict[str, int],
) -> Guide:
    return Guide(
        platform=platform,
        name=str(OfficialAccount.Platform(platform).label),
        app=apps.get(platform),
        connected=connected.get(platform, 0),
        configurable=is_configurable(platform),
        by_hand=platform in SECRET_NAMES,
        servers=servers.get(platform, 0),
        tried_against_platform=spec(platform).tried_against_platform,
    )
