"""Mastodon, and servers that speak its API. The secret holds ``access_token``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests.utils import parse_header_links

from govsocial.platforms import checks, finding, text
from govsocial.platforms.base import (
    DayMetrics,
    Limits,
    OutgoingPost,
    PostKind,
    PostPage,
    Profile,
    PublishedPost,
    SecretStore,
    SeenPost,
)
from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.envelopes import heard
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    Refused,
)
from govsocial.platforms.http import Answer, Effect, Session, parse
from govsocial.platforms.keeping import in_link, web_link
from govsocial.platforms.mastodon.answers import Account, Instance, Status, objects, segment
from govsocial.platforms.mastodon.failures import FORBIDDEN, failure, is_own, is_unknown_address
from govsocial.platforms.mastodon.media import Uploads
from govsocial.platforms.mastodon.taken import LIMITS, taken_by

DEFINITION = "mastodon/1"
PAGE = 40
_SOURCE = "Mastodon documentation, rate limits (2026); a server may set others"
QUOTAS = (
    Quota(name="calls", amount=300, seconds=300, scope=Scope.ACCOUNT, reserve=30, source=_SOURCE),
    Quota(name="posts", amount=300, seconds=10_800, scope=Scope.ACCOUNT, source=_SOURCE),
    Quota(name="media", amount=30, seconds=1_800, scope=Scope.ACCOUNT, source=_SOURCE),
    Quota(name="deletions", amount=30, seconds=1_800, scope=Scope.ACCOUNT, source=_SOURCE),
)
# The most particular one stands last: the headers of an answer speak of it.
_COSTS = {
    "POST /api/v1/statuses": {"calls": 1, "posts": 1},
    "POST /api/v2/media": {"calls": 1, "media": 1},
    "DELETE /api/v1/statuses": {"calls": 1, "deletions": 1},
}
_CALL = {"calls": 1}
NOT_FOR_EVERYBODY = {"private", "direct"}
"""An account also sees what it wrote to few people: that is mail, not publishing."""
STATUSES_A_CALL = 20


class MastodonClient:
    """One account on one server. Counters are those that this server knows."""

    limits: Limits

    def __init__(
        self,
        *,
        session: Session,
        secrets: SecretStore,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = LIMITS
        self._limits_read = False
        self._limits_failed: NotFromPlatform | None = None
        self._session = heard(session, is_own)
        self._secrets = secrets
        self._sleep = sleep
        self._account_id: str | None = None
        self._reads_lists = True

    def profile(self) -> Profile:
        return self._profile()

    def _profile(self, *, publishing: bool = False) -> Profile:
        path = "/api/v1/accounts/verify_credentials"
        answer = self._call("GET", path, publishing=publishing)
        raw = answer.json()
        account = parse(Account, raw, answer)
        self._account_id = account.id
        host = urlsplit(self._session.base).netloc
        return Profile(
            platform_id=account.id,
            handle=f"{account.username}@{host}",
            display_name=account.display_name or "",
            url=web_link(account.url) or f"{self._session.base}/@{account.username}",
            followers=account.followers_count,
            following=account.following_count,
            posts=account.statuses_count,
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """Ask for two changes that cannot happen, to things that no server has.

        Servers look at the rights of a token first: without the right to write statuses and media
        they answer 403, with it that there is no such thing. What an application may do at most,
        which Mastodon tells, is not what one of its tokens may.
        """
        for method, path in (("DELETE", "/api/v1/statuses/0"), ("PUT", "/api/v1/media/0")):
            try:
                self._call(method, path, Effect.STAGE)
            except Refused as refused:
                if refused.status != FORBIDDEN:
                    continue
                # In words that say nothing of rights; here a 403 is about nothing else.
                raise PermissionMissing(
                    str(refused), status=FORBIDDEN, words=refused.words
                ) from None
            except BadAnswer as failed:
                # Some servers answer with a page of their own where they know no such thing.
                if isinstance(failed, NotFromPlatform) and not is_unknown_address(failed):
                    raise

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """Statuses and replies of the account; what it boosted belongs to others."""
        page, next_cursor, _ = self._page(cursor)
        return PostPage(
            posts=[self._seen(status, raw) for status, raw in page], next_cursor=next_cursor
        )

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = list(dict.fromkeys(platform_ids))
        found: dict[str, SeenPost] = {}
        for start in range(0, len(wanted), STATUSES_A_CALL):
            for status, raw in self._statuses(wanted[start : start + STATUSES_A_CALL]):
                found[status.id] = self._seen(status, raw)
        return [found[name] for name in wanted if name in found]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Send the status with ``post.key`` as its idempotency key, which Mastodon honours for an
        hour and some other servers not at all: ``find`` it before sending it again."""
        post.before_step()
        limits = self.read_limits(publishing=True)
        length = text.mastodon_length(post.text, per_link=limits.url_length or 23)
        try:
            checks.check(post, limits, length=length, platform="Mastodon")
        except Refused:
            # The server may take more than others do, and could not be asked.
            if self._limits_failed is not None:
                raise self._limits_failed from None
            raise
        sent: dict[str, Any] = {"status": post.text, "visibility": "public"}
        if post.language:
            sent["language"] = post.language
        if post.follows:
            sent["in_reply_to_id"] = segment(post.follows)
        uploads = Uploads(self._call, post, self._sleep)
        media_ids = uploads.all()
        if media_ids:
            sent["media_ids"] = media_ids
        post.before_step()
        with finding.asking(post), uploads.forgetting():
            answer = self._call(
                "POST",
                "/api/v1/statuses",
                Effect.PUBLISH,
                json=sent,
                headers={"Idempotency-Key": post.key},
            )
        response = answer.json()
        return self._published(parse(Status, response, answer, Effect.PUBLISH), sent, response)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """The oldest own status since ``post.created_at`` with its text and as many attachments,
        that answers what it answers.

        Raises ``Unavailable`` when there are more statuses since then than are searched, and while
        a status that is not listed may still come.
        """
        wanted = text.canonical(post.text)
        attached = len(post.images) + (post.video is not None)

        def is_like(status: Status) -> bool:
            written = text.canonical(text.html_to_text(status.content or ""))
            same = len(status.media_attachments) == attached and written == wanted
            return same and _answers(status, post.follows)

        found = finding.oldest_match(self._latest(), post, is_like)
        if found is None:
            finding.check_settled(post)
            return None
        return self._published(found.model, {}, found.raw)

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """A reply is a status like any other."""
        with suppress(NotFound):
            self._call("DELETE", f"/api/v1/statuses/{segment(platform_id)}", Effect.STAGE)

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """Mastodon counts nothing by day."""
        return []

    def renew(self) -> bool:
        """Tokens of Mastodon have no end and cannot be refreshed."""
        return False

    def read_limits(self, *, publishing: bool = False) -> Limits:
        """Ask the server for its own limits, once; what it does not say stays the default."""
        if self._limits_read:
            return self.limits
        try:
            answer = self._call("GET", "/api/v2/instance", publishing=publishing)
            said = parse(Instance, answer.json(), answer).configuration
        except (Refused, BadAnswer) as failed:
            # Older servers and some others do not know this address.
            self._limits_read = True
            self._limits_failed = failed if isinstance(failed, NotFromPlatform) else None
            return self.limits
        self.limits = taken_by(said)
        self._limits_read = True
        return self.limits

    def _call(self, method: str, path: str, effect: Effect = Effect.READ, **content: Any) -> Answer:
        token = self._secrets.load().get("access_token")
        if not token:
            raise AuthRevoked("No access token is stored for this account.")
        kind = f"{method} {path}" if method == "POST" else f"{method} {path.rpartition('/')[0]}"
        cost = _COSTS.get(kind, _CALL)
        answer = self._session.send(method, path, effect=effect, token=token, cost=cost, **content)
        if answer.ok:
            return answer
        raise failure(answer, token)

    def _page(
        self, cursor: str | None, *, publishing: bool = False
    ) -> tuple[list[tuple[Status, dict[str, Any]]], str | None, Answer]:
        account_id = self._account_id or self._profile(publishing=publishing).platform_id
        params = {"limit": str(PAGE), "exclude_reblogs": "true"}
        if cursor is not None:
            params["max_id"] = cursor
        path = f"/api/v1/accounts/{segment(account_id)}/statuses"
        answer = self._call("GET", path, params=params, publishing=publishing)
        read = [(parse(Status, raw, answer), raw) for raw in objects(answer)]
        own = [
            (status, raw)
            for status, raw in read
            if status.reblog is None and status.visibility not in NOT_FOR_EVERYBODY
        ]
        following = _next_cursor(answer)
        # A server that repeats its first page would otherwise be read for ever.
        return own, None if following == cursor else following, answer

    def _latest(self) -> Iterator[finding.Page[Status]]:
        cursor: str | None = None
        while True:
            page, cursor, answer = self._page(cursor, publishing=True)
            listed = [
                finding.Listed(status.id, status.created_at, status, raw) for status, raw in page
            ]
            yield finding.Page(listed, answer.headers, cursor is not None)

    def _statuses(self, names: Sequence[str]) -> list[tuple[Status, dict[str, Any]]]:
        if self._reads_lists:
            # Known since Mastodon 4.3; elsewhere this address only takes new statuses, and some
            # servers answer with an object.
            try:
                answer = self._call("GET", "/api/v1/statuses", params={"id[]": list(names)})
                if not isinstance(answer.json(), dict):
                    read = [(parse(Status, raw, answer), raw) for raw in objects(answer)]
                    return [(status, raw) for status, raw in read if status.id in names]
            except Refused as refused:
                if refused.status == FORBIDDEN:
                    raise
            except NotFromPlatform as failed:
                if not is_unknown_address(failed):
                    raise
            self._reads_lists = False
        found = []
        for name in names:
            try:
                answer = self._call("GET", f"/api/v1/statuses/{segment(name)}")
            except NotFound:
                continue
            raw = answer.json()
            found.append((parse(Status, raw, answer), raw))
        return found

    def _seen(self, status: Status, raw: Mapping[str, Any]) -> SeenPost:
        return SeenPost(
            platform_id=status.id,
            permalink=self._permalink(status),
            posted_at=status.created_at,
            text=text.html_to_text(status.content or ""),
            kind=PostKind.REPLY if status.in_reply_to_id else PostKind.POST,
            likes=status.favourites_count,
            comments=status.replies_count,
            shares=status.reblogs_count,
            quotes=status.quotes_count,
            definition=DEFINITION,
            raw=raw,
        )

    def _published(
        self, status: Status, sent: Mapping[str, Any], response: Mapping[str, Any]
    ) -> PublishedPost:
        return PublishedPost(
            platform_id=status.id,
            permalink=self._permalink(status),
            sent=sent,
            response=response,
        )

    def _permalink(self, status: Status) -> str:
        known = web_link(status.url) or web_link(status.uri)
        return known or f"{self._session.base}/web/statuses/{in_link(status.id)}"


def _answers(status: Status, follows: str) -> bool:
    if status.in_reply_to_id:
        return status.in_reply_to_id == follows
    # Of an answer whose status is gone, servers forget that status and not whose it was.
    return bool(follows) == bool(status.in_reply_to_account_id)


def _next_cursor(answer: Answer) -> str | None:
    """The ``max_id`` of the next page. The link itself is never followed: it may lead anywhere."""
    for link in parse_header_links(answer.headers.get("Link", "")):
        if link.get("rel") == "next":
            try:
                values = parse_qs(urlsplit(link.get("url", "")).query).get("max_id")
            except ValueError as exc:
                raise BadAnswer(f"{answer.where}: names a next page that is no address.") from exc
            return values[0] if values else None
    return None
