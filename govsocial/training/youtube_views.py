"""How channels, films and reports look in the JSON of Google's APIs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.ids import chance, iso
from govsocial.training.texts import LINK, TAG

MAX_TITLE = 100
MAX_DESCRIPTION = 5000
"""Bytes of UTF-8."""
_MASK = 0x5A17_C0DE_2045_ABCD


def video_id(key: str) -> str:
    """The eleven signs by which YouTube calls the post with this key."""
    raw = (int(key) ^ _MASK).to_bytes(8, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def key_of(name: str) -> str | None:
    """The key of a film, or None for what is no id of a film."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{11}", name):
        return None
    try:
        raw = base64.urlsafe_b64decode(f"{name}=")
    except binascii.Error:
        return None
    key = str(int.from_bytes(raw, "big") ^ _MASK)
    return key if video_id(key) == name else None


def uploads(account: TrainingAccount) -> str:
    """The playlist of everything that a channel uploaded."""
    return f"UU{account.platform_id[2:]}"


def channel(
    account: TrainingAccount, *, followers: int, videos: int, views: int, started: float
) -> dict[str, Any]:
    title, description = account.display_name, account.description
    return {
        "kind": "youtube#channel",
        "etag": etag(account.key, followers, videos, views),
        "id": account.platform_id,
        "snippet": {
            "title": title,
            "description": description,
            "customUrl": account.handle,
            "publishedAt": iso(started),
            "thumbnails": {},
            "localized": {"title": title, "description": description},
            "country": "ID",
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": uploads(account)}},
        "statistics": {
            "viewCount": str(views),
            "subscriberCount": str(rounded(followers)),
            "hiddenSubscriberCount": False,
            "videoCount": str(videos),
        },
    }


def rounded(followers: int) -> int:
    """Subscribers are shown with three digits."""
    step = int(10 ** max(len(str(followers)) - 3, 0))
    return followers // step * step


def views_of(post: Post, counted: Reactions) -> int:
    """Times that a film was seen: grows with the reactions to it."""
    ratio = 16 + 12 * chance(post.account.key, post.key, "views")
    return int(counted.likes * ratio) + 3 * counted.reposts


def words_of(post: Post) -> tuple[str, str]:
    """Title and description of a film."""
    snippet = (post.record or {}).get("snippet")
    if isinstance(snippet, dict):
        return str(snippet.get("title") or ""), str(snippet.get("description") or "")
    plain = " ".join(TAG.sub("", LINK.sub("", post.text)).split())
    title = re.split(r"(?<=[.!?]) |: ", plain)[0].rstrip(".").replace("<", "").replace(">", "")
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…", post.text


def snippet(post: Post) -> dict[str, Any]:
    title, description = words_of(post)
    return {
        "publishedAt": iso(post.at).partition(".")[0] + "Z",
        "channelId": post.account.platform_id,
        "title": title,
        "description": description,
        "thumbnails": {},
        "channelTitle": post.account.display_name,
    }


def playlist_item(post: Post, position: int) -> dict[str, Any]:
    name = video_id(post.key)
    return {
        "kind": "youtube#playlistItem",
        "etag": etag(post.key, position),
        "id": base64.urlsafe_b64encode(f"{uploads(post.account)}.{name}".encode()).decode(),
        "snippet": {
            **snippet(post),
            "playlistId": uploads(post.account),
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": name},
        },
        "contentDetails": {"videoId": name, "videoPublishedAt": snippet(post)["publishedAt"]},
    }


def takes_comments(post: Post) -> bool:
    return chance(post.account.key, post.key, "closed") > 0.1 or post.record is not None


def video(post: Post, counted: Reactions, *, processed: bool) -> dict[str, Any]:
    named = snippet(post)
    statistics = {
        "viewCount": str(views_of(post, counted)),
        "likeCount": str(counted.likes),
        "dislikeCount": str(counted.likes // 40),
        "favoriteCount": "0",
    }
    # Below some films nobody may comment: then there is no number of comments.
    if takes_comments(post):
        statistics["commentCount"] = str(counted.replies)
    return {
        "kind": "youtube#video",
        "etag": etag(post.key, post.revision, statistics),
        "id": video_id(post.key),
        "snippet": {
            **named,
            "categoryId": "25",
            "liveBroadcastContent": "none",
            "localized": {"title": named["title"], "description": named["description"]},
            **({"defaultLanguage": post.language} if post.language else {}),
        },
        "contentDetails": {
            "duration": f"PT{1 + int(5 * chance(post.key, 'minutes'))}M",
            "dimension": "2d",
            "definition": "hd",
            "caption": "false",
        },
        "status": {
            "uploadStatus": "processed" if processed else "uploaded",
            "privacyStatus": post.visibility,
            "license": "youtube",
            "embeddable": True,
            "madeForKids": False,
            "selfDeclaredMadeForKids": False,
        },
        "statistics": statistics,
        "processingDetails": {
            "processingStatus": "succeeded" if processed else "processing",
        },
    }


def parts(resource: Mapping[str, Any], wanted: set[str]) -> dict[str, Any]:
    """Of a resource, what was asked for; its name always."""
    always = {"kind", "etag", "id"}
    return {name: value for name, value in resource.items() if name in wanted | always}


def listed(kind: str, items: list[dict[str, Any]], total: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": f"youtube#{kind}ListResponse",
        "etag": etag(kind, [item["etag"] for item in items]),
        "pageInfo": {"totalResults": total, "resultsPerPage": len(items)},
    }
    return {**found, "items": items} if items else found


def etag(*parts_of_it: object) -> str:
    number = int(chance(*parts_of_it) * 2**64)
    return base64.urlsafe_b64encode(number.to_bytes(9, "big")).decode()


def error(status: int, reason: str, message: str, domain: str = "youtube.common") -> dict[str, Any]:
    named = {"message": message, "domain": domain, "reason": reason}
    return {"error": {"code": status, "message": message, "errors": [named]}}
