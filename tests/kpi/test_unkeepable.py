"""One post that cannot be kept as the platform tells it costs none of the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.models import Publication
from kpi import actions
from kpi.models import PlatformPost
from tests.cast import Cast
from tests.content.stage import FakePlatform, make_stage
from tests.kpi.conftest import Pull
from tests.kpi.fakes import HOUR, MONDAY, FakeClient, seen


@pytest.mark.parametrize(
    "bad",
    [
        {"platform_id": "at://" + "9" * 400},
        {"platform_id": "at://\0"},
        {"platform_id": "at://\ud800"},
        {"platform_id": ""},
        {"posted_at": datetime(1, 1, 1, tzinfo=UTC)},
        {"posted_at": datetime(9999, 12, 31, 23, tzinfo=UTC)},
    ],
)
def test_a_post_that_cannot_be_kept_is_left_out(
    pull: Pull, client: FakeClient, bad: dict[str, Any]
) -> None:
    odd = replace(seen("odd", MONDAY - HOUR), **bad)
    client.feed = [seen("a", likes=1), odd, seen("b", MONDAY - 2 * HOUR, likes=2)]
    for hours in range(2):
        assert pull(MONDAY + hours * HOUR).outcome == "done"
    assert set(PlatformPost.objects.values_list("platform_id", flat=True)) == {"at://a", "at://b"}


@pytest.mark.parametrize(
    "permalink", ["https://kota.example/" + "p" * 600, "https://kota.example/\0", "javascript:x"]
)
def test_a_post_whose_address_cannot_be_kept_is_kept_without(
    pull: Pull, client: FakeClient, permalink: str
) -> None:
    client.feed = [replace(seen("a", likes=1), permalink=permalink)]
    for hours in range(2):
        assert pull(MONDAY + hours * HOUR).outcome == "done"
    assert PlatformPost.objects.get().permalink == ""


def test_posts_that_share_an_address_are_not_all_one_publication(
    cast: Cast, client: FakeClient
) -> None:
    stage = make_stage(cast).submit().approve()
    published = stage.send(FakePlatform())
    assert published.status == Publication.Status.PUBLISHED
    now = timezone.now()
    feed = [
        replace(seen("other", now), permalink=published.permalink),
        replace(
            seen("own", now),
            permalink=published.permalink,
            platform_id=published.platform_post_id,
        ),
    ]
    for moment, posts in ((now, feed[:1]), (now + HOUR, feed)):
        client.feed = posts
        pull_of(published, client, moment)
    assert PlatformPost.objects.exclude(publication=None).count() == 1


def test_the_id_goes_before_the_address(cast: Cast, client: FakeClient) -> None:
    published = make_stage(cast).submit().approve().send(FakePlatform())
    now = timezone.now()
    own = replace(seen("own", now), platform_id=published.platform_post_id)
    client.feed = [replace(seen("other", now), permalink=published.permalink), own]
    pull_of(published, client, now)
    assert PlatformPost.objects.get(publication=published).platform_id == own.platform_id


def pull_of(publication: Publication, client: FakeClient, at: datetime) -> None:
    run = actions.pull_account(
        official_account_id=publication.official_account_id,
        actor=User.objects.system(),
        at=at,
        client=client,
    )
    assert run.outcome == "done"
