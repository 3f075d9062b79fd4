"""The rollup: rules by example, and by random histories that incremental and rebuilt days agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import OfficialAccount, User
from govsocial.platforms.errors import PermissionMissing, Unavailable
from kpi import actions
from kpi.models import AccountDay, PlatformPost
from kpi.rollup import rebuild_days
from tests import factories
from tests.cast import Cast
from tests.kpi.conftest import Pull
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen


def day(number: int) -> AccountDay:
    return AccountDay.objects.get(day=MONDAY.date() + timedelta(days=number))


def every_day(account: OfficialAccount) -> list[dict[str, Any]]:
    rows = AccountDay.objects.filter(official_account=account).order_by("day").values()
    return [{key: value for key, value in row.items() if key != "id"} for row in rows]


def test_growth_is_what_the_counters_gained_since_the_captured_day_before(
    pull: Pull, client: FakeClient
) -> None:
    pull(MONDAY)
    client.feed = [seen("a", MONDAY + HOUR, likes=3, comments=0)]
    pull(MONDAY + 2 * HOUR)
    client.set("a", likes=10, comments=0)
    client.followers = 1010
    pull(MONDAY + DAY)

    assert (day(0).gained_likes, day(0).gained_comments, day(0).gained_shares) == (3, 0, None)
    assert (day(1).gained_likes, day(1).gained_likes_given, day(1).gained_comments) == (7, 1, 0)
    assert (day(1).followers, day(1).followers_delta) == (1010, 10)
    assert (day(0).posts, day(0).posted_likes, day(0).posted_shares) == (1, 10, None)


def test_what_posts_had_before_collection_began_is_growth_of_no_day(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("old", MONDAY - DAY, likes=500)]
    pull(MONDAY)
    client.set("old", likes=501)
    pull(MONDAY + DAY)

    assert (day(0).gained_likes, day(0).gained_likes_given) == (None, 0)
    assert day(1).gained_likes == 1
    assert (day(-1).collected, day(-1).posts, day(-1).posted_likes) == (False, 1, 501)


def test_a_sum_says_of_how_many_posts_it_is(pull: Pull, client: FakeClient) -> None:
    pull(MONDAY)
    client.feed = [
        seen("gives", MONDAY + HOUR, likes=4),
        seen("zero", MONDAY + HOUR, likes=0),
        seen("silent", MONDAY + HOUR),
    ]
    pull(MONDAY + 2 * HOUR)

    assert (day(0).posts, day(0).posted_likes, day(0).posted_likes_given) == (3, 4, 2)
    assert (day(0).posted_comments, day(0).posted_comments_given) == (None, 0)


def test_after_a_gap_the_change_is_unknown_and_the_growth_says_what_it_spans(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("a", likes=1)]
    pull(MONDAY)
    client.set("a", likes=6)
    pull(MONDAY + 4 * DAY)

    assert not AccountDay.objects.filter(day=MONDAY.date() + 2 * DAY).exists()
    assert (day(4).followers, day(4).followers_delta, day(4).spans_gap) == (1000, None, True)
    assert day(4).gained_likes == 5
    assert day(0).spans_gap is False


def test_growth_over_more_than_five_weeks_of_silence_belongs_to_no_day(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("a", likes=1)]
    pull(MONDAY)
    client.set("a", likes=6)
    pull(MONDAY + 36 * DAY)

    assert (day(36).gained_likes, day(36).gained_likes_given) == (None, 0)


def test_a_counter_that_falls_is_kept_as_given_and_marked(pull: Pull, client: FakeClient) -> None:
    client.feed = [seen("a", likes=9), seen("b", likes=1)]
    pull(MONDAY)
    client.set("a", likes=4)
    client.set("b", likes=2)
    pull(MONDAY + DAY)

    assert PlatformPost.objects.get(platform_id="at://a").likes == 4
    assert (day(1).gained_likes, day(1).falls) == (-4, 1)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Jakarta", date(2026, 11, 2)),
        ("Asia/Makassar", date(2026, 11, 3)),
        ("Asia/Jayapura", date(2026, 11, 3)),
    ],
)
def test_days_are_those_of_the_units_zone(
    cast: Cast, client: FakeClient, zone: str, expected: date
) -> None:
    unit = factories.unit(parent=cast.city, time_zone=zone)
    account = factories.official_account(unit)
    # 23.30 in WIB, half past midnight in WITA, half past one in WIT.
    at = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
    client.feed = [seen("a", at)]
    actions.pull_account(
        official_account_id=account.pk, actor=User.objects.system(), at=at, client=client
    )

    row = AccountDay.objects.get(official_account=account)
    assert (row.day, row.posts, row.collected) == (expected, 1, True)


def test_a_zone_that_was_wrong_is_put_right_by_rebuilding(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    at = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
    client.feed = [seen("a", at)]
    pull(at)
    account.unit.time_zone = "Asia/Jayapura"
    account.unit.save()

    assert rebuild_days(account.pk) == 1
    assert AccountDay.objects.get().day == date(2026, 11, 3)
    assert PlatformPost.objects.get().posted_on == date(2026, 11, 3)


def test_another_zone_of_the_unit_has_the_days_rebuilt_by_the_next_pull(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    late = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
    client.feed = [seen("a", late)]
    pull(late)
    account.unit.time_zone = "Asia/Jayapura"
    account.unit.save()

    pull(late + 2 * DAY)

    days = [row.day for row in AccountDay.objects.order_by("day")]
    assert days == [date(2026, 11, 3), date(2026, 11, 5)]
    assert PlatformPost.objects.get().posted_on == date(2026, 11, 3)


def test_an_account_that_moves_to_a_unit_of_another_zone_is_rebuilt_as_well(
    cast: Cast, account: OfficialAccount, pull: Pull
) -> None:
    late = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
    pull(late)
    far = factories.unit(parent=cast.city, time_zone="Asia/Jayapura")
    OfficialAccount.objects.filter(pk=account.pk).update(unit=far)

    pull(late + DAY)

    days = [row.day for row in AccountDay.objects.order_by("day")]
    assert days == [date(2026, 11, 3), date(2026, 11, 4)]


def test_how_many_posts_a_day_has_is_not_given_until_the_list_was_read_up_to_it(
    pull: Pull, client: FakeClient
) -> None:
    refused = PermissionMissing("No list.")
    client.fails["posts"] = refused
    pull(MONDAY)
    assert (day(0).collected, day(0).followers, day(0).posts) == (True, 1000, None)

    client.feed = [seen("a", MONDAY + HOUR)]
    client.fails.clear()
    pull(MONDAY + DAY)
    assert (day(0).posts, day(1).posts) == (1, 0)

    client.fails["posts"] = refused
    pull(MONDAY + 2 * DAY)
    assert (day(1).posts, day(2).posts) == (0, None)


def test_the_posts_of_a_list_that_broke_off_are_counted_when_it_is_whole(
    pull: Pull, client: FakeClient
) -> None:
    client.page = 1
    client.feed = [seen("a", MONDAY), seen("b", MONDAY - HOUR), seen("c", MONDAY - 3 * DAY)]
    client.breaks = {"at://a": Unavailable("Down.")}
    pull(MONDAY)
    assert day(0).posts is None

    client.breaks = {}
    pull(MONDAY + HOUR)

    assert (day(0).posts, day(-3).posts) == (2, 1)


def test_values_of_two_definitions_are_not_subtracted_and_the_break_is_marked(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("a", likes=5)]
    pull(MONDAY)
    client.followers, client.definition = 9000, "fake/2"
    client.feed = [replace(client.feed[0], likes=700, definition="fake/2")]
    pull(MONDAY + DAY)
    client.followers = 9001
    client.set("a", likes=701)
    pull(MONDAY + 2 * DAY)

    assert (day(1).followers, day(1).followers_delta, day(1).definition) == (9000, None, "fake/2")
    assert (day(1).gained_likes, day(1).redefined, day(1).falls) == (None, True, 0)
    assert (day(2).followers_delta, day(2).gained_likes, day(2).redefined) == (1, 1, False)


counts = st.one_of(st.none(), st.integers(0, 40))
captures = st.lists(
    st.tuples(
        st.integers(1, 60 * 24),  # hours since the capture before
        counts,  # followers
        st.lists(st.tuples(st.integers(0, 5), counts, counts), max_size=4),  # counters of posts
        st.sets(st.integers(0, 5), max_size=1),  # posts that are deleted
        st.booleans(),  # whether the list breaks off after its first page
        st.sampled_from(["fake/1", "fake/1", "fake/2"]),  # what the metrics mean
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=captures)
def test_days_kept_up_pull_by_pull_equal_days_rebuilt_from_what_is_stored(
    cast: Cast, history: list[Any]
) -> None:
    account = factories.official_account(cast.diskominfo)
    client = FakeClient(page=3)
    now = MONDAY
    for hours, followers, changes, deleted, broken, client.definition in history:
        now += hours * HOUR
        client.followers = followers
        for number, likes, shares in changes:
            key = f"{account.pk}-{number}"
            if all(post.platform_id != f"at://{key}" for post in client.feed):
                client.feed.append(seen(key, now - number * 9 * HOUR))
            client.set(key, likes=likes, shares=shares)
        for number in deleted:
            client.delete(f"{account.pk}-{number}")
        client.feed = [replace(post, definition=client.definition) for post in client.feed]
        client.pages_left = 1 if broken else None
        actions.pull_account(
            official_account_id=account.pk, actor=User.objects.system(), at=now, client=client
        )
    kept_up = every_day(account)

    rebuild_days(account.pk)

    assert every_day(account) == kept_up
