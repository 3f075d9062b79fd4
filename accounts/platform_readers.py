"""Which account an address on a platform's own site names, as each platform builds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from accounts import handles
from accounts.reading import (
    CHOSEN_NAME,
    DOUBTFUL,
    INVITATION,
    NUMBER,
    OLD_ADDRESS,
    PHONE,
    POST,
    SHORTENED,
    Reference,
    named,
)

Query = Mapping[str, list[str]]
Reader = Callable[[str, list[str], Query], Reference | None]


# The part behind the name that makes it the address of a post. These platforms go by the number of
# the post: X, TikTok and Instagram lead on to the real author whatever name stands before it, and
# nobody vouches for the others. Elsewhere the name is a part of what is looked up: the messages of
# a channel are numbered by channel on Telegram and WhatsApp, Bluesky looks in the records of that
# account, and a server of the fediverse among that account's posts.
_POSTS: Mapping[str, frozenset[str]] = {
    "instagram": frozenset({"p", "reel", "tv"}),
    # Alone these are the tabs of a page.
    "facebook": frozenset(),
    "x": frozenset({"status", "statuses", "article"}),
    "threads": frozenset({"post"}),
    "tiktok": frozenset({"video", "photo"}),
}
_FACEBOOK_NUMBER = re.compile(r"pfbid\w+|\d{5,}", re.IGNORECASE)
# Pages of posts that name the account beside the post.
_FACEBOOK_POSTS = {"permalink.php", "story.php", "photo.php", "photo"}


def _by_name(platform: str, path: list[str], name: str = "") -> Reference | None:
    """The account ``name``, or the first part of the path, with a note where it is a post's."""
    return named(platform, "", name or path[0], POST if _is_post(platform, path) else "")


def _is_post(platform: str, path: list[str]) -> bool:
    """Whether the path names a post, or what else has an address below the name: what is not known
    for a tab of the account may be anybody's."""
    if len(path) < 2 or platform not in _POSTS:
        return False
    is_number = platform == "facebook" and _FACEBOOK_NUMBER.fullmatch(path[1])
    return len(path) > 2 or path[1].lower() in _POSTS[platform] or bool(is_number)


def _first(platform: str, *not_accounts: str) -> Reader:
    """The account is the first part of the path, but for the platform's own pages."""

    def read(host: str, path: list[str], query: Query) -> Reference | None:
        if not path or path[0].lower() in not_accounts:
            return None
        return _by_name(platform, path)

    return read


_instagram_name = _first(
    "instagram", "p", "reel", "reels", "tv", "explore", "accounts", "direct", "s", "share", "about",
    "ar", "audio", "challenge", "channel", "create", "developer", "directory", "emails", "guide",
    "guides", "invites", "j", "legal", "lite", "login", "nametag", "oauth", "popular", "privacy",
    "session", "settings", "tags", "terms", "topics", "web",
)  # fmt: skip


def _instagram(host: str, path: list[str], query: Query) -> Reference | None:
    if path and path[0].lower() in {"stories", "_u", "m"}:
        path = path[1:]
    return None if path and path[0] == "highlights" else _instagram_name(host, path, query)


_facebook_name = _first(
    "facebook", "watch", "share", "groups", "events", "photo", "photo.php", "hashtag", "reel",
    "story.php", "permalink.php", "login", "marketplace", "gaming", "sharer", "sharer.php",
    "dialog", "help", "public", "search", "stories", "media", "l.php", "video.php", "profile.php",
    # Rooms, groups and calls that m.me and fb.me lead to.
    "ch", "cm", "e", "g", "j", "t",
    "ads", "ajax", "apps", "audio", "bookmarks", "checkpoint", "commerce", "composer", "directory",
    "donate", "events.php", "friends", "fundraisers", "games", "group.php", "home.php", "jobs",
    "legal", "live", "login.php", "memories", "messages", "messenger_media", "n", "nd", "notes",
    "notifications", "offers", "photos", "places", "play", "plugins", "policies", "policy.php",
    "privacy", "r.php", "recover", "reels", "reg", "saved", "settings", "share.php", "topic",
    "video", "videos", "view", "watchparty",
)  # fmt: skip


def _facebook(host: str, path: list[str], query: Query) -> Reference | None:
    numbers = query.get("id") or query.get("owner_id") or []
    number = numbers[0] if len(numbers) == 1 else ""
    page = path[0].lower() if path else ""
    if number.isdigit() and page in {"profile.php", *_FACEBOOK_POSTS}:
        return named("facebook", "", number, POST if page in _FACEBOOK_POSTS else "")
    if path and path[0].lower() == "pg":
        path = path[1:]
    elif path and path[0].lower() in {"pages", "people", "p"}:
        number = _number_of_page(path)
        by_name = Reference("facebook", host, "", CHOSEN_NAME)
        return named("facebook", "", number) if number else by_name
    if path and (ending := re.search(r"-(\d{8,25})$", path[0])):
        return _by_name("facebook", path, ending.group(1))
    return _facebook_name(host, path, query)


def _number_of_page(path: list[str]) -> str:
    """The number in an address whose other parts are names that anybody chooses, else nothing."""
    kind, rest = path[0].lower(), path[1:]
    if kind != "p" and len(rest) > 1 and rest[0] != "category":
        return rest[1] if rest[1].isdigit() else ""
    name = "".join(rest[2:3] if kind == "pages" and rest[:1] == ["category"] else rest[:1])
    ending = re.search(r"-(\d{8,25})$", name) if kind != "people" else None
    return ending.group(1) if ending else ""


_x_name = _first(
    "x", "i", "home", "search", "hashtag", "intent", "share", "explore", "settings", "messages",
    "login", "tos", "privacy", "compose", "notifications", "account", "bookmarks", "communities",
    "download", "jobs", "lists", "logout", "oauth", "search-advanced", "signup", "spaces",
    "statuses", "topics", "widgets", "who_to_follow",
)  # fmt: skip


def _x(host: str, path: list[str], query: Query) -> Reference | None:
    if path and path[0].lower() == "intent":
        is_profile = path[1:] in (["user"], ["follow"]) and "user_id" not in query
        names = query.get("screen_name", []) if is_profile else []
        return named("x", "", names[0]) if len(names) == 1 else None
    if len(path) > 2 and path[:2] == ["i", "user"]:
        return named("x", "", path[2], NUMBER) if path[2].isdigit() else None
    return _x_name(host, path, query)


def _youtube(host: str, path: list[str], query: Query) -> Reference | None:
    first = path[0] if path else ""
    if first.startswith("@"):
        # Handles know no capitals, ids do: written small, no handle is taken for an id.
        is_id = handles.is_id("youtube", first[1:])
        # A post among those of a channel: nobody vouches that it is its own.
        note = POST if _is_youtube_post(path[1:], query) else ""
        return named("youtube", "", first.lower() if is_id else first, note)
    if first == "channel":
        is_channel = len(path) > 1 and handles.is_id("youtube", path[1])
        note = POST if _is_youtube_post(path[2:], query) else ""
        return named("youtube", "", path[1], note) if is_channel else None
    if first in {"c", "user"} and len(path) > 1:
        return _old_address(path[1], f"{first}/")
    if host.endswith("youtu.be") or first in {
        "", "watch", "shorts", "live", "playlist", "embed", "results", "hashtag", "feed", "post",
        "clip", "v", "redirect", "premium", "gaming", "account", "ads", "attribution_link", "c",
        "comment", "course", "creators", "e", "kids", "learning", "logout", "movies",
        "music", "news", "oembed", "playables", "podcasts", "s", "shared", "show", "shows",
        "signin", "source", "sports", "t", "trending", "upload", "user", "view_play_list",
        "watch_videos",
    }:  # fmt: skip
        return None
    return _old_address(first)


def _is_youtube_post(below: list[str], query: Query) -> bool:
    """Whether what stands below a channel names a post in its community."""
    is_there = bool(below) and below[0].lower() in {"community", "posts"}
    return is_there and (len(below) > 1 or any(name.lower() == "lb" for name in query))


def _old_address(name: str, kind: str = "") -> Reference | None:
    """The channel at an old address; of one name each ``kind`` may lead to another channel."""
    found = named("youtube", "", name, OLD_ADDRESS)
    return found and replace(found, page=f"youtube.com/{kind}{found.handle}")


def _signed(platform: str) -> Reader:
    """The account is a part of the path that begins with the sign."""

    def read(host: str, path: list[str], query: Query) -> Reference | None:
        return _by_name(platform, path) if path and path[0].startswith("@") else None

    return read


def _tiktok(host: str, path: list[str], query: Query) -> Reference | None:
    if path and path[0] == "t":
        return Reference(None, host, "", SHORTENED)
    return _signed("tiktok")(host, path, query)


def _linkedin(host: str, path: list[str], query: Query) -> Reference | None:
    if len(path) < 2:
        return None
    if path[0] in {"company", "school", "showcase"}:
        return named("linkedin", "", path[1])
    if path[0] == "in":
        return named("linkedin", "", f"in/{path[1]}")
    # The posts of a page and of a person are written the same.
    return None


_telegram_name = _first(
    "telegram", "addemoji", "addlist", "addstickers", "addtheme", "auction", "bg", "boost",
    "c", "call", "confirmphone", "contact", "giftcode", "invoice", "iv", "login", "m", "msg",
    "nft", "proxy", "setlanguage", "share", "socks",
)  # fmt: skip
# What leads to an answer below a message, which anybody may write.
_COMMENTS = frozenset({"comment", "thread"})
# Telegram opens what these name, and not the account before them: its apps make one query of the
# name in the path and of what stands behind it, whose names they read in small letters.
_OTHERS = frozenset({"attach", "domain", "phone"})


def telegram_account(name: str, query: Query) -> Reference | None:
    """The account ``name``, as a link with that ``query`` behind the name shows it."""
    asked = {key.lower() for key in query}
    if not _OTHERS.isdisjoint(asked):
        return Reference(None, "", "", DOUBTFUL)
    return named("telegram", "", name, "" if _COMMENTS.isdisjoint(asked) else POST)


def _telegram(host: str, path: list[str], query: Query) -> Reference | None:
    if host.count(".") == 2 and host.endswith(".t.me") and not host.startswith("www."):
        return telegram_account(host.partition(".")[0], query)
    if path and path[0].startswith("+") and path[0][1:].isdigit():
        return Reference("telegram", host, "", PHONE)
    if path and (path[0].startswith("+") or path[0] == "joinchat"):
        return Reference("telegram", host, "", INVITATION)
    if host.endswith("telegram.org") and (not path or not path[0].startswith("@")):
        return None
    path = path[1:] if path and path[0] == "s" else path
    found = _telegram_name(host, path, query)
    return telegram_account(found.handle, query) if found else None


_IS_NUMBER = re.compile(r"[ +(]*(?:\d[ ().-]*){5,15}")


def _whatsapp(host: str, path: list[str], query: Query) -> Reference | None:
    if host == "chat.whatsapp.com":
        return Reference("whatsapp", host, "", INVITATION)
    asked = query.get("phone", [""]) if path[:1] == ["send"] else []
    if host.endswith("wa.me") and not asked:
        # The goods of a shop stand behind "c"; the other words lead to codes, of whom is not told.
        asked = path[1:2] if path[:1] == ["c"] else path[:1]
    if any(_IS_NUMBER.fullmatch(one) for one in asked):
        return Reference("whatsapp", host, "", PHONE)
    if host.endswith("wa.me"):
        return None
    if len(path) > 1 and path[0] == "channel":
        return named("whatsapp", "", handles.whatsapp_address(path[1]))
    return None


def _bluesky(host: str, path: list[str], query: Query) -> Reference | None:
    return named("bluesky", "", path[1]) if len(path) > 1 and path[0] == "profile" else None


_BY_PLATFORM: Mapping[str, tuple[Reader, tuple[str, ...]]] = {
    "instagram": (_instagram, ("instagram.com", "instagr.am", "ig.me")),
    "facebook": (_facebook, ("facebook.com", "fb.com", "fb.me", "m.me", "fb.gg")),
    "x": (_x, ("x.com", "twitter.com")),
    "youtube": (_youtube, ("youtube.com", "youtu.be", "youtube-nocookie.com")),
    "tiktok": (_tiktok, ("tiktok.com",)),
    "threads": (_signed("threads"), ("threads.net", "threads.com")),
    "linkedin": (_linkedin, ("linkedin.com",)),
    "telegram": (_telegram, ("t.me", "telegram.me", "telegram.dog", "web.telegram.org")),
    "whatsapp": (_whatsapp, ("whatsapp.com", "wa.me")),
    "bluesky": (_bluesky, ("bsky.app",)),
}
READERS: dict[str, Reader] = {
    site: reader for reader, sites in _BY_PLATFORM.values() for site in sites
}
# Whose site it is, for those too who ask whether a host is or resembles one.
PLATFORM_SITES: Mapping[str, str] = {
    site: platform for platform, (_reader, sites) in _BY_PLATFORM.items() for site in sites
}
