"""Links on platforms as people share them: each app adds to them what makes every share another.

Pure functions on text. Of websites nothing is known: there "s" and "t" may say which page it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from accounts import handles, links, web_pages
from accounts.platform_readers import PLATFORM_SITES

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
# What each platform's apps add, beside what ``web_pages`` leaves out everywhere.
_ADDED: Mapping[str, re.Pattern[str]] = {
    "x": re.compile(r"s|t|cn|cxt|ref_url|refsrc"),
    "youtube": re.compile(r"si|feature|pp|ab_channel|app|t|start|time_continue"),
    "tiktok": re.compile(
        r"_[a-z]|is_from_webapp|sender_device|sender_web_id|web_id|is_copy_url|share_\w+|sec_u?id"
        r"|u_code|user_id|timestamp|tt_from|source|checksum|preview_pb|region|social_share_type"
        r"|enable_checksum|sharer_language|ug_\w+"
    ),
    "instagram": re.compile(r"hl|ig_rid|ig_mid|__coig_\w+"),
    "facebook": re.compile(
        r"rdid|share_url|sfnsn|s|fs|ref|refid|_rdr|_rdc|paipv|eav|locale2?|notif_\w+"
        r"|__(?:tn__|xts__|cft__).*|wtsid|hr|source"
    ),
    "threads": re.compile(r"xmt|slof|hl"),
    "linkedin": re.compile(r"trk|rcm|lipi|trackingid|originalsubdomain|midtoken", re.IGNORECASE),
}
# Other names of the same site; parts of it that show the same pages come off before.
_SAME_SITE: Mapping[str, str] = {
    "twitter.com": "x.com",
    "threads.net": "threads.com",
    "instagr.am": "instagram.com",
    "fb.com": "facebook.com",
    "telegram.me": "t.me",
    "telegram.dog": "t.me",
    "youtube-nocookie.com": "youtube.com",
}
_SAME_PAGES = re.compile(r"^(?:www|m|mobile|web|mbasic|touch|[a-z]{2}-[a-z]{2})\.")
# These platforms go by the number of the post, whatever name stands before it.
_POST = re.compile(
    r"x\.com/(?:.+/)?status(?:es)?/(?P<x>\d+)(?:/.*)?"
    r"|tiktok\.com/(?:@[^/]*/)?(?:video|photo)/(?P<tiktok>\d+)"
    r"|instagram\.com/(?:[^/]+/)?(?:p|reels?|tv)/(?P<instagram>[\w-]+)"
)
_SAME_PAGE: Mapping[str, str] = {"facebook.com/photo.php": "facebook.com/photo"}
_INVITATION = re.compile(
    r"(?:tg://join/?\?invite=|(?:www\.)?(?:t|telegram)\.me/(?:\+(?!\d+$)|joinchat/))(?P<code>[\w-]+)"
)
_VIDEO = re.compile(
    r"(?:youtu\.be|youtube\.com/(?:shorts|live|embed|v|e))/(?P<id>[\w-]+)", re.IGNORECASE
)


def untracked(link: str) -> str:
    """``link`` as it is written, without what apps and mailings add on the site that it is of."""
    address, mark, fragment = link.partition("#")
    plain = web_pages.untracked(address)
    added = _ADDED.get(PLATFORM_SITES.get(_site(_parts(plain)[1]), ""))
    if added is not None:
        page, _mark, query = plain.partition("?")
        kept = [one for one in query.split("&") if not added.fullmatch(one.partition("=")[0])]
        plain = f"{page}?{'&'.join(kept)}" if any(kept) else page
    return f"{plain}{mark}{fragment}"


def shown(link: str) -> str:
    """``link`` in one line, without scheme, sign of a place on the page, and capitals in the name
    of the site, where they mean nothing. One for an app is none without its scheme."""
    scheme, host, rest = _parts(link)
    if scheme.lower().startswith("tg:"):
        return f"tg://{host}{rest}"
    if not links.is_told_by_fragment(f"{host}{rest}"):
        rest = rest.partition("#")[0]
    return f"{host}{rest}".rstrip("/")


def place(link: str) -> str:
    """Equal for two links to the same page of a platform; of other sites the link itself."""
    plain = shown(link)
    if invitation := _INVITATION.fullmatch(plain):
        return f"t.me/+{invitation['code']}"
    scheme, host, rest = _parts(plain)
    if scheme:
        return plain
    if not (site := _site(host)):
        return f"{host}{rest}"
    # Before t.me stands the name of an account.
    is_whole = host == site or (site == "t.me" and not host.startswith("www."))
    bare = host if is_whole else _SAME_PAGES.sub("", host)
    page, mark, query = f"{_SAME_SITE.get(bare, bare)}{rest}".partition("?")
    page, query = _SAME_PAGE.get(page.rstrip("/"), page.rstrip("/")), _in_order(query)
    if post := _POST.fullmatch(page):
        number = post["x"] or post["tiktok"]
        host = page.partition("/")[0]
        return f"{host}/{number}" if number else f"{host}/p/{post['instagram']}{mark}{query}"
    videos = parse_qs(query).get("v", []) if page == "youtube.com/watch" else []
    if video := _VIDEO.fullmatch(page):
        videos = [video["id"]]
    return f"youtube.com/watch?v={videos[0]}" if len(videos) == 1 else f"{page}{mark}{query}"


def _in_order(query: str) -> str:
    """``query`` with its names in order, as platforms ask for each by its name."""
    return "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[0]))


def _site(host: str) -> str:
    """The platform's site that ``host`` is or is a part of, else nothing."""
    name = host.partition(":")[0]
    return next((site for site in PLATFORM_SITES if name == site or name.endswith(f".{site}")), "")


def _parts(link: str) -> tuple[str, str, str]:
    """Scheme, host in small letters, and the rest of ``link``."""
    found = _SCHEME.match(link)
    scheme = found.group() if found else ""
    whole = link[len(scheme) :]
    host = re.split(r"[/\\?#]", whole, maxsplit=1)[0]
    return scheme, handles.small(host), whole[len(host) :]
