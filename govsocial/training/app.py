"""The WSGI application of the training platforms: clock, routing, misbehaviour and control."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeAlias

from govsocial.training.behaviour import BadRule, Behaviours, Kind, Rule
from govsocial.training.bluesky import Bluesky
from govsocial.training.http import (
    MAX_BODY,
    BadBody,
    ConnectionDropped,
    Environ,
    Request,
    Response,
    StartResponse,
)
from govsocial.training.limits import Limits
from govsocial.training.mastodon import Mastodon
from govsocial.training.meta import Meta
from govsocial.training.pages import Pages
from govsocial.training.platform import TrainingPlatform
from govsocial.training.state import State
from govsocial.training.story import Story
from govsocial.training.threads import Threads
from govsocial.training.tiktok import TikTok
from govsocial.training.website import Website
from govsocial.training.world import World
from govsocial.training.x import X
from govsocial.training.youtube import YouTube

Clock: TypeAlias = Callable[[], datetime]

#: Set by a caller in the same process: the moment it is for that caller.
CLOCK = "HTTP_X_TRAINING_CLOCK"
CONTROL_HEADER = "X-Training-Control"
#: Set by a caller in the same process: how long it would wait for an answer.
READ_TIMEOUT = "govsocial.training.read_timeout"

_CONTROLS = {"/training/behave", "/training/clock", "/training/state"}


def system_clock() -> datetime:
    return datetime.now(UTC)


class TrainingPlatforms:
    """All platforms, their pages and the control, over one state directory.

    ``clock`` is the server's own time. ``moment`` is the moment of the story that is shown to calls
    without ``X-Training-Clock``; by default the server's own time, and ``/training/clock`` moves
    it. ``anchor`` and ``seed`` count only when the state is new.
    Without ``control_token`` nobody can order misbehaviour. With ``enforce_limits`` the platforms'
    call budgets are refused with 429 when used up; the headers count down either way.
    """

    def __init__(
        self,
        state: Path,
        *,
        clock: Clock = system_clock,
        moment: Clock | None = None,
        anchor: datetime | None = None,
        seed: int = 2045,
        control_token: str | None = None,
        enforce_limits: bool = False,
        media_seconds: float = 2.0,
        public_url: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.state = State(state)
        stored = self.state.anchor(anchor or clock())
        self.story = Story(anchor=stored, seed=int(self.state.remember("seed", str(seed))))
        self.world = World(self.story, self.state)
        self.behaviours = Behaviours()
        self.clock = clock
        self.moment = moment
        limits = Limits(enforce=enforce_limits)
        self._platforms: tuple[TrainingPlatform, ...] = (
            Bluesky(self.world, limits, media_seconds=media_seconds),
            Mastodon(self.world, limits, media_seconds=media_seconds),
            Meta(self.world, media_seconds=media_seconds),
            Threads(self.world, media_seconds=media_seconds),
            X(self.world, limits, media_seconds=media_seconds),
            YouTube(self.world, limits, media_seconds=media_seconds),
            TikTok(self.world, limits, media_seconds=media_seconds),
            Website(self.world),
        )
        self._pages = Pages(self.world)
        self._control_token = control_token
        self._public_url = public_url.rstrip("/") if public_url else None
        self._sleep = sleep
        self._controls: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/training/state"): lambda request: Response.json(self._described(request.now)),
            ("POST", "/training/behave"): self._add_behaviour,
            ("DELETE", "/training/behave"): self._clear_behaviours,
            ("PUT", "/training/clock"): self._set_moment,
            ("DELETE", "/training/clock"): self._reset_moment,
        }

    def close(self) -> None:
        self.state.close()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Raises ``ConnectionDropped`` where a misbehaviour asks for it."""
        head = environ["REQUEST_METHOD"] == "HEAD"
        return self._respond(environ).send(start_response, head=head)

    def _respond(self, environ: Environ) -> Response:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > MAX_BODY:
            return _refusal(413, "request entity too large")
        wall = self.clock()
        try:
            now = self._moment(environ, wall)
        except ValueError as wrong:
            return _refusal(400, str(wrong))
        request = Request.from_environ(
            environ, now=now.timestamp(), wall=wall.timestamp(), public_url=self._public_url
        )
        for platform in self._platforms:
            if platform.owns(request):
                return self._platform(platform, request, environ)
        if request.path in _CONTROLS:
            return self._control(request)
        return self._pages.handle(request)

    def _moment(self, environ: Environ, wall: datetime) -> datetime:
        """The moment of the story that is asked for. Raises ``ValueError``."""
        text = environ.get(CLOCK)
        if text is not None:
            return self._told(text)
        return self.moment() if self.moment is not None else wall

    def _told(self, text: str) -> datetime:
        """A moment within the story. Raises ``ValueError``."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("The moment needs a time zone.")
        if not self.story.starts <= moment <= self.story.last_moment:
            raise ValueError("The moment lies outside the story.")
        return moment

    def _platform(self, platform: TrainingPlatform, request: Request, environ: Environ) -> Response:
        account = platform.account_of(request)
        rule = self.behaviours.take(request, account.key if account is not None else None)
        if rule is None:
            return platform.handle(request)
        if rule.kind is Kind.DROP_BEFORE_ACCEPT:
            raise ConnectionDropped
        if rule.kind is Kind.SLOW:
            return self._slowly(platform, request, rule, environ.get(READ_TIMEOUT))
        refused = platform.misbehave(rule, request)
        if refused is not None:
            return refused
        response = platform.handle(request)
        if rule.kind is Kind.DROP_AFTER_ACCEPT:
            raise ConnectionDropped
        return response

    def _slowly(
        self, platform: TrainingPlatform, request: Request, rule: Rule, patience: float | None
    ) -> Response:
        """Answer late; a client of this process that would not wait so long does not have to."""
        if patience is not None and rule.seconds > patience:
            self._sleep(patience)
            platform.handle(request)
            raise ConnectionDropped(timed_out=True)
        self._sleep(rule.seconds)
        return platform.handle(request)

    def _control(self, request: Request) -> Response:
        if not _loopback(request.remote):
            return _refusal(403, "Only from this machine.")
        given = request.headers.get(CONTROL_HEADER.lower(), "") or request.bearer or ""
        token = self._control_token
        if token is None or not hmac.compare_digest(given.encode(), token.encode()):
            return _refusal(403, f"{CONTROL_HEADER} is missing or wrong.")
        handler = self._controls.get((request.method, request.path))
        if handler is None:
            return _refusal(405, "Method not allowed.")
        try:
            return handler(request)
        except (BadRule, BadBody, ValueError) as bad:
            return _refusal(400, str(bad))

    def _add_behaviour(self, request: Request) -> Response:
        self.behaviours.add(Rule.parse(request.json))
        return Response.json({"behaviours": self.behaviours.standing()}, 201)

    def _clear_behaviours(self, request: Request) -> Response:
        return Response.json({"cleared": self.behaviours.clear()})

    def _set_moment(self, request: Request) -> Response:
        moment = self._told(str(request.json.get("now")))
        self.moment = lambda: moment
        return Response.json({"now": moment.isoformat()})

    def _reset_moment(self, request: Request) -> Response:
        self.moment = None
        return Response.json({"now": self.clock().isoformat()})

    def _described(self, now: float) -> dict[str, Any]:
        story = self.story
        gap_from, gap_to = story.gap
        return {
            "now": datetime.fromtimestamp(now, tz=UTC).isoformat(),
            "anchor": story.anchor.isoformat(),
            "seed": story.seed,
            "story": {
                "starts": story.starts.isoformat(),
                "viral_account": story.viral_account,
                "viral_at": story.viral_at.isoformat(),
                "jump_account": story.jump_account,
                "jump_day": story.jump_day.isoformat(),
                "purge_day": story.purge_day.isoformat(),
                "gap": [gap_from.isoformat(), gap_to.isoformat()],
                "outside_account": story.outside_account,
            },
            "accounts": [
                {
                    "key": account.key,
                    "handle": account.handle,
                    "platform_id": account.platform_id,
                    "followers": self.world.followers(account, now),
                    "posts": self.world.count(account, now),
                }
                for account in story.accounts
            ],
            "behaviours": self.behaviours.standing(),
        }


def _refusal(status: int, message: str) -> Response:
    return Response.json({"error": "InvalidRequest", "message": message}, status)


def _loopback(remote: str) -> bool:
    try:
        return ip_address(remote).is_loopback
    except ValueError:
        return False
