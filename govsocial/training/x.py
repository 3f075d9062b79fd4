"""The API of X, version 2, with consent and tokens."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any, TypeAlias

from govsocial.training import x_views as views
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.ids import iso
from govsocial.training.limits import Budget, Limits
from govsocial.training.world import World, page
from govsocial.training.x_oauth import Tokens
from govsocial.training.x_writes import Refused, Writes, forbidden, invalid

Handler: TypeAlias = Callable[[Request, str], Response]
OwnHandler: TypeAlias = Callable[[Request, str, TrainingAccount], Response]

_MINE = [account for account in ACCOUNTS if account.platform == "x"]
_BY_ID = {account.platform_id: account for account in _MINE}
_QUARTER = 15 * 60
#: Calls in a quarter of an hour.
_POSTING, _DELETING, _PROFILE, _USUAL = 100, 50, 75, 900
MAX_IDS = 100


class X:
    """Answers ``/2/...`` and ``/i/oauth2/authorize``."""

    def __init__(self, world: World, limits: Limits, *, media_seconds: float) -> None:
        self.world = world
        self.limits = limits
        self.tokens = Tokens(world.state)
        writes = Writes(world, media_seconds=media_seconds)
        mine = self._signed_in
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            (method, re.compile(pattern), handler)
            for method, pattern, handler in (
                ("GET", r"/2/users/me", mine(self._me, "users.read")),
                ("GET", r"/2/users/by/username/([A-Za-z0-9_]+)", mine(self._named)),
                ("GET", r"/2/users/(\d+)", mine(self._user)),
                ("GET", r"/2/users/(\d+)/tweets", mine(self._timeline)),
                ("GET", r"/2/tweets", mine(self._several)),
                ("GET", r"/2/tweets/(\d+)", mine(self._one)),
                ("POST", r"/2/tweets", mine(writes.post, "tweet.write")),
                ("DELETE", r"/2/tweets/(\d+)", mine(writes.delete, "tweet.write")),
                ("POST", r"/2/media/upload/initialize", mine(writes.start, "media.write")),
                ("POST", r"/2/media/upload/(\d+)/append", mine(writes.append, "media.write")),
                ("POST", r"/2/media/upload/(\d+)/finalize", mine(writes.finish, "media.write")),
                ("GET", r"/2/media/upload", mine(writes.status, "media.write")),
                ("POST", r"/2/media/metadata", mine(writes.describe, "media.write")),
            )
        ]

    def owns(self, request: Request) -> bool:
        return request.path == self.tokens.consents.path or bool(
            re.match(r"/2/(users|tweets|media|oauth2)(/|$)", request.path)
        )

    def account_of(self, request: Request) -> TrainingAccount | None:
        named = re.match(r"/2/users/(\d+)", request.path)
        owner = self.tokens.owner(request.bearer or "")
        return owner or (_BY_ID.get(named.group(1)) if named else None)

    def handle(self, request: Request) -> Response:
        """The answer, with the headers of the call budget."""
        if request.path == self.tokens.consents.path:
            return self.tokens.consents.handle(request)
        if request.path.startswith("/2/oauth2/"):
            return self.tokens.handle(request)
        bucket, limit = _bucket(request)
        account = self.account_of(request)
        subject = account.key if account is not None else request.remote
        budget = self.limits.spend(bucket, subject, request.wall, limit=limit, window=_QUARTER)
        try:
            response = _rate_limited() if budget.exceeded else self._answer(request)
        except Refused as refusal:
            response = refusal.response()
        except BadBody as bad:
            response = invalid(str(bad)).response()
        response.headers.update(_budget_headers(budget))
        return response

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """What ``rule`` makes of a call; None where it is answered as usual after all."""
        if rule.kind is Kind.RATE_LIMITED:
            response = _rate_limited()
            resets = request.wall + rule.retry_after
            response.headers.update(_budget_headers(Budget(900, 0, resets, _QUARTER, True)))
            return response
        if rule.kind is Kind.SERVER_ERROR:
            return Refused(503, "Service Unavailable", "Service Unavailable").response()
        if rule.kind is Kind.EXPIRED_TOKEN and request.bearer:
            self.world.state.expire(request.bearer)
            return _unauthorized().response()
        if rule.kind is Kind.REVOKED_TOKEN:
            if request.path.startswith("/2/oauth2/"):
                self.tokens.forget(str(request.field("refresh_token") or ""))
                return None
            self.tokens.forget(request.bearer or "")
            return _unauthorized().response()
        return None

    def _answer(self, request: Request) -> Response:
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                return handler(request, match.group(1) if pattern.groups else "")
        raise Refused(404, "Not Found", "Not Found")

    def _signed_in(self, handler: OwnHandler, scope: str = "tweet.read") -> Handler:
        def checked(request: Request, argument: str) -> Response:
            bearer = self.tokens.bearer(request)
            if bearer is None:
                raise _unauthorized()
            if scope not in bearer.scopes:
                raise forbidden()
            return handler(request, argument, bearer.account)

        return checked

    # Users

    def _me(self, request: Request, _: str, account: TrainingAccount) -> Response:
        return Response.json({"data": self._shown(account, request)})

    def _named(self, request: Request, name: str, _: TrainingAccount) -> Response:
        found = next((one for one in _MINE if one.handle.lower() == name.lower()), None)
        if found is None:
            return Response.json({"errors": [_missing("user", "username", name)]})
        return Response.json({"data": self._shown(found, request)})

    def _user(self, request: Request, user_id: str, _: TrainingAccount) -> Response:
        found = _BY_ID.get(user_id)
        if found is None:
            return Response.json({"errors": [_missing("user", "id", user_id)]})
        return Response.json({"data": self._shown(found, request)})

    def _shown(self, account: TrainingAccount, request: Request) -> dict[str, Any]:
        counts = {
            "followers": self.world.followers(account, request.now),
            "following": self.world.following(account, request.now),
            "posts": self.world.count(account, request.now),
        }
        founded = iso(self.world.story.starts.timestamp())
        return views.user(account, _fields(request, "user.fields"), counts, founded)

    # Posts

    def _timeline(self, request: Request, user_id: str, asker: TrainingAccount) -> Response:
        account = _BY_ID.get(user_id)
        if account is None:
            return Response.json({"errors": [_missing("user", "id", user_id)]})
        limit = request.one("max_results") or "10"
        if not limit.isdecimal() or not 5 <= int(limit) <= 100:
            raise invalid("The `max_results` query parameter value is not between 5 and 100")
        found, more = page(self._between(account, request), int(limit), lambda post: True)
        told = self._told(found, request, asker)
        ids = [views.id_of(post.key) for post in found]
        told["meta"] = {"result_count": len(told.get("data", []))}
        if ids:
            told["meta"] |= {"newest_id": ids[0], "oldest_id": ids[-1]}
        if more:
            told["meta"]["next_token"] = _token(found[-1])
        return Response.json(told)

    def _between(self, account: TrainingAccount, request: Request) -> Iterator[Post]:
        """The posts asked for, newest first."""
        replies = "replies" in (request.one("exclude") or "").split(",")
        since, until = _moment(request, "start_time"), _moment(request, "end_time")
        since_id, until_id = request.one("since_id"), request.one("until_id")
        token = request.one("pagination_token")
        before = (until, "") if until is not None else None
        if token is not None:
            before = _place(token)
        posts = self.world.newest_first(account, request.now, before)
        if since is not None:
            posts = takewhile(lambda post: post.at >= since, posts)
        if since_id is not None and since_id.isdecimal():
            least = int(since_id)
            posts = takewhile(lambda post: int(views.id_of(post.key)) > least, posts)
        for post in posts:
            if until_id and until_id.isdecimal() and int(views.id_of(post.key)) >= int(until_id):
                continue
            if not (replies and post.reply_to):
                yield post

    def _several(self, request: Request, _: str, asker: TrainingAccount) -> Response:
        ids = list(dict.fromkeys((request.one("ids") or "").split(",")))
        if len(ids) > MAX_IDS or not all(one.isdecimal() for one in ids):
            raise invalid("The `ids` query parameter value is not valid")
        found = [(one, self._visible(one, request)) for one in ids]
        told = self._told([post for _, post in found if post is not None], request, asker)
        gone = [_missing("tweet", "ids", one) for one, post in found if post is None]
        if gone:
            told["errors"] = [*told.get("errors", []), *gone]
        return Response.json(told)

    def _one(self, request: Request, post_id: str, asker: TrainingAccount) -> Response:
        post = self._visible(post_id, request)
        if post is None:
            return Response.json({"errors": [_missing("tweet", "id", post_id)]})
        told = self._told([post], request, asker)
        if "data" in told:
            told["data"] = told["data"][0]
        return Response.json(told)

    def _visible(self, post_id: str, request: Request) -> Post | None:
        key = views.key_of(post_id)
        for account in _MINE:
            post = self.world.find(account, key, request.now)
            if post is not None:
                return post
        return None

    def _told(self, posts: list[Post], request: Request, asker: TrainingAccount) -> dict[str, Any]:
        """Posts with the fields asked for; one whose private fields may not be seen is left out."""
        fields = _fields(request, "tweet.fields")
        media_fields = _fields(request, "media.fields")
        private = views.PRIVATE_FIELDS & fields
        expands = "attachments.media_keys" in _fields(request, "expansions")
        counted = self.world.counted(request.now)
        told: dict[str, Any] = {}
        data, media, problems = [], [], []
        for post in posts:
            old = request.now - post.at > views.PRIVATE_SECONDS
            if private and (old or post.account is not asker):
                problems += [_unseen(post, name) for name in sorted(private)]
                continue
            reactions = counted(post)
            data.append(views.tweet(post, reactions, fields))
            if expands:
                media += views.media(post, reactions, media_fields)
        if data:
            told["data"] = data
        if media:
            told["includes"] = {"media": media}
        if problems:
            told["errors"] = problems
        return told


def _unauthorized() -> Refused:
    return Refused(401, "Unauthorized", "Unauthorized")


def _fields(request: Request, name: str) -> set[str]:
    return set((request.one(name) or "").split(","))


def _missing(kind: str, parameter: str, value: str) -> dict[str, Any]:
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }


def _unseen(post: Post, field: str) -> dict[str, Any]:
    return {
        "resource_id": views.id_of(post.key),
        "resource_type": "tweet",
        "section": "data",
        "field": field,
        "title": "Field Authorization Error",
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet.",
        "type": "https://api.twitter.com/2/problems/not-authorized-for-field",
    }


def _moment(request: Request, name: str) -> float | None:
    text = request.one(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise invalid(f"The `{name}` query parameter value is not valid") from exc
    if moment.tzinfo is None:
        raise invalid(f"The `{name}` query parameter value is not valid")
    return moment.timestamp()


def _token(post: Post) -> str:
    return base64.urlsafe_b64encode(f"{post.at!r} {post.key}".encode()).decode().rstrip("=")


def _place(token: str) -> tuple[float, str]:
    try:
        at, _, key = base64.urlsafe_b64decode(token + "==").decode().partition(" ")
        return float(at), key
    except (binascii.Error, ValueError) as exc:
        raise invalid("The `pagination_token` query parameter value is not valid") from exc


def _bucket(request: Request) -> tuple[str, int]:
    if request.path == "/2/tweets" and request.method == "POST":
        return "x.post", _POSTING
    if request.method == "DELETE":
        return "x.delete", _DELETING
    return ("x.me", _PROFILE) if request.path == "/2/users/me" else ("x", _USUAL)


def _budget_headers(budget: Budget) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(budget.limit),
        "x-rate-limit-remaining": str(budget.remaining),
        "x-rate-limit-reset": str(int(budget.resets)),
    }


def _rate_limited() -> Response:
    return Refused(429, "Too Many Requests", "Too Many Requests").response()
