"""How accounts and videos look in the JSON of TikTok for Developers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govsocial.training.agency import APPS, TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.http import Response
from govsocial.training.ids import chance, digest_of

SHOWN = 150
"""Characters of a caption that are shown."""
USER_SCOPES: Mapping[str, str] = {
    "open_id": "user.info.basic",
    "display_name": "user.info.basic",
    "avatar_url": "user.info.basic",
    "username": "user.info.profile",
    "bio_description": "user.info.profile",
    "profile_deep_link": "user.info.profile",
    "is_verified": "user.info.profile",
    "follower_count": "user.info.stats",
    "following_count": "user.info.stats",
    "likes_count": "user.info.stats",
    "video_count": "user.info.stats",
}
"""The right that each field of an account needs."""
VIDEO_FIELDS = frozenset(
    {
        "id",
        "create_time",
        "title",
        "video_description",
        "duration",
        "share_url",
        "cover_image_url",
        "view_count",
        "like_count",
        "comment_count",
        "share_count",
    }
)


def open_id(account: TrainingAccount, client: str) -> str:
    """TikTok names an account to each application by another id."""
    if client in {"", APPS["tiktok"][0]}:
        return account.platform_id
    return f"-000{digest_of(f'{client} {account.key}')[:32]}"


def user(
    account: TrainingAccount,
    base: str,
    *,
    open_id: str,
    followers: int,
    following: int,
    videos: int,
    likes: int,
) -> dict[str, Any]:
    return {
        "open_id": open_id,
        "display_name": account.display_name,
        "avatar_url": f"{base}/training/media/layanan-0.png",
        "username": account.handle,
        "bio_description": account.description,
        "profile_deep_link": profile_url(account, base),
        "is_verified": True,
        "follower_count": followers,
        "following_count": following,
        "likes_count": likes,
        "video_count": videos,
    }


def profile_url(account: TrainingAccount, base: str) -> str:
    return f"{base}/tiktok/@{account.handle}"


def creator(account: TrainingAccount, base: str) -> dict[str, Any]:
    return {
        "creator_avatar_url": f"{base}/training/media/layanan-0.png",
        "creator_username": account.handle,
        "creator_nickname": account.display_name,
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        "comment_disabled": False,
        "duet_disabled": True,
        "stitch_disabled": True,
        "max_video_post_duration_sec": 600,
    }


def views_of(post: Post, counted: Reactions) -> int:
    """Times that a video was seen: grows with the reactions to it."""
    ratio = 20 + 25 * chance(post.account.key, post.key, "views")
    return int(counted.likes * ratio) + 4 * counted.reposts


def video(post: Post, counted: Reactions, base: str) -> dict[str, Any]:
    name = post.account.handle
    return {
        "id": post.key,
        "create_time": int(post.at),
        "title": post.text[:SHOWN],
        "video_description": post.text[:SHOWN],
        "duration": 15 + int(45 * chance(post.key, "seconds")),
        "share_url": f"{base}/@{name}/video/{post.key}?utm_campaign=tt4d_open_api&utm_source=lat",
        "cover_image_url": f"{base}/training/media/layanan-0.png",
        "view_count": views_of(post, counted),
        "like_count": counted.likes,
        "comment_count": counted.replies,
        "share_count": counted.reposts,
    }


def only(value: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {name: value[name] for name in fields if name in value}


def answer(data: Mapping[str, Any]) -> Response:
    return Response.json({"data": data, "error": _error("ok", "")})


def refusal(status: int, code: str, message: str) -> Response:
    return Response.json({"data": {}, "error": _error(code, message)}, status)


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message, "log_id": "20451122224046D0A1B2C3D4E5F60718"}
