"""The time of a step of an attempt is longer than whatever a client does in one step."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

import govsocial.platforms
from accounts import vault
from accounts.models import OfficialAccount, User
from content import actions
from content.actions import publishing
from content.models import Attempt, Publication
from govsocial.platforms import streamed
from govsocial.platforms.base import OutgoingPost, PublishedPost, Secret
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.http import Timing
from tests.accounts.secrets import give_credential
from tests.cast import the_cast
from tests.content.stage import FakePlatform, make_stage

OF_A_CALL = {"UPLOAD_SECONDS", "PART_SECONDS", "STAGING_SECONDS"}
OF_A_REFRESH = {"REFRESH_SECONDS", "TOKEN_SECONDS", "SIGN_IN_SECONDS"}


def constants(names: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in pkgutil.walk_packages(govsocial.platforms.__path__, "govsocial.platforms."):
        module = vars(import_module(one.name))
        found |= {f"{one.name}.{name}": module[name] for name in names & module.keys()}
    return found


def test_the_longest_single_call_ends_before_its_step_counts_as_lost() -> None:
    calls = constants(OF_A_CALL)
    assert len(calls) >= 7
    assert max(*calls.values(), Timing().total) + Timing().connect < settings.ATTEMPT_DEADLINE
    # A film in one request is a step for each part; after the last one its answer is waited for.
    part = streamed.PART / streamed.SLOWEST
    assert part + Timing().connect + Timing().read < settings.ATTEMPT_DEADLINE
    # Bluesky refreshes and then signs in; another worker may be doing the same before.
    assert 4 * max(constants(OF_A_REFRESH).values()) < settings.ATTEMPT_DEADLINE


def test_a_deadline_below_the_longest_call_is_refused_at_the_start() -> None:
    environment = {**os.environ, "ATTEMPT_DEADLINE": "120"}
    started = subprocess.run(
        [sys.executable, "-c", "import govsocial.settings.base"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ATTEMPT_DEADLINE must be at least 170, not 120." in started.stderr


class Refreshing(FakePlatform):
    """Finds its secret refused late in a long call, refreshes it, and sends again."""

    def __init__(self, account: OfficialAccount, before_step: Callable[[], None]) -> None:
        super().__init__()
        self.left: list[float] = []
        self._store = vault.AccountSecretStore(account.pk, before_step=before_step)

    def publish(self, post: OutgoingPost) -> PublishedPost:
        stale = self._store.load()
        self._use_up()
        self._store.rotate(stale=stale, refresh=self._refreshed)
        self._note()
        return super().publish(post)

    def _refreshed(self, secret: Secret) -> Secret:
        self._note()
        self._use_up()
        return {**secret, "access_token": "new"}

    def _use_up(self) -> None:
        Attempt.objects.update(deadline_at=timezone.now() + timedelta(seconds=5))

    def _note(self) -> None:
        until = Attempt.objects.get().deadline_at
        self.left.append((until - timezone.now()).total_seconds())


@pytest.mark.django_db(transaction=True)
def test_a_refresh_is_a_step_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = the_cast()
    stage = make_stage(cast).submit().approve()
    give_credential(stage.account, cast.bayu)
    made: list[Refreshing] = []

    def client_for(account: OfficialAccount, **more: Any) -> Refreshing:
        made.append(Refreshing(account, **more))
        return made[-1]

    monkeypatch.setattr(publishing, "client_for", client_for)
    published = actions.send_publication(
        publication_id=stage.publication.pk, actor=User.objects.system()
    )
    assert published.status == Publication.Status.PUBLISHED
    (client,) = made
    assert len(client.left) == 2
    assert min(client.left) > settings.ATTEMPT_DEADLINE - 10


@pytest.mark.django_db(transaction=True)
def test_who_was_given_up_refreshes_nothing() -> None:
    cast = the_cast()
    account = make_stage(cast).account
    give_credential(account, cast.bayu)

    def given_up() -> None:
        raise PlatformError("The attempt was given up.")

    store = vault.AccountSecretStore(account.pk, before_step=given_up)
    asked: list[Secret] = []

    def refresh(secret: Secret) -> Secret:
        asked.append(secret)
        return secret

    with pytest.raises(PlatformError):
        store.rotate(stale=store.load(), refresh=refresh)
    assert asked == []
