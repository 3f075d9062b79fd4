"""From the gate to the figures: a publication of ours is met again on the platform."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from content.models import Publication
from kpi import actions
from kpi.models import PlatformPost, PullState
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
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


def test_an_account_that_fails_waits_for_its_turn_even_after_publishing(published: Stage) -> None:
    PullState.objects.update(failures=1)

    assert actions.claim_due_pulls() == []
