"""Pulls of the training platforms: over real HTTP, and as a demo is seeded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import Credential, OfficialAccount, User
from accounts.vault import seal
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.app import TrainingPlatforms
from govsocial.training.server import running
from kpi import actions, demo
from kpi.actions.reading import Depth
from kpi.models import AccountDay, CollectionRun, PlatformPost, PostSnapshot, PullState
from tests import factories
from tests.cast import Cast, the_cast

# On the row lock of a refreshed secret stands a durable transaction.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platforms(tmp_path: Path) -> Iterator[TrainingPlatforms]:
    made = TrainingPlatforms(tmp_path / "training", anchor=datetime.now(UTC))
    yield made
    made.close()


def connected(unit_cast: Cast, told: TrainingAccount, base: str) -> OfficialAccount:
    account = factories.official_account(
        unit_cast.diskominfo, platform=told.platform, handle=told.handle, host=base
    )
    name = "app_password" if told.platform == "bluesky" else "access_token"
    secret = {name: told.secret}
    sealed, version = seal(account.pk, secret)
    Credential.objects.create(
        official_account=account,
        sealed=sealed,
        key_version=version,
        connected_by=User.objects.system(),
        connected_at=datetime.now(UTC),
    )
    return account


@pytest.mark.parametrize("told", ACCOUNTS[1:3], ids=lambda told: told.key)
def test_a_pull_over_http_brings_the_profile_and_every_post(
    platforms: TrainingPlatforms, settings: Settings, told: TrainingAccount
) -> None:
    with running(platforms) as base:
        settings.PLATFORM_PRIVATE_HOSTS = frozenset({base.removeprefix("http://")})
        account = connected(the_cast(), told, base)

        run = actions.pull_account(official_account_id=account.pk, actor=User.objects.system())

    assert (run.outcome, run.message) == ("done", "")
    now = run.captured_at.timestamp()
    assert run.new_posts == platforms.world.count(told, now)
    assert PullState.objects.get().followers == platforms.world.followers(told, now)
    assert PostSnapshot.objects.count() == PlatformPost.objects.exclude(kind="repost").count()


def test_seeding_collects_the_story_once_and_goes_on_where_it_was_stopped(
    platforms: TrainingPlatforms,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.TRAINING = True
    settings.TRAINING_URL = "http://127.0.0.1:9"
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:9"})
    settings.TRAINING_STATE = tmp_path / "training"
    account = connected(the_cast(), ACCOUNTS[3], settings.TRAINING_URL)
    story = platforms.story
    starts = story.anchor - timedelta(days=20)
    moments = [(starts + timedelta(days=day), Depth.LIST) for day in range(10)]
    said: list[str] = []

    monkeypatch.setattr(demo, "_moments", lambda story: iter(moments[:4]))
    demo.seed(said.append)
    # As after a kill in the middle of a pull.
    CollectionRun.objects.create(
        official_account=account, started_at=moments[4][0], captured_at=moments[4][0]
    )
    monkeypatch.setattr(demo, "_moments", lambda story: iter(moments))
    demo.seed(said.append)
    demo.seed(said.append)

    assert len(said) == 2
    assert CollectionRun.objects.filter(outcome="done").count() == 10
    assert CollectionRun.objects.filter(outcome="lost").count() == 1
    assert AccountDay.objects.filter(collected=True).count() == 10
    assert not AccountDay.objects.filter(collected=True, followers=None).exists()


def test_seeding_leaves_the_gap_out_and_ends_before_now(platforms: TrainingPlatforms) -> None:
    story = platforms.story
    moments = [moment for moment, _depth in demo._moments(story)]
    first, last = story.gap

    assert moments == sorted(set(moments))
    assert not [moment for moment in moments if first <= moment < last]
    assert moments[-1] < datetime.now(UTC)
    assert len(moments) > 370


def test_an_instance_that_is_not_for_training_is_not_seeded(settings: Settings, db: None) -> None:
    settings.TRAINING = False
    said: list[str] = []

    demo.seed(said.append)

    assert said == []
