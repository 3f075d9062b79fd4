"""Which presence on a platform an official account is, and that it is registered once."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import web_pages
from accounts.errors import AccountError
from accounts.models import OfficialAccount, User
from accounts.models.official_account import FACEBOOK_NAME


def refuse_registered_twice(actor: User, official_account: OfficialAccount) -> None:
    """Raise ``AccountError`` when another row is the same presence on the platform.

    The other one is named only to those who may see it. The constraints of the table say the
    same, for what happens in between.
    """
    others = _others(official_account)
    same_address = Q(handle__iexact=official_account.handle)
    if official_account.platform == OfficialAccount.Platform.FACEBOOK:
        others = others.alias(name=FACEBOOK_NAME)
        same_address = Q(name=official_account.handle.lower().replace(".", ""))
    same_id = Q(platform_id=official_account.platform_id) & ~Q(platform_id="")
    if official_account.platform == OfficialAccount.Platform.MASTODON:
        others = others.filter(host__iexact=official_account.host)
    other = others.filter(same_address).select_related("unit").first()
    if other is not None:
        raise AccountError(_taken(actor, other), field="handle")
    other = others.filter(same_id).select_related("unit").first()
    if other is not None:
        raise AccountError(_taken(actor, other), field="secret")


def refuse_feed_of_another(
    actor: User, official_account: OfficialAccount, address: str, *, moved: bool
) -> None:
    """Raise ``AccountError`` for a feed by whose address another account is registered. One that
    has ``moved`` is also another's below the page that it is registered by, unless that is as far
    below the own one.

    ``address`` is without its scheme. A whole site has everything below it: only a page of a site
    tells one account from another.
    """
    feed, own = _page(address), _page(official_account.handle)
    nearest = len(own) if _is_at(feed, own) else 0
    site = web_pages.site(feed)
    on_site = Q(handle__iregex=rf"^(www\.)?{re.escape(site)}[/?]")
    for other in _others(official_account).filter(on_site).select_related("unit"):
        page = _page(other.handle)
        is_below = moved and len(page) > nearest and _is_at(feed, page)
        if is_below or feed == page != own:
            raise AccountError(_taken(actor, other), field="secret")


def _page(address: str) -> str:
    return web_pages.place(address).removeprefix("www.")


def _is_at(feed: str, page: str) -> bool:
    """Whether a feed is at the address of a page, or below it; below a query is nothing."""
    return feed == page or ("?" not in page and feed.startswith(f"{page}/"))


def _others(official_account: OfficialAccount) -> QuerySet[OfficialAccount]:
    # A released handle may be the agency's again, as another row.
    return (
        OfficialAccount.objects.filter(platform=official_account.platform)
        .exclude(pk=official_account.pk)
        .exclude(status=OfficialAccount.Status.RELEASED)
    )


def _taken(actor: User, other: OfficialAccount) -> str:
    if other.unit_id not in actor.units_with("accounts.view"):
        return _("This account is registered already, by a unit that you do not see.")
    return _("This account is registered already: %(account)s of %(unit)s.") % {
        "account": other,
        "unit": other.unit.name,
    }
