"""TikTok for Developers: Login Kit, Display API and Content Posting API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from govsocial.training import tiktok_views as views
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.app_consent import Consents, is_application
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.limits import Limits
from govsocial.training.tiktok_posts import UPLOAD, Posts, Refused
from govsocial.training.tokens import Tokens
from govsocial.training.world import World, page, reactions_at

CONSENT = "/v2/auth/authorize/"
TOKEN, REVOKE = "/v2/oauth/token/", "/v2/oauth/revoke/"
ACCESS_SECONDS = 86_400
REFRESH_SECONDS = 365 * 86_400
PAGE = 20
SCOPES = (
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.upload",
    "video.publish",
)
_MINE = [account for account in ACCOUNTS if account.platform == "tiktok"]
_OWNED = ("/v2/user/", "/v2/video/", "/v2/post/", "/v2/oauth/", "/v2/auth/")

Handler = Callable[[Request, TrainingAccount], Response]


class TikTok:
    """Answers ``/v2/user/``, ``/v2/video/``, ``/v2/post/``, ``/v2/oauth/``, ``/v2/auth/`` and the
    uploads under ``/video/``."""

    def __init__(self, world: World, limits: Limits, *, media_seconds: float) -> None:
        self.world = world
        self.limits = limits
        self.tokens = Tokens(
            world.state,
            platform="tiktok",
            scopes=SCOPES,
            access_seconds=ACCESS_SECONDS,
            refresh_seconds=REFRESH_SECONDS,
            rotates=True,
            prefixes=("act.latihan-", "rft.latihan-"),
        )
        self._consents = Consents(
            world.state,
            platform="tiktok",
            name="TikTok",
            account=_MINE[0],
            path=CONSENT,
            code_seconds=300,
            pkce=False,
            client_field="client_key",
        )
        self._posts = Posts(world, media_seconds=media_seconds)
        publish = "/v2/post/publish"
        self._routes: dict[tuple[str, str], tuple[Handler, str, int]] = {
            ("GET", "/v2/user/info/"): (self._user, "user.info.basic", 600),
            ("POST", "/v2/video/list/"): (self._list, "video.list", 600),
            ("POST", "/v2/video/query/"): (self._query, "video.list", 600),
            ("POST", f"{publish}/creator_info/query/"): (self._creator, "video.publish", 20),
            ("POST", f"{publish}/video/init/"): (self._posts.begin_film, "video.publish", 6),
            ("POST", f"{publish}/content/init/"): (self._posts.begin_photos, "video.publish", 6),
            ("POST", f"{publish}/status/fetch/"): (self._posts.status, "video.publish", 30),
        }

    def owns(self, request: Request) -> bool:
        return request.path.startswith(_OWNED) or request.path == UPLOAD

    def account_of(self, request: Request) -> TrainingAccount | None:
        return self.tokens.owner(request.bearer or "") or self._posts.owner(request)

    def handle(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except Refused as refused:
            return views.refusal(refused.status, refused.code, str(refused))
        except BadBody as bad:
            return views.refusal(400, "invalid_params", str(bad))

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """TikTok never tells when a rate limit ends."""
        if rule.kind is Kind.RATE_LIMITED:
            return views.refusal(429, "rate_limit_exceeded", "The API rate limit was exceeded.")
        if rule.kind is Kind.SERVER_ERROR:
            return views.refusal(500, "internal_error", "Something is wrong on our side.")
        if rule.kind is Kind.EXPIRED_TOKEN:
            self.tokens.expire(request.bearer or "")
            return _invalid_token()
        if rule.kind is Kind.REVOKED_TOKEN:
            self.tokens.revoke(request.bearer or "")
            return _invalid_token()
        return None

    def _answer(self, request: Request) -> Response:
        if request.path == CONSENT:
            return self._consents.handle(request)
        if request.path in {TOKEN, REVOKE}:
            return self._token(request)
        if request.path == UPLOAD and request.method == "PUT":
            return self._posts.take_part(request)
        found = self._routes.get((request.method, request.path))
        if found is None:
            raise Refused(404, "invalid_params", "Unknown endpoint.")
        handler, scope, a_minute = found
        bearer = self.tokens.bearer(request)
        if bearer is None:
            return _invalid_token()
        if scope not in bearer.scopes:
            raise Refused(401, "scope_not_authorized", f"The user did not authorize {scope}.")
        budget = self.limits.spend(
            request.path, bearer.account.key, request.wall, limit=a_minute, window=60
        )
        if budget.exceeded:
            raise Refused(429, "rate_limit_exceeded", "The API rate limit was exceeded.")
        if handler == self._user:
            self._check_fields(request, bearer.scopes)
        return handler(request, bearer.account)

    # Tokens

    def _token(self, request: Request) -> Response:
        client, secret = (str(request.field(one) or "") for one in ("client_key", "client_secret"))
        if request.method != "POST" or not is_application("tiktok", client, secret):
            return _token_error("invalid_client", 401)
        if request.path == REVOKE:
            known = self.tokens.revoke(str(request.field("token") or ""))
            return Response.json({}) if known else _token_error("invalid_grant")
        opened = self.tokens.asked_for(request, self._consents, client)
        if opened is None:
            return _token_error("invalid_grant")
        return Response.json(
            {
                "access_token": opened.access,
                "expires_in": ACCESS_SECONDS,
                "open_id": views.open_id(opened.account, opened.client),
                "refresh_expires_in": REFRESH_SECONDS,
                "refresh_token": opened.refresh,
                "scope": ",".join(opened.scopes),
                "token_type": "Bearer",
            }
        )

    # Reading

    @staticmethod
    def _check_fields(request: Request, scopes: frozenset[str]) -> None:
        fields = _fields(request)
        if not fields <= views.USER_SCOPES.keys():
            raise Refused(400, "invalid_params", "A field is not known.")
        if not {views.USER_SCOPES[name] for name in fields} <= scopes:
            raise Refused(401, "scope_not_authorized", "A field needs another scope.")

    def _user(self, request: Request, account: TrainingAccount) -> Response:
        counted = reactions_at(request.now)
        posts = self.world.newest_first(account, request.now)
        bearer = self.tokens.bearer(request)
        value = views.user(
            account,
            request.base,
            open_id=views.open_id(account, bearer.client if bearer is not None else ""),
            followers=self.world.followers(account, request.now),
            following=self.world.following(account, request.now),
            videos=self.world.count(account, request.now),
            likes=sum(counted(post).likes for post in posts),
        )
        return views.answer({"user": views.only(value, _fields(request))})

    def _list(self, request: Request, account: TrainingAccount) -> Response:
        asked, cursor = request.json.get("max_count", PAGE), request.json.get("cursor")
        if not isinstance(asked, int) or not 1 <= asked <= PAGE:
            raise Refused(400, "invalid_params", "max_count is from 1 to 20.")
        if cursor is not None and not isinstance(cursor, int):
            raise Refused(400, "invalid_params", "cursor is a number of milliseconds.")
        before = (cursor / 1000, "") if cursor else None
        posts = self.world.newest_first(account, request.now, before)
        found, more = page(posts, asked, _public)
        return views.answer(
            {
                "videos": self._videos(found, request),
                "cursor": int(found[-1].at * 1000) if found else 0,
                "has_more": more,
            }
        )

    def _query(self, request: Request, account: TrainingAccount) -> Response:
        filters = request.json.get("filters")
        ids = filters.get("video_ids") if isinstance(filters, dict) else None
        if not isinstance(ids, list) or not 1 <= len(ids) <= PAGE:
            raise Refused(400, "invalid_params", "video_ids has 1 to 20 ids.")
        posts = [self.world.find(account, str(one), request.now) for one in ids]
        shown = [post for post in posts if post is not None and _public(post)]
        return views.answer({"videos": self._videos(shown, request)})

    def _videos(self, posts: list[Post], request: Request) -> list[dict[str, Any]]:
        fields = _fields(request)
        if not fields <= views.VIDEO_FIELDS:
            raise Refused(400, "invalid_params", "A field is not known.")
        counted = reactions_at(request.now)
        return [views.only(views.video(one, counted(one), request.base), fields) for one in posts]

    def _creator(self, request: Request, account: TrainingAccount) -> Response:
        return views.answer(views.creator(account, request.base))


def _public(post: Post) -> bool:
    return post.visibility == "public"


def _fields(request: Request) -> set[str]:
    found = {name for name in (request.one("fields") or "").split(",") if name}
    if not found:
        raise Refused(
            400, "invalid_params", "Fields is required, please provide fields in the request"
        )
    return found


def _invalid_token() -> Response:
    message = "The access token is invalid or not found in the request."
    return views.refusal(401, "access_token_invalid", message)


def _token_error(name: str, status: int = 400) -> Response:
    told = {"error": name, "error_description": "The request is invalid.", "log_id": "2045"}
    return Response.json(told, status)
