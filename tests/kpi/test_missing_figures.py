"""A figure that is missing in a capture costs only itself: nothing is lost or wrong around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from accounts.models import OfficialAccount, Unit
from govsocial.platforms.errors import BadAnswer
from kpi import pages, pictures, selectors
from kpi.actions.reading import Reading, _keep, _keep_days
from kpi.models import (
    AccountDay,
    AccountSnapshot,
    PlatformDay,
    PlatformPost,
    PostSnapshot,
    PullState,
)
from kpi.periods import Period
from kpi.rollup import rebuild_days
from tests.kpi.conftest import Pull
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen
from tests.kpi.test_days import day, every_day
from tests.kpi.test_platform_days import COUNTED

# Hours since the first capture, and the figure told then; -1 is one that nothing can have.
Told = Sequence[tuple[int, int]]
OLD = MONDAY - 300 * DAY


def gained(counter: str) -> dict[int, int]:
    return moved(f"gained_{counter}")


def moved(figure: str) -> dict[int, int]:
    rows = AccountDay.objects.values_list("day", figure).order_by("day")
    return {(one - MONDAY.date()).days: growth for one, growth in rows if growth}


@pytest.mark.parametrize(
    ("told", "of_old", "of_new"),
    [
        pytest.param([(1, -1), (2, 4), (24, 9)], {1: 5}, {0: 4, 1: 5}, id="at the start"),
        pytest.param([(1, -1), (24, -1), (48, 9)], {2: 7}, {2: 9}, id="in the first days"),
        pytest.param([(1, 3), (2, -1), (3, 4), (24, 9)], {1: 5}, {0: 4, 1: 5}, id="in the middle"),
        pytest.param([(1, 3), (2, -1), (24, 9)], {1: 6}, {0: 3, 1: 6}, id="at the end of a day"),
        pytest.param([(1, 3), (2, -1), (24, -1), (25, 9)], {1: 6}, {0: 3, 1: 6}, id="over a night"),
        pytest.param([(1, 3), (24, -1), (48, -1), (72, 9)], {3: 6}, {0: 3, 3: 6}, id="for days"),
        pytest.param([(1, 3), (24, 5), (25, -1), (48, -1)], {1: 2}, {0: 3, 1: 2}, id="at the end"),
        pytest.param([(1, 3), (24, -1), (37 * 24, 9)], {}, {0: 3}, id="for over five weeks"),
    ],
)
def test_growth_is_counted_from_the_last_value_given_before(
    account: OfficialAccount,
    pull: Pull,
    client: FakeClient,
    told: Told,
    of_old: dict[int, int],
    of_new: dict[int, int],
) -> None:
    whole = seen("whole", OLD, likes=0, comments=0)
    client.feed = [whole, seen("old", OLD, likes=2, shares=1)]
    pull(MONDAY)
    for hours, value in told:
        old, new = seen("old", OLD, likes=value), seen("new", MONDAY + HOUR / 2, comments=value)
        client.feed = [whole, replace(old, shares=1), replace(new, shares=0)]
        PlatformPost.objects.update(next_pull_at=MONDAY)
        run = pull(MONDAY + hours * HOUR)
        odd = {"likes": 1, "comments": 1} if value < 0 else {}
        assert (run.outcome, run.message, run.not_meant) == ("done", "", odd)
    assert (gained("likes"), gained("comments")) == (of_old, of_new)
    kept_up = every_day(account)
    rebuild_days(account.pk)
    assert every_day(account) == kept_up


def test_followers_of_a_day_are_the_last_given_and_change_from_the_last_given_before(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    told = [(0, 1000), (1, 1010), (2, -2), (24, -2), (48, -2), (49, 1040), (50, 2**70), (72, 1041)]
    for hours, client.followers in [*told, (96, -2), (144, 1050)]:
        assert pull(MONDAY + hours * HOUR).outcome == "done"
        assert PullState.objects.get().followers != -2
    days = [(day(n).followers, day(n).followers_delta) for n in range(5)]
    assert days == [(1010, None), (None, None), (1040, 30), (1041, 1), (None, None)]
    # The fifth day was not collected at all: nobody knows when these came.
    assert (day(6).followers, day(6).followers_delta, day(6).spans_gap) == (1050, None, True)
    assert AccountSnapshot.objects.filter(followers=None).count() == 5
    assert AccountSnapshot.objects.order_by("captured_at")[2].raw == {"followers": -2}
    kept_up = every_day(account)
    rebuild_days(account.pk)
    assert every_day(account) == kept_up
    (totals,) = selectors.totals(
        [account], Period("month", MONDAY.date() + DAY, MONDAY.date() + 4 * DAY)
    ).values()
    assert (totals.followers_start, totals.followers_end) == (1010, 1041)


@pytest.mark.parametrize(
    ("told", "grown"),
    [
        pytest.param([(0, 5, 1), (24, None, 1), (48, 12, 1), (72, 20, 2)], {2: 7}, id="before it"),
        pytest.param(
            [(0, 5, 1), (24, 6, 2), (48, 8, 2), (72, None, 1), (96, 12, 1)], {2: 2}, id="over"
        ),
        pytest.param([(0, 5, 1), (24, None, 2), (48, 12, 1), (72, 13, 1)], {3: 1}, id="silent"),
        pytest.param([(0, 5, 1), (1, None, 2), (24, 12, 1), (48, 13, 1)], {2: 1}, id="by night"),
        pytest.param([(0, 5, 1), (24, 8, 2), (25, 12, 1)], {1: 7}, id="within the day"),
    ],
)
def test_nothing_is_compared_over_a_definition_in_between(
    account: OfficialAccount,
    pull: Pull,
    client: FakeClient,
    told: Sequence[tuple[int, int | None, int]],
    grown: dict[int, int],
) -> None:
    for hours, value, number in told:
        client.definition, client.followers = f"fake/{number}", value
        client.feed = [replace(seen("old", OLD, likes=value), definition=client.definition)]
        PlatformPost.objects.update(next_pull_at=MONDAY)
        pull(MONDAY + hours * HOUR)
    kept_up = every_day(account)
    assert (moved("gained_likes"), moved("followers_delta")) == (grown, grown)
    rebuild_days(account.pk)
    assert every_day(account) == kept_up


def test_an_impossible_figure_costs_only_itself_and_the_page_says_which(
    pull: Pull, client: FakeClient, client_as: Callable[[object], Client]
) -> None:
    client.feed = [seen(f"p{n}", MONDAY - HOUR, likes=7, comments=1, shares=0) for n in range(3)]
    pull(MONDAY)
    account = PullState.objects.get().official_account
    addresses = [
        reverse(f"kpi:account_{page}", args=[account.pk]) for page in ("detail", "collection")
    ]
    with override("id"):
        words, failed = f"{gettext('Likes')} (2).", gettext("The last collection failed")

    def said() -> list[str]:
        return [client_as("bayu").get(one).content.decode() for one in addresses]

    assert not any(words in page for page in said())
    client.set("p0", likes=-1, comments=4, shares=0)
    client.feed.append(seen("new", MONDAY, likes=2**63, comments=2, shares=0))
    run = pull(MONDAY + HOUR)
    state = PullState.objects.get()
    assert (run.outcome, run.new_posts, run.rows, run.not_meant) == ("done", 1, 4, {"likes": 2})
    assert (state.listed, state.failures, state.problem) == (True, 0, "")
    assert state.posts_known_at == MONDAY + HOUR
    first, new = (PlatformPost.objects.get(platform_id=f"at://{key}") for key in ("p0", "new"))
    captures = selectors.snapshots_of(first).values_list("likes", "comments")
    assert list(captures) == [(None, 4), (7, 1)]
    # The latest figure is the last that was one.
    assert ((first.likes, first.comments), (new.likes, new.comments)) == ((7, 4), (None, 2))
    assert all(words in page and failed not in page for page in said())
    client.set("p0", likes=8, comments=4, shares=0)
    client.set("new", likes=3, comments=2, shares=0)
    pull(MONDAY + 2 * HOUR)
    assert PullState.objects.get().not_meant == {}
    assert words not in said()[0]


def test_a_latest_figure_of_another_definition_does_not_stay(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("a", likes=7, comments=1)]
    pull(MONDAY)
    client.feed = [replace(seen("a", likes=-1, comments=2), definition="fake/2")]
    pull(MONDAY + HOUR)
    post = PlatformPost.objects.get()
    assert (post.likes, post.comments) == (None, 2)


def test_charts_and_captures_of_a_post_go_on_over_what_is_missing(
    pull: Pull, client: FakeClient
) -> None:
    for hours, likes in enumerate([5, -1, -1, 4]):
        client.feed = [seen("a", likes=likes, comments=hours)]
        pull(MONDAY + hours * HOUR)
    post = PlatformPost.objects.get()
    chart = pictures.post_growth(post, list(selectors.snapshots_of(post)))
    assert [words for _day, words in chart.rows] == ["5", "6", "7", "7"]
    (newest,) = pages.capture_rows(post, Paginator(selectors.snapshots_of(post), 1).get_page(1))
    assert newest["cells"][0] | {"label": ""} == {"label": "", "value": 4, "fell": True}


@pytest.mark.parametrize(("between", "fell"), [("fake/1", True), ("fake/2", False)])
def test_a_capture_fell_only_below_one_of_the_same_meaning_without_another_since(
    between: str, fell: bool
) -> None:
    now = PostSnapshot(likes=4, definition="fake/1")
    earlier = [PostSnapshot(definition=between), PostSnapshot(likes=5, definition="fake/1")]
    assert pages._cell("likes", now, earlier)["fell"] is fell
    assert pages._cell("likes", earlier[1], [now])["fell"] is False


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param([(0, 6, 1), (1, None, 1), (24, 8, 1)], ["6", "8"], id="in the same meaning"),
        pytest.param([(0, None, 1), (1, 6, 1), (2, None, 1)], ["6"], id="before and behind it"),
        pytest.param([(0, 6, 1), (1, None, 2), (24, 8, 2)], [None, "8"], id="in another meaning"),
        pytest.param([(0, 6, 1), (24, None, 1), (48, 8, 1)], ["6", None, "8"], id="of all the day"),
    ],
)
def test_a_day_keeps_its_last_given_figures_in_the_chart(
    told: Sequence[tuple[int, int | None, int]], shown: list[str | None]
) -> None:
    account = OfficialAccount(unit=Unit(time_zone="Asia/Jakarta"))
    captures = [
        PostSnapshot(captured_at=MONDAY + hours * HOUR, likes=likes, definition=f"fake/{number}")
        for hours, likes, number in told
    ]
    post = PlatformPost(posted_at=OLD, official_account=account)
    rows = pictures.post_growth(post, captures).rows
    words = [str(one).partition(" · ")[0] for _day, one in rows]
    assert words == [one or gettext("not collected") for one in shown]


def test_an_impossible_figure_of_a_day_takes_no_other_and_none_from_before(
    pull: Pull, client: FakeClient
) -> None:
    other = replace(COUNTED, day=COUNTED.day - timedelta(days=1), reach=9)
    client.counted = [COUNTED, other]
    pull(MONDAY)
    client.counted = [replace(COUNTED, views=-5, reach=3), replace(other, views=1_300)]
    run = pull(MONDAY + DAY)
    assert (run.outcome, run.not_meant) == ("done", {"views": 1})
    kept = PlatformDay.objects.order_by("day").values_list("views", "reach")
    assert list(kept) == [(1_300, 9), (1_200, 3)]


@pytest.mark.parametrize(
    ("reach", "of_another_day", "kept"),
    [
        pytest.param(3, None, True, id="another figure of the day"),
        pytest.param(None, {"views": -1, "followers_gained": -2}, True, id="of another odd day"),
        pytest.param(None, {"views": 0}, True, id="a day without an odd one"),
        pytest.param(None, None, False, id="nothing"),
        pytest.param(None, {"views": -1}, False, id="the same on each day"),
    ],
)
def test_an_answer_of_days_is_kept_as_long_as_a_figure_in_it_can_be_meant(
    reach: int | None, of_another_day: dict[str, Any] | None, kept: bool
) -> None:
    odd = replace(COUNTED, views=-5, reach=reach)
    other = replace(COUNTED, day=COUNTED.day - timedelta(days=1), reach=None)
    days = [odd, *([] if of_another_day is None else [replace(other, **of_another_day)])]
    reading = Reading()
    if not kept:
        with pytest.raises(BadAnswer, match="impossible number of views"):
            _keep_days(reading, days)
        return
    first, *_others = _keep_days(reading, days)
    assert (first.views, first.reach) == (None, reach)
    assert reading.not_meant[COUNTED.day] == {"views"}


def test_a_post_that_comes_twice_is_noted_as_it_is_kept() -> None:
    good, odd = seen("a", likes=1), seen("a", likes=-1, shares=1)
    reading = Reading()
    _keep(reading, [good, odd])
    assert (reading.posts["at://a"].likes, reading.not_meant) == (1, {})
