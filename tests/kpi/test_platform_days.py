"""What a platform counts itself by day is kept as it says it, and its corrections replace it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from govsocial.platforms.base import DayMetrics
from govsocial.platforms.errors import RateLimited
from kpi.models import CollectionRun, PlatformDay, PullState
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen

SUNDAY = date(2026, 11, 1)
COUNTED = DayMetrics(day=SUNDAY, views=1_200, reach=0, definition="fake/1", raw={"views": 1_200})

Pull = Callable[..., CollectionRun]


@pytest.fixture
def counting(client: FakeClient) -> FakeClient:
    client.counted = [COUNTED]
    return client


def test_days_are_kept_with_zero_apart_from_not_given(pull: Pull, counting: FakeClient) -> None:
    run = pull(MONDAY)
    (kept,) = PlatformDay.objects.all()
    assert (kept.day, kept.views, kept.reach, kept.link_clicks) == (SUNDAY, 1_200, 0, None)
    assert kept.raw == {"views": 1_200}
    assert run.outcome == CollectionRun.Outcome.DONE


def test_the_first_pull_asks_for_a_month_and_later_ones_once_a_day(
    pull: Pull, counting: FakeClient
) -> None:
    pull(MONDAY)
    pull(MONDAY + HOUR)
    pull(MONDAY + DAY)
    today = MONDAY.date()
    assert counting.asked_days == [
        (today - timedelta(days=29), today),
        (today - timedelta(days=3), today + timedelta(days=1)),
    ]


def test_a_correction_of_the_platform_replaces_what_it_said_before(
    pull: Pull, counting: FakeClient
) -> None:
    pull(MONDAY)
    counting.counted = [replace(COUNTED, views=1_350, reach=None)]
    pull(MONDAY + DAY)
    (kept,) = PlatformDay.objects.all()
    assert (kept.views, kept.reach, kept.captured_at) == (1_350, None, MONDAY + DAY)


def test_a_redefined_metric_does_not_overwrite_the_old_one(
    pull: Pull, counting: FakeClient
) -> None:
    pull(MONDAY)
    counting.counted = [replace(COUNTED, views=9_000, definition="fake/2")]
    pull(MONDAY + DAY)
    assert set(PlatformDay.objects.values_list("definition", "views")) == {
        ("fake/1", 1_200),
        ("fake/2", 9_000),
    }


def test_days_that_could_not_be_read_are_asked_for_again_and_the_rest_is_kept(
    pull: Pull, counting: FakeClient
) -> None:
    counting.feed = [seen("a")]
    counting.fails["days"] = RateLimited("Too many calls.", retry_after=60)
    run = pull(MONDAY)
    assert (run.outcome, run.new_posts) == (CollectionRun.Outcome.FAILED, 1)
    assert PullState.objects.get().days_read_at is None
    del counting.fails["days"]
    pull(MONDAY + HOUR)
    assert PlatformDay.objects.count() == 1


def test_an_impossible_number_is_not_stored(pull: Pull, counting: FakeClient) -> None:
    counting.counted = [replace(COUNTED, views=-5)]
    run = pull(MONDAY)
    assert run.error == "BadAnswer"
    assert not PlatformDay.objects.exists()


def test_followers_may_fall_on_a_day(pull: Pull, counting: FakeClient) -> None:
    counting.counted = [replace(COUNTED, followers_gained=-12)]
    pull(MONDAY)
    assert PlatformDay.objects.get().followers_gained == -12
