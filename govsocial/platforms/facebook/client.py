"""One Facebook Page. The secret holds ``access_token`` of the Page and ``account_id``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, TypeVar

from govsocial.platforms import finding, limits
from govsocial.platforms.base import (
    DayMetrics,
    OutgoingPost,
    PostKind,
    PostPage,
    Profile,
    PublishedPost,
    SeenPost,
)
from govsocial.platforms.errors import NotFound, PermissionMissing, Refused
from govsocial.platforms.facebook.answers import Page, Post
from govsocial.platforms.facebook.comments import Comments
from govsocial.platforms.facebook.publishing import Publishing
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.keeping import in_link, web_link
from govsocial.platforms.meta import errors
from govsocial.platforms.meta.consent import check_scope
from govsocial.platforms.meta.graph import Graph, is_good, segment
from govsocial.platforms.meta.insights import Insights, by_day, lifetime, spans, starts_at
from govsocial.platforms.spec import Connection

DEFINITION = "facebook/1"
MAY_PUBLISH = "pages_manage_posts"
LONGEST_SPAN = 90
"""Days of insights that one call may ask for."""
_PROFILE = "id,name,username,link,followers_count,verification_status"
_POST = (
    "id,message,created_time,permalink_url,shares,comments.limit(0).summary(true),"
    "reactions.limit(0).summary(true),"
    "attachments{media_type,target{id},subattachments{media_type,target{id}}}"
)
POST_METRICS = ("post_media_view", "post_total_media_view_unique", "post_clicks")
DAY_METRICS = (
    "page_media_view",
    "page_total_media_view_unique",
    "page_daily_follows_unique",
    "page_post_engagements",
)
_VERIFIED = {"blue_verified": True, "gray_verified": True, "not_verified": False}

Read = TypeVar("Read")


class FacebookClient:
    """One Page."""

    def __init__(
        self, connection: Connection, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.limits = limits.LIMITS["facebook"]
        self._connection = connection
        self._graph = Graph(connection)
        self._post_metrics: tuple[str, ...] = POST_METRICS
        self._day_metrics: tuple[str, ...] = DAY_METRICS
        self._publishing = Publishing(
            self._graph,
            films=Graph(connection, base=connection.addresses.upload),
            page=self._page_id,
            link=self._permalink,
            sleep=sleep,
        )

        self._comments = Comments(self._graph, page=self._page_id, link=self._permalink)

    def profile(self) -> Profile:
        page, raw = self._graph.get(f"/{self._page_id()}", Page, fields=_PROFILE)
        return Profile(
            platform_id=page.id,
            handle=page.username or page.id,
            display_name=page.name or "",
            url=web_link(page.link) or f"{self._connection.addresses.web}/{page.id}",
            followers=page.followers_count,
            verified=_VERIFIED.get(page.verification_status or ""),
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """Ask Meta for the rights of the token; without the application's secret, go by what was
        granted when the Page was connected."""
        check_scope(self._graph, MAY_PUBLISH)

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """Days of Meta's own calendar (Pacific time). A Page with few followers has none."""
        figures: dict[date, dict[str, int]] = {}
        for first, last in spans(since, until, LONGEST_SPAN):
            for day, told in self._day_figures(first, last):
                figures.setdefault(day, {}).update(told)
        return [
            DayMetrics(
                day=day,
                followers_gained=told.get("page_daily_follows_unique"),
                views=told.get("page_media_view"),
                reach=told.get("page_total_media_view_unique"),
                engagements=told.get("page_post_engagements"),
                definition=DEFINITION,
                raw=told,
            )
            for day, told in sorted(figures.items())
            if since <= day <= until
        ]

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """What the Page itself published, with its insights in the same call."""
        page, following, _ = self._with_insights(lambda fields: self._page(fields, cursor))
        return PostPage(posts=[self._seen(post, raw) for post, raw in page], next_cursor=following)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = [segment(name) for name in dict.fromkeys(platform_ids)]
        found = self._with_insights(lambda fields: list(self._graph.several(wanted, fields, Post)))
        return [self._seen(post, raw) for post, raw in found]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Photos and films are prepared unseen; one call puts the post out, or the comment."""
        if post.follows:
            return self._comments.publish(post)
        return self._publishing.publish(post)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """By the film or the photos that were prepared for it, else the oldest own post since
        ``post.created_at`` with its words and as many photos. A comment by its words."""
        if post.follows:
            return self._comments.find(post)
        return self._publishing.find(post, latest=self._latest)

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        with suppress(NotFound):
            self._graph.call("DELETE", f"/{segment(platform_id)}", effect=Effect.STAGE)

    def renew(self) -> bool:
        """A Page's token has no end of its own, and cannot be refreshed without the person."""
        return False

    def _page_id(self) -> str:
        return segment(self._graph.secret().get("account_id") or "me")

    def _page(
        self, fields: str, cursor: str | None, *, publishing: bool = False
    ) -> tuple[list[tuple[Post, dict[str, Any]]], str | None, Answer]:
        path = f"/{self._page_id()}/published_posts"
        listing, answer = self._graph.page(path, fields, cursor, publishing=publishing)
        page = [(parse(Post, raw, answer), raw) for raw in listing.data]
        return page, listing.cursor_after(cursor), answer

    def _latest(self) -> Iterator[finding.Page[Post]]:
        """Pages of own posts without figures."""
        cursor: str | None = None
        while True:
            page, cursor, answer = self._page(_POST, cursor, publishing=True)
            yield finding.Page(
                [finding.Listed(one.id, one.created_time, one, raw) for one, raw in page],
                answer.headers,
                cursor is not None,
            )

    def _with_insights(self, read: Callable[[str], Read]) -> Read:
        """Read posts with their figures; when that is refused, with those that still exist.

        One metric that Meta has removed, or a missing right to insights, fails the whole call.
        """
        try:
            return read(self._fields())
        except (Refused, PermissionMissing) as refusal:
            working = () if isinstance(refusal, NotFound) else self._working_metrics()
            if isinstance(refusal, NotFound) or working == self._post_metrics:
                raise
        self._post_metrics = working
        return read(self._fields())

    def _fields(self) -> str:
        if not self._post_metrics:
            return _POST
        return f"{_POST},insights.metric({','.join(self._post_metrics)})"

    def _working_metrics(self) -> tuple[str, ...]:
        def works(metric: str) -> bool:
            params = {"fields": f"id,insights.metric({metric})", "limit": "1"}
            path = f"/{self._page_id()}/published_posts"
            return is_good(self._graph.call("GET", path, accept=_refuses_insights, params=params))

        return tuple(filter(works, self._post_metrics))

    def _day_figures(self, first: date, last: date) -> Iterator[tuple[date, dict[str, int]]]:
        if not self._day_metrics:
            return
        answer = self._insights(self._day_metrics, first, last)
        if is_good(answer):
            yield from by_day(parse(Insights, answer.json(), answer)).items()
            return
        working = []
        for metric in self._day_metrics:
            answer = self._insights((metric,), first, last)
            if is_good(answer):
                working.append(metric)
                yield from by_day(parse(Insights, answer.json(), answer)).items()
        self._day_metrics = tuple(working)

    def _insights(self, metrics: Sequence[str], first: date, last: date) -> Answer:
        params = {
            "metric": ",".join(metrics),
            "period": "day",
            "since": starts_at(first),
            "until": starts_at(last + timedelta(days=1)),
        }
        path = f"/{self._page_id()}/insights"
        return self._graph.call("GET", path, accept=errors.is_bad_parameter, params=params)

    def _seen(self, post: Post, raw: Mapping[str, Any]) -> SeenPost:
        figures = lifetime(post.insights)
        views = figures.get("post_media_view")
        return SeenPost(
            platform_id=post.id,
            permalink=self._permalink(post.permalink_url, post.id),
            posted_at=post.created_time,
            text=post.message or "",
            kind=PostKind.POST,
            likes=post.reactions.summary.total_count,
            comments=post.comments.summary.total_count,
            shares=post.shares.count,
            views=views,
            reach=figures.get("post_total_media_view_unique"),
            link_clicks=figures.get("post_clicks"),
            video_views=views if post.films else None,
            definition=DEFINITION,
            raw=raw,
        )

    def _permalink(self, told: str | None, post_id: str) -> str:
        """The address of a post; that of a film comes without its host."""
        web = self._connection.addresses.web
        if told and told.startswith("/") and not told.startswith("//"):
            return f"{web}{told}"
        return web_link(told) or f"{web}/{in_link(post_id)}"


def _refuses_insights(answer: Answer) -> bool:
    found = errors.failure(answer, secrets=())
    return isinstance(found, Refused | PermissionMissing)
