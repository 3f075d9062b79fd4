"""Threads: posts, metrics and publishing of one account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from govsocial.platforms import checks, finding, limits, refusals, weighted
from govsocial.platforms.base import (
    DayMetrics,
    Limits,
    OutgoingPost,
    PostPage,
    Profile,
    PublishedPost,
    SeenPost,
)
from govsocial.platforms.errors import (
    AuthRevoked,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.keeping import web_link
from govsocial.platforms.meta.errors import WINDOW_MOVES
from govsocial.platforms.oauth import missing_scopes, require_scopes
from govsocial.platforms.spec import Connection
from govsocial.platforms.threads import containers
from govsocial.platforms.threads.account import Account
from govsocial.platforms.threads.answers import (
    DEFINITION,
    Container,
    DebugToken,
    Insights,
    Quotas,
    Thread,
    Threads,
    User,
    is_of,
    is_repost,
    midnight,
    seen,
    thread_of,
)

LIMITS = limits.LIMITS["threads"]
PAGE = 100
NEWEST = 25
"""How many of the newest are asked for where each costs a call of its own for its insights."""
FOUND_A_CALL = 25
FIRST_DAY = date(2024, 4, 13)
"""Before it the insights of accounts give nothing, whatever is asked for."""
DAYS_A_CALL = 90
TO_PUBLISH = ("threads_content_publish",)
TO_REPLY = ("threads_manage_replies", "threads_read_replies")
"""For answers to one's own posts as well; without reading replies nobody could tell afterwards
whether one is out."""
_FIELDS = (
    "id,media_product_type,media_type,permalink,username,text,timestamp,shortcode,is_reply,"
    "is_quote_post,has_replies,children,alt_text,link_attachment_url,topic_tag"
)
_REPLY_FIELDS = f"{_FIELDS},root_post,replied_to"
_METRICS = "views,likes,replies,reposts,quotes,shares"


class ThreadsClient:
    """One account."""

    limits: Limits = LIMITS

    def __init__(
        self, connection: Connection, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._account = Account(connection)
        self._web = connection.addresses.web
        self._handle = connection.handle.strip().removeprefix("@")
        self._sleep = sleep
        self._expansion = ("threads insights", connection.addresses.api, self._handle)

    def profile(self) -> Profile:
        answer = self._account.call(
            "GET",
            "/me",
            params={
                "fields": "id,username,name,is_verified,threads_profile_picture_url,"
                "threads_biography"
            },
        )
        raw = answer.json()
        user = parse(User, raw, answer)
        followers, insights = self._followers()
        return Profile(
            platform_id=user.id,
            handle=user.username,
            display_name=user.name or user.username,
            url=f"{self._web}/@{user.username}",
            followers=followers,
            verified=user.is_verified,
            definition=DEFINITION,
            raw={**raw, "threads_insights": insights},
        )

    def check_can_publish(self) -> None:
        """Ask for the rights of the token."""
        token = self._account.secret()["access_token"]
        answer = self._account.call("GET", "/debug_token", params={"input_token": token})
        facts = parse(DebugToken, answer.json(), answer).data
        if facts.is_valid is False:
            raise AuthRevoked(f"{answer.where}: Threads no longer takes the token.")
        missing = missing_scopes(TO_PUBLISH, {"scope": " ".join(facts.scopes or ())})
        if missing:
            raise PermissionMissing(f"The token lacks the right {', '.join(missing)}.")

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """Views of the account's posts on each day; Threads gives nothing else by day."""
        found: dict[date, DayMetrics] = {}
        first = max(since, FIRST_DAY)
        while first <= until:
            last = min(until, first + timedelta(days=DAYS_A_CALL - 1))
            for one in self._days(first, last):
                found[one.day] = one
            first = last + timedelta(days=1)
        return [found[day] for day in sorted(found)]

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """Own posts and reposts, newest first, with insights for those that have them."""
        paging = {"after": cursor} if cursor else {}

        def ask(fields: str) -> Answer:
            most = PAGE if self._expands or cursor else NEWEST
            return self._account.call(
                "GET", "/me/threads", params={"fields": fields, "limit": str(most), **paging}
            )

        answer = self._expanded(ask)
        listed = parse(Threads, answer.json(), answer)
        following = listed.paging.cursors.after if listed.paging.next else None
        return PostPage(
            posts=[self._seen(thread_of(raw, answer), raw) for raw in listed.data],
            # A cursor that repeats would be followed for ever.
            next_cursor=None if following == cursor else following,
        )

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        """One call a post, or two where insights have to be asked for on their own."""
        found = []
        for name in dict.fromkeys(platform_ids):

            def ask(fields: str, name: str = name) -> Answer:
                return self._account.call("GET", f"/{_segment(name)}", params={"fields": fields})

            try:
                answer = self._expanded(ask)
            except NotFound:
                continue
            raw = answer.json()
            found.append(self._seen(thread_of(raw, answer), raw))
        return found

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Make the container, wait for it, publish it: the container is never published twice.
        What it answers is said when it is made."""
        length = weighted.emoji_bytes_length(post.text)
        alone = not post.images and post.video is None
        checks.check(post, self.limits, length=length, platform="Threads", takes_link=alone)
        post.before_step()
        secret = self._account.secret()
        user = secret.get("account_id") or "me"
        if post.follows:
            _segment(post.follows)
            require_scopes(TO_REPLY, secret)
        if not post.handles.get("container"):
            self._check_quota(reply=bool(post.follows))
        parts = containers.Containers(self._account, post, _segment(user), self._sleep)
        container, status = parts.ready()
        if status == containers.PUBLISHED:
            with finding.may_be_out():
                found = self._published_before(post)
            if found is None:
                raise UnknownOutcome("Threads has published this post, and does not show it yet.")
            return found
        post.before_step()
        sent = {"creation_id": container}
        with finding.asking(post):
            answer = self._account.call(
                "POST",
                f"/{_segment(user)}/threads_publish",
                Effect.PUBLISH,
                cost={"threads replies" if post.follows else "threads posts": 1},
                data=sent,
            )
        response = answer.json()
        made = parse(Container, response, answer, Effect.PUBLISH)
        return PublishedPost(
            platform_id=made.id,
            permalink=self._permalink(made.id),
            sent=sent,
            response=response,
        )

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """What became of the container; without one, the post with these words, that answers what
        it answers.

        Raises ``Unavailable`` when the container was published and the post is not shown yet, and
        while it is too early to know.
        """
        kept = post.handles.get("container", "")
        parts = containers.Containers(self._account, post, "me", self._sleep)
        known = parts.status(kept) if kept else None
        if known is not None and known.status in containers.HOPELESS:
            return None
        found = None
        if known is None or known.status == containers.PUBLISHED:
            found = self._published_before(post)
        if found is None:
            if known is not None and known.status == containers.PUBLISHED:
                raise Unavailable("Threads has published this post, and does not show it yet.")
            finding.check_settled(post)
        return found

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """A reply is a post like any other."""
        with suppress(NotFound):
            self._account.call(
                "DELETE",
                f"/{_segment(platform_id)}",
                Effect.STAGE,
                cost={"threads deletes": 1},
            )

    def renew(self) -> bool:
        """A token of 60 days is exchanged when it is a week old."""
        return self._account.renew()

    def _followers(self) -> tuple[int | None, Any]:
        """Followers are an insight, which the token may not be allowed to read."""
        try:
            answer = self._account.call(
                "GET", "/me/threads_insights", params={"metric": "followers_count"}
            )
        except (PermissionMissing, Refused):
            return None, None
        told = parse(Insights, answer.json(), answer)
        return told.named("followers_count"), answer.json()

    def _days(self, first: date, last: date) -> list[DayMetrics]:
        after_last = last + timedelta(days=1)
        answer = self._account.call(
            "GET",
            "/me/threads_insights",
            params={
                "metric": "views",
                "since": str(midnight(datetime.combine(first, clock_time(), UTC))),
                "until": str(midnight(datetime.combine(after_last, clock_time(), UTC))),
            },
        )
        told = parse(Insights, answer.json(), answer)
        values = [one for insight in told.data if insight.name == "views" for one in insight.values]
        # A day is named by its end.
        ended = [(one.end_time, one.value) for one in values if one.end_time]
        return [
            DayMetrics(
                day=day,
                views=views,
                definition=DEFINITION,
                raw={"value": views, "end_time": end.isoformat()},
            )
            for end, views in ended
            if first <= (day := (end - timedelta(days=1)).date()) <= last
        ]

    @property
    def _expands(self) -> bool:
        return not refusals.stands(self._expansion)

    def _expanded(self, ask: Callable[[str], Answer]) -> Answer:
        """Ask for posts together with their insights, as the Graph API lets one elsewhere."""
        if self._expands:
            try:
                return ask(f"{_FIELDS},insights.metric({_METRICS})")
            except NotFound:
                raise
            except (PermissionMissing, Refused):
                # Then each post's insights are asked for on their own.
                refusals.note(self._expansion)
        return ask(_FIELDS)

    def _seen(self, thread: Thread, raw: Mapping[str, Any]) -> SeenPost:
        insights, kept = thread.insights, dict(raw)
        if insights is None and not is_repost(thread):
            insights, kept["insights"] = self._insights(thread.id)
        return seen(thread, kept, insights, f"{self._web}/@{self._handle}")

    def _insights(self, name: str) -> tuple[Insights | None, Any]:
        try:
            answer = self._account.call("GET", f"/{name}/insights", params={"metric": _METRICS})
        except (PermissionMissing, Refused):
            # Not given: no right to insights, or a post that has none.
            return None, None
        return parse(Insights, answer.json(), answer), answer.json()

    def _check_quota(self, *, reply: bool) -> None:
        fields = "reply_quota_usage,reply_config" if reply else "quota_usage,config"
        answer = self._account.call(
            "GET",
            "/me/threads_publishing_limit",
            params={"fields": fields},
            publishing=True,
        )
        for quota in parse(Quotas, answer.json(), answer).data:
            used, total = quota.quota_usage, quota.config.quota_total
            if reply:
                used, total = quota.reply_quota_usage, quota.reply_config.quota_total
            if used is not None and total is not None and used >= total:
                raise RateLimited(
                    f"Threads takes {total} posts in 24 hours; all are used.",
                    retry_after=WINDOW_MOVES,
                )

    def _published_before(self, post: OutgoingPost) -> PublishedPost | None:
        """The oldest own post since ``post.created_at`` with its text and number of media."""
        listed = self._latest("/me/replies", _REPLY_FIELDS) if post.follows else self._latest()
        found = finding.oldest_match(listed, post, lambda thread: is_of(thread, post))
        if found is None:
            return None
        link = web_link(found.model.permalink) or f"{self._web}/@{self._handle}"
        return PublishedPost(platform_id=found.platform_id, permalink=link, response=found.raw)

    def _latest(
        self, path: str = "/me/threads", fields: str = _FIELDS
    ) -> Iterator[finding.Page[Thread]]:
        asked = {"fields": fields, "limit": str(FOUND_A_CALL)}
        cursor: str | None = None
        while True:
            paging = {"after": cursor} if cursor else {}
            answer = self._account.call("GET", path, params={**asked, **paging}, publishing=True)
            listed = parse(Threads, answer.json(), answer)
            threads = [(thread_of(raw, answer), raw) for raw in listed.data]
            before, cursor = cursor, listed.paging.cursors.after if listed.paging.next else None
            yield finding.Page(
                [finding.Listed(one.id, one.timestamp, one, raw) for one, raw in threads],
                answer.headers,
                cursor is not None and cursor != before,
            )

    def _permalink(self, post_id: str) -> str:
        """Where people read the post. It is out: nothing may fail any more."""
        with suppress(PlatformError):
            answer = self._account.call(
                "GET", f"/{post_id}", params={"fields": "id,permalink,timestamp"}, publishing=True
            )
            link = web_link(thread_of(answer.json(), answer).permalink)
            if link:
                return link
        return f"{self._web}/@{self._handle}"


def _segment(name: str) -> str:
    """``name`` as one part of a path; ids of Threads are digits."""
    if name != "me" and not (name.isascii() and name.isdigit()):
        raise NotFound("This is not an identifier of Threads.")
    return name
