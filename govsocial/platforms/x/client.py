"""X: posts, metrics and publishing of one account.

Since 2026 X lets applications reply only to authors who summoned the account, by a mention or a
quote. Whether an answer to a post of one's own, as in a thread, counts as that is not stated: where
X refuses one, ``publish`` raises ``Refused`` with X's words, and the posts before it stay out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from govsocial.platforms import checks, finding, limits, weighted
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
    NotFound,
    PermissionMissing,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.oauth import missing_scopes
from govsocial.platforms.spec import Connection
from govsocial.platforms.x import errors, posts
from govsocial.platforms.x.account import RENEW_BEFORE, Account, Bill, delivered
from govsocial.platforms.x.answers import Created, Tweet, Tweets, User, data, problems
from govsocial.platforms.x.media import Uploads
from govsocial.platforms.x.places import Place, written
from govsocial.platforms.x.posts import DEFINITION
from govsocial.platforms.x.prices import Item

LIMITS = limits.LIMITS["x"]
PAGE = 100
POSTS_A_CALL = 100
FOUND_A_CALL = 25
"""How many ``find`` asks for at once: each is paid for, and the post is among the newest."""
PRIVATE_FOR = timedelta(days=29)
"""X gives clicks for thirty days; a day is left for clocks and for the time that a call takes."""
TO_PUBLISH = ("tweet.write", "media.write")
_FIELDS = (
    "created_at,public_metrics,entities,attachments,referenced_tweets,note_tweet,conversation_id"
)
_PRIVATE_FIELDS = "non_public_metrics,organic_metrics"


class XClient:
    """One account. Reading and writing cost money; each call is counted by the meter."""

    limits: Limits = LIMITS

    def __init__(
        self, connection: Connection, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._account = Account(connection)
        self._web = connection.addresses.web
        self._handle = connection.handle.strip().removeprefix("@")
        self._sleep = sleep
        self._account_id = ""
        self._private = True

    def profile(self) -> Profile:
        return self._profile()

    def _profile(self, *, publishing: bool = False) -> Profile:
        answer = self._account.call(
            "GET",
            "/2/users/me",
            bill=Bill(Item.USER_READ, 1, delivered),
            cost={"x profile": 1},
            params={"user.fields": "public_metrics,verified,verified_type,created_at"},
            publishing=publishing,
        )
        raw = data(answer)
        user = parse(User, raw, answer)
        self._account_id = user.id
        return Profile(
            platform_id=user.id,
            handle=user.username,
            display_name=user.name,
            url=f"{self._web}/{user.username}",
            followers=user.public_metrics.followers_count,
            following=user.public_metrics.following_count,
            posts=user.public_metrics.tweet_count,
            verified=user.verified,
            definition=DEFINITION,
            raw=raw,
        )

    def check_can_publish(self) -> None:
        """Look at the rights that came with the token; nothing is asked that would cost money."""
        missing = missing_scopes(TO_PUBLISH, self._account.secret())
        if missing:
            raise PermissionMissing(f"The token lacks the right {', '.join(missing)}.")

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """X counts nothing by day for an account."""
        return []

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """Posts and replies of the account, first those of the last 29 days with their clicks."""
        if cursor is None:
            place = Place(True, int((datetime.now(UTC) - PRIVATE_FOR).timestamp()))
        else:
            place = Place.read(cursor)
        found, following = self._page(place)
        if not found and place.recent and following is not None and not following.recent:
            found, following = self._page(following)
        return PostPage(posts=found, next_cursor=None if following is None else str(following))

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        wanted = [one for one in dict.fromkeys(platform_ids) if _is_id(one)]
        youngest = datetime.now(UTC) - PRIVATE_FOR
        recent = [one for one in wanted if posts.made_at(one) > youngest]
        older = [one for one in wanted if posts.made_at(one) <= youngest]
        found: dict[str, SeenPost] = {}
        for names, private in ((recent, True), (older, False)):
            for start in range(0, len(names), POSTS_A_CALL):
                for post in self._lookup(names[start : start + POSTS_A_CALL], private):
                    found[post.platform_id] = post
        return [found[name] for name in wanted if name in found]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Send the media, then the post itself, as an answer where it has one before it.

        X refuses a text that it has already. Where an earlier attempt had come to that call, the
        refusal may mean that very post: its outcome is unknown then, and has to be looked for.
        """
        body = posts.text_of(post)
        length = weighted.weighted_length(body)
        checks.check(post, self.limits, length=length, platform="X", takes_link=True)
        post.before_step()
        sent: dict[str, Any] = {"text": body} if body else {}
        if post.follows:
            sent["reply"] = {"in_reply_to_tweet_id": _post_id(post.follows)}
        media_ids = Uploads(self._account, post, self._sleep).all()
        if media_ids:
            sent["media"] = {"media_ids": media_ids}
        post.before_step()
        refusal: errors.Duplicate | None = None
        try:
            with finding.asking(post):
                answer = self._account.call(
                    "POST",
                    "/2/tweets",
                    Effect.PUBLISH,
                    bill=_bill_of(body),
                    # The window that X's headers speak of comes last.
                    cost={
                        "x posts of the application": 1,
                        "x posts of three hours": 1,
                        "x posts": 1,
                    },
                    json=sent,
                )
        except errors.Duplicate as duplicate:
            refusal = duplicate
        if refusal is not None:
            if not post.handles.get(finding.ASKED_AT):
                raise refusal
            raise UnknownOutcome(
                "X has a post with this text already; it may be that of an earlier attempt.",
                status=refusal.status,
            )
        created = parse(Created, data(answer), answer, Effect.PUBLISH)
        return self._published(created.id, sent, answer.json())

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """The oldest own post since ``post.created_at`` with its media, or with its text, that
        answers what it answers.

        Raises ``Unavailable`` when there are more posts since then than are searched, and while a
        post that is not listed may still come.
        """
        found = finding.oldest_match(
            self._latest(post), post, lambda tweet: posts.is_of(tweet, post, self._handle)
        )
        if found is None:
            finding.check_settled(post)
            return None
        return self._published(found.platform_id, {}, found.raw)

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """A reply is a post like any other."""
        name = _post_id(platform_id)
        with suppress(NotFound):
            self._account.call(
                "DELETE",
                f"/2/tweets/{name}",
                Effect.STAGE,
                bill=Bill(Item.DELETE_POST, 1),
                cost={"x deletes": 1},
            )

    def renew(self) -> bool:
        """Tokens last two hours and are refreshed at need; this does it a little earlier."""
        return self._account.bearer.renew(RENEW_BEFORE)

    def _timeline(
        self, params: Mapping[str, str], most: int, *, publishing: bool = False
    ) -> Answer:
        secret = self._account.secret()
        account_id = secret.get("account_id") or self._account_id
        account_id = account_id or self._profile(publishing=publishing).platform_id
        if not _is_id(account_id):
            raise Refused("This is not an account of X.")
        return self._account.call(
            "GET",
            f"/2/users/{account_id}/tweets",
            bill=Bill(self._account.read_item(secret), most, delivered),
            cost={"x timeline": 1},
            params=params,
            publishing=publishing,
        )

    def _latest(self, post: OutgoingPost) -> Iterator[finding.Page[Tweet]]:
        asked = {
            "max_results": str(FOUND_A_CALL),
            "exclude": "retweets",
            "tweet.fields": _FIELDS,
            # A day earlier than need be, for a clock of the platform that is far behind.
            "start_time": written(post.created_at - timedelta(days=1)),
        }
        token: str | None = None
        while True:
            paging = {"pagination_token": token} if token else {}
            answer = self._timeline({**asked, **paging}, FOUND_A_CALL, publishing=True)
            listed = parse(Tweets, answer.json(), answer)
            tweets = [(parse(Tweet, raw, answer), raw) for raw in listed.data]
            token, before = listed.meta.next_token, token
            yield finding.Page(
                [
                    finding.Listed(
                        tweet.id, tweet.created_at or posts.made_at(tweet.id), tweet, raw
                    )
                    for tweet, raw in tweets
                ],
                answer.headers,
                bool(token) and token != before,
            )

    def _page(self, place: Place) -> tuple[list[SeenPost], Place | None]:
        params = {"max_results": str(PAGE), "exclude": "retweets", **place.params()}

        def ask(fields: Mapping[str, str]) -> Answer:
            return self._timeline({**params, **fields}, PAGE)

        answer = self._asked(ask, private=place.recent)
        listed = parse(Tweets, answer.json(), answer)
        return self._seen(listed, answer), place.after(listed.meta.next_token)

    def _lookup(self, names: Sequence[str], private: bool) -> list[SeenPost]:
        item = self._account.read_item(self._account.secret())

        def ask(fields: Mapping[str, str]) -> Answer:
            return self._account.call(
                "GET",
                "/2/tweets",
                bill=Bill(item, len(names), delivered),
                cost={"x lookup": 1},
                params={"ids": ",".join(names), **fields},
            )

        answer = self._asked(ask, private=private)
        for problem in problems(answer.json()):
            # Only a post that is certainly gone may be missing.
            if not errors.is_gone(problem) and not errors.is_about_a_field(problem):
                raise Unavailable(f"{answer.where}: X left out posts without saying why.")
        return self._seen(parse(Tweets, answer.json(), answer), answer)

    def _asked(self, ask: Callable[[Mapping[str, str]], Answer], *, private: bool) -> Answer:
        """Ask with the fields that only the author may see, and without them when refused."""
        media = {"expansions": "attachments.media_keys", "media.fields": "type,public_metrics"}
        if private and self._private:
            try:
                answer = ask({"tweet.fields": f"{_FIELDS},{_PRIVATE_FIELDS}", **media})
                if not _leaves_out(answer):
                    return answer
            except (PermissionMissing, Refused):
                self._private = False
        return ask({"tweet.fields": _FIELDS, **media})

    def _seen(self, listed: Tweets, answer: Answer) -> list[SeenPost]:
        tweets = [(parse(Tweet, raw, answer), raw) for raw in listed.data]
        return [
            posts.seen(tweet, raw, listed.includes.media, self._permalink(tweet.id))
            for tweet, raw in tweets
        ]

    def _permalink(self, post_id: str) -> str:
        # "i" stands for whoever wrote it, where the name is not known.
        return f"{self._web}/{self._handle or 'i'}/status/{post_id}"

    def _published(
        self, post_id: str, sent: Mapping[str, Any], response: Mapping[str, Any]
    ) -> PublishedPost:
        return PublishedPost(
            platform_id=post_id,
            permalink=self._permalink(post_id),
            sent=sent,
            response=response,
        )


def _bill_of(body: str) -> Bill:
    return Bill(Item.CREATE_POST_WITH_URL if posts.has_link(body) else Item.CREATE_POST, 1)


def _leaves_out(answer: Answer) -> bool:
    """Whether posts are missing from a good answer because of a field that was asked for."""
    told = data(answer)
    there = (
        {str(one.get("id")) for one in told if isinstance(one, Mapping)}
        if isinstance(told, list)
        else set()
    )
    return any(
        errors.is_about_a_field(problem)
        and problem.get("section") != "includes"
        and str(problem.get("resource_id")) not in there
        for problem in problems(answer.json())
    )


def _post_id(name: str) -> str:
    if not _is_id(name):
        raise Refused("This is not a post of X.")
    return name


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 20
