"""Where people read the training platforms: the paths of profiles and posts, there and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from govsocial.training import threads, x_views, youtube_views
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.bluesky import account_named
from govsocial.training.history import Post
from govsocial.training.http import Request

NAMES = {
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "threads": "Threads",
    "x": "X",
    "youtube": "YouTube",
    "tiktok": "TikTok",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Paths of one platform. ``pattern`` has the account first and a post's name second; platforms
    whose posts do not name their account match them with ``posts``."""

    profile: str
    post: Callable[[Post], str]
    pattern: re.Pattern[str]
    posts: re.Pattern[str] | None = None
    key_of: Callable[[str], str | None] = str


def _below(middle: str, key: Callable[[str], str] = quote) -> Callable[[Post], str]:
    return lambda post: f"{profile_path(post.account).rstrip('/')}{middle}{key(post.key)}"


PLACES: Mapping[str, Place] = {
    "bluesky": Place(
        "/profile/{handle}",
        _below("/post/"),
        re.compile(r"/profile/([^/]+)(?:/post/([^/]+))?"),
    ),
    "mastodon": Place("/@{handle}", _below("/"), re.compile(r"/@([A-Za-z0-9_]+)(?:/(\d+))?")),
    "facebook": Place(
        "/facebook/{handle}",
        _below("/posts/"),
        re.compile(r"/facebook/([A-Za-z0-9_.]+)(?:/posts/(\d+))?"),
    ),
    "instagram": Place(
        "/{handle}/",
        lambda post: f"/p/{quote(post.key)}/",
        re.compile(r"/([A-Za-z0-9_.]+)/"),
        posts=re.compile(r"/p/(\d+)/(?:c/\d+/)?"),
    ),
    "threads": Place(
        "/threads/@{handle}",
        threads.permalink,
        re.compile(r"/threads/@([A-Za-z0-9_.]+)(?:/post/([A-Za-z0-9_-]{1,12}))?"),
        key_of=threads.key_of,
    ),
    "x": Place(
        "/{handle}",
        _below("/status/", x_views.id_of),
        re.compile(r"/([A-Za-z0-9_]{1,15})(?:/status/(\d+))?"),
        key_of=x_views.key_of,
    ),
    "youtube": Place(
        "/channel/{platform_id}",
        lambda post: f"/watch?v={youtube_views.video_id(post.key)}",
        re.compile(r"/channel/(UC[A-Za-z0-9_-]+)"),
        posts=re.compile(r"/watch\?v=([A-Za-z0-9_-]{11})"),
        key_of=youtube_views.key_of,
    ),
    "tiktok": Place(
        "/tiktok/@{handle}",
        lambda post: f"/@{quote(post.account.handle)}/video/{quote(post.key)}",
        re.compile(r"/tiktok/@([A-Za-z0-9_.]+)"),
        posts=re.compile(r"/@[A-Za-z0-9_.]+/video/(\d+)"),
    ),
}


def listed() -> list[TrainingAccount]:
    """Accounts with a profile here; the website of the city has pages of its own."""
    return [account for account in ACCOUNTS if account.platform in PLACES]


def profile_path(account: TrainingAccount) -> str:
    return PLACES[account.platform].profile.format(
        handle=quote(account.handle, safe="@"), platform_id=quote(account.platform_id)
    )


def post_path(post: Post) -> str:
    return PLACES[post.account.platform].post(post)


def find(request: Request) -> tuple[TrainingAccount, str | None] | None:
    """The account behind a path, and the key of the post where it is one of a post's."""
    video = request.one("v")
    path = request.path if video is None else f"{request.path}?v={video}"
    for platform, place in PLACES.items():
        named = place.posts.fullmatch(path) if place.posts is not None else None
        if named is not None:
            account = next((one for one in ACCOUNTS if one.platform == platform), None)
            return None if account is None else (account, place.key_of(named.group(1)) or "")
        match = place.pattern.fullmatch(path)
        account = _named(platform, match.group(1)) if match is not None else None
        if match is not None and account is not None:
            key = match.group(2) if match.re.groups > 1 else None
            return account, None if key is None else place.key_of(key) or ""
    return None


def _named(platform: str, name: str) -> TrainingAccount | None:
    if platform == "bluesky":
        return account_named(name)
    mine = (one for one in ACCOUNTS if one.platform == platform)
    return next((one for one in mine if name in {one.handle, one.platform_id}), None)
