"""A worker process is really killed between send and answer, against the training platforms."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.actions import connect_account
from accounts.models import OfficialAccount, User
from accounts.vault import client_for
from content import actions
from content.handles import keep_handles
from content.models import Attempt, Publication
from govsocial.platforms.finding import ASKED_AT, SETTLES_IN
from govsocial.training.app import TrainingPlatforms
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.server import running
from tests import factories, processes
from tests.cast import the_cast
from tests.content.stage import Stage, document

SEND = """
import django; django.setup()
from accounts.models import User
from content import actions
actions.send_publication(publication_id={pk}, actor=User.objects.system())
"""


@pytest.fixture
def platforms(tmp_path: Path) -> Iterator[TrainingPlatforms]:
    found = TrainingPlatforms(tmp_path / "training")
    yield found
    found.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["bluesky:samudrakota", "mastodon:samudrakota"])
def test_one_post_is_out_after_a_worker_was_killed_before_its_answer(
    platforms: TrainingPlatforms, key: str
) -> None:
    told = platforms.story.account(key)
    with running(platforms) as url:
        private = url.removeprefix("http://").rstrip("/")
        with override_settings(PLATFORM_PRIVATE_HOSTS=frozenset([private]), PLATFORM_BASE_URL=url):
            stage = approved_stage(told.platform, told.handle, url, told.secret)
            endpoint = "putRecord" if told.platform == "bluesky" else "POST /api/v1/statuses"
            # The platform takes the post, and its answer comes far too late.
            slow = Rule(kind=Kind.SLOW, account=key, endpoint=endpoint, seconds=8)
            platforms.behaviours.add(slow)
            killed = subprocess.Popen(
                [sys.executable, "-c", SEND.format(pk=stage.publication.pk)],
                cwd=processes.ROOT,
                env=processes.environment(PLATFORM_PRIVATE_HOSTS=private),
            )
            wait_for_the_call(platforms)
            killed.send_signal(signal.SIGKILL)
            killed.wait()

            assert stage.publication.status == Publication.Status.SENDING
            Attempt.objects.update(deadline_at=timezone.now())
            system = User.objects.system()
            assert actions.find_lost_attempts(actor=system) == 1
            assert stage.publication.status == Publication.Status.UNCONFIRMED
            settle(stage, system)
            assert stage.publication.status == Publication.Status.PUBLISHED
            posts = client_for(stage.account).posts().posts
            assert [post.text for post in posts].count(TEXT) == 1


TEXT = "Pengumuman yang hanya boleh tayang sekali."


def approved_stage(platform: str, handle: str, url: str, secret: str) -> Stage:
    cast = the_cast()
    account: OfficialAccount = factories.official_account(
        cast.diskominfo, platform=platform, handle=handle, host=url
    )
    connect_account(actor=cast.bayu, official_account_id=account.pk, host=url, typed_secret=secret)
    account.refresh_from_db()
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account, text=TEXT)
    )
    return Stage(cast, account, post).submit().approve()


def settle(stage: Stage, system: User) -> None:
    """Ask and, when it is not there, send again, as beat would."""
    actions.confirm_publication(publication_id=stage.publication.pk, actor=system)
    publication = stage.publication
    if publication.status == Publication.Status.UNCONFIRMED:
        # Where words decide, it has to have settled.
        keep_handles(publication, {ASKED_AT: (timezone.now() - SETTLES_IN).isoformat()})
        actions.confirm_publication(publication_id=publication.pk, actor=system)
    if stage.publication.status == Publication.Status.SCHEDULED:
        actions.send_publication(publication_id=stage.publication.pk, actor=system)


def wait_for_the_call(platforms: TrainingPlatforms) -> None:
    """Until the platform has the slow call in its hands."""
    deadline = time.monotonic() + 30
    while platforms.behaviours.standing():
        assert time.monotonic() < deadline, "the worker never called"
        time.sleep(0.05)
