"""Whether what a platform shows is the registered account."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import web_pages
from accounts.addresses import profile_url, same_handle
from accounts.errors import AccountError
from accounts.handles import WITH_HOST, host_name, is_id
from accounts.models import Credential, OfficialAccount, PlatformApp
from govsocial.platforms.base import Profile
from govsocial.platforms.errors import BadAnswer
from govsocial.platforms.feed.client import differ_in_query_only
from govsocial.platforms.guard import HostInvalid, base_url
from govsocial.platforms.keeping import fits
from govsocial.platforms.registry import spec
from govsocial.web.hidden_signs import has_hidden

# Here the server is part of which account it is.
HELD_TO_SERVER = frozenset({OfficialAccount.Platform.MASTODON, OfficialAccount.Platform.FEED})
# As their columns.
LONGEST_ID = 200
LONGEST_ADDRESS = 400


def is_registered_one(
    official_account: OfficialAccount,
    platform_id: str,
    handle: str,
    app: PlatformApp | None = None,
) -> bool:
    """Whether an account seen on the platform is the registered one.

    An account that is registered by the platform's own number is the one of that number, whatever
    it is called. Where the account has no handle (pages without a name of their own), its id must
    be known already or be what was registered; else handle and, once it is known, id must both be
    the same. An id is known to the application ``app`` that it was told to, where each is told
    another one. The id of a website is the address of its feed, which may get another key or be
    moved on the site: whether what it is now is another feed, a person is asked (``same_feed``).
    """
    registered, known = official_account.handle, _id_known_to(official_account, app)
    if is_id(official_account.platform, registered):
        return platform_id == registered and known in {"", platform_id}
    if not handle or handle == platform_id:
        return bool(platform_id) and platform_id in {known, registered}
    if not _is_called_so(official_account, handle):
        return False
    if official_account.platform == OfficialAccount.Platform.FEED:
        is_near = differ_in_query_only(known, platform_id)
        return known == "" or is_near or _is_on_its_site(official_account, platform_id)
    return known in {"", platform_id}


def _is_called_so(official_account: OfficialAccount, handle: str) -> bool:
    if not same_handle(official_account.platform, official_account.handle, handle):
        return False
    server = handle.lstrip("@").partition("@")[2]
    # On Mastodon anybody may be called the same, on a server of their own.
    on_mastodon = official_account.platform == OfficialAccount.Platform.MASTODON
    return not (on_mastodon and server and host_name(server) != host_name(official_account.host))


def _is_on_its_site(official_account: OfficialAccount, platform_id: str) -> bool:
    return _site(web_pages.site(platform_id)) == _site(host_name(official_account.host))


def _id_known_to(official_account: OfficialAccount, app: PlatformApp | None) -> str:
    """The account's id; empty where it is certain that another application was told it."""
    if app is None or not spec(app.platform).id_of_application:
        return official_account.platform_id
    connected = Credential.objects.filter(official_account=official_account)
    elsewhere = connected.exclude(app=None).exclude(app__client_id=app.client_id).exists()
    return "" if elsewhere else official_account.platform_id


def refuse_other_identity(
    official_account: OfficialAccount,
    platform_id: str,
    handle: str,
    app: PlatformApp | None = None,
) -> None:
    """Raise ``AccountError`` unless what the platform shows is the registered account."""
    if not is_registered_one(official_account, platform_id, handle, app):
        raise AccountError(_whose(official_account, platform_id, handle), field="secret")


def _whose(official_account: OfficialAccount, platform_id: str, handle: str) -> str:
    """What was seen in the place of the registered account, by what they differ in."""
    told = {
        "seen": f"@{handle.lstrip('@')}" if handle else platform_id,
        "registered": official_account.at_handle,
    }
    if not handle or handle == platform_id or not _is_called_so(official_account, handle):
        return _("This belongs to %(seen)s, not to %(registered)s.") % told
    told |= {"seen": platform_id, "known": official_account.platform_id}
    if official_account.platform == OfficialAccount.Platform.FEED:
        return (
            _("This is another feed of %(registered)s: %(seen)s. Connected before was %(known)s.")
            % told
        )
    return (
        _(
            "The name %(registered)s belongs to another account now: its id on the platform is "
            "%(seen)s, and that of the registered account is %(known)s."
        )
        % told
    )


def refuse_other_server(official_account: OfficialAccount, host: str) -> None:
    """Raise ``AccountError`` for a server other than the registered one, where there are several.

    An account that has moved, as on Bluesky it may, is given its new server on its own page.
    """
    if official_account.platform not in WITH_HOST:
        return
    if host_name(host) != host_name(official_account.host):
        raise AccountError(
            _(
                "The account is registered on %(host)s. If it has moved, change its server on the "
                "page of the account first."
            )
            % {"host": official_account.host},
            field="host",
        )


def refuse_foreign_feed(official_account: OfficialAccount, address: str) -> None:
    """Raise ``AccountError`` for the address of a feed on another site than the registered one.

    A site may name a feed elsewhere on its home page, or redirect to it: then the site says so.
    """
    host = host_name(official_account.host)
    if official_account.platform != OfficialAccount.Platform.FEED or not address:
        return
    if _site_of(address) != _site(host):
        raise AccountError(
            _(
                "This feed is not on the site %(host)s. Write the address of a feed of this site, "
                "beginning with https://, or leave this empty."
            )
            % {"host": host},
            field="secret",
        )


def refuse_unkeepable(official_account: OfficialAccount, profile: Profile) -> None:
    """Raise ``BadAnswer`` for an id or address that does not fit where it would be kept, and for an
    id with signs that nobody sees."""
    address = public_address(official_account, profile.url)
    for text, longest in ((profile.platform_id, LONGEST_ID), (address, LONGEST_ADDRESS)):
        if not fits(text, longest):
            raise BadAnswer("What the platform tells of the account cannot be kept.")
    if has_hidden(profile.platform_id):
        raise BadAnswer("The id that the platform tells of the account has signs nobody sees.")


def public_address(official_account: OfficialAccount, told: str) -> str:
    """The address at which people see the account, when the platform says ``told``.

    A website and a server of anybody's own can say anything: an address elsewhere is not taken.
    Nor is one from anywhere with spaces or signs that nobody sees. One that no column takes stays
    as it is, for ``refuse_unkeepable``.
    """
    if fits(told, LONGEST_ADDRESS) and (has_hidden(told) or any(map(str.isspace, told))):
        told = ""
    if official_account.platform not in HELD_TO_SERVER:
        return told if told.startswith(("https://", "http://")) else official_account.url
    kept = official_account.url or profile_url(
        official_account.platform, official_account.host, official_account.handle
    )
    own = {_site(host_name(official_account.host)), _site(urlsplit(kept).netloc)}
    return told if len(told) <= LONGEST_ADDRESS and _site_of(told) in own else kept


def _site_of(address: str) -> str | None:
    """The site of an address that people may be sent to, or None."""
    try:
        return _site(urlsplit(base_url(address, settings.PLATFORM_PRIVATE_HOSTS)).netloc)
    except HostInvalid:
        return None


def _site(netloc: str) -> str:
    return netloc.casefold().removeprefix("www.")
