"""Whether an address leads to the account that it is written down for.

The address is published as official: one that leads elsewhere would give a stranger the agency's
word. Nothing is fetched; the address alone must say it, as the public check reads it.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import handles, leads, web_pages
from accounts.errors import AccountError
from accounts.links import SHARED, has_dot_segments
from accounts.references import DOUBTFUL, Reference, read_url, tidy

# As sites write the pages of people: /@name, /~name, /users/name.
_NAMES = re.compile(r"/(?:[@~]|(?:users?|u|people|profile)/)", re.IGNORECASE)


def refuse_foreign_url(platform: str, host: str, handle: str, url: str) -> None:
    """Raise ``AccountError`` when ``url`` is not an address of this account. Empty is fine."""
    if not url or _is_training(url):
        return
    is_own = _is_own(platform, host, handle, url)
    if is_own and _leads_on(platform, handle, url):
        problem = _(
            "The address of another website stands in this one, and it may lead there. Copy the "
            "address of the page itself."
        )
        raise AccountError(problem, field="url")
    if is_own:
        return
    if handles.known_by_address(platform):
        where = handles.split_address(handle)[0]
        problem = _("This address is elsewhere. It must be on %(host)s, like the account.")
        raise AccountError(problem % {"host": where}, field="url")
    problem = _(
        "This is not the address of %(handle)s on %(platform)s. Copy it from the page of the "
        "account, or leave this empty."
    )
    names = {"handle": handle, "platform": handles.platform_label(platform)}
    raise AccountError(problem % names, field="url")


def _is_training(url: str) -> bool:
    """Where this instance talks to platforms of its own, accounts have their pages there too."""
    private = {one.casefold() for one in settings.PLATFORM_PRIVATE_HOSTS}
    own = private | ({urlsplit(settings.PLATFORM_BASE_URL).netloc.casefold()} - {""})
    return urlsplit(url).netloc.casefold() in own


def _leads_on(platform: str, handle: str, url: str) -> bool:
    """Whether the address of another site stands in it, but for a page that is registered so."""
    bare = url.partition("://")[2]
    page, _mark, fragment = bare.partition("#")
    if handles.known_by_address(platform) and web_pages.place(page) == web_pages.place(handle):
        bare = f"{urlsplit(url).netloc}#{fragment}"
    return bool(leads.of(bare))


def _is_own(platform: str, host: str, handle: str, url: str) -> bool:
    seen = read_url(url)
    # A browser reads "\" as "/", and what stands before "@" as a name to sign in with.
    is_odd = "\\" in url or tidy(url)[0] != url or "@" in urlsplit(url).netloc
    if seen is None or seen.note == DOUBTFUL or is_odd:
        return False
    # Nobody copies points from a browser, which has followed them already.
    if has_dot_segments(urlsplit(url).path):
        return False
    if handles.known_by_address(platform):
        is_itself = url == handles.page_of(platform, host, handle)
        return is_itself or _is_on_site(platform, handle, urlsplit(url))
    if platform == "mastodon":
        return _is_on_server(host, handle, url, seen)
    if seen.platform != platform or ":" in urlsplit(url).netloc:
        return False
    return not seen.note and _is_same(platform, handle, seen.handle)


def _is_on_site(platform: str, handle: str, parts: SplitResult) -> bool:
    own = urlsplit(f"//{handle}")
    if _site(parts.netloc) != _site(own.netloc):
        return False
    page = web_pages.place(handle)
    if page == handles.small(own.netloc):
        return True
    # A site may be shared by many: there the page counts too, and what is under it.
    if "//" in parts.path and "//" not in own.path:
        return False
    seen = web_pages.place(web_pages.address(own.netloc, parts.path, parts.query))
    if platform == "feed" and f"{page.partition('?')[0]}/".startswith(f"{seen}/"):
        # The news of a site are at a page of it, and shown at one above; whose a page with the name
        # of a person in its address is, or a site where anybody may have one, that page alone says.
        return seen == page or (own.netloc not in SHARED and not _NAMES.search(own.path))
    if "?" in page:
        return seen == page
    return f"{seen.partition('?')[0]}/".startswith(f"{page}/")


def _site(netloc: str) -> str:
    return handles.without_www(netloc.casefold()).removesuffix(":443")


def _is_on_server(host: str, handle: str, url: str, seen: Reference) -> bool:
    if urlsplit(url).netloc.casefold() != handles.host_name(host):
        return False
    if seen.platform is None:
        # Servers of other kinds build their pages otherwise; each ends with the account's name.
        return _is_same("mastodon", handle, urlsplit(url).path.rstrip("/").rpartition("/")[2])
    # What the server shows of an account elsewhere is not this one.
    return not seen.note and _is_same("mastodon", handle, seen.handle)


def _is_same(platform: str, handle: str, seen: str) -> bool:
    if not seen:
        return False
    if handles.is_id(platform, handle) != handles.is_id(platform, seen):
        # Which name belongs to a number only the platform knows.
        return True
    return handles.key(platform, "", handle) == handles.key(platform, "", seen)
