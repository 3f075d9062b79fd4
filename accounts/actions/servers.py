"""Whether an account lives on the server to which its secret is about to be sent."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actions.matching import refuse_other_identity
from accounts.errors import AccountError
from accounts.handles import host_name
from accounts.models import OfficialAccount
from govsocial.platforms.base import Profile
from govsocial.platforms.errors import NotFound, PlatformError
from govsocial.platforms.registry import DEFAULT_HOSTS, home
from govsocial.platforms.spec import Home


def told_by_directory(official_account: OfficialAccount, host: str) -> str:
    """The account's id, when the platform's directory says that it lives on ``host``.

    Any server can say of itself that it has an account, so it is not asked. Empty where there is no
    directory, and on the platform's own server, which keeps it. Raises ``AccountError``.
    """
    platform = official_account.platform
    if host_name(host) == host_name(DEFAULT_HOSTS.get(platform, "")):
        return ""
    found = _asked(official_account)
    if found is None:
        return ""
    refuse_other_identity(official_account, found.platform_id, found.handle)
    if host_name(found.server) != host_name(host):
        raise AccountError(_elsewhere(official_account, host, found.server), field="host")
    return found.platform_id


def refuse_other_id(official_account: OfficialAccount, told_id: str, profile: Profile) -> None:
    """Raise ``AccountError`` when a server shows another account than the directory tells of."""
    if told_id not in {"", profile.platform_id}:
        raise AccountError(
            _("This belongs to %(seen)s, not to %(registered)s.")
            % {"seen": profile.platform_id, "registered": official_account.at_handle},
            field="secret",
        )


def _asked(official_account: OfficialAccount) -> Home | None:
    try:
        return home(
            official_account.platform,
            handle=official_account.handle,
            platform_id=official_account.platform_id,
            allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
            base=settings.PLATFORM_BASE_URL,
        )
    except NotFound as exc:
        message = _(
            "The platform knows no account %(handle)s, so nothing was sent. Check the handle on "
            "the page of the account."
        )
        raise AccountError(message % {"handle": official_account.at_handle}, field="host") from exc
    except PlatformError as exc:
        message = _(
            "It could not be checked on which server %(handle)s lives, so nothing was sent. Try "
            "again in some minutes."
        )
        raise AccountError(message % {"handle": official_account.at_handle}, field="host") from exc


def _elsewhere(official_account: OfficialAccount, host: str, server: str) -> str:
    told = {
        "handle": official_account.at_handle,
        "host": host_name(host),
        "server": host_name(server),
    }
    if not server:
        return (
            _("%(handle)s does not live on %(host)s, so nothing was sent there. Check the server.")
            % told
        )
    return (
        _(
            "%(handle)s lives on %(server)s and not on %(host)s, so nothing was sent there. Change "
            "the server on the page of the account if it has moved."
        )
        % told
    )
