"""YouTube Data API v3 and Analytics API v2, and consent and tokens at Google."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from govsocial.training import youtube_views as views
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.app_consent import Consents, is_application
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.limits import Limits
from govsocial.training.tokens import GRANTS, Tokens
from govsocial.training.world import World, page
from govsocial.training.youtube_comments import Comments
from govsocial.training.youtube_reports import BadReport, Reports
from govsocial.training.youtube_uploads import PATH, Refused, Uploads

CONSENT = "/o/oauth2/v2/auth"
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 180 * 86400
DAILY_UNITS, DAILY_INSERTS, DAY = 10_000, 100, 86_400
MAX_IDS = 50

_RIGHTS = "https://www.googleapis.com/auth/"
UPLOAD, READ, CHANGE, REPORT = (
    f"{_RIGHTS}{name}"
    for name in (
        "youtube.upload",
        "youtube.readonly",
        "youtube.force-ssl",
        "yt-analytics.readonly",
    )
)
SCOPES = (UPLOAD, READ, CHANGE, REPORT)
_MINE = [account for account in ACCOUNTS if account.platform == "youtube"]

Handler = Callable[[Request, TrainingAccount], Response]


class YouTube:
    """Answers ``/youtube/v3/``, ``/upload/youtube/v3/``, ``/v2/reports`` and Google's own pages."""

    def __init__(self, world: World, limits: Limits, *, media_seconds: float) -> None:
        self.world = world
        self.limits = limits
        self.tokens = Tokens(
            world.state,
            platform="youtube",
            scopes=SCOPES,
            access_seconds=ACCESS_SECONDS,
            refresh_seconds=REFRESH_SECONDS,
            rotates=False,
            prefixes=("ya29.latihan-", "1//latihan-"),
        )
        self._consents = Consents(
            world.state,
            platform="youtube",
            name="YouTube",
            account=_MINE[0],
            path=CONSENT,
            code_seconds=600,
            pkce=True,
        )
        self._uploads = Uploads(world, media_seconds=media_seconds)
        self._reports = Reports(world)
        comments = Comments(world)
        self._routes: dict[tuple[str, str], tuple[Handler, set[str], int]] = {
            ("GET", "/youtube/v3/channels"): (self._channels, {READ, CHANGE}, 1),
            ("GET", "/youtube/v3/playlistItems"): (self._playlist, {READ, CHANGE}, 1),
            ("GET", "/youtube/v3/videos"): (self._videos, {READ, CHANGE}, 1),
            ("DELETE", "/youtube/v3/videos"): (self._delete, {CHANGE}, 50),
            ("GET", "/youtube/v3/commentThreads"): (comments.list, {CHANGE}, 1),
            ("POST", "/youtube/v3/commentThreads"): (comments.insert, {CHANGE}, 50),
            ("DELETE", "/youtube/v3/comments"): (comments.delete, {CHANGE}, 50),
            ("POST", PATH): (self._uploads.begin, {UPLOAD, CHANGE}, 0),
            ("PUT", PATH): (self._part, {UPLOAD, CHANGE}, 0),
            ("GET", "/v2/reports"): (self._report, {REPORT}, 0),
        }

    def owns(self, request: Request) -> bool:
        path = request.path
        return path.startswith(("/youtube/v3/", "/upload/youtube/", "/o/oauth2/")) or path in {
            "/v2/reports",
            "/token",
            "/revoke",
        }

    def account_of(self, request: Request) -> TrainingAccount | None:
        return self.tokens.owner(request.bearer or "") or self._uploads.owner(request)

    def handle(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except Refused as refused:
            return Response.json(
                views.error(refused.status, refused.reason, str(refused)), refused.status
            )
        except BadReport as bad:
            return Response.json(views.error(400, "badRequest", f"Invalid value: {bad}."), 400)
        except BadBody as bad:
            return Response.json(views.error(400, "parseError", str(bad)), 400)

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """Google tells a rate limit with 403, and never when it ends."""
        if rule.kind is Kind.RATE_LIMITED:
            error = views.error(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits")
            return Response.json(error, 403)
        if rule.kind is Kind.SERVER_ERROR:
            return Response.json(views.error(503, "backendError", "Backend Error"), 503)
        if rule.kind is Kind.EXPIRED_TOKEN:
            self.tokens.expire(request.bearer or "")
            return _unauthenticated()
        if rule.kind is Kind.REVOKED_TOKEN:
            self.tokens.revoke(request.bearer or "")
            return _unauthenticated()
        return None

    def _answer(self, request: Request) -> Response:
        if request.path == CONSENT:
            return self._consents.handle(request)
        if request.path == "/token":
            return self._token(request)
        if request.path == "/revoke":
            token = str(request.field("token") or request.one("token") or "")
            known = self.tokens.revoke(token)
            return Response.json({}) if known else _token_error("invalid_token")
        found = self._routes.get((request.method, request.path))
        if found is None:
            raise Refused(404, "notFound", "Not Found")
        handler, scopes, units = found
        bearer = self.tokens.bearer(request)
        if bearer is None:
            return _unauthenticated()
        if not bearer.scopes & scopes:
            message = "Request had insufficient authentication scopes."
            raise Refused(403, "insufficientPermissions", message)
        self._spend("units", units, DAILY_UNITS, request)
        if (request.method, request.path) == ("POST", PATH):
            self._spend("inserts", 1, DAILY_INSERTS, request)
        return handler(request, bearer.account)

    def _spend(self, bucket: str, cost: int, limit: int, request: Request) -> None:
        """Count against the day's quota of the whole application."""
        budget = self.limits.spend(
            f"youtube.{bucket}", "app", request.wall, limit=limit, window=DAY, cost=cost
        )
        if budget.exceeded:
            message = "The request cannot be completed because you have exceeded your quota."
            raise Refused(403, "quotaExceeded", message)

    # Tokens

    def _token(self, request: Request) -> Response:
        if request.method != "POST":
            raise Refused(404, "notFound", "Not Found")
        given = (str(request.field(name) or "") for name in ("client_id", "client_secret"))
        if not is_application("youtube", *given):
            return _token_error("invalid_client", 401)
        if request.field("grant_type") not in GRANTS:
            return _token_error("unsupported_grant_type")
        opened = self.tokens.asked_for(request, self._consents)
        if opened is None:
            return _token_error("invalid_grant")
        told = {
            "access_token": opened.access,
            "expires_in": ACCESS_SECONDS - 1,
            "scope": " ".join(opened.scopes),
            "token_type": "Bearer",
        }
        return Response.json({**told, "refresh_token": opened.refresh} if opened.refresh else told)

    # Reading

    def _channels(self, request: Request, account: TrainingAccount) -> Response:
        named = (request.one("id") or "").split(",")
        if request.one("mine") != "true" and account.platform_id not in named:
            return Response.json(views.listed("channel", [], 0))
        resource = views.channel(
            account,
            followers=self.world.followers(account, request.now),
            videos=self.world.count(account, request.now),
            views=self._views(account, request),
            started=self.world.story.starts.timestamp(),
        )
        return Response.json(views.listed("channel", [views.parts(resource, _parts(request))], 1))

    def _views(self, account: TrainingAccount, request: Request) -> int:
        counted = self.world.counted(request.now)
        posts = self.world.newest_first(account, request.now)
        return sum(views.views_of(post, counted(post)) for post in posts)

    def _playlist(self, request: Request, account: TrainingAccount) -> Response:
        if request.one("playlistId") != views.uploads(account):
            raise Refused(404, "playlistNotFound", "The playlist cannot be found.")
        text = request.one("maxResults") or "5"
        if not text.isdecimal() or not 0 <= int(text) <= MAX_IDS:
            raise Refused(400, "invalidParameter", "Invalid value for maxResults.")
        token = request.one("pageToken")
        start, before = (0, None) if token is None else _place(token)
        posts = self.world.newest_first(account, request.now, before)
        found, more = page(posts, int(text), lambda post: True)
        wanted = _parts(request)
        items = [
            views.parts(views.playlist_item(post, start + number), wanted)
            for number, post in enumerate(found)
        ]
        answer = views.listed("playlistItem", items, self.world.count(account, request.now))
        if more and found:
            answer["nextPageToken"] = _page_token(start + len(found), found[-1])
        return Response.json(answer)

    def _videos(self, request: Request, account: TrainingAccount) -> Response:
        names = list(dict.fromkeys((request.one("id") or "").split(",")))
        if len(names) > MAX_IDS:
            raise Refused(400, "invalidParameter", "Too many ids.")
        posts = [self._found(name, account, request) for name in names]
        items = [self._resource(post, request) for post in posts if post is not None]
        return Response.json(views.listed("video", items, len(items)))

    def _found(self, name: str, account: TrainingAccount, request: Request) -> Post | None:
        key = views.key_of(name)
        return self.world.find(account, key, request.now) if key is not None else None

    def _resource(self, post: Post, request: Request) -> dict[str, Any]:
        ready = (post.record or {}).get("ready")
        processed = not isinstance(ready, float | int) or ready <= request.wall
        counted = self.world.counted(request.now)(post)
        return views.parts(views.video(post, counted, processed=processed), _parts(request))

    def _report(self, request: Request, account: TrainingAccount) -> Response:
        return self._reports.answer(request, account)

    # Writing

    def _part(self, request: Request, account: TrainingAccount) -> Response:
        taken = self._uploads.take(request)
        if isinstance(taken, Response):
            return taken
        post = self.world.find(account, taken, request.now)
        if post is None:
            raise Refused(404, "videoNotFound", "The video cannot be found.")
        return Response.json(self._resource(post, request))

    def _delete(self, request: Request, account: TrainingAccount) -> Response:
        key = views.key_of(request.one("id") or "")
        if key is None or not self.world.delete(account, key, request.now):
            raise Refused(404, "videoNotFound", "The video cannot be found.")
        return Response(204, b"")


def _parts(request: Request) -> set[str]:
    named = {name for value in request.many("part") for name in value.split(",") if name}
    if not named:
        raise Refused(400, "missingRequiredParameter", "No part is asked for.")
    return named


def _page_token(position: int, last: Post) -> str:
    return base64.urlsafe_b64encode(f"{position}|{last.at!r}|{last.key}".encode()).decode()


def _place(token: str) -> tuple[int, tuple[float, str]]:
    try:
        position, at, key = base64.urlsafe_b64decode(token).decode().split("|")
        return int(position), (float(at), key)
    except (binascii.Error, ValueError) as exc:
        raise Refused(400, "invalidPageToken", "The page token is not valid.") from exc


def _unauthenticated() -> Response:
    error = views.error(401, "authError", "Invalid Credentials", "global")
    error["error"]["status"] = "UNAUTHENTICATED"
    return Response.json(error, 401, {"www-authenticate": 'Bearer realm="https://accounts"'})


def _token_error(name: str, status: int = 400) -> Response:
    return Response.json({"error": name, "error_description": "Bad Request"}, status)
