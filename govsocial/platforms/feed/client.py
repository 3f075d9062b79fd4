"""A website as a platform that is only read: its articles, without any numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from govsocial.platforms.base import (
    DayMetrics,
    Limits,
    OutgoingPost,
    PostKind,
    PostPage,
    Profile,
    PublishedPost,
    Secret,
    SecretStore,
    SeenPost,
)
from govsocial.platforms.errors import NotOffered
from govsocial.platforms.feed import reading
from govsocial.platforms.feed.discovery import find_feeds
from govsocial.platforms.feed.fetching import Document, fetch, safe_link
from govsocial.platforms.feed.reading import Entry, Feed
from govsocial.platforms.http import Session
from govsocial.platforms.limits import ANYTHING

DEFINITION = "feed/1"
LONGEST = 200
"""Characters of an address without its scheme, as the column of an account's id takes."""
WHOLE_AGAIN = timedelta(hours=24)
"""A feed that says that nothing changed is read whole again after this time: when what was read
last was lost on its way into the database, it comes again before it leaves the feed."""
_OWN_NAMES = ("etag", "last_modified", "read_at", "title", "home", "first_seen")


@dataclass(frozen=True, slots=True)
class _Now:
    """The feed in this moment. ``feed`` is None when nothing changed since it was last read."""

    secret: Secret = field(repr=False)
    feed: Feed | None


class FeedClient:
    """One feed, fetched once in the life of a client: a pull asks for the profile and the posts."""

    limits: Limits = ANYTHING

    def __init__(
        self,
        *,
        session: Session,
        handle: str,
        store: SecretStore,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session = session
        self._handle = handle
        self._store = store
        self._clock = clock
        self._read: _Now | None = None

    def profile(self) -> Profile:
        """Who publishes: the title of the feed. Nobody follows a feed as far as it knows."""
        self._read = now = self._fetch()
        host = urlsplit(self._session.base).netloc
        return Profile(
            platform_id=identity_of(now.secret["account_id"]),
            handle=self._handle or host,
            display_name=now.secret.get("title") or host,
            url=now.secret.get("home") or f"{self._session.base}/",
            definition=DEFINITION,
            raw={
                "title": now.secret.get("title", ""),
                "feed": now.secret["feed_url"].partition("?")[0],
            },
        )

    def check_can_publish(self) -> None:
        raise NotOffered("A website is read by its feed; nothing is published to it.")

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """All that the feed holds, in one page; nothing when it did not change since last read.

        An article without a date, or with one that cannot be, carries the moment when it was first
        seen, which stays the same as long as it is in the feed; ``raw`` then says ``first_seen``.
        """
        # What profile() has just fetched counts once; whoever asks again wants to know anew.
        now, self._read = self._read or self._fetch(), None
        if now.feed is None:
            return PostPage(posts=[], next_cursor=None)
        seen = _first_seen(now.secret)
        return PostPage(posts=[_seen(one, seen) for one in now.feed.entries], next_cursor=None)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        """The named articles, when all are in the feed. Raises ``NotOffered`` when one is not:
        old articles leave a feed and stay on the website, so that says nothing about them."""
        wanted = list(dict.fromkeys(platform_ids))
        now = self._fetch(whole=True)
        seen = _first_seen(now.secret)
        known = {one.id: one for one in (now.feed.entries if now.feed else ())}
        if any(name not in known for name in wanted):
            raise NotOffered("A feed does not tell what became of articles that have left it.")
        return [_seen(known[name], seen) for name in wanted]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        raise NotOffered("Nothing can be published to a website by its feed.")

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """Nothing was ever sent, so there is nothing to be found."""
        return None

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        raise NotOffered("Nothing can be deleted on a website by its feed.")

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """A feed counts nothing."""
        return []

    def renew(self) -> bool:
        """There is nothing that ends."""
        return False

    def _fetch(self, *, whole: bool = False) -> _Now:
        secret = self._store.load()
        at = self._clock()
        url = self._url(secret)
        fresh = not whole and _read_lately(secret, url, at)
        document = fetch(
            self._session,
            url,
            etag=secret.get("etag", "") if fresh else "",
            last_modified=secret.get("last_modified", "") if fresh else "",
        )
        if document.body is None and fresh:
            return _Now(self._keep(secret, _moved(secret, document)), None)
        feed = reading.read(document, now=at)
        return _Now(self._keep(secret, _noted(secret, document, feed, at)), feed)

    def _url(self, secret: Secret) -> str:
        told = secret.get("feed_url", "")
        if not told:
            return find_feeds(self._session, f"{self._session.base}/")[0].url
        # Refused when it may not be asked: never another feed instead of the one that was named.
        self._session.guard.base_url(told)
        return safe_link(self._session, told)

    def _keep(self, before: Secret, after: Secret) -> Secret:
        if dict(before) == dict(after):
            return after
        kept = self._store.rotate(stale=before, refresh=lambda stored: after)
        # Another worker was quicker; the feed is what it is, and so is its identity.
        return {**after, "account_id": kept.get("account_id") or after["account_id"]}


def _read_lately(secret: Secret, url: str, at: datetime) -> bool:
    """Whether the marks of the last reading may be used: they are of this address and of today."""
    told = secret.get("read_at")
    if not told or secret.get("feed_url") != url:
        return False
    return at - WHOLE_AGAIN < datetime.fromisoformat(told) <= at


def _moved(secret: Secret, document: Document) -> Secret:
    return {**secret, "feed_url": document.url}


def _noted(secret: Secret, document: Document, feed: Feed, at: datetime) -> Secret:
    kept = {name: value for name, value in secret.items() if name not in _OWN_NAMES}
    kept["feed_url"] = document.url
    # The address under which the feed became known names it for ever, wherever it moves.
    kept.setdefault("account_id", identity_of(document.url.partition("://")[2]))
    earlier = _first_seen(secret)
    undated = {_mark(one): earlier.get(_mark(one), at) for one in feed.entries if one.at is None}
    new = {
        "etag": document.etag,
        "last_modified": document.last_modified,
        "title": feed.title,
        "home": feed.home,
        "first_seen": json.dumps(
            {mark: moment.isoformat(timespec="seconds") for mark, moment in undated.items()}
        )
        if undated
        else "",
    }
    noted = {**kept, **{name: value for name, value in new.items() if value}}
    same = {**noted, "read_at": secret.get("read_at", "")} == dict(secret)
    if same and _read_lately(secret, document.url, at):
        return secret
    return {**noted, "read_at": at.isoformat(timespec="seconds")}


def identity_of(address: str) -> str:
    """What names a feed by its address without its scheme, for pages and for the trail.

    Of the query, which may hold a key, a digest stands in it: one site may have several feeds that
    differ by nothing else. What is made so stays the same. With a digest it may be longer than
    ``LONGEST``: then it is cut, and the digest is one of all. A longer address stays as it is, for
    whoever keeps accounts to refuse.
    """
    place, _mark, query = address.partition("?")
    if len(address) > LONGEST or not query:
        return address if query else place
    digest = hashlib.sha256(query.encode()).hexdigest()[:16]
    if len(place) + len(digest) < LONGEST:
        return f"{place}#{digest}"
    digest = hashlib.sha256(address.encode()).hexdigest()[:16]
    return f"{place[: LONGEST - len(digest) - 1]}#{digest}"


def differ_in_query_only(one: str, other: str) -> bool:
    """Whether two ids of ``identity_of`` are of one address, whatever its query says: a key in it
    is changed now and then, and the feed is the same; or it names another feed of one script."""
    return one.partition("#")[0] == other.partition("#")[0]


def _mark(entry: Entry) -> str:
    return hashlib.sha256(entry.id.encode()).hexdigest()[:16]


def _first_seen(secret: Secret) -> Mapping[str, datetime]:
    try:
        told = json.loads(secret.get("first_seen") or "{}")
        return {str(mark): datetime.fromisoformat(value) for mark, value in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _seen(entry: Entry, first_seen: Mapping[str, datetime]) -> SeenPost:
    raw = dict(entry.raw)
    at = entry.at
    if at is None:
        at = first_seen[_mark(entry)]
        raw["first_seen"] = at.isoformat()
    return SeenPost(
        platform_id=entry.id,
        permalink=entry.link,
        posted_at=at,
        text=entry.text,
        kind=PostKind.POST,
        definition=DEFINITION,
        raw=raw,
    )
