"""What a platform gave on the way is kept before it is used, and given to whoever goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from django.db import InternalError, connection
from django.utils import timezone

from accounts.models import User
from content import actions
from content.models import Attempt, Publication
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import NotReached, PlatformError, UnknownOutcome
from tests.conftest import Cast
from tests.content.stage import FakePlatform, Stage, make_stage


@dataclass
class WithContainers(FakePlatform):
    """Makes a container first, and remembers which handles it was shown."""

    shown: list[Mapping[str, str]] = field(default_factory=list)
    fails_after_container: list[PlatformError] = field(default_factory=list)

    def publish(self, post: OutgoingPost) -> PublishedPost:
        self.shown.append(dict(post.handles))
        if "container" not in post.handles:
            post.keep({"container": "17900"})
        if self.fails_after_container:
            raise self.fails_after_container.pop(0)
        return super().publish(post)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        self.shown.append(dict(post.handles))
        return super().find(post)


@pytest.fixture
def approved(cast: Cast) -> Stage:
    return make_stage(cast).submit().approve()


def test_a_second_attempt_goes_on_with_what_the_first_was_given(approved: Stage) -> None:
    platform = WithContainers(fails_after_container=[NotReached("No connection.")])
    approved.send(platform)
    Publication.objects.update(not_before=None)
    assert approved.send(platform).status == Publication.Status.PUBLISHED
    assert platform.shown == [{}, {"container": "17900"}]


def test_looking_for_a_lost_post_knows_its_container(approved: Stage) -> None:
    platform = WithContainers(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert platform.shown == [{}, {"container": "17900"}]


def test_later_words_on_a_handle_replace_earlier_ones_and_others_stay(approved: Stage) -> None:
    class Twice(FakePlatform):
        def publish(self, post: OutgoingPost) -> PublishedPost:
            post.keep({"upload": "1", "container": "a"})
            post.keep({"container": "b"})
            return super().publish(post)

    approved.send(Twice())
    assert Attempt.objects.get().handles == {"upload": "1", "container": "b"}


def test_an_attempt_that_was_given_up_keeps_nothing_and_sends_nothing(approved: Stage) -> None:
    class Late(FakePlatform):
        def publish(self, post: OutgoingPost) -> PublishedPost:
            Attempt.objects.update(deadline_at=timezone.now())
            actions.find_lost_attempts(actor=User.objects.system())
            post.keep({"container": "17900"})
            return super().publish(post)

    platform = Late()
    publication = approved.send(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert platform.calls == 0
    assert Attempt.objects.get().handles == {}


def test_a_finished_attempt_keeps_its_handles_for_good(approved: Stage) -> None:
    approved.send(WithContainers())
    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute("UPDATE content_attempt SET handles = '{}'")
