from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts import tasks
from accounts.models import OfficialAccount
from govsocial.audit.models import Entry
from govsocial.training.app import TrainingPlatforms
from govsocial.training.server import running
from tests import factories
from tests.accounts.consent_stage import Stage, stage
from tests.accounts.fake_platform import FakePlatform, fake_spec, standing_in_for
from tests.cast import Cast


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """What one test used up of a rate limit is no business of the next."""
    cache.clear()


@pytest.fixture
def one_step_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code of an authenticator app is good for half a minute: none ends while it is typed."""
    now = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What a worker was handed to have letters sent: nothing that could be read along there."""
    sent: list[tuple[object, ...]] = []

    def hand_over(args: tuple[object, ...] = (), **options: object) -> None:
        assert options == {"expires": 60}, "beat comes as often"
        sent.append(tuple(args))

    monkeypatch.setattr(tasks.send_new_sign_in_letters, "apply_async", hand_over)
    return sent


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingPlatforms]:
    app = TrainingPlatforms(Path(tmp_path_factory.mktemp("training")), control_token="control")
    yield app
    app.close()


@pytest.fixture
def platform_host(platforms: TrainingPlatforms, settings: Settings) -> Iterator[str]:
    """The training platforms over real HTTP, and leave to talk to them on loopback."""
    with running(platforms) as address:
        host = urlsplit(address).netloc
        settings.PLATFORM_PRIVATE_HOSTS = frozenset({host})
        settings.PLATFORM_BASE_URL = address
        yield host


@pytest.fixture
def bluesky(cast: Cast, platforms: TrainingPlatforms, platform_host: str) -> OfficialAccount:
    told = platforms.story.account("bluesky:samudrakota")
    return factories.official_account(cast.diskominfo, handle=told.handle, host=platform_host)


@pytest.fixture
def mastodon(cast: Cast, platforms: TrainingPlatforms, platform_host: str) -> OfficialAccount:
    told = platforms.story.account("mastodon:samudrakota")
    return factories.official_account(
        cast.diskominfo, platform="mastodon", handle=told.handle, host=platform_host
    )


@pytest.fixture
def fake_platform(settings: Settings) -> Iterator[FakePlatform]:
    """The made-up platform in the place of X, at the address of the training platforms."""
    running_platform = FakePlatform()
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({running_platform.server.host})
    settings.PLATFORM_BASE_URL = running_platform.server.base
    with standing_in_for("x", fake_spec()):
        yield running_platform
    running_platform.server.close()


@pytest.fixture
def consent(cast: Cast, fake_platform: FakePlatform) -> Stage:
    return stage(cast, fake_platform)


@pytest.fixture
def on_own_server(
    consent: Stage, client_as: Callable[[object], Client]
) -> Iterator[OfficialAccount]:
    """Connected through an application that its server gave out; Bayu reads English."""
    factories.reads_english(consent.cast.bayu)
    with standing_in_for("mastodon", fake_spec(own_servers=True)):
        account = factories.official_account(
            consent.cast.diskominfo,
            platform="mastodon",
            handle="samudrakota",
            host=consent.platform.server.host,
        )
        consent.connect(client_as("bayu"), account)
        yield account


def trail(name: str) -> list[Entry]:
    """The entries of one event, oldest first."""
    return list(Entry.objects.filter(event=name).order_by("id"))
