"""The pages: who sees them, how much they ask of the database, and what they say."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.paginator import Paginator
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import actions as register
from accounts.models import OfficialAccount, User
from govsocial.audit.models import Entry
from govsocial.platforms.errors import PermissionMissing
from kpi import actions, pages, pictures, selectors, series
from kpi.home import this_month
from kpi.models import AccountDay, PlatformPost
from kpi.periods import Period
from tests import factories
from tests.cast import Cast
from tests.kpi.conftest import Pull
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen

SignIn = Callable[[User | str | None], Client]
NOW = MONDAY + 20 * DAY
MOST_QUERIES = 15


@pytest.fixture
def history(pull: Pull, client: FakeClient, account: OfficialAccount) -> OfficialAccount:
    """Twenty days with one post a day, the tenth to twelfth day not collected."""
    for day in range(20):
        client.feed.append(seen(f"p{day}", MONDAY + day * DAY, likes=day, comments=None, shares=2))
        client.followers = 1000 + day
        if not 10 <= day <= 12:
            pull(MONDAY + day * DAY + HOUR)
    return account


def addresses(account: OfficialAccount) -> list[str]:
    key = account.pk
    post = PlatformPost.objects.filter(official_account=account).first()
    found = [
        reverse("kpi:account_list"),
        reverse("kpi:account_export"),
        reverse("kpi:account_detail", args=[key]),
        reverse("kpi:account_detail", args=[key]) + "?period=all",
        reverse("kpi:account_collection", args=[key]),
        reverse("kpi:platform_post_export", args=[key]),
        reverse("kpi:indicator_detail", args=["engagement-per-1000"]),
        *(
            reverse("kpi:account_chart", args=[key, name])
            for name in ("followers", "engagement", "posts")
        ),
    ]
    if post is not None:
        found += [
            reverse("kpi:platform_post_detail", args=[post.pk]),
            reverse("kpi:platform_post_chart", args=[post.pk]),
        ]
    return found


READERS = {
    "anonymous": 302,
    "inactive": 302,
    "fajar": 404,
    "dwi": 200,
    "made": 200,
    "sari": 200,
    "ratna": 200,
    "laila": 200,
    "bayu": 200,
}


@time_machine.travel(NOW, tick=False)
def test_the_page_of_an_account_by_role(history: OfficialAccount, client_as: SignIn) -> None:
    post = history.platform_posts.first()
    assert post is not None
    pages = (
        reverse("kpi:account_detail", args=[history.pk]),
        reverse("kpi:account_collection", args=[history.pk]),
        reverse("kpi:account_chart", args=[history.pk, "posts"]),
        reverse("kpi:platform_post_export", args=[history.pk]),
        reverse("kpi:platform_post_detail", args=[post.pk]),
        reverse("kpi:platform_post_chart", args=[post.pk]),
    )
    for who, status in READERS.items():
        signed_in = client_as(who)
        for address in pages:
            assert signed_in.get(address).status_code == status, f"{address} as {who}"


@time_machine.travel(NOW, tick=False)
def test_the_list_shows_only_accounts_of_ones_own_units(
    history: OfficialAccount, cast: Cast, client_as: SignIn
) -> None:
    factories.official_account(cast.dinkes, display_name="Kanal Sehat")
    address = reverse("kpi:account_list")

    mine = client_as("dwi").get(address).content.decode()
    everything = client_as("ratna").get(address).content.decode()

    assert "samudrakota.example" in mine
    assert "Kanal Sehat" not in mine
    assert "Kanal Sehat" in everything


@time_machine.travel(NOW, tick=False)
def test_every_page_asks_the_database_little_however_much_there_is(
    history: OfficialAccount,
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(60):
        other = factories.official_account(cast.diskominfo, handle=f"kanal{number}.example")
        AccountDay.objects.create(
            official_account=other, day=NOW.date(), collected=True, followers=number, posts=1
        )
    PlatformPost.objects.bulk_create(
        PlatformPost(
            official_account=history,
            platform_id=f"many-{number}",
            posted_at=NOW - timedelta(hours=number),
            posted_on=(NOW - timedelta(hours=number)).date(),
            first_seen_at=NOW,
            text=f"Unggahan ke-{number}",
            likes=number,
        )
        for number in range(300)
    )
    signed_in = client_as("sari")
    for address in addresses(history):
        with django_assert_max_num_queries(MOST_QUERIES):
            response = signed_in.get(address)
            if response.streaming:
                b"".join(response)
        assert response.status_code == 200, address


@time_machine.travel(NOW, tick=False)
def test_the_page_speaks_both_languages(history: OfficialAccount, client_as: SignIn) -> None:
    for language in ("id", "en"):
        User.objects.filter(email="sari@samudrakota.example").update(language=language)
        signed_in = client_as("sari")
        for address in addresses(history):
            assert signed_in.get(address).status_code == 200, address


@time_machine.travel(NOW, tick=False)
def test_what_was_not_given_is_said_in_words_and_never_a_zero(
    history: OfficialAccount, client_as: SignIn, cast: Cast
) -> None:
    User.objects.filter(pk=cast.sari.pk).update(language="en")
    page = client_as("sari").get(reverse("kpi:account_detail", args=[history.pk]))
    text = page.content.decode()

    assert "not given by the platform" in text
    assert "from likes, shares" in text
    rows = {row["code"]: row["triple"] for row in page.context["bonson"]["rows"]}
    assert rows["C"].per_post is None
    assert rows["V"].per_post == 2


@time_machine.travel(NOW, tick=False)
def test_the_export_leaves_a_cell_empty_that_was_not_given(
    history: OfficialAccount, client_as: SignIn
) -> None:
    PlatformPost.objects.filter(platform_id="at://p0").update(text='=HYPERLINK("x")')
    address = reverse("kpi:platform_post_export", args=[history.pk])

    response = client_as("laila").get(address + "?sort=posted")

    text = b"".join(response).decode()
    lines = text.splitlines()
    assert len(lines) == 21
    first = lines[1]
    assert first.startswith("at://p0,https://example.test/p0,2026-11-02T10:00:00+07:00,")
    assert "'=HYPERLINK" in first
    assert set(re.findall(r":\d\d([+-]\d\d:\d\d)", text)) == {"+07:00"}
    # likes 0, comments not given, shares 2, the rest not given
    assert ",0,,2,,,,,," in first
    assert Entry.objects.get(event="kpi.posts.exported").data == {"rows": 20}


@time_machine.travel(NOW, tick=False)
def test_the_table_of_a_chart_has_the_rows_that_are_drawn(
    history: OfficialAccount, client_as: SignIn, cast: Cast
) -> None:
    User.objects.filter(pk=cast.sari.pk).update(language="en")
    address = reverse("kpi:account_chart", args=[history.pk, "followers"]) + "?period=month"
    rows = dict(client_as("sari").get(address).context["chart"].rows)

    days = AccountDay.objects.filter(official_account=history, collected=True)
    assert len(rows) == 30
    assert sum(value != "not collected" for value in rows.values()) == days.count() == 17
    assert rows["2 November 2026"] == "1,000"
    assert rows["12 November 2026"] == "not collected"
    assert rows["21 November 2026"] == "1,019"


@time_machine.travel(NOW, tick=False)
def test_filters_and_sort_work_without_javascript_and_as_a_fragment(
    history: OfficialAccount, client_as: SignIn
) -> None:
    address = reverse("kpi:account_detail", args=[history.pk])
    signed_in = client_as("sari")

    found = signed_in.get(address + "?search=p7&period=month")
    fragment = signed_in.get(address + "?sort=-likes", headers={"HX-Request": "true"})

    assert [post.platform_id for post in found.context["page"]] == ["at://p7"]
    assert "<html" in found.content.decode()
    assert "<html" not in fragment.content.decode()
    assert fragment.context["page"][0].platform_id == "at://p19"


@time_machine.travel(NOW, tick=False)
def test_a_post_outside_the_workflow_is_told_from_one_before_registration(
    history: OfficialAccount, client_as: SignIn
) -> None:
    OfficialAccount.objects.filter(pk=history.pk).update(created_at=MONDAY + 18 * DAY)
    address = reverse("kpi:account_detail", args=[history.pk])
    signed_in = client_as("sari")

    outside = signed_in.get(address + "?origin=outside").context
    before = signed_in.get(address + "?origin=before").context

    assert [post.platform_id for post in outside["page"]] == ["at://p19", "at://p18"]
    assert len(before["page"]) == 18
    assert outside["post_totals"].approval_coverage == 0
    (approved,) = [tile for tile in outside["tiles"] if tile["key"] == "approval-coverage"]
    assert approved["value"] == "0%"
    row = signed_in.get(reverse("kpi:account_list")).context["page"][0]
    assert row.totals.outside == 2


@time_machine.travel(NOW, tick=False)
def test_an_account_without_any_figures_has_a_page(cast: Cast, client_as: SignIn) -> None:
    empty = factories.official_account(cast.diskominfo)
    for address in addresses(empty):
        assert client_as("sari").get(address).status_code == 200, address


def test_the_home_card_counts_this_month_in_few_queries(
    history: OfficialAccount,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    from kpi.selectors import accounts_visible_to

    user = User.objects.get(email="sari@samudrakota.example")
    with time_machine.travel(NOW, tick=False), django_assert_max_num_queries(4):
        month = this_month(list(accounts_visible_to(user)))

    assert (month["followers"], month["posts"], month["outside"]) == (1019, 20, 20)
    # The first day of collection lies in this month: there is nothing to compare with.
    assert month["followers_change"] is None


@pytest.mark.parametrize("how", ["suspend", "close"])
def test_an_account_taken_out_of_use_keeps_its_figures_of_the_month_on_home_and_in_the_list(
    history: OfficialAccount, cast: Cast, client_as: SignIn, how: str
) -> None:
    never = factories.official_account(cast.diskominfo, display_name="Tanpa angka")
    act = {
        "suspend": register.suspend_official_account,
        "close": register.close_official_account,
    }[how]

    def shown() -> tuple[object, ...]:
        page = sari.get(reverse("home"))
        (month,) = [
            card.context
            for card in page.context["aside_cards"]
            if card.template == "kpi/_home_month.html"
        ]
        listed = sari.get(reverse("kpi:account_list")).context["summary"]["accounts"]
        return month["followers"], month["posts"], month["accounts"], listed

    with time_machine.travel(NOW, tick=False):
        sari = client_as("sari")
        assert shown() == (1019, 20, 2, 2)
        for account in (history, never):
            act(actor=cast.bayu, official_account_id=account.pk, reason="Ditertibkan")
        # What never had figures is gone from both.
        assert shown() == (1019, 20, 1, 1)
    with time_machine.travel(NOW + 60 * DAY, tick=False):
        page = client_as("sari").get(reverse("home"))
    assert "kpi/_home_month.html" not in {card.template for card in page.context["aside_cards"]}


def test_pull_soon_lets_the_next_beat_claim_the_account(account: OfficialAccount) -> None:
    actions.pull_soon(official_account_id=account.pk)
    actions.pull_soon(official_account_id=account.pk)

    assert account.pull_state.leased_until is None


@time_machine.travel(MONDAY + HOUR, tick=False)
def test_posts_of_a_list_that_was_refused_are_not_given_anywhere_and_never_zero(
    account: OfficialAccount, pull: Pull, client: FakeClient, client_as: SignIn
) -> None:
    client.fails["posts"] = PermissionMissing("May not read the list.")
    pull(MONDAY)
    viewer = client_as("sari")

    detail = viewer.get(reverse("kpi:account_detail", args=[account.pk]))
    listed = viewer.get(reverse("kpi:account_list"))
    export = viewer.get(reverse("kpi:account_export"))
    (row,) = csv.DictReader(
        b"".join(export.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # a stream
    )

    assert detail.context["totals"].posts is None
    assert "0 of 0" not in str(detail.context["tiles"])
    # Engagements, posts, and posts outside the workflow.
    assert listed.content.decode().count('<span class="not-given">') == 3
    cells = list(row.values())
    # Followers are given; posts, and those outside the workflow, are not; no day has known posts.
    assert (cells[4], cells[7], cells[8]) == ("1000", "", "")
    assert (cells[9], cells[10], cells[11]) == ("1", "0", "30")
    chart = pictures.posts(account, pages.period_of(account, QueryDict()))
    assert {words for _day, words in chart.rows} == {"not collected"}
    assert this_month([account])["posts"] is None


@time_machine.travel(datetime(2026, 11, 2, 16, 30, tzinfo=UTC), tick=False)
def test_the_last_thirty_days_end_today_where_the_unit_is(cast: Cast, client: FakeClient) -> None:
    """Half past eleven in the evening in Jakarta is half past one in Jayapura."""
    far = factories.unit(parent=cast.city, time_zone="Asia/Jayapura")
    accounts = [factories.official_account(unit) for unit in (cast.diskominfo, far)]
    for one in accounts:
        actions.pull_account(official_account_id=one.pk, actor=User.objects.system(), client=client)

    rows = pages.account_rows(list(OfficialAccount.objects.all()), "name")

    assert [row.totals.followers_end for row in rows] == [1000, 1000]
    assert pages.by_today(accounts) == {
        date(2026, 11, 2): [accounts[0]],
        date(2026, 11, 3): [accounts[1]],
    }


def test_two_definitions_are_said_drawn_as_a_break_and_not_compared(
    account: OfficialAccount, pull: Pull, client: FakeClient, client_as: SignIn
) -> None:
    client.feed = [seen("a", likes=5)]
    for number in range(14):
        if number == 7:
            client.followers, client.definition = 9000, "fake/2"
            client.feed = [replace(client.feed[0], likes=2, definition="fake/2")]
        pull(MONDAY + number * DAY)
    address = reverse("kpi:account_detail", args=[account.pk])

    with time_machine.travel(MONDAY + 13 * DAY + HOUR, tick=False):
        page = client_as("sari").get(address + "?period=all")
        chart = pictures.followers(account, page.context["period"])
        captures = pages.capture_rows(
            PlatformPost.objects.get(), Paginator(range(14), 14).get_page(1)
        )

    assert page.context["totals"].followers_change is None
    assert page.context["totals"].one_definition is False
    assert [words for _day, words in chart.rows][7] == "9,000 · counted in another way from here"
    assert [row["redefined"] for row in captures].count(True) == 1
    assert not any(cell["fell"] for row in captures for cell in row["cells"])


@time_machine.travel(MONDAY + 13 * DAY + HOUR, tick=False)
def test_weeks_with_posts_are_counted_over_the_whole_weeks_that_the_chart_draws(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    # A Sunday before the first whole week of the period, and a Wednesday in its second.
    client.feed = [seen("a", MONDAY - 15 * DAY), seen("b", MONDAY - 5 * DAY)]
    pull(MONDAY + 13 * DAY)
    period = Period("month", MONDAY.date() - 16 * DAY, MONDAY.date() + 13 * DAY)

    totals = selectors.totals([account], period)[account.pk]
    weeks = series.weeks_of(account, series.days_of(account, period), period)

    assert (totals.posts, totals.active_weeks, totals.weeks) == (2, 1, 4)
    assert [week.posts for week in weeks] == [0, 1, 0, 0]
