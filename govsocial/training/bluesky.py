"""The AT Protocol as a personal data server with its AppView speaks it, over XRPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from govsocial.training import bluesky_views as views
from govsocial.training.agency import ACCOUNTS, BY_KEY, TrainingAccount
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.bluesky_films import Films
from govsocial.training.bluesky_records import POST, Invalid
from govsocial.training.bluesky_repo import Repository
from govsocial.training.bluesky_sessions import Refused, Sessions, did_document
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.limits import Budget, Limits
from govsocial.training.pictures import is_film
from govsocial.training.world import World, page, reactions_at

Handler: TypeAlias = Callable[[Request], Response]

# The directory of identities (PLC) is a server of its own elsewhere.
_DIRECTORY = "/did:plc:"

_ACTORS = {
    name.lower(): account
    for account in ACCOUNTS
    if account.platform == "bluesky"
    for name in (account.platform_id, account.handle)
}


def account_named(name: str | None) -> TrainingAccount | None:
    """The account with this DID or handle."""
    return _ACTORS.get((name or "").lower().removeprefix("@"))


class Bluesky:
    """Answers ``/xrpc/...``."""

    def __init__(self, world: World, limits: Limits, *, media_seconds: float) -> None:
        self.world = world
        self.limits = limits
        self.sessions = Sessions(world.state, account_named)
        self.repository = Repository(world, self.sessions, account_named)
        films = Films(world.state, self.sessions, media_seconds=media_seconds)
        self._queries: dict[str, Handler] = {
            "_health": lambda request: Response.json({"version": "training"}),
            "com.atproto.server.describeServer": self._describe,
            "com.atproto.server.getSession": self.sessions.get,
            "com.atproto.server.getServiceAuth": films.give_token,
            "com.atproto.identity.resolveHandle": self._resolve,
            "com.atproto.repo.getRecord": self.repository.get,
            "com.atproto.repo.listRecords": self.repository.list,
            "com.atproto.sync.getBlob": self.repository.get_blob,
            "app.bsky.actor.getProfile": self._profile,
            "app.bsky.feed.getAuthorFeed": self._author_feed,
            "app.bsky.feed.getPosts": self._posts,
            "app.bsky.feed.getPostThread": self._thread,
            "app.bsky.video.getUploadLimits": films.limits,
            "app.bsky.video.getJobStatus": films.status,
        }
        self._procedures: dict[str, Handler] = {
            "com.atproto.server.createSession": self._create_session,
            "com.atproto.server.refreshSession": self.sessions.refresh,
            "com.atproto.server.deleteSession": self.sessions.delete,
            "com.atproto.repo.createRecord": self.repository.create,
            "com.atproto.repo.putRecord": self.repository.put,
            "com.atproto.repo.deleteRecord": self.repository.delete,
            "com.atproto.repo.uploadBlob": self.repository.upload,
            "app.bsky.video.uploadVideo": films.upload,
        }

    def owns(self, request: Request) -> bool:
        return request.path.startswith(("/xrpc/", _DIRECTORY))

    def account_of(self, request: Request) -> TrainingAccount | None:
        """Whom a call is about: the session's account, else the one that it names."""
        session = self.world.state.session(request.bearer) if request.bearer else None
        if session is not None:
            return BY_KEY.get(session.account)
        name = request.one("actor") or request.one("repo") or request.one("handle")
        if name is None and request.path.endswith("createSession"):
            try:
                name = str(request.json.get("identifier"))
            except BadBody:
                return None
        return account_named(name)

    def handle(self, request: Request) -> Response:
        """The answer, with the headers of the call budget."""
        budget = self.limits.spend("bluesky", request.remote, request.wall, limit=3000, window=300)
        try:
            response = _rate_limited(budget) if budget.exceeded else self._answer(request)
        except (Invalid, Refused) as refusal:
            response = _error(refusal.status, refusal.name, str(refusal))
        except BadBody as bad:
            response = _error(400, "InvalidRequest", str(bad))
        for name, value in _budget_headers(budget).items():
            response.headers.setdefault(name, value)
        return response

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """What ``rule`` makes of a call; None where it is answered as usual after all."""
        if rule.kind is Kind.RATE_LIMITED:
            resets = request.wall + rule.retry_after
            return _rate_limited(Budget(3000, 0, resets, 300, True), retry_after=rule.retry_after)
        if rule.kind is Kind.SERVER_ERROR:
            return _error(502, "UpstreamFailure", "Upstream service unreachable")
        if rule.kind is Kind.EXPIRED_TOKEN and request.bearer:
            self.world.state.expire(request.bearer)
            return None
        if rule.kind is Kind.REVOKED_TOKEN:
            if request.path.endswith("createSession"):
                return _error(401, "AuthenticationRequired", "Invalid identifier or password")
            if request.path.endswith("refreshSession"):
                return _error(400, "ExpiredToken", "Token has been revoked")
            return _error(400, "ExpiredToken", "Token has expired")
        return None

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(_DIRECTORY):
            return self._directory(request)
        name = request.path.removeprefix("/xrpc/")
        verb, handlers, others = ("GET", self._queries, self._procedures)
        if request.method == "POST":
            verb, handlers, others = ("POST", self._procedures, self._queries)
        handler = handlers.get(name)
        if handler is None and name in others:
            expected = "GET" if verb == "POST" else "POST"
            raise Invalid(f"Incorrect HTTP method ({request.method}) expected {expected}")
        if handler is None or request.method not in {"GET", "POST"}:
            raise Invalid("Method Not Implemented", name="MethodNotImplemented", status=501)
        return handler(request)

    def _directory(self, request: Request) -> Response:
        account = account_named(request.path.removeprefix("/"))
        if account is None or request.method != "GET":
            return Response.json({"message": "DID not registered"}, status=404)
        return Response.json(did_document(account, request.base))

    def _create_session(self, request: Request) -> Response:
        subject = str(request.json.get("identifier", "")).lower()
        budget = self.limits.spend("createSession", subject, request.wall, limit=30, window=300)
        if budget.exceeded:
            return _rate_limited(budget)
        return self.sessions.create(request)

    def _describe(self, request: Request) -> Response:
        return Response.json(
            {
                "did": "did:web:latihan.test",
                "availableUserDomains": [".latihan.test"],
                "inviteCodeRequired": True,
                "links": {},
                "contact": {},
            }
        )

    def _resolve(self, request: Request) -> Response:
        account = account_named(request.one("handle"))
        if account is None:
            raise Invalid("Unable to resolve handle")
        return Response.json({"did": account.platform_id})

    def _account(self, request: Request, refusal: str) -> TrainingAccount:
        """The actor asked for; a token must be good where one is given."""
        if request.bearer is not None:
            self.sessions.require(request)
        if request.one("actor") is None:
            raise Invalid('Params must have the property "actor"')
        account = account_named(request.one("actor"))
        if account is None:
            raise Invalid(refusal)
        return account

    def _profile(self, request: Request) -> Response:
        account = self._account(request, "Profile not found")
        value = views.profile(
            account,
            self.world.story,
            followers=self.world.followers(account, request.now),
            following=self.world.following(account, request.now),
            posts=self.world.count(account, request.now),
        )
        return Response.json(value, headers=self._revision(account, request))

    def _author_feed(self, request: Request) -> Response:
        account = self._account(request, "Profile not found")
        limit = _limit(request, 50)
        chosen = request.one("filter") or "posts_with_replies"
        if chosen not in _FILTERS:
            raise Invalid(f'Invalid filter: "{chosen}"')
        before = None
        cursor = request.one("cursor")
        if cursor:
            before = _cursor(cursor)
        posts = self.world.newest_first(account, request.now, before)
        found, more = page(posts, limit, _FILTERS[chosen])
        counted = self.world.counted(request.now)
        items = [views.post_view(post, counted(post), request.base) for post in found]
        after = f"{found[-1].at!r}::{found[-1].key}" if more else None
        headers = self._revision(account, request)
        return Response.raw_json(views.feed(items, after), headers=headers)

    def _posts(self, request: Request) -> Response:
        if request.bearer is not None:
            self.sessions.require(request)
        uris = request.many("uris")
        if not uris:
            raise Invalid('Params must have the property "uris"')
        if len(uris) > 25:
            raise Invalid("uris must not have more than 25 elements")
        counted = self.world.counted(request.now)
        found = filter(None, (self._post_at(uri, request.now) for uri in dict.fromkeys(uris)))
        items = ",".join(views.post_view(post, counted(post), request.base) for post in found)
        return Response.raw_json(f'{{"posts":[{items}]}}')

    def _thread(self, request: Request) -> Response:
        if request.bearer is not None:
            self.sessions.require(request)
        uri = request.one("uri") or ""
        post = self._post_at(uri, request.now)
        if post is None:
            raise Invalid(f"Post not found: {uri}", name="NotFound")
        return Response.raw_json(f'{{"thread":{self._below(post, request)}}}')

    def _below(self, post: Post, request: Request) -> str:
        own = self.world.answers_to(post, request.now)
        view = views.post_view(post, self.world.counted(request.now)(post), request.base)
        citizens = reactions_at(request.now)(post).replies
        return views.thread(post, view, citizens, [self._below(one, request) for one in own])

    def _post_at(self, uri: str, now: float) -> Post | None:
        repo, _, rest = uri.removeprefix("at://").partition("/")
        collection, _, key = rest.partition("/")
        account = account_named(repo)
        if account is None or collection != POST or not uri.startswith("at://"):
            return None
        return self.world.find(account, key, now)

    def _revision(self, account: TrainingAccount, request: Request) -> dict[str, str]:
        newest = next(self.world.newest_first(account, request.now), None)
        return {"atproto-repo-rev": newest.key} if newest is not None else {}


_FILTERS: dict[str, Callable[[Post], bool]] = {
    "posts_with_replies": lambda post: True,
    "posts_no_replies": lambda post: post.reply_to is None,
    "posts_and_author_threads": lambda post: (
        post.reply_to is None or post.reply_to.startswith(f"at://{post.account.platform_id}/")
    ),
    "posts_with_media": lambda post: bool(post.pictures),
    "posts_with_video": lambda post: any(is_film(one.media_type) for one in post.pictures),
}


def _limit(request: Request, default: int) -> int:
    text = request.one("limit") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise Invalid("limit can not be greater than 100 or less than 1")
    return int(text)


def _cursor(text: str) -> tuple[float, str]:
    moment, _, key = text.partition("::")
    try:
        return float(moment), key
    except ValueError as exc:
        raise Invalid("Malformed cursor") from exc


def _error(status: int, name: str, message: str) -> Response:
    return Response.json({"error": name, "message": message}, status)


def _budget_headers(budget: Budget) -> dict[str, str]:
    return {
        "ratelimit-limit": str(budget.limit),
        "ratelimit-remaining": str(budget.remaining),
        "ratelimit-reset": str(int(budget.resets)),
        "ratelimit-policy": f"{budget.limit};w={budget.window}",
    }


def _rate_limited(budget: Budget, *, retry_after: float | None = None) -> Response:
    response = _error(429, "RateLimitExceeded", "Rate Limit Exceeded")
    wait = retry_after if retry_after is not None else budget.window
    response.headers.update(_budget_headers(budget))
    response.headers["retry-after"] = str(int(wait))
    return response
