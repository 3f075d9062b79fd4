"""One professional account. The secret holds the Page's ``access_token`` and ``account_id``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

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
from govsocial.platforms.errors import AuthRevoked, NotFound, NotOffered
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.instagram.answers import Account, Media, MediaInsights
from govsocial.platforms.instagram.comments import Comments
from govsocial.platforms.instagram.figures import FOLLOWERS, Figures
from govsocial.platforms.instagram.publishing import Publishing
from govsocial.platforms.keeping import web_link
from govsocial.platforms.meta.consent import check_scope, instagram_profile
from govsocial.platforms.meta.graph import Graph, segment
from govsocial.platforms.meta.insights import lifetime
from govsocial.platforms.spec import Connection

DEFINITION = "instagram/1"
MAY_PUBLISH = "instagram_content_publish"
_PROFILE = "id,username,name,followers_count,follows_count,media_count"
_MEDIA = (
    "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count,"
    "children{id}"
)


class InstagramClient:
    """One account."""

    def __init__(
        self, connection: Connection, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.limits = limits.LIMITS["instagram"]
        self._connection = connection
        self._graph = Graph(connection)
        self._figures = Figures(self._graph)
        self._publishing = Publishing(
            self._graph, account=self._account_id, link=self._permalink, sleep=sleep
        )

        self._comments = Comments(self._graph, account=self._account_id, link=self._permalink)

    def profile(self) -> Profile:
        account, raw = self._graph.get(f"/{self._account_id()}", Account, fields=_PROFILE)
        handle = account.username or account.id
        return Profile(
            platform_id=account.id,
            handle=handle,
            display_name=account.name or "",
            url=instagram_profile(self._connection.addresses, handle),
            followers=account.followers_count,
            following=account.follows_count,
            posts=account.media_count,
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """Ask Meta for the rights of the token; without the application's secret, go by what was
        granted when the account was connected."""
        check_scope(self._graph, MAY_PUBLISH)

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """Days of Meta's own calendar (Pacific time) that are over, one call each."""
        figures = self._figures.of_days(self._account_id(), since, until)
        return [
            DayMetrics(
                day=day,
                followers_gained=told.get(FOLLOWERS),
                views=told.get("views"),
                reach=told.get("reach"),
                engagements=told.get("total_interactions"),
                link_clicks=told.get("profile_links_taps"),
                definition=DEFINITION,
                raw=told,
            )
            for day, told in sorted(figures.items())
        ]

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """The account's media, and their insights in one call more for each kind of media."""
        page, following, _ = self._page(cursor)
        return PostPage(posts=self._all_seen(page), next_cursor=following)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = [segment(name) for name in dict.fromkeys(platform_ids)]
        return self._all_seen(list(self._graph.several(wanted, _MEDIA, Media)))

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Containers are prepared unseen, from addresses that Instagram fetches; one call puts
        the post out, or the comment."""
        if post.follows:
            return self._comments.publish(post)
        return self._publishing.publish(post)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """Asks the container whether it was published; which medium it became, Instagram tells by
        the words only: the oldest own one since ``post.created_at`` with its caption and kind. A
        comment is found by its words."""
        if post.follows:
            return self._comments.find(post)
        return self._publishing.find(post, latest=self._latest)

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """A comment. For media it is not offered: whether an application of this kind may delete
        them was never seen."""
        if comment:
            with suppress(NotFound):
                self._graph.call("DELETE", f"/{segment(platform_id)}", effect=Effect.STAGE)
            return
        raise NotOffered("Instagram posts are deleted in Instagram's own application.")

    def renew(self) -> bool:
        """A Page's token has no end of its own, and cannot be refreshed without the person."""
        return False

    def _account_id(self) -> str:
        stored = self._graph.secret().get("account_id")
        if not stored:
            raise AuthRevoked("No Instagram account is stored with this connection.")
        return segment(stored)

    def _page(
        self, cursor: str | None, *, publishing: bool = False
    ) -> tuple[list[tuple[Media, dict[str, Any]]], str | None, Answer]:
        path = f"/{self._account_id()}/media"
        listing, answer = self._graph.page(path, _MEDIA, cursor, publishing=publishing)
        page = [(parse(Media, raw, answer), raw) for raw in listing.data]
        return page, listing.cursor_after(cursor), answer

    def _latest(self) -> Iterator[finding.Page[Media]]:
        """Pages of own media without insights."""
        cursor: str | None = None
        while True:
            page, cursor, answer = self._page(cursor, publishing=True)
            yield finding.Page(
                [finding.Listed(one.id, one.timestamp, one, raw) for one, raw in page],
                answer.headers,
                cursor is not None,
            )

    def _all_seen(self, page: Sequence[tuple[Media, Mapping[str, Any]]]) -> list[SeenPost]:
        insights = self._figures.of_media([media for media, _ in page])
        return [self._seen(media, raw, insights.get(media.id)) for media, raw in page]

    def _seen(
        self, media: Media, raw: Mapping[str, Any], insights: MediaInsights | None
    ) -> SeenPost:
        figures = lifetime(insights.insights) if insights is not None else {}
        views = figures.get("views")
        watched = figures.get("ig_reels_video_view_total_time")
        return SeenPost(
            platform_id=media.id,
            permalink=self._permalink(media.permalink),
            posted_at=media.timestamp,
            text=media.caption or "",
            kind=PostKind.POST,
            likes=media.like_count,
            comments=media.comments_count,
            shares=figures.get("shares"),
            saves=figures.get("saved"),
            views=views,
            reach=figures.get("reach"),
            profile_clicks=figures.get("profile_visits"),
            video_views=views if media.films else None,
            watch_seconds=None if watched is None else watched // 1000,
            engagements=figures.get("total_interactions"),
            definition=DEFINITION,
            raw={**raw, "insights": figures},
        )

    def _permalink(self, told: str | None) -> str:
        """The address of a medium; that of the account where Instagram does not tell it."""
        handle = self._connection.handle.removeprefix("@")
        return web_link(told) or instagram_profile(self._connection.addresses, handle)
