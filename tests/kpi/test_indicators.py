"""Formulas against worked examples: domain facts 3.1 and 3.2."""

from __future__ import annotations

import pytest

from accounts.models import OfficialAccount
from kpi import indicators, pages, selectors, series
from kpi.indicators import Part
from kpi.models import AccountDay
from kpi.periods import Period
from tests.kpi.conftest import Pull
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen


def test_popularity_commitment_and_virality_of_ten_posts_and_five_thousand_followers() -> None:
    parts = {"P": Part(10, 8, 200), "C": Part(10, 6, 50), "V": Part(10, 4, 30)}
    triples = {code: indicators.triple(part, 5000) for code, part in parts.items()}

    def close(code: str) -> list[float | None]:
        one = triples[code]
        return [one.share, one.per_post, one.per_1000]

    assert close("P") == pytest.approx([0.8, 20, 4])
    assert close("C") == pytest.approx([0.6, 5, 1])
    assert close("V") == pytest.approx([0.4, 3, 0.6])
    assert indicators.engagement(triples.values()) == pytest.approx(5.6)


def test_an_engagement_ratio_may_be_over_one() -> None:
    assert indicators.ratio(100 + 10 + 15, 100) == 1.25


@pytest.mark.parametrize(("value", "by"), [(1, 0), (1, None), (None, 5), (None, None)])
def test_without_a_part_or_a_divisor_a_ratio_is_undefined_and_not_zero(
    value: int | None, by: int | None
) -> None:
    assert indicators.ratio(value, by) is None


def test_nothing_given_is_undefined_and_not_zero() -> None:
    silent = indicators.triple(Part(0, 0, None), 5000)

    assert (silent.share, silent.per_post, silent.per_1000) == (None, None, None)
    assert indicators.engagement([silent]) is None
    assert indicators.add([None, None]) is None
    assert indicators.add([None, 0]) == 0
    assert indicators.growth(0, 5) is None
    assert indicators.growth(500, 2000) == 3


def test_ratio_of_sums_mean_and_median_of_the_same_posts_differ_and_each_has_its_name(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    for number, (likes, followers) in enumerate([(12, 100), (0, 200), (7, 400)]):
        client.followers = followers
        client.feed.append(seen(f"p{number}", MONDAY + number * DAY, likes=likes))
        pull(MONDAY + number * DAY + HOUR)
    client.feed.append(seen("silent", MONDAY + 2 * DAY))
    pull(MONDAY + 2 * DAY + 2 * HOUR)

    period = Period("month", MONDAY.date(), MONDAY.date() + 6 * DAY)
    totals = selectors.post_totals(account, period)

    assert (totals.posts, totals.rated) == (4, 3)
    assert totals.rate == pytest.approx(19 / 700)
    assert totals.rate_mean == pytest.approx((0.12 + 0 + 0.0175) / 3)
    assert totals.rate_median == pytest.approx(0.0175)
    assert totals.parts["likes"] == Part(given=3, with_any=2, total=19)
    assert totals.parts["comments"] == Part(given=0, with_any=0, total=None)


def test_an_unusual_day_is_named_and_a_quiet_account_does_not_cry_wolf(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    for day in range(30):
        client.followers = 1000 + 4 * day + (2350 if day >= 20 else 0)
        pull(MONDAY + day * DAY)
    period = Period("month", MONDAY.date(), MONDAY.date() + 29 * DAY)

    found = series.unusual_days(series.days_of(account, period))

    assert [(one.day, one.change, one.usual) for one in found] == [
        (MONDAY.date() + 20 * DAY, 2354, 4)
    ]


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        pytest.param(range(0), [], id="a count on each day"),
        pytest.param(range(20, 35), [], id="days without a count, then their change at once"),
        pytest.param(range(0), [35], id="five hundred on one day"),
        pytest.param(range(20, 34), [35], id="five hundred on the second day after a gap"),
    ],
)
def test_a_change_over_more_than_a_day_is_no_unusual_day(
    account: OfficialAccount, gap: range, told: list[int]
) -> None:
    before = count = 1000
    rows = []
    for number in range(60):
        count += 506 if number in told else 6
        row = AccountDay(official_account=account, day=MONDAY.date() + number * DAY, collected=True)
        if number not in gap:
            row.followers, row.followers_delta, before = count, count - before, count
        rows.append(row)
    AccountDay.objects.bulk_create(rows)

    # Also where it is the first day of the period: what the day before it had is read as well.
    for first in (1, 35):
        period = Period("month", MONDAY.date() + first * DAY, MONDAY.date() + 59 * DAY)
        found = pages.account_page(account, period)["unusual"]
        assert [(one.day, one.change) for one in found] == [
            (MONDAY.date() + number * DAY, 506) for number in told
        ]
