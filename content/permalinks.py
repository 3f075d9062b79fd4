"""The address of one post on one official account, as people copy it, in one spelling.

Pure functions on text. The spelling is that which the platform's own answers have, so that a post
which a person recorded is found again when it is seen there (``kpi`` matches by the address).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

from django.utils.translation import gettext as _

from accounts import handles
from accounts.models import OfficialAccount
from govsocial.platforms.keeping import web_link

LONGEST = 500
_ID = r"(?P<post>[A-Za-z0-9_-]{3,100})"


class NotThatPost(ValueError):
    """The address is not that of a post of the account; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a platform writes the address of a post.

    ``sites`` are its hosts without ``www.``; ``paths`` what stands behind them, with the groups
    ``post`` and, where it names the account, ``handle``; ``page`` the one spelling; ``query`` the
    parameters that belong to the address.
    """

    sites: frozenset[str]
    paths: tuple[re.Pattern[str], ...]
    page: str
    query: tuple[str, ...] = ()


def _paths(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"{one}/?") for one in patterns)


_LONG_YOUTUBE = frozenset({"youtube.com", "m.youtube.com"})
_NAME = r"(?P<handle>[^/]+)"

SHAPES: Mapping[str, Shape] = {
    "x": Shape(
        frozenset({"x.com", "twitter.com", "mobile.x.com", "mobile.twitter.com", "m.twitter.com"}),
        _paths(rf"/{_NAME}/status/(?P<post>\d{{3,25}})(?:/(?:photo|video)/\d)?"),
        "https://x.com/{handle}/status/{post}",
    ),
    "instagram": Shape(
        frozenset({"instagram.com"}),
        _paths(rf"(?:/{_NAME})?/(?P<kind>p|reel|tv)/{_ID}"),
        "https://www.instagram.com/{kind}/{post}/",
    ),
    "threads": Shape(
        frozenset({"threads.com", "threads.net"}),
        _paths(rf"/@{_NAME}/post/{_ID}"),
        "https://www.threads.com/@{handle}/post/{post}",
    ),
    "bluesky": Shape(
        frozenset({"bsky.app"}),
        _paths(rf"/profile/{_NAME}/post/{_ID}"),
        "https://bsky.app/profile/{handle}/post/{post}",
    ),
    "tiktok": Shape(
        frozenset({"tiktok.com", "m.tiktok.com"}),
        _paths(rf"/@{_NAME}/(?P<kind>video|photo)/(?P<post>\d{{5,25}})"),
        "https://www.tiktok.com/@{handle}/{kind}/{post}",
    ),
    "youtube": Shape(
        frozenset({"youtube.com", "m.youtube.com", "youtu.be"}),
        _paths("/watch", rf"/(?:shorts|live)/{_ID}", rf"/(?P<kind>post)/{_ID}", rf"/{_ID}"),
        "https://www.youtube.com/watch?v={post}",
        query=("v",),
    ),
    "facebook": Shape(
        frozenset({"facebook.com", "m.facebook.com", "web.facebook.com", "id-id.facebook.com"}),
        _paths(
            r"/(?:permalink|story|photo)\.php",
            "/(?:photo|watch)",
            rf"/reel/{_ID}",
            rf"/{_NAME}/(?:posts|videos|photos)/(?:[^/]+/)*{_ID}",
        ),
        "https://www.facebook.com{path}",
        query=("story_fbid", "fbid", "v", "id"),
    ),
    "telegram": Shape(
        frozenset({"t.me", "telegram.me"}),
        _paths(rf"(?:/s)?/{_NAME}/(?P<post>\d+)"),
        "https://t.me/{handle}/{post}",
    ),
    "whatsapp": Shape(
        frozenset({"whatsapp.com"}),
        _paths(r"/channel/(?P<handle>[\w-]+)/(?P<post>\d+)"),
        "https://whatsapp.com/channel/{handle}/{post}",
    ),
    "linkedin": Shape(
        frozenset({"linkedin.com", "id.linkedin.com"}),
        _paths(
            r"/feed/update/(?P<post>urn:li:(?:activity|share|ugcPost):\d+)",
            r"/posts/(?P<handle>[\w-]+?)_(?P<post>[\w%-]+)",
        ),
        "https://www.linkedin.com{path}",
    ),
}


# What "Share" gives out for a post: another address each time, which no answer of the platform has.
_SHARED = {"facebook": re.compile(r"/share(?:r(?:\.php)?)?(?:/.*)?")}

# How the address of a comment names it: what stands behind the address of its post.
_COMMENTS = {
    "facebook": ("comment_id", r"\d{5,40}"),
    "youtube": ("lc", r"[\w.-]{10,100}"),
}
_ON_INSTAGRAM = re.compile(r"(?P<post>(?:/[^/]+)?/(?:p|reel|tv)/[\w-]+)/c/(?P<comment>\d{5,40})/?")


def permalink_of(account: OfficialAccount, typed: str, *, comment: bool = False) -> str:
    """``typed`` in the one spelling of it. Raises ``NotThatPost`` for what is no address of a post
    on the account's platform, or of a ``comment``; on another server, or of another account."""
    parts = _parts(typed)
    if comment:
        return _of_comment(account, parts)
    if account.platform == "mastodon":
        return _on_a_server(account, parts.netloc, parts.path)
    shape = SHAPES.get(account.platform)
    site = handles.without_www(parts.hostname or "")
    if shape is None or site not in shape.sites:
        raise NotThatPost(
            _("This is no address on %(platform)s.") % {"platform": account.get_platform_display()}
        )
    path, query, found = _read(shape, parts)
    if account.platform in _SHARED and _SHARED[account.platform].fullmatch(path):
        raise NotThatPost(
            _(
                "This address was made for sharing and changes each time. Open it in a browser, "
                "then copy the address of the post that the browser shows."
            )
        )
    named = found.groupdict() if found else {}
    post = named.get("post") or query.get("v") or query.get("story_fbid") or query.get("fbid")
    # Where a browser goes to another place than the one that is read here.
    leads_elsewhere = any(part in {".", ".."} for part in path.split("/"))
    # Only the short site has the post right behind it; here that is a page of an account.
    is_account = site in _LONG_YOUTUBE and path.count("/") == 1 and path != "/watch"
    if found is None or leads_elsewhere or is_account:
        raise NotThatPost(_no_post(account))
    if not post or not re.fullmatch(r"[\w:.%-]{1,100}", post):
        raise NotThatPost(_no_post(account))
    _refuse_others(account, named.get("handle") or query.get("id") or "")
    return _spelled(account, shape, path, {**named, "post": post}, query)


def hides_account(account: OfficialAccount, address: str) -> bool:
    """Whether an address that ``permalink_of`` takes does not say whose post it is, as that of a
    reel or of a film on YouTube. It proves that there is a post, not on which account."""
    shape = SHAPES.get(account.platform)
    try:
        parts = _parts(address)
    except NotThatPost:
        return False
    if shape is None or handles.without_www(parts.hostname or "") not in shape.sites:
        return False
    on_instagram = account.platform == "instagram" and _ON_INSTAGRAM.fullmatch(parts.path)
    if on_instagram:
        parts = parts._replace(path=on_instagram["post"])
    _path, query, found = _read(shape, parts)
    return not (query.get("id") or (found and found.groupdict().get("handle")))


def _read(shape: Shape, parts: SplitResult) -> tuple[str, dict[str, str], re.Match[str] | None]:
    """The path, the parameters that belong to the address, and what the path says."""
    path = unquote(parts.path).rstrip("/") or "/"
    asked = parse_qs(parts.query)
    query = {name: asked[name][0] for name in shape.query if name in asked}
    return path, query, next((it for one in shape.paths if (it := one.fullmatch(path))), None)


def _of_comment(account: OfficialAccount, parts: SplitResult) -> str:
    """The address of the post that it stands under, and what names the comment there."""
    if account.platform == "instagram":
        found = _ON_INSTAGRAM.fullmatch(parts.path)
        if found is not None:
            post = permalink_of(account, parts._replace(path=found["post"], query="").geturl())
            return f"{post}c/{found['comment']}/"
    elif account.platform in _COMMENTS:
        name, shape = _COMMENTS[account.platform]
        named = parse_qs(parts.query).get(name, [""])[0]
        if re.fullmatch(shape, named):
            post = permalink_of(account, parts.geturl())
            return f"{post}{'&' if '?' in post else '?'}{name}={named}"
    raise NotThatPost(
        _("This is not the address of a comment. Open its time on %(platform)s and copy that.")
        % {"platform": account.get_platform_display()}
    )


# The id of a post in the address of it, or of a comment under it. An id of another kind (Facebook's
# "pfbid" is another one for each reader) can be compared with none.
_POSTS = {
    "facebook": re.compile(r"/posts/(?:[^/]+/)*(\d+)|[?&]story_fbid=(\d+)"),
    "instagram": re.compile(r"/(?:p|reel|tv)/([\w-]+)"),
    "youtube": re.compile(r"[?&]v=([\w-]+)"),
}


def is_under_another(account: OfficialAccount, comment: str, post: str) -> bool:
    """Whether the address of a comment names another post than that at the address ``post``. False
    where the two do not name their post in the same way, so that nobody can tell."""
    known = _POSTS.get(account.platform)
    under, wanted = (known.search(one) if known else None for one in (comment, post))
    if under is None or wanted is None:
        return False
    return set(filter(None, under.groups())) != set(filter(None, wanted.groups()))


def _parts(typed: str) -> SplitResult:
    link = web_link(typed.strip())
    try:
        parts = urlsplit(link or "")
        is_plain = parts.port in {None, 80, 443} or bool(parts.hostname)
    except ValueError:
        is_plain = False
    if link is None or not is_plain or not link.isprintable() or " " in link or parts.username:
        raise NotThatPost(_("Give the whole address of the post, beginning with https://."))
    return parts


def _no_post(account: OfficialAccount) -> str:
    return _(
        "This is not the address of one post. Open the post on %(platform)s and copy its address."
    ) % {"platform": account.get_platform_display()}


def _refuse_others(account: OfficialAccount, named: str) -> None:
    """Raise ``NotThatPost`` where the address names another account."""
    if not named:
        return
    if account.platform == "whatsapp":
        named = handles.whatsapp_address(named)
    same = {handles.key(account.platform, account.host, one) for one in _names_of(account)}
    if handles.key(account.platform, account.host, named) not in same:
        raise NotThatPost(
            _("This is a post of %(other)s, not of %(account)s.")
            % {"other": named[:100], "account": account}
        )


def _names_of(account: OfficialAccount) -> list[str]:
    """The account may stand in an address by the id that its platform gave it, too."""
    handle = account.handle.removeprefix("company/")
    return [handle, account.platform_id] if account.platform_id else [handle]


def _spelled(
    account: OfficialAccount,
    shape: Shape,
    path: str,
    named: Mapping[str, str | None],
    query: Mapping[str, str],
) -> str:
    own = handles.without_site(account.handle)
    kind = named.get("kind") or ""
    if account.platform == "youtube" and kind == "post":
        return f"https://www.youtube.com/post/{named['post']}"
    page = shape.page.format(
        handle=own, kind=kind, post=named["post"], path=quote(path, safe="/:%")
    )
    if account.platform == "facebook" and query:
        page = f"{page}?{urlencode(query)}"
    return page[:LONGEST]


_STATUS = re.compile(
    r"/(?:@(?P<handle>[^/@]+)(?:@(?P<site>[^/]+))?|users/(?P<user>[^/]+)/statuses)"
    r"/(?P<post>\d+)/?"
)


def _on_a_server(account: OfficialAccount, netloc: str, path: str) -> str:
    """A post on Mastodon, at the address that the account's own server gives it."""
    own = handles.host_name(account.host)
    if netloc.casefold() != own:
        raise NotThatPost(
            _("This is no address on the account's own server, %(host)s.") % {"host": own}
        )
    found = _STATUS.fullmatch(unquote(path))
    if found is None:
        raise NotThatPost(_no_post(account))
    site = (found["site"] or own).casefold()
    name = found["handle"] or found["user"]
    _refuse_others(account, name if site == own else f"{name}@{site}")
    page = handles.page_of(account.platform, account.host, account.handle)
    return f"{page}/{found['post']}"
