"""TikTok (TikTok for Developers: Login Kit, Display API, Content Posting API)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from govsocial.platforms import checks, finding, limits, text
from govsocial.platforms.base import (
    DayMetrics,
    Limits,
    OutgoingPost,
    PostKind,
    PostPage,
    Profile,
    PublishedPost,
    SeenPost,
)
from govsocial.platforms.errors import NotOffered, PermissionMissing, Refused, Unavailable
from govsocial.platforms.http import Answer, parse
from govsocial.platforms.oauth import missing_scopes
from govsocial.platforms.spec import Connection
from govsocial.platforms.tiktok.account import Account, data
from govsocial.platforms.tiktok.answers import User, UserData, Video, VideoList, Videos
from govsocial.platforms.tiktok.consent import PUBLISH_SCOPE, told_url
from govsocial.platforms.tiktok.publishing import Publishing

DEFINITION = "tiktok/1"
LIMITS = limits.LIMITS["tiktok"]
USER_INFO, VIDEO_LIST, VIDEO_QUERY = "user info", "video list", "video query"
"""The quotas of reading."""
PAGE = 20
"""Most videos of one page and most ids of one call."""
CUT_AFTER = 100
"""TikTok shows at most 150 characters of a caption; a longer one is compared by its beginning."""
RENEW_BEFORE = timedelta(hours=3)
USER_FIELDS = (
    "open_id,username,display_name,profile_deep_link,is_verified,"
    "follower_count,following_count,likes_count,video_count"
)
VIDEO_FIELDS = (
    "id,create_time,title,video_description,share_url,duration,"
    "view_count,like_count,comment_count,share_count"
)


class TikTokClient:
    """One account. Everything is a total as of now; TikTok for Developers counts nothing by day."""

    limits: Limits = LIMITS

    def __init__(
        self, connection: Connection, *, site: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._account = Account(connection)
        self._handle = connection.handle.strip().removeprefix("@")
        self._site = site
        self._publishing = Publishing(
            self._account, latest=self._among_latest, permalink=self._permalink, sleep=sleep
        )

    def profile(self) -> Profile:
        answer = self._account.call(
            "GET", "/v2/user/info/", cost={USER_INFO: 1}, params={"fields": USER_FIELDS}
        )
        raw = data(UserData, answer).user
        user = parse(User, raw, answer)
        return Profile(
            platform_id=user.open_id,
            handle=user.username or user.open_id,
            display_name=user.display_name,
            url=told_url(user, self._site),
            followers=user.follower_count,
            following=user.following_count,
            posts=user.video_count,
            verified=user.is_verified,
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """The rights were told with the token; whether it is still taken, TikTok says when it is
        asked what the account may post."""
        if missing_scopes([PUBLISH_SCOPE], self._account.bearer.load()):
            raise PermissionMissing("The consent does not include posting on TikTok.")
        self._publishing.creator()

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """TikTok for Developers counts nothing by day."""
        return []

    def posts(self, *, cursor: str | None = None) -> PostPage:
        page, next_cursor, _ = self._page(cursor)
        return PostPage(
            posts=[self._seen(video, raw) for video, raw in page], next_cursor=next_cursor
        )

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = list(dict.fromkeys(platform_ids))
        found: dict[str, SeenPost] = {}
        for start in range(0, len(wanted), PAGE):
            answer = self._account.call(
                "POST",
                "/v2/video/query/",
                cost={VIDEO_QUERY: 1},
                params={"fields": VIDEO_FIELDS},
                json={"filters": {"video_ids": wanted[start : start + PAGE]}},
            )
            for raw in data(Videos, answer).videos:
                video = parse(Video, raw, answer)
                found[video.id] = self._seen(video, raw)
        return [found[one] for one in wanted if one in found]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Ask TikTok to publish and look a few times at what becomes of it.

        Raises ``UnknownOutcome`` also when TikTok has not finished by then: ``find`` asks on.
        """
        # TikTok counts in UTF-16: an emoji is two.
        length = len(post.text.encode("utf-16-le")) // 2
        # Only photos are fetched and have a title; whether they can be fetched is seen to later.
        title = self.limits.title if post.video is None else None
        taken = replace(self.limits, fetches_media=False, title=title)
        checks.check(post, taken, length=length, platform="TikTok")
        return self._publishing.publish(post)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """What TikTok says of the request that was made; where its id is not known (any more), the
        oldest post since ``post.created_at`` with its words."""
        return self._publishing.find(post)

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        raise NotOffered("TikTok lets no application delete a post: do it in TikTok itself.")

    def renew(self) -> bool:
        """Refresh a token near its end, which also gives the account another year."""
        return self._account.bearer.renew(RENEW_BEFORE)

    def _page(
        self, cursor: str | None, *, publishing: bool = False
    ) -> tuple[list[tuple[Video, dict[str, Any]]], str | None, Answer]:
        """One page of posts, newest first, and the way to the next."""
        asked: dict[str, Any] = {"max_count": PAGE}
        if cursor is not None:
            if not (cursor.isascii() and cursor.isdecimal()):
                raise Refused("This is not a place in a list of TikTok.")
            asked["cursor"] = int(cursor)
        answer = self._account.call(
            "POST",
            "/v2/video/list/",
            cost={VIDEO_LIST: 1},
            params={"fields": VIDEO_FIELDS},
            json=asked,
            publishing=publishing,
        )
        page = data(VideoList, answer)
        read = [(parse(Video, raw, answer), raw) for raw in page.videos]
        following = str(page.cursor) if page.has_more and page.cursor is not None else None
        # A page that leads to itself would otherwise be read for ever.
        return read, None if following == cursor else following, answer

    def _among_latest(self, post: OutgoingPost) -> PublishedPost | None:
        found = finding.oldest_match(self._latest(), post, lambda video: _is_of(video, post))
        if found is None:
            return None
        return PublishedPost(
            platform_id=found.platform_id,
            permalink=self._permalink_of(found.model),
            response=found.raw,
        )

    def _latest(self) -> Iterator[finding.Page[Video]]:
        cursor: str | None = None
        while True:
            page, cursor, answer = self._page(cursor, publishing=True)
            listed = [finding.Listed(video.id, _moment(video), video, raw) for video, raw in page]
            yield finding.Page(listed, answer.headers, cursor is not None)

    def _seen(self, video: Video, raw: Mapping[str, Any]) -> SeenPost:
        return SeenPost(
            platform_id=video.id,
            permalink=self._permalink_of(video),
            posted_at=_moment(video),
            text=video.words,
            kind=PostKind.POST,
            likes=video.like_count,
            comments=video.comment_count,
            shares=video.share_count,
            views=video.view_count,
            video_views=video.view_count,
            definition=DEFINITION,
            raw=raw,
        )

    def _permalink_of(self, video: Video) -> str:
        """As TikTok says it, without what it adds to follow readers; else by its usual form."""
        told = (video.share_url or "").partition("?")[0]
        return told if told.startswith(("https://", "http://")) else self._permalink(video.id)

    def _permalink(self, video_id: str) -> str:
        return f"{self._site}/@{self._handle}/video/{video_id}"


def _moment(video: Video) -> datetime:
    return datetime.fromtimestamp(video.create_time, tz=UTC)


def _is_of(video: Video, post: OutgoingPost) -> bool:
    """Whether the words are those of ``post``: a caption, or a title with a description.

    Raises ``Unavailable`` where neither has any: TikTok tells nothing else to know a film by, so
    that a person has to look.
    """
    if not text.canonical(f"{post.title} {post.text}"):
        if text.canonical(video.words):
            return False
        raise Unavailable("Posts without words are there, and cannot be told apart.")
    written = {text.canonical(post.text), text.canonical(f"{post.title} {post.text}")} - {""}
    for words in (video.video_description, video.title):
        shown = text.canonical(words or "").rstrip("….")
        if text.canonical(words or "") in written:
            return True
        if len(shown) >= CUT_AFTER and any(one.startswith(shown) for one in written):
            return True
    return False
