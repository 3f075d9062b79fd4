"""YouTube: one channel, with the Data API, the Analytics API and resumable uploads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date, timedelta
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
from govsocial.platforms.errors import (
    BadAnswer,
    NotFound,
    NotOut,
    PermissionMissing,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.keeping import in_link
from govsocial.platforms.oauth import missing_scopes
from govsocial.platforms.spec import Connection
from govsocial.platforms.youtube.account import Account
from govsocial.platforms.youtube.answers import (
    Channel,
    PlaylistItem,
    Processing,
    Video,
    VideoStatus,
    is_id,
    listed,
    whole,
)
from govsocial.platforms.youtube.comments import Comments
from govsocial.platforms.youtube.consent import UPLOAD
from govsocial.platforms.youtube.failures import is_error, reasons
from govsocial.platforms.youtube.outcome import GONE, LOST, NotKept, check_kept, is_private
from govsocial.platforms.youtube.reports import Reports, seconds
from govsocial.platforms.youtube.upload import SESSION, Upload, metadata, uploaded

DEFINITION = "youtube/1"
LIMITS = limits.LIMITS["youtube"]
PAGE = 50
"""Most entries of a list, and most ids in one call."""
LOOKS = (0.0, 2.0, 4.0, 8.0)
"""Seconds before each look at a film that was just taken: gross faults show at once."""
RENEW_BEFORE = timedelta(minutes=10)
DELETE_UNITS = 50


class YouTubeClient:
    """One channel. Numbers of films come from the Data API, and what only YouTube Analytics counts
    (shares, time watched) from there, one to two days late."""

    limits: Limits = LIMITS

    def __init__(
        self, connection: Connection, *, site: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._account = Account(connection)
        self._upload = Upload(self._account)
        self._site = site
        self._sleep = sleep
        self._channel: Channel | None = None
        self._reports = Reports(self._account)
        self._comments = Comments(self._account, own=self._channel_id, link=self._permalink)

    def profile(self) -> Profile:
        channel, raw = self._read_channel()
        numbers = channel.statistics
        return Profile(
            platform_id=channel.id,
            handle=channel.snippet.custom_url or channel.id,
            display_name=channel.snippet.title,
            url=f"{self._site}/channel/{_segment(channel.id)}",
            followers=None if numbers.hidden_subscriber_count else numbers.subscriber_count,
            posts=numbers.video_count,
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """The rights were told with the token; whether it is still taken, the channel tells."""
        if missing_scopes([UPLOAD], self._account.bearer.load()):
            raise PermissionMissing("The consent does not include uploading films to YouTube.")
        self.profile()

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """Days of the Pacific coast; the newest one or two are still missing."""
        return self._reports.days(since, until, DEFINITION)

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """Everything uploaded, newest first, except what only the channel itself can see. A single
        film that cannot be read is left out."""
        ids, next_cursor, _ = self._uploads(cursor)
        videos = [found for found in self._videos(ids, lenient=True) if not is_private(found[0])]
        return PostPage(posts=self._seen(videos), next_cursor=next_cursor)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = list(dict.fromkeys(platform_ids))
        videos: list[tuple[Video, dict[str, Any]]] = []
        for start in range(0, len(wanted), PAGE):
            videos += self._videos(wanted[start : start + PAGE])
        return self._seen([found for found in videos if not is_private(found[0])])

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Send the film in parts, going on with an upload that an earlier attempt began.

        The last part puts it out: until then nobody sees anything, and an upload that broke off is
        no post. A comment is sent in one call."""
        if post.follows:
            return self._comments.publish(post)
        length = text.measure(post.text, self.limits)
        checks.check(post, self.limits, length=length, platform="YouTube")
        video, sent = post.video, metadata(post)
        if video is None:
            raise Refused("YouTube takes films only.")
        post.before_step()
        state = self._upload.state(post, video.size)
        if isinstance(state, int):
            with finding.may_be_out():
                _check_incomplete(state, video.size)
            target, start = self._upload.target(post), state
        else:
            # A film that certainly nobody will ever see does not stand in the way of another.
            with suppress(NotKept):
                earlier = self._earlier(post, state, sent) if post.handles.get(SESSION) else None
                if earlier is not None:
                    return earlier
            target, start = self._upload.begin(post, video, sent), 0
        answer = self._upload.send(target, video, start, post)
        try:
            return self._settled(answer, sent)
        except NotKept:
            # Another attempt begins anew.
            post.keep({SESSION: "", finding.ASKED_AT: ""})
            raise

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """What became of the upload; where its address is not known (any more), the oldest upload
        since ``post.created_at`` with its title and description.

        A film that YouTube rejects, or that is deleted, is ``NotOut``. One that it keeps private is
        ``Hidden``: it is there, the channel can make it public, and a second upload would stand
        beside it. A comment is found by its words.
        """
        if post.follows:
            return self._comments.find(post)
        size = post.video.size if post.video is not None else 0
        state = self._upload.state(post, size)
        try:
            if not isinstance(state, int):
                return self._earlier(post, state, {}, nullcontext)
        except NotKept as refusal:
            raise NotOut(refusal) from None
        _check_incomplete(state, size)
        return None

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        if comment:
            self._comments.delete(platform_id)
            return
        with suppress(NotFound):
            self._account.call(
                "DELETE",
                "/youtube/v3/videos",
                Effect.STAGE,
                units=DELETE_UNITS,
                params={"id": _segment(platform_id)},
            )

    def renew(self) -> bool:
        """Tokens last an hour and are refreshed at need; this does it a little earlier."""
        return self._account.bearer.renew(RENEW_BEFORE)

    def _channel_id(self) -> str:
        stored = self._account.bearer.load().get("account_id")
        return stored or (self._channel or self._read_channel(publishing=True)[0]).id

    def _read_channel(self, *, publishing: bool = False) -> tuple[Channel, dict[str, Any]]:
        answer = self._account.call(
            "GET",
            "/youtube/v3/channels",
            params={"part": "snippet,statistics,contentDetails", "mine": "true"},
            publishing=publishing,
        )
        items = listed(answer, "channel").items
        if not items:
            raise NotFound("This Google account has no YouTube channel.")
        self._channel = parse(Channel, items[0], answer)
        return self._channel, items[0]

    def _uploads(
        self, cursor: str | None, *, publishing: bool = False
    ) -> tuple[list[str], str | None, Answer | None]:
        """Ids of one page of uploads, newest first, and the way to the next."""
        channel = self._channel or self._read_channel(publishing=publishing)[0]
        params = {
            "part": "snippet,contentDetails",
            "playlistId": channel.uploads,
            "maxResults": str(PAGE),
        }
        if cursor is not None:
            params["pageToken"] = cursor
        answer = self._account.ask(
            "GET", "/youtube/v3/playlistItems", params=params, publishing=publishing
        )
        if is_error(answer):
            # A channel that never uploaded anything has no such list yet.
            if "playlistNotFound" in reasons(answer):
                return [], None, None
            raise self._account.failure(answer)
        page = listed(answer, "playlistItem")
        items = [parse(PlaylistItem, item, answer) for item in page.items]
        ids = [item.video_id for item in items if item.video_id]
        following = page.next_page_token or None
        # A page that leads to itself would otherwise be read for ever.
        return ids, None if following == cursor else following, answer

    def _videos(
        self, ids: Sequence[str], *, publishing: bool = False, lenient: bool = False
    ) -> list[tuple[Video, dict[str, Any]]]:
        """Films by their ids, in that order; ``lenient`` without those that cannot be read, as long
        as any can. Elsewhere a film that is left out would pass for one that is gone."""
        if not ids:
            return []
        answer = self._account.call(
            "GET",
            "/youtube/v3/videos",
            params={
                "part": "snippet,statistics,status,contentDetails",
                "id": ",".join(_segment(one) for one in ids),
                "maxResults": str(PAGE),
            },
            publishing=publishing,
        )
        read = {}
        items = listed(answer, "video").items
        for raw in items:
            with suppress(BadAnswer) if lenient and len(items) > 1 else nullcontext():
                video = parse(Video, raw, answer)
                read[video.id] = (video, raw)
        if items and not read:
            raise BadAnswer(f"{answer.where}: no film can be read.", status=answer.status)
        return [read[one] for one in ids if one in read]

    def _seen(self, videos: Sequence[tuple[Video, dict[str, Any]]]) -> list[SeenPost]:
        reported = self._reports.of_films([video.id for video, _ in videos])
        return [self._post(video, raw, reported.get(video.id, {})) for video, raw in videos]

    def _post(self, video: Video, raw: Mapping[str, Any], reported: Mapping[str, Any]) -> SeenPost:
        numbers = video.statistics
        return SeenPost(
            platform_id=video.id,
            permalink=self._permalink(video.id),
            posted_at=video.snippet.published_at,
            text=f"{video.snippet.title}\n\n{video.snippet.description}".strip(),
            kind=PostKind.POST,
            likes=numbers.like_count,
            comments=numbers.comment_count,
            shares=whole(reported.get("shares")),
            views=numbers.view_count,
            video_views=numbers.view_count,
            watch_seconds=seconds(reported),
            definition=DEFINITION,
            raw={**raw, "analytics": dict(reported)} if reported else raw,
        )

    def _earlier(
        self,
        post: OutgoingPost,
        state: Answer | None,
        sent: Mapping[str, Any],
        unclear: Callable[[], AbstractContextManager[None]] = finding.may_be_out,
    ) -> PublishedPost | None:
        """The film of an earlier attempt, by the answer of its upload or by its words, as it is
        now; None when there certainly is none. Raises ``NotKept`` for one that nobody will see."""
        if state is None:
            with unclear():
                found = self._listed(post)
            if found is None:
                return None
            check_kept(found.model.status)
            return self._published(found.platform_id, {}, found.raw)
        film = uploaded(state, Effect.PUBLISH)
        with unclear():
            # What the upload answers is from when it ended: only a look tells what became of it.
            now = self._processing(film.id)
            if now is GONE:
                finding.check_settled(post)
        check_kept(now)
        return self._published(film.id, sent, state.json())

    def _listed(self, post: OutgoingPost) -> finding.Listed[Video] | None:
        """The upload with the words of ``post``, one that YouTube rejected only where there is no
        other; None when there certainly is none."""
        title, description = text.canonical(post.title), text.canonical(post.text)
        lost: list[finding.Listed[Video]] = []

        def is_like(video: Video) -> bool:
            words = video.snippet
            written = text.canonical(words.title), text.canonical(words.description)
            alike = written == (title, description)
            if alike and video.status.upload_status in LOST:
                lost.append(finding.Listed(video.id, words.published_at, video, {}))
                return False
            return alike

        found = finding.oldest_match(self._latest(), post, is_like)
        if found is None:
            finding.check_settled(post)
        return found or next(iter(lost), None)

    def _latest(self) -> Iterator[finding.Page[Video]]:
        cursor: str | None = None
        while True:
            ids, cursor, answer = self._uploads(cursor, publishing=True)
            films = self._videos(ids, publishing=True)
            yield finding.Page(
                [finding.Listed(one.id, one.snippet.published_at, one, raw) for one, raw in films],
                {} if answer is None else answer.headers,
                cursor is not None,
            )

    def _settled(self, answer: Answer, sent: Mapping[str, Any]) -> PublishedPost:
        """The film that an upload ended with, after a few looks at whether YouTube keeps it;
        ``UnknownOutcome`` where none of them told anything."""
        film = uploaded(answer, Effect.PUBLISH)
        status = film.status
        known = status.upload_status == "processed"
        for wait in LOOKS:
            if status is not GONE:
                check_kept(status)
            if status.upload_status == "processed":
                break
            if wait:
                self._sleep(wait)
            with suppress(PlatformError):
                status, known = self._processing(film.id), True
                if status is not GONE and status.upload_status != "uploaded":
                    break
        if status is GONE or not known:
            # It was taken a moment ago: what became of it, later looks tell.
            raise UnknownOutcome("YouTube has published this post, and does not show it yet.")
        check_kept(status)
        return self._published(film.id, sent, answer.json())

    def _processing(self, video_id: str) -> VideoStatus:
        """How far YouTube is with a film, or ``GONE``."""
        params = {"part": "status,processingDetails", "id": _segment(video_id)}
        answer = self._account.call("GET", "/youtube/v3/videos", params=params, publishing=True)
        for item in listed(answer, "video").items:
            return parse(Processing, item, answer).status
        return GONE

    def _published(
        self, video_id: str, sent: Mapping[str, Any], response: Mapping[str, Any]
    ) -> PublishedPost:
        return PublishedPost(
            platform_id=video_id,
            permalink=self._permalink(video_id),
            sent=sent,
            response=response,
        )

    def _permalink(self, video_id: str) -> str:
        return f"{self._site}/watch?v={in_link(video_id)}"


def _segment(name: str) -> str:
    if not is_id(name):
        raise Refused("This is not an identifier of YouTube.")
    return name


def _check_incomplete(state: int, size: int) -> None:
    if state >= size:
        raise Unavailable("YouTube has the whole film and has not taken it yet.")
