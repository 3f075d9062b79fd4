"""A worker is killed at each step of a post that takes several: one post is out afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import OfficialAccount, User
from content import actions
from content.models import Attempt, Publication
from tests import factories, processes
from tests.accounts.secrets import give_credential
from tests.cast import the_cast
from tests.content.stage import Stage, document
from tests.content.test_killed_worker import SEND, TEXT, settle
from tests.platforms import threads_stage as threads
from tests.platforms.fakes import Received, Reply, Server


class Shown:
    """A Threads that makes containers, publishes them and shows what is out."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.out: list[str] = []
        threads.good(server)
        server.on(threads.PUBLISH, self._publish)
        server.on(threads.CONTAINER, self._container)
        server.on(threads.POSTS, self._posts)

    def _publish(self, received: Received) -> Reply:
        self.out.append(threads.form(received)["creation_id"])
        return Reply(200, {"id": threads.POST_ID})

    def _container(self, _received: Received) -> Reply:
        return threads.status("PUBLISHED" if self.out else "FINISHED")

    def _posts(self, _received: Received) -> Reply:
        written = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return Reply(200, {"data": [threads.thread(text=TEXT, timestamp=written)] * len(self.out)})


@pytest.fixture
def platform(settings: Settings) -> Iterator[Shown]:
    server = Server()
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({server.host})
    settings.PLATFORM_BASE_URL = server.base
    yield Shown(server)
    server.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("route", "takes", "sent_by_the_killed"),
    [
        (threads.MAKE, True, 0),
        (threads.CONTAINER, True, 0),
        (threads.PUBLISH, False, 0),
        (threads.PUBLISH, True, 1),
    ],
    ids=["container", "between", "publish", "published"],
)
def test_one_post_is_out_after_a_worker_was_killed_between_the_steps(
    platform: Shown, route: str, takes: bool, sent_by_the_killed: int
) -> None:
    cast = the_cast()
    account: OfficialAccount = factories.official_account(
        cast.diskominfo, platform="threads", handle="samudrakota", host=""
    )
    give_credential(account, cast.bayu, dict(threads.store().secret))
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account, text=TEXT)
    )
    stage = Stage(cast, account, post).submit().approve()
    held = processes.Held(platform.server, route, takes=takes)
    code = SEND.format(pk=stage.publication.pk)
    with processes.worker(code, **processes.at(platform.server)) as worker:
        held.kill(worker)
    assert len(platform.out) == sent_by_the_killed
    assert stage.publication.status == Publication.Status.SENDING
    Attempt.objects.update(deadline_at=timezone.now())
    system = User.objects.system()
    assert actions.find_lost_attempts(actor=system) == 1
    assert stage.publication.status == Publication.Status.UNCONFIRMED
    settle(stage, system)
    assert stage.publication.status == Publication.Status.PUBLISHED
    assert len(platform.out) == 1
