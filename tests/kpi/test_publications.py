"""From the gate to the figures: a publication of ours is met again on the platform."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from content.actions import create_post, send_publication
from content.models import Publication
from kpi import actions
from kpi.models import PlatformPost, PullState
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.kpi.fakes import FakeClient, seen


@pytest.fixture
def published(cast: Cast) -> Stage:
    """A publication that just went live on a connected account that was captured before."""
    stage = make_stage(cast).submit().approve()
    pull(stage, FakeClient())
    assert actions.claim_due_pulls() == []
    stage.send(FakePlatform())
    return stage


def pull(stage: Stage, client: FakeClient) -> None:
    actions.pull_account(
        official_account_id=stage.account.pk, actor=User.objects.system(), client=client
    )


def as_seen(publication: Publication) -> FakeClient:
    client = FakeClient()
    post = seen("ours", timezone.now(), likes=3)
    fields = {"platform_id": publication.platform_post_id, "permalink": publication.permalink}
    client.feed = [type(post)(**{name: getattr(post, name) for name in post.__slots__} | fields)]
    return client


def test_an_account_is_pulled_soon_after_it_published(published: Stage) -> None:
    assert actions.claim_due_pulls() == [published.account.pk]


def test_a_post_that_went_through_the_gate_is_joined_with_its_publication(
    published: Stage,
) -> None:
    pull(published, as_seen(published.publication))

    post = PlatformPost.objects.get()
    assert post.publication == published.publication
    assert (post.origin, post.likes) == ("gate", 3)
    assert actions.claim_due_pulls() == []


def test_a_publication_that_the_list_does_not_show_yet_is_looked_for_again(
    published: Stage,
) -> None:
    pull(published, FakeClient())
    assert actions.claim_due_pulls() == []

    PullState.objects.update(captured_at=timezone.now() - timedelta(seconds=30))

    assert actions.claim_due_pulls() == [published.account.pk]


@pytest.mark.parametrize(("platform", "asked"), [("bluesky", True), ("facebook", False)])
def test_what_no_list_shows_is_not_waited_for(cast: Cast, platform: str, asked: bool) -> None:
    """Answers are in the list of the account's posts on Bluesky; comments are in none."""
    account = connected_account(cast.diskominfo, platform=platform, host="")
    content = document(account, thread=("Jam buka.",), first_comment="#rabies")
    post = create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=content)
    stage = Stage(cast, account, post).submit().approve()
    for one in post.publications.order_by("part"):
        send_publication(publication_id=one.pk, actor=User.objects.system(), client=FakePlatform())
    pull(stage, as_seen(post.publications.get(part=0)))
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        assert bool(actions.claim_due_pulls()) is asked


def test_an_account_that_fails_waits_for_its_turn_even_after_publishing(published: Stage) -> None:
    PullState.objects.update(failures=1)

    assert actions.claim_due_pulls() == []
