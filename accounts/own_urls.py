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
from accounts.sites import known

# As sites write the pages of people: /@name, /~name, /users/name.
_NAMES = re.compile(r"/(?:[@~]|(?:users?|u|people|profile)/)", re.IGNORECASE)
# As sites call their feeds: /feed, /rss.xml, and /berita.rss beside /berita.
_FEED = re.compile(r"\.?(?:rss|feeds?|atom)2?(?:\.(?:xml|rss|atom|rdf|json|php|aspx))?|index\.xml")
# As WordPress calls those of each kind, behind /feed.
_KIND = re.compile(r"rss2?|rdf|atom|json")
_FEED_ENDING = re.compile(r"\.(?:xml|rss|atom|rdf)$")
# Beside the platforms that accounts may be on. All parts of these sites are meant as well.
_OF_MANY = frozenset(
    {
        "blogger.com", "dailymotion.com", "flickr.com", "github.com", "google.com",
        "kompasiana.com", "pinterest.com", "reddit.com", "soundcloud.com", "vimeo.com",
        "wikipedia.org",
    }
)  # fmt: skip
# Of these the first part of an address says whose all that is below it is, but for some words.
_OWNED = frozenset({"github.com", "pinterest.com", "vimeo.com"})
_NOBODYS = frozenset({"orgs", "users", "channels", "groups", "topics", "categories"})


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
        raise AccountError(_problem_of_site(where, url) % {"host": where}, field="url")
    problem = _(
        "This is not the address of %(handle)s on %(platform)s. Copy it from the page of the "
        "account, or leave this empty."
    )
    names = {"handle": handle, "platform": handles.platform_label(platform)}
    raise AccountError(problem % names, field="url")


def _problem_of_site(host: str, url: str) -> str:
    if _site(urlsplit(url).netloc) != _site(host):
        return _("This address is elsewhere. It must be on %(host)s, like the account.")
    return _(
        "This page is on %(host)s, but its address does not say that it belongs to this account. "
        "Copy the address of the account itself, or leave this empty."
    )


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


def is_called_feed(address: str) -> bool:
    """Whether the last part of its path is called as sites call their feeds."""
    page = urlsplit(f"//{address}").path.rpartition("/")[2]
    return bool(_FEED.fullmatch(page) or _FEED_ENDING.search(page))


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
    if platform == "feed" and _is_of_feed(own, page, seen):
        return True
    if "?" in page:
        return seen == page
    return f"{seen.partition('?')[0]}/".startswith(f"{page}/")


def _is_of_feed(own: SplitResult, feed: str, seen: str) -> bool:
    """Whether the page ``seen`` shows the news of ``feed``, whose address ``own`` is.

    They are at a page of a site and shown at one above, or at that which the address names beside
    them and below it: /@name of /feed/@name, and all of a site of its /rss.xml. Whose a page with
    the name of a person in its address is, or a site where anybody may have one, as on a platform,
    that page alone says; where all is under the name of whoever has it, each page above does.
    """
    is_own_site = not (_is_of_many(own.netloc) or _NAMES.search(own.path))
    is_above = f"{feed.partition('?')[0]}/".startswith(f"{seen}/")
    if is_above and (is_own_site or _is_owned(seen)):
        return True
    told, shown = _told_by_feed(feed), seen.partition("?")[0]
    is_below = not _is_of_many(told) and f"{shown}/".startswith(f"{told}/")
    return is_below and _NAMES.search(f"{shown.removeprefix(told)}/") is None


def _is_of_many(site: str) -> bool:
    """Whether anybody may have pages on ``site``. A single page is no site."""
    if "/" in site:
        return False
    host = handles.without_www(site.partition(":")[0])
    return host in SHARED or bool(known(host)) or not _OF_MANY.isdisjoint(_sites_of(host))


def _is_owned(page: str) -> bool:
    """Whether whoever has what is below ``page`` has that page, too."""
    host, *parts = page.split("/")
    is_named = bool(parts) and parts[0] not in _NOBODYS
    return is_named and not _OWNED.isdisjoint(_sites_of(host.partition(":")[0]))


def _sites_of(host: str) -> set[str]:
    labels = host.split(".")
    return {".".join(labels[start:]) for start in range(len(labels))}


def _told_by_feed(feed: str) -> str:
    """``feed`` without the part of its path that says what it is. With a query it may be the feed
    of anything there."""
    host, *parts = feed.split("/")
    if "?" in feed or not parts:
        return feed
    if parts[-2:-1] == ["feed"] and _KIND.fullmatch(parts[-1]):
        # Else "feed" is the name of a person.
        is_word = not _NAMES.fullmatch(f"/{''.join(parts[-3:-2])}/")
        parts = parts[:-1] if is_word else parts
    if _FEED.fullmatch(parts[-1]):
        return "/".join((host, *parts[:-1]))
    last = _FEED_ENDING.sub("", parts[-1])
    first = parts[1:] if len(parts) > 1 and _FEED.fullmatch(parts[0]) else parts
    return "/".join((host, *first[:-1], last))


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
