"""Bluesky (AT Protocol): posts, metrics and publishing of one account."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from govsocial.platforms import checks, limits, text
from govsocial.platforms.base import (
    DayMetrics,
    Image,
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
from govsocial.platforms.bluesky import tid
from govsocial.platforms.bluesky.account import Account
from govsocial.platforms.bluesky.answers import (
    Answerable,
    Blob,
    Feed,
    FeedItem,
    Found,
    Post,
    Posts,
    ProfileAnswer,
    Resolved,
    Written,
)
from govsocial.platforms.bluesky.films import Films, begun_anew
from govsocial.platforms.errors import NotFound, Refused
from govsocial.platforms.http import Effect, Session, parse

COLLECTION = "app.bsky.feed.post"
DEFINITION = "bluesky/1"
LIMITS = limits.LIMITS["bluesky"]
POSTS_A_CALL = 25
PAGE = 100
TILED = 4
"""Up to so many pictures stand beside each other in every application; more are a gallery."""
UPLOAD_SECONDS = 120.0


class BlueskyClient:
    """One account on one PDS. Reads of posts go through the PDS, which asks the AppView."""

    limits: Limits = LIMITS

    def __init__(
        self,
        *,
        handle: str,
        session: Session,
        secrets: SecretStore,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._sleep = sleep
        self._account = Account(handle=handle, session=session, secrets=secrets)

    def end_session(self) -> None:
        self._account.end_session()

    def profile(self) -> Profile:
        did = self._account.signed_in()["did"]
        answer = self._account.call("GET", "app.bsky.actor.getProfile", params={"actor": did})
        raw = answer.json()
        seen = parse(ProfileAnswer, raw, answer)
        return Profile(
            platform_id=seen.did,
            handle=seen.handle,
            display_name=seen.display_name,
            url=f"{self._web()}/profile/{_visible(seen.handle, seen.did)}",
            followers=seen.followers_count,
            following=seen.follows_count,
            posts=seen.posts_count,
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """An app password has no smaller rights: whoever it signs in may publish."""
        self._account.signed_in()

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """Posts and replies of the account; what it reposted belongs to others and is left out."""
        did = self._account.signed_in()["did"]
        params = {"actor": did, "limit": str(PAGE), "filter": "posts_with_replies"}
        if cursor is not None:
            params["cursor"] = cursor
        answer = self._account.call("GET", "app.bsky.feed.getAuthorFeed", params=params)
        feed = parse(Feed, answer.json(), answer)
        seen = [
            (parse(Post, item.post, answer), item.post)
            for item in feed.feed
            if not _is_repost(item)
        ]
        return PostPage(
            posts=[self._seen(post, raw) for post, raw in seen if post.author.did == did],
            # A server that repeats a page would otherwise be read for ever.
            next_cursor=None if feed.cursor == cursor else feed.cursor or None,
        )

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = list(dict.fromkeys(platform_ids))
        found: dict[str, SeenPost] = {}
        for start in range(0, len(wanted), POSTS_A_CALL):
            uris = wanted[start : start + POSTS_A_CALL]
            answer = self._account.call("GET", "app.bsky.feed.getPosts", params={"uris": uris})
            for raw in parse(Posts, answer.json(), answer).posts:
                post = parse(Post, raw, answer)
                found[post.uri] = self._seen(post, raw)
        return [found[uri] for uri in wanted if uri in found]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Write the record under our own key: sent again, it is the same post."""
        self._check_key(post)
        length = text.graphemes(post.text)
        alone = not post.images and post.video is None
        checks.check(post, self.limits, length=length, platform="Bluesky", takes_link=alone)
        post.before_step()
        # Read before the write: once the post is out, nothing may fail for want of a secret.
        secret = self._account.signed_in()
        did = secret["did"]
        record = {**self._record(post), **self._reply(post, did)}
        post.before_step()
        sent = {"repo": did, "collection": COLLECTION, "rkey": post.key, "record": record}
        nsid = "com.atproto.repo.putRecord"
        with begun_anew(post):
            answer = self._account.call("POST", nsid, Effect.PUBLISH, json=sent)
        response = answer.json()
        written = parse(Written, response, answer, Effect.PUBLISH)
        return self._published(secret, written.uri, sent, response)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """The record under ``post.key``: no need to go by the words."""
        self._check_key(post)
        secret = self._account.signed_in()
        params = {"repo": secret["did"], "collection": COLLECTION, "rkey": post.key}
        try:
            answer = self._account.call(
                "GET", "com.atproto.repo.getRecord", params=params, publishing=True
            )
        except NotFound:
            return None
        response = answer.json()
        return self._published(secret, parse(Found, response, answer).uri, {}, response)

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """Delete the record; the server says the same whether there was one or not. A reply is a
        post like any other."""
        record = _place(platform_id, self._account.signed_in()["did"])
        self._account.call("POST", "com.atproto.repo.deleteRecord", Effect.STAGE, json=record)

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """Bluesky counts nothing by day."""
        return []

    def renew(self) -> bool:
        """Sessions are renewed as they are used; an app password has no end."""
        return False

    def _check_key(self, post: OutgoingPost) -> None:
        if not tid.is_tid(post.key):
            raise Refused("The key of the post is not a record key of Bluesky.")

    def _record(self, post: OutgoingPost) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": COLLECTION,
            "text": post.text,
            "createdAt": _timestamp(post.created_at),
        }
        if post.language:
            record["langs"] = [post.language]
        facets = self._facets(post)
        if facets:
            record["facets"] = facets
        if post.images:
            record["embed"] = self._pictures(post)
        elif post.video is not None:
            record["embed"] = Films(self._account, post, sleep=self._sleep).embed(post.video)
        elif post.link:
            # The three are required; a picture of the page would have to be fetched from there.
            card = {"uri": post.link, "title": post.title or post.link, "description": ""}
            record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
        return record

    def _reply(self, post: OutgoingPost, did: str) -> dict[str, Any]:
        """What the post answers, and the first of its thread, each as it is now."""
        if not post.follows:
            return {}
        parent = self._answerable(post, post.follows, did)
        first = post.root or post.follows
        root = parent if first == post.follows else self._answerable(post, first, did)
        return {"reply": {"root": root, "parent": parent}}

    def _answerable(self, post: OutgoingPost, uri: str, did: str) -> dict[str, str]:
        place = _place(uri, did)
        post.before_step()
        nsid = "com.atproto.repo.getRecord"
        answer = self._account.call("GET", nsid, params=place, publishing=True)
        return {"uri": uri, "cid": parse(Answerable, answer.json(), answer).cid}

    def _pictures(self, post: OutgoingPost) -> dict[str, Any]:
        pictures = [self._upload(image, post.before_step) for image in post.images]
        if len(pictures) <= TILED:
            return {"$type": "app.bsky.embed.images", "images": pictures}
        kind = "app.bsky.embed.gallery"
        items = [{"$type": f"{kind}#image", **picture} for picture in pictures]
        return {"$type": kind, "items": items}

    def _upload(self, image: Image, before_step: Callable[[], None]) -> dict[str, Any]:
        before_step()
        answer = self._account.call(
            "POST",
            "com.atproto.repo.uploadBlob",
            Effect.STAGE,
            total=UPLOAD_SECONDS,
            data=image.data,
            headers={"Content-Type": image.media_type},
        )
        return {
            "image": parse(Blob, answer.json(), answer).blob,
            "alt": image.alt,
            "aspectRatio": {"width": image.width, "height": image.height},
        }

    def _facets(self, post: OutgoingPost) -> list[dict[str, Any]]:
        body = post.text
        found = [
            (span, {"$type": "app.bsky.richtext.facet#link", "uri": span.value})
            for span in text.links(body)
        ]
        for span in text.handles(body):
            post.before_step()
            did = self._resolve(span.value)
            if did is not None:
                found.append((span, {"$type": "app.bsky.richtext.facet#mention", "did": did}))
        found += [
            (span, {"$type": "app.bsky.richtext.facet#tag", "tag": span.value})
            for span in text.hashtags(body)
        ]
        return facets(body, found)

    def _resolve(self, handle: str) -> str | None:
        """The account behind a mention, or None: a name that nobody has stays plain text."""
        try:
            answer = self._account.call(
                "GET",
                "com.atproto.identity.resolveHandle",
                params={"handle": handle},
                publishing=True,
            )
        except Refused:
            return None
        return parse(Resolved, answer.json(), answer).did

    def _seen(self, post: Post, raw: Mapping[str, Any]) -> SeenPost:
        return SeenPost(
            platform_id=post.uri,
            permalink=self.permalink(post.author.handle, post.author.did, post.uri),
            posted_at=post.record.created_at,
            text=post.record.text,
            kind=PostKind.REPLY if post.record.reply else PostKind.POST,
            likes=post.like_count,
            comments=post.reply_count,
            shares=post.repost_count,
            quotes=post.quote_count,
            saves=post.bookmark_count,
            definition=DEFINITION,
            raw=raw,
        )

    def _published(
        self, secret: Secret, uri: str, sent: Mapping[str, Any], response: Mapping[str, Any]
    ) -> PublishedPost:
        link = self.permalink(secret.get("handle", ""), secret["did"], uri)
        return PublishedPost(platform_id=uri, permalink=link, sent=sent, response=response)

    def permalink(self, handle: str, did: str, uri: str) -> str:
        """The page of the post ``uri`` of one account, where people read it."""
        return f"{self._web()}/profile/{_visible(handle, did)}/post/{uri.rsplit('/', 1)[-1]}"

    def _web(self) -> str:
        """Where people read posts: a private network has its own pages, the public one bsky.app."""
        base = self._session.base
        return base if self._session.guard.is_private(base) else "https://bsky.app"


def _place(uri: str, did: str) -> dict[str, str]:
    """Where the record of a post of the account itself is."""
    start = f"at://{did}/{COLLECTION}/"
    if not uri.startswith(start):
        raise Refused("This is not a post of this account.")
    return {"repo": did, "collection": COLLECTION, "rkey": uri.removeprefix(start)}


def facets(body: str, found: Sequence[tuple[text.Span, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rich text facets of ``body`` in order, their places counted in bytes of UTF-8.

    The first of two that overlap stays: a sign inside a link is part of the link.
    """
    made: list[dict[str, Any]] = []
    taken: list[text.Span] = []
    for span, feature in found:
        if any(span.start < other.end and other.start < span.end for other in taken):
            continue
        taken.append(span)
        start = len(body[: span.start].encode())
        end = start + len(body[span.start : span.end].encode())
        made.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return sorted(made, key=lambda facet: int(facet["index"]["byteStart"]))


def _is_repost(item: FeedItem) -> bool:
    kind = str((item.reason or {}).get("$type", ""))
    return kind.endswith("#reasonRepost")


def _visible(handle: str, did: str) -> str:
    """What stands in links: a handle that its owner lost is shown by its identifier."""
    return handle if handle and handle != "handle.invalid" else did


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
