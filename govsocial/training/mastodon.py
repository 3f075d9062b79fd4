"""The Mastodon API as an instance of version 4.6 speaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlencode, urlsplit

from govsocial.training import mastodon_views as views
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.ids import iso
from govsocial.training.limits import Budget, Limits
from govsocial.training.mastodon_oauth import MastodonOauth
from govsocial.training.mastodon_writes import Refused, Writes
from govsocial.training.world import World, page, reactions_at

Handler: TypeAlias = Callable[[Request, str], Response]

_MINE = [account for account in ACCOUNTS if account.platform == "mastodon"]
_BY_ID = {account.platform_id: account for account in _MINE}
_BY_TOKEN = {account.secret: account for account in _MINE}
_BY_READ_TOKEN = {account.read_only_secret: account for account in _MINE}

#: How many statuses one call may ask for by id.
MAX_IDS = 20

#: Calls, their window in seconds: for posting, for media and deleting, for everything else.
_POSTING, _HEAVY, _USUAL = (300, 3 * 3600), (30, 1800), (300, 300)


class Mastodon:
    """Answers ``/api/...``."""

    def __init__(self, world: World, limits: Limits, *, media_seconds: float) -> None:
        self.world = world
        self.limits = limits
        self._writes = Writes(world, self._status_text, media_seconds=media_seconds)
        self._oauth = MastodonOauth(world.state)
        mine, anyone = self._signed_in, self._maybe_signed_in
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            (method, re.compile(pattern), handler)
            for method, pattern, handler in (
                ("GET", r"/api/v(1|2)/instance", self._instance),
                ("POST", r"/api/v1/apps", lambda request, _: self._oauth.register(request)),
                ("GET", r"/api/v1/accounts/verify_credentials", mine(self._credentials)),
                ("GET", r"/api/v1/accounts/lookup", anyone(self._lookup)),
                ("GET", r"/api/v1/accounts/(\d+)", anyone(self._account)),
                ("GET", r"/api/v1/accounts/(\d+)/statuses", anyone(self._statuses)),
                ("GET", r"/api/v1/statuses", anyone(self._several)),
                ("POST", r"/api/v1/statuses", mine(self._writes.post, "write:statuses")),
                ("GET", r"/api/v1/statuses/(\d+)", anyone(self._one)),
                ("DELETE", r"/api/v1/statuses/(\d+)", mine(self._writes.delete, "write:statuses")),
                ("GET", r"/api/v1/statuses/(\d+)/context", anyone(self._context)),
                ("POST", r"/api/v2/media", mine(self._writes.upload, "write:media")),
                ("GET", r"/api/v1/media/(\d+)", mine(self._writes.media)),
                ("PUT", r"/api/v1/media/(\d+)", mine(self._writes.describe, "write:media")),
            )
        ]

    def owns(self, request: Request) -> bool:
        return request.path.startswith("/api/") or self._oauth.owns(request)

    def account_of(self, request: Request) -> TrainingAccount | None:
        """Whom a call is about: the token's account, else the one that it names."""
        token = request.bearer or ""
        named = re.match(r"/api/v1/accounts/(\d+)", request.path)
        return (
            _BY_TOKEN.get(token)
            or _BY_READ_TOKEN.get(token)
            or self._oauth.account_of(token)
            or (_BY_ID.get(named.group(1)) if named else None)
        )

    def handle(self, request: Request) -> Response:
        """The answer, with the headers of the call budget."""
        if self._oauth.owns(request):
            return self._oauth.handle(request)
        bucket, (limit, window) = _bucket(request)
        account = self.account_of(request)
        subject = account.key if account is not None else request.remote
        budget = self.limits.spend(bucket, subject, request.wall, limit=limit, window=window)
        try:
            response = _rate_limited() if budget.exceeded else self._answer(request)
        except Refused as refusal:
            response = refusal.response()
        except BadBody as bad:
            response = Response.json({"error": str(bad)}, 400)
        for name, value in _budget_headers(budget).items():
            response.headers.setdefault(name, value)
        return response

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """What ``rule`` makes of a call; None where it is answered as usual after all."""
        if rule.kind is Kind.RATE_LIMITED:
            response = _rate_limited()
            resets = request.wall + rule.retry_after
            response.headers.update(_budget_headers(Budget(300, 0, resets, 300, True)))
            response.headers["retry-after"] = str(int(rule.retry_after))
            return response
        if rule.kind is Kind.SERVER_ERROR:
            error = {"error": "Remote data could not be fetched"}
            return Response.json(error, 503)
        if rule.kind is Kind.EXPIRED_TOKEN:
            return Refused(401, "The access token expired").response()
        if rule.kind is Kind.REVOKED_TOKEN:
            return Refused(401, "The access token was revoked").response()
        return None

    def _answer(self, request: Request) -> Response:
        # Mastodon does not mind a slash at the end, and its libraries write one.
        path = request.path.rstrip("/")
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match and method == request.method:
                return handler(request, match.group(1) if pattern.groups else "")
        raise Refused(404, "Not Found")

    # Who is asking

    def _signed_in(
        self, handler: Callable[[Request, str, TrainingAccount], Response], scope: str = "read"
    ) -> Handler:
        def checked(request: Request, argument: str) -> Response:
            account = self._token_account(request)
            if account is None:
                raise Refused(401, "The access token is invalid")
            if not self._may(request, scope):
                raise Refused(403, "This action is outside the authorized scopes")
            return handler(request, argument, account)

        return checked

    def _maybe_signed_in(self, handler: Handler) -> Handler:
        def checked(request: Request, argument: str) -> Response:
            if request.bearer is not None and self._token_account(request) is None:
                raise Refused(401, "The access token is invalid")
            return handler(request, argument)

        return checked

    def _token_account(self, request: Request) -> TrainingAccount | None:
        """Whom the token acts for, unless it was taken back."""
        token = request.bearer or ""
        known = _BY_TOKEN.get(token) or _BY_READ_TOKEN.get(token)
        if known is None and self._oauth.scopes_of(token):
            known = self._oauth.account_of(token)
        return known

    def _may(self, request: Request, scope: str) -> bool:
        token = request.bearer or ""
        if token in _BY_TOKEN:
            return True
        held = {"read"} if token in _BY_READ_TOKEN else self._oauth.scopes_of(token)
        return scope in held or scope.partition(":")[0] in held

    # Reading

    def _instance(self, request: Request, version: str) -> Response:
        made = views.instance if version == "2" else views.instance_of_old
        return Response.json(made(request.base, urlsplit(request.base).netloc))

    def _account_json(self, account: TrainingAccount, request: Request) -> str:
        newest = next(self.world.newest_first(account, request.now), None)
        value = views.account(
            account,
            request.base,
            followers=self.world.followers(account, request.now),
            following=self.world.following(account, request.now),
            posts=self.world.count(account, request.now),
            last=newest.at if newest is not None else None,
        )
        return json.dumps(value, ensure_ascii=False)

    def _credentials(self, request: Request, _: str, account: TrainingAccount) -> Response:
        value = json.loads(self._account_json(account, request))
        return Response.json(views.credentials(value, account))

    def _lookup(self, request: Request, _: str) -> Response:
        name = (request.one("acct") or "").removeprefix("@").partition("@")[0]
        account = next((a for a in _MINE if a.handle == name), None)
        if account is None:
            raise Refused(404, "Record not found")
        return Response.raw_json(self._account_json(account, request))

    def _account(self, request: Request, account_id: str) -> Response:
        return Response.raw_json(self._account_json(self._found(account_id), request))

    def _statuses(self, request: Request, account_id: str) -> Response:
        account = self._found(account_id)
        limit = min(max(_number(request, "limit") or 20, 1), 40)
        found = self._page(account, request, limit)
        account_json = self._account_json(account, request)
        counted = self.world.counted(request.now)
        items = [views.status(p, counted(p), request.base, account_json) for p in found]
        headers = {"link": _link(request, found)} if found else {}
        return Response.raw_json(f"[{','.join(items)}]", headers=headers)

    def _page(self, account: TrainingAccount, request: Request, limit: int) -> list[Post]:
        replies, media = _flag(request, "exclude_replies"), _flag(request, "only_media")
        highest, newer = _number(request, "max_id"), _number(request, "min_id")

        def wanted(post: Post) -> bool:
            return (
                (highest is None or int(post.key) < highest)
                and (not replies or post.reply_to is None)
                and (not media or bool(post.pictures))
                and (post.visibility in {"public", "unlisted"} or self._owns(account, request))
            )

        since = _number(request, "since_id")
        after = newer if newer is not None else since
        if after is not None:
            fresh = self.world.newer_than(account, request.now, (_moment(after), ""))
            fresh = [post for post in fresh if int(post.key) > after and wanted(post)]
            return fresh[-limit:] if newer is not None else fresh[:limit]
        before = None if highest is None else (_moment(highest + 65536), "")
        posts = self.world.newest_first(account, request.now, before)
        found, _ = page(posts, limit, wanted)
        return found

    def _owns(self, account: TrainingAccount, request: Request) -> bool:
        return self._token_account(request) is account

    def _several(self, request: Request, _: str) -> Response:
        ids = list(dict.fromkeys(request.many("id")))
        if len(ids) > MAX_IDS:
            raise Refused(422, "Mastodon::ValidationError")
        found = [post for post in (self._visible(key, request) for key in ids) if post is not None]
        return Response.raw_json(f"[{','.join(self._status_text(p, request) for p in found)}]")

    def _one(self, request: Request, key: str) -> Response:
        return Response.raw_json(self._status_text(self._post(key, request), request))

    def _context(self, request: Request, key: str) -> Response:
        post = self._post(key, request)
        replies = reactions_at(request.now)(post).replies
        found = views.context(
            post,
            replies,
            request.base,
            ancestors=[self._status_text(one, request) for one in self._above(post, request)],
            own=[self._status_text(one, request) for one in self._below(post, request)],
        )
        return Response.raw_json(found)

    def _above(self, post: Post, request: Request) -> list[Post]:
        parent = self._visible(post.reply_to, request) if post.reply_to else None
        return [] if parent is None else [*self._above(parent, request), parent]

    def _below(self, post: Post, request: Request) -> list[Post]:
        own = self.world.answers_to(post, request.now)
        return [one for direct in own for one in (direct, *self._below(direct, request))]

    def _post(self, key: str, request: Request) -> Post:
        post = self._visible(key, request)
        if post is None:
            raise Refused(404, "Record not found" if key != "0" else "Not Found")
        return post

    def _visible(self, key: str, request: Request) -> Post | None:
        for account in _MINE:
            post = self.world.find(account, key, request.now)
            if post is not None:
                open_to_all = post.visibility in {"public", "unlisted"}
                return post if open_to_all or self._owns(account, request) else None
        return None

    def _found(self, account_id: str) -> TrainingAccount:
        account = _BY_ID.get(account_id)
        if account is None:
            raise Refused(404, "Record not found")
        return account

    def _status_text(self, post: Post, request: Request) -> str:
        account_json = self._account_json(post.account, request)
        counted = self.world.counted(request.now)(post)
        return views.status(post, counted, request.base, account_json)


def _bucket(request: Request) -> tuple[str, tuple[int, int]]:
    if request.method == "POST" and request.path == "/api/v1/statuses":
        return "mastodon.post", _POSTING
    if request.method == "DELETE" or request.path == "/api/v2/media":
        return f"mastodon.{request.method}", _HEAVY
    return "mastodon", _USUAL


def _number(request: Request, name: str) -> int | None:
    text = request.one(name) or ""
    return int(text) if text.isdecimal() and len(text) < 20 else None


def _flag(request: Request, name: str) -> bool:
    return (request.one(name) or "").lower() in {"1", "true", "t", "on"}


def _moment(status_id: int) -> float:
    """The start of the millisecond in which a status was made."""
    return (status_id >> 16) / 1000


def _link(request: Request, found: list[Post]) -> str:
    """The ``Link`` header: older (next) and newer (prev) posts of the same list."""
    kept = [p for p in request.query if p[0] not in {"max_id", "min_id", "since_id"}]
    address = f"{request.base}{request.path}?"
    older = address + urlencode([*kept, ("max_id", found[-1].key)])
    newer = address + urlencode([*kept, ("min_id", found[0].key)])
    return f'<{older}>; rel="next", <{newer}>; rel="prev"'


def _budget_headers(budget: Budget) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(budget.limit),
        "x-ratelimit-remaining": str(budget.remaining),
        "x-ratelimit-reset": iso(budget.resets).replace("Z", "000Z"),
    }


def _rate_limited() -> Response:
    return Response.json({"error": "Too many requests"}, 429)
