"""Users and posts as X shows them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from html import escape
from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.ids import chance, iso
from govsocial.training.pictures import is_film

_EPOCH_MS = 1_288_834_974_657
PRIVATE_SECONDS = 30 * 86400
PRIVATE_FIELDS = {"non_public_metrics", "organic_metrics"}
#: X makes links of bare names too.
LINK = re.compile(
    r"https?://[^\s]+[^\s.,;:!?)]"
    r"|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:id|com|org|net|example)(?![\w@-])(?:/[^\s]*[^\s.,;:!?)])?",
    re.IGNORECASE,
)


def id_of(key: str) -> str:
    """The id that X gives the post with this key of the world."""
    value = int(key)
    return str((((value >> 16) - _EPOCH_MS) << 22) | (value & 0xFFFF))


def key_of(post_id: str) -> str:
    """The key of the world behind an id; that of no post for an id that X did not make."""
    if not post_id.isdecimal() or len(post_id) > 19:
        return ""
    value = int(post_id)
    return str((((value >> 22) + _EPOCH_MS) << 16) | (value & 0xFFFF))


def user(
    account: TrainingAccount, fields: Collection[str], counts: Mapping[str, int], founded: str
) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": account.platform_id,
        "username": account.handle,
        "name": account.display_name,
    }
    others = {
        "created_at": founded,
        "description": account.description,
        "verified": True,
        "verified_type": "government",
        "protected": False,
        "public_metrics": {
            "followers_count": counts["followers"],
            "following_count": counts["following"],
            "tweet_count": counts["posts"],
            "listed_count": counts["followers"] // 310,
            "like_count": 212,
            "media_count": counts["posts"] // 4,
        },
    }
    return value | {name: others[name] for name in others if name in fields}


def shown_text(post: Post) -> tuple[str, list[dict[str, Any]]]:
    """The text with short links, as HTML writes it, and what each link stands for."""
    pieces: list[str] = []
    urls: list[dict[str, Any]] = []
    end = length = 0

    def add(part: str) -> None:
        nonlocal length
        pieces.append(part)
        length += len(part)

    for match in LINK.finditer(post.text):
        add(escape(post.text[end : match.start()], quote=False))
        written = match.group()
        expanded = written if "://" in written else f"http://{written}"
        short = f"https://t.co/{_short(expanded)}"
        urls.append(
            {
                "start": length,
                "end": length + len(short),
                "url": short,
                "expanded_url": expanded,
                "display_url": expanded.partition("://")[2][:28],
            }
        )
        add(short)
        end = match.end()
    add(escape(post.text[end:], quote=False))
    if post.pictures:
        post_id = id_of(post.key)
        short = f"https://t.co/{_short(post_id)}"
        kind = "video" if is_film(post.pictures[0].media_type) else "photo"
        add(f" {short}" if length else short)
        urls.append(
            {
                "start": length - len(short),
                "end": length,
                "url": short,
                "expanded_url": f"https://x.com/{post.account.handle}/status/{post_id}/{kind}/1",
                "display_url": "pic.x.com/latihan",
                "media_key": media_key(post, 0),
            }
        )
    return "".join(pieces), urls


def tweet(post: Post, counted: Reactions, fields: Collection[str]) -> dict[str, Any]:
    written, urls = shown_text(post)
    post_id = id_of(post.key)
    others: dict[str, Any] = {
        "created_at": iso(post.at),
        "author_id": post.account.platform_id,
        "conversation_id": id_of(post.root) if post.root else post_id,
        "lang": post.language or "id",
        "public_metrics": public_metrics(post, counted),
        "non_public_metrics": private_metrics(post, counted),
        "organic_metrics": {
            **{
                name: value
                for name, value in public_metrics(post, counted).items()
                if name in {"retweet_count", "reply_count", "like_count", "impression_count"}
            },
            **private_metrics(post, counted),
        },
    }
    if urls:
        others["entities"] = {"urls": urls}
    if post.reply_to:
        others["referenced_tweets"] = [{"type": "replied_to", "id": id_of(post.reply_to)}]
        others["in_reply_to_user_id"] = post.account.platform_id
    if post.pictures:
        keys = [media_key(post, number) for number in range(len(post.pictures))]
        others["attachments"] = {"media_keys": keys}
    value = {"id": post_id, "text": written, "edit_history_tweet_ids": [post_id]}
    return value | {name: others[name] for name in others if name in fields}


def media(post: Post, counted: Reactions, fields: Collection[str]) -> list[dict[str, Any]]:
    """What ``expansions=attachments.media_keys`` adds to an answer."""
    found = []
    for number, picture in enumerate(post.pictures):
        film = is_film(picture.media_type)
        value: dict[str, Any] = {
            "media_key": media_key(post, number),
            "type": "video" if film else "photo",
        }
        others = {"alt_text": picture.alt, "width": picture.width, "height": picture.height}
        value |= {name: given for name, given in others.items() if name in fields and given}
        if film and "public_metrics" in fields:
            value["public_metrics"] = {"view_count": _impressions(post, counted) * 2 // 5}
        found.append(value)
    return found


def public_metrics(post: Post, counted: Reactions) -> dict[str, int]:
    return {
        "retweet_count": counted.reposts,
        "reply_count": counted.replies,
        "like_count": counted.likes,
        "quote_count": counted.quotes,
        "bookmark_count": counted.bookmarks,
        "impression_count": _impressions(post, counted),
    }


def private_metrics(post: Post, counted: Reactions) -> dict[str, int]:
    clicks = counted.likes * (3 + int(chance(post.key, "clicks") * 5)) // 6
    links = clicks if LINK.search(post.text) else 0
    profile = (counted.likes + counted.reposts) // 5
    reactions = counted.likes + counted.reposts + counted.replies + counted.quotes
    return {
        "impression_count": _impressions(post, counted),
        "url_link_clicks": links,
        "user_profile_clicks": profile,
        "engagements": reactions + counted.bookmarks + links + profile,
    }


def _impressions(post: Post, counted: Reactions) -> int:
    """Grows with every reaction and never falls."""
    seen_for_each = 55 + int(chance(post.key, "seen") * 60)
    return counted.likes * seen_for_each + counted.reposts * 140 + counted.replies * 25


def media_key(post: Post, number: int) -> str:
    """``3_`` and the id of the upload for a picture, ``7_`` for a film sent through the API."""
    picture = post.pictures[number]
    media_id = picture.name if picture.name.isdecimal() else str(int(id_of(post.key)) + 1 + number)
    return f"{7 if is_film(picture.media_type) else 3}_{media_id}"


def _short(address: str) -> str:
    digest = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
    return f"L{digest[:9]}"


def length(text: str) -> int:
    """About as X counts: links 23, letters of large alphabets and signs two."""
    return sum(2 if ord(sign) > 0x10FF else 1 for sign in LINK.sub("x" * 23, text))
