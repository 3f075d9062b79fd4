from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import OfficialAccount, User
from kpi import actions, ladder
from kpi.models import PostSnapshot
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (-HOUR, HOUR),
        (0 * HOUR, HOUR),
        (47 * HOUR, HOUR),
        (48 * HOUR, 6 * HOUR),
        (7 * DAY, DAY),
        (89 * DAY, DAY),
        (90 * DAY, 7 * DAY),
        (3000 * DAY, 7 * DAY),
    ],
)
def test_the_older_a_post_the_more_seldom_it_is_captured(
    settings: Settings, age: timedelta, expected: timedelta
) -> None:
    settings.PULL_INTERVAL_SECONDS = 3600
    assert ladder.step(age) == expected


@pytest.mark.parametrize(
    ("hours", "every", "captures"),
    [
        # from, to, then how many captures by hourly pulls
        (range(0, 48), 1, 48),
        (range(48, 168, 1), 1, 20),
        (range(168, 168 + 240, 1), 1, 10),
    ],
    ids=["hourly", "six-hourly", "daily"],
)
def test_hourly_pulls_capture_a_post_as_its_age_says(
    account: OfficialAccount,
    settings: Settings,
    hours: range,
    every: int,
    captures: int,
) -> None:
    settings.PULL_INTERVAL_SECONDS = 3600
    client = FakeClient(feed=[seen("a", MONDAY, likes=1)])
    pull: Callable[[], object] = lambda: actions.pull_account(  # noqa: E731  # read beside the loop
        official_account_id=account.pk, actor=User.objects.system(), client=client
    )
    for hour in hours[::every]:
        # A worker is never exactly on the hour.
        with time_machine.travel(MONDAY + hour * HOUR + timedelta(seconds=hour * 17 % 60)):
            pull()

    assert PostSnapshot.objects.count() in {captures, captures + 1, captures - 1}
