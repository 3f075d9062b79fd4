"""The training platforms in this process and over real sockets, at a moment that tests choose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from govsocial.training.adapter import mount
from govsocial.training.agency import TrainingAccount
from govsocial.training.app import TrainingPlatforms
from govsocial.training.server import running

ANCHOR = datetime(2026, 11, 22, 22, 40, 46, tzinfo=UTC)
CONTROL = "control-token-of-the-tests"
BASE = "http://latihan.test"
SAMPLES = Path(__file__).parents[3] / "shared" / "platform_samples"


@dataclass
class Clock:
    """The server's own time, moved by hand."""

    now: datetime = ANCHOR

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class Caller:
    """Calls one server; ``token`` is the bearer token, ``moment`` the moment asked for."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)
    token: str | None = None
    moment: datetime | None = None

    def __post_init__(self) -> None:
        self.session.trust_env = False  # a proxy of the machine must not stand in between

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = arguments.pop("headers", {})
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.moment is not None:
            headers["X-Training-Clock"] = self.moment.isoformat()
        arguments.setdefault("timeout", 5)
        return self.session.request(method, self.base + path, headers=headers, **arguments)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return self.call("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> requests.Response:
        return self.call("POST", path, **arguments)

    def xrpc(self, name: str, **params: Any) -> requests.Response:
        return self.get(f"/xrpc/{name}", params=params)

    def sign_in(self, account: TrainingAccount) -> dict[str, Any]:
        """Bluesky: open a session and use its access token from here on."""
        body = {"identifier": account.handle, "password": account.secret}
        answer = self.post("/xrpc/com.atproto.server.createSession", json=body)
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()
        self.token = session["accessJwt"]
        return session

    def record(self, account: TrainingAccount, text: str, **more: Any) -> dict[str, Any]:
        """The body of ``createRecord`` and ``putRecord``."""
        record = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": "2026-11-22T22:40:48.110Z",
            "langs": ["id"],
            **more.pop("record", {}),
        }
        return {
            "repo": account.platform_id,
            "collection": "app.bsky.feed.post",
            "record": record,
            **more,
        }


@pytest.fixture
def clock() -> Clock:
    return Clock()


Make = Callable[..., TrainingPlatforms]


@pytest.fixture
def make_app(tmp_path: Path, clock: Clock) -> Iterator[Make]:
    """Start the application on this test's state directory, again and again if wanted."""
    made: list[TrainingPlatforms] = []

    def make(**options: Any) -> TrainingPlatforms:
        options = {"clock": clock, "anchor": ANCHOR, "control_token": CONTROL, **options}
        made.append(TrainingPlatforms(tmp_path / "state", **options))
        return made[-1]

    yield make
    for app in made:
        app.close()


@pytest.fixture
def app(make_app: Make) -> TrainingPlatforms:
    return make_app()


def in_process(app: TrainingPlatforms) -> Caller:
    caller = Caller(BASE)
    mount(caller.session, BASE, app)
    return caller


@pytest.fixture
def caller(app: TrainingPlatforms) -> Caller:
    return in_process(app)


@pytest.fixture
def served(app: TrainingPlatforms) -> Iterator[Caller]:
    """The same application over a real socket."""
    with running(app) as address:
        caller = Caller(address)
        with caller.session:
            yield caller


@pytest.fixture
def kominfo(app: TrainingPlatforms) -> TrainingAccount:
    return app.story.account("bluesky:samudrakota")


@pytest.fixture
def dinkes(app: TrainingPlatforms) -> TrainingAccount:
    return app.story.account("bluesky:dinkes-samudra")


@pytest.fixture
def mastodon(app: TrainingPlatforms) -> TrainingAccount:
    return app.story.account("mastodon:samudrakota")


def png(width: int = 64, height: int = 36, *, noise: bool = False) -> bytes:
    """A picture; with ``noise`` it does not compress, so that its size is about 3 bytes a pixel."""
    image = Image.new("RGB", (width, height), (31, 95, 191))
    if noise:
        image = Image.effect_noise((width, height), 90).convert("RGB")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sample(name: str) -> Any:
    """A recorded answer. The test is skipped where the recordings are not at hand."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no recorded sample {name} beside this checkout")
    return json.loads(path.read_text())


def missing(recorded: Any, ours: Any, where: str = "$") -> list[str]:
    """Where ``ours`` lacks what was recorded or has it in another JSON type. None fits all."""
    if recorded is None or ours is None:
        return []
    numbers = isinstance(recorded, int | float) and isinstance(ours, int | float)
    if type(recorded) is not type(ours) and not numbers:
        return [f"{where}: {type(recorded).__name__} became {type(ours).__name__}"]
    if isinstance(recorded, dict):
        lacking = [f"{where}.{name} is missing" for name in recorded if name not in ours]
        return lacking + [
            problem
            for name in recorded.keys() & ours.keys()
            for problem in missing(recorded[name], ours[name], f"{where}.{name}")
        ]
    if isinstance(recorded, list) and recorded and ours:
        return missing(recorded[0], ours[0], f"{where}[0]")
    return []
