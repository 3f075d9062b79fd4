"""The calendar: what stands on which day, for whom, and what the page costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from content import actions
from content.calendar.days_off import days_off, years_without_leave
from content.calendar.filters import CalendarFilter
from content.calendar.periods import Kind, period
from content.models import Post, Publication
from tests import factories
from tests.cast import Cast
from tests.content import plans
from tests.content.moments import NEXT_MORNING, TEN, day, month
from tests.content.stage import (
    FACETS,
    FakePlatform,
    Stage,
    connected_account,
    document,
    make_stage,
)
from tests.gathering import each

SignIn = Callable[[User | str], Client]
# A Friday, 10.00 in Jakarta.
NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
MONTH = "/content/calendar/2026-11/"
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def recently(now: None) -> Iterator[None]:
    """For what is approved: see ``tests.content.moments``."""
    with time_machine.travel(TEN, tick=False):
        yield


def planned(cast: Cast, title: str = "Rabies", at: datetime = TOMORROW, **fields: Any) -> Stage:
    return make_stage(cast, title=title, planned_at=at, **fields)


def read(client: Client, address: str = MONTH, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def cell(html: str, day: str) -> str:
    """The part of a month or week that is about one day."""
    return html.split(f'data-day="{day}"')[1].split('<li class="cal-day')[0]


def test_a_draft_stands_on_its_planned_day_with_its_time_and_its_state_in_words(
    cast: Cast, client_as: SignIn
) -> None:
    planned(cast)
    html = read(client_as("dwi"))
    shown = cell(html, "2026-11-28")
    assert "Rabies" in shown
    assert "08.30" in shown
    assert "Draf" in shown
    assert 'href="#s-pencil"' in shown
    assert "Rabies" not in cell(html, "2026-11-27")


def test_a_post_without_a_time_is_in_no_calendar(cast: Cast, client_as: SignIn) -> None:
    make_stage(cast, title="Kapan saja")
    assert "Kapan saja" not in read(client_as("dwi"))


@pytest.mark.usefixtures("recently")
def test_what_is_scheduled_stands_there_once_however_many_accounts_it_has(
    cast: Cast, client_as: SignIn
) -> None:
    accounts = [factories.official_account(cast.diskominfo) for _ in range(5)]
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(*accounts, title="Rabies", planned_at=NEXT_MORNING),
    )
    Stage(cast, accounts[0], post).submit().approve()
    assert Publication.objects.count() == 5
    shown = cell(read(client_as("dwi"), month(NEXT_MORNING)), day(NEXT_MORNING))
    assert shown.count('class="cal-name"') == 1
    agenda = read(client_as("dwi"), f"/content/calendar/agenda/{day(TEN)}/")
    assert agenda.count('class="item-title"') == 1
    assert "dan 2 lagi" in agenda, "three accounts are named"


def test_a_day_is_one_of_the_zone_of_the_reader(cast: Cast, client_as: SignIn) -> None:
    planned(cast, at=datetime(2026, 11, 28, 16, 30, tzinfo=UTC))
    assert "23.30" in cell(read(client_as("dwi")), "2026-11-28")
    cast.diskominfo.time_zone = "Asia/Makassar"
    cast.diskominfo.save(update_fields=["time_zone"])
    html = read(client_as("dwi"))
    assert "00.30" in cell(html, "2026-11-29")
    assert "WITA" in html


@pytest.mark.usefixtures("recently")
def test_what_went_out_stands_where_it_went_out(cast: Cast, client_as: SignIn) -> None:
    out = NEXT_MORNING + timedelta(days=1, minutes=5)
    stage = planned(cast, at=NEXT_MORNING).submit().approve()
    with time_machine.travel(out, tick=False):
        stage.send(FakePlatform())
        html = read(client_as("dwi"), month(out))
    assert "Rabies" in cell(html, day(out))
    assert "Tayang" in cell(html, day(out))
    # The first of a month may begin the page.
    assert html.count("Rabies") == cell(html, day(out)).count("Rabies")


def test_people_see_what_they_may_see(cast: Cast, client_as: SignIn) -> None:
    planned(cast)
    assert "Rabies" in read(client_as("laila")), "the auditor of the whole city"
    assert "Rabies" not in read(client_as("fajar")), "a drafter elsewhere"


def test_who_does_not_draft_is_offered_no_move(cast: Cast, client_as: SignIn) -> None:
    planned(cast)
    assert "cal-move" in read(client_as("dwi"))
    for who in ("sari", "laila", "made"):
        html = read(client_as(who))
        assert "cal-move" not in html
        assert "draggable" not in html


@pytest.mark.usefixtures("recently")
def test_what_was_called_off_or_rejected_is_shown_to_who_asks(
    cast: Cast, client_as: SignIn
) -> None:
    stage = planned(cast, at=NEXT_MORNING).submit().approve()
    stage.edit("Lain.")
    assert "Rabies" not in read(client_as("dwi"), month(NEXT_MORNING))
    assert "Rabies" in read(client_as("dwi"), month(NEXT_MORNING), status="cancelled")
    other = planned(cast, "Ditolak saja", NEXT_MORNING).submit()
    actions.reject_post(actor=cast.sari, post_id=other.post.pk, digest=other.digest, note="Tidak.")
    assert "Ditolak saja" not in read(client_as("dwi"), month(NEXT_MORNING))
    assert "Ditolak saja" in read(client_as("dwi"), month(NEXT_MORNING), status="rejected")


@pytest.mark.usefixtures("recently")
def test_a_post_of_which_nothing_goes_out_any_more_stands_there_once_as_a_draft(
    cast: Cast, client_as: SignIn
) -> None:
    stage = planned(cast, at=NEXT_MORNING).submit().approve()
    actions.cancel_publication(
        actor=_publisher(cast), publication_id=stage.publication.pk, reason="Salah."
    )
    shown = cell(read(client_as("dwi"), month(NEXT_MORNING)), day(NEXT_MORNING))
    assert shown.count('class="cal-name"') == 1
    assert "Draf" in shown


def _publisher(cast: Cast) -> User:
    from accounts.capabilities import Role

    person = factories.user("Penerbit")
    factories.grant(person, Role.PUBLISHER, cast.diskominfo)
    return person


@each("query, seen", [
    ({"status": "draft"}, {"Draf satu"}),
    ({"status": "scheduled"}, {"Jadwal dua"}),
    ({"search": "dua"}, {"Jadwal dua"}),
    ({"search": "tidak ada"}, set()),
    ({"status": "tidak-dikenal"}, set()),
    ({"unit": "999999"}, set()),
    ({"account_words": "tidakadaakun"}, set()),
])  # fmt: skip
@pytest.mark.usefixtures("recently")
def test_filters_stand_in_the_address(
    cast: Cast, client_as: SignIn, query: dict[str, str], seen: set[str]
) -> None:
    planned(cast, "Draf satu", NEXT_MORNING)
    planned(cast, "Jadwal dua", NEXT_MORNING).submit().approve()
    html = read(client_as("dwi"), month(NEXT_MORNING), **query)
    assert {title for title in ("Draf satu", "Jadwal dua") if title in html} == seen


@pytest.mark.usefixtures("recently")
def test_a_unit_and_an_account_are_filters_of_posts_and_publications(
    cast: Cast, client_as: SignIn
) -> None:
    one, two = (
        planned(cast, "Draf satu", NEXT_MORNING),
        planned(cast, "Jadwal dua", NEXT_MORNING).submit().approve(),
    )
    client = client_as("laila")
    both = read(client, month(NEXT_MORNING), unit=str(cast.diskominfo.pk))
    assert "Draf satu" in both
    assert "Jadwal dua" in both
    none = read(client, month(NEXT_MORNING), unit=str(cast.dinkes.pk))
    assert "Draf satu" not in none
    assert "Jadwal dua" not in none
    for stage, other in ((one, "Jadwal dua"), (two, "Draf satu")):
        html = read(client, month(NEXT_MORNING), account=str(stage.account.pk))
        assert stage.fresh().title in html
        assert other not in html
        words = read(client, month(NEXT_MORNING), account_words=stage.account.handle)
        assert stage.post.title in words
        assert other not in words


def at_dinkes(cast: Cast) -> Stage:
    account = connected_account(cast.dinkes)
    said = document(
        account, title="Banjir", text="Air naik.", planned_at=NEXT_MORNING,
        facets=replace(FACETS, classes=("input",), sensitivity="sensitive"),
    )  # fmt: skip
    post = actions.create_post(actor=cast.fajar, unit_id=cast.dinkes.pk, document=said)
    return Stage(cast, account, post)


@pytest.mark.usefixtures("recently")
def test_every_filter_of_the_calendar_narrows_posts_and_publications_alike(cast: Cast) -> None:
    """``status`` chooses one half by what it names, or a part of it."""
    plan = plans.campaign(cast)
    draft, live = planned(cast, at=NEXT_MORNING), planned(cast, at=NEXT_MORNING)
    for one in (draft, live):
        actions.place_post(actor=cast.dwi, post_id=one.post.pk, campaign_id=plan.pk)
    live.submit().approve()
    others = at_dinkes(cast), at_dinkes(cast).submit().approve(by=cast.nur)

    def found(**asked: object) -> tuple[set[Post], set[Post]]:
        filters = CalendarFilter(asked, user=cast.laila)
        assert filters.is_valid(), filters.errors
        publications = filters.publications().select_related("post")
        return set(filters.posts()), {one.post for one in publications}

    assert found() == ({draft.post, others[0].post}, {live.post, others[1].post})
    asked_for: dict[str, object] = {
        "search": "rabies", "unit": cast.diskominfo.pk, "kind": "information",
        "sensitivity": "ordinary", "author": cast.dwi.pk, "campaign": plan.pk,
    }  # fmt: skip
    for name, value in asked_for.items():
        assert found(**{name: value}) == ({draft.post}, {live.post}), name
    assert found(account=draft.account.pk) == ({draft.post}, set())
    assert found(account=live.account.pk) == (set(), {live.post})
    assert found(status="draft") == ({draft.post, others[0].post}, set())
    assert found(status="scheduled") == (set(), {live.post, others[1].post})
    offered = set(CalendarFilter({}, user=cast.laila).filters)
    assert offered == {*asked_for, "account", "status"}, "one that is added is to be asked here"


def test_filters_stay_on_the_way_to_another_month(cast: Cast, client_as: SignIn) -> None:
    html = read(client_as("dwi"), status="draft")
    assert "/content/calendar/2026-12/?status=draft" in html
    assert "/content/calendar/2026-10/?status=draft" in html
    assert "/content/calendar/week/2026-11-23/?status=draft" in html


def test_holidays_and_collective_leave_have_their_names(cast: Cast, client_as: SignIn) -> None:
    html = read(client_as("dwi"), "/content/calendar/2026-12/")
    assert "Hari Raya Natal" in cell(html, "2026-12-25")
    assert "Cuti Bersama Hari Raya Natal" in cell(html, "2026-12-24")
    factories.reads_english(cast.dwi)
    assert "Christmas Day" in cell(
        read(client_as("dwi"), "/content/calendar/2026-12/"), "2026-12-25"
    )


def test_the_leave_of_a_year_that_is_not_known_is_said_to_be_so() -> None:
    assert years_without_leave([date(2026, 12, 31), date(2150, 1, 1)]) == [2150]
    assert days_off([date(2026, 12, 28)]) == {}


def test_weeks_begin_on_monday_and_today_is_marked(cast: Cast, client_as: SignIn) -> None:
    html = read(client_as("dwi"))
    assert html.count("data-day=") == 42
    assert html.index('data-day="2026-10-26"') < html.index('data-day="2026-11-01"')
    assert "hari ini" in cell(html, "2026-11-27")
    assert html.count('class="cal-now"') == 1


@each("address", [
    "/content/calendar/2026-13/", "/content/calendar/1999-12/", "/content/calendar/2200-01/",
    "/content/calendar/hari-ini/", "/content/calendar/week/2026-02-30/",
    "/content/calendar/week/20261127/", "/content/calendar/agenda/0000-01-01/",
    "/content/calendar/day/%D9%A2026-11-27/",
])  # fmt: skip
def test_what_is_no_day_is_not_found(cast: Cast, client_as: SignIn, address: str) -> None:
    assert client_as("dwi").get(address).status_code == 404


@each("address", [
    "/content/calendar/2000-01/", "/content/calendar/2199-12/",
    "/content/calendar/week/2000-01-01/", "/content/calendar/week/2199-12-31/",
    "/content/calendar/agenda/2199-12-31/",
    "/content/calendar/agenda/2000-01-01/", "/content/calendar/day/2000-02-29/",
])  # fmt: skip
def test_the_calendar_has_two_ends(cast: Cast, client_as: SignIn, address: str) -> None:
    read(client_as("dwi"), address)


def test_periods_follow_each_other_without_a_gap() -> None:
    for kind in Kind:
        one = period(kind, date(2026, 1, 31))
        after = one.after()
        assert after is not None
        assert after.before() == one
        if kind != Kind.MONTH:
            assert after.first == one.last + timedelta(days=1)
    assert period(Kind.MONTH, date(2026, 12, 1)).after() == period(Kind.MONTH, date(2027, 1, 1))


def test_a_full_day_shows_the_first_and_leads_to_its_own_page(
    cast: Cast, client_as: SignIn
) -> None:
    for number in range(60):
        planned(cast, f"Naskah {number:02}", TOMORROW + timedelta(minutes=number))
    shown = cell(read(client_as("dwi")), "2026-11-28")
    assert shown.count('class="cal-name"') == 3
    assert "57 lagi" in shown
    assert "/content/calendar/day/2026-11-28/" in shown
    first = read(client_as("dwi"), "/content/calendar/day/2026-11-28/")
    assert first.count('class="item-title"') == 50
    second = read(client_as("dwi"), "/content/calendar/day/2026-11-28/", page="2")
    assert "Naskah 59" in second


@pytest.mark.parametrize("many", [0, 40])
@pytest.mark.usefixtures("recently")
def test_pages_need_few_queries_at_any_size(
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    for number in range(many):
        stage = planned(cast, f"Naskah {number}", NEXT_MORNING + timedelta(hours=number))
        if number % 2:
            stage.submit().approve()
    everything = f"?unit={cast.diskominfo.pk}&account_words=kanal&search=naskah"
    for who in ("dwi", "sari", "laila"):
        client = client_as(who)
        for address in (
            "/content/calendar/", month(NEXT_MORNING), f"{month(NEXT_MORNING)}{everything}",
            "/content/calendar/week/", f"/content/calendar/week/{day(TEN)}/{everything}",
            "/content/calendar/agenda/", f"/content/calendar/agenda/{day(TEN)}/{everything}",
            f"/content/calendar/day/{day(NEXT_MORNING)}/", "/content/calendar/feed/",
        ):  # fmt: skip
            with django_assert_max_num_queries(MOST_QUERIES):
                answer = client.get(address)
            assert answer.status_code == 200, address
            assert len(answer.content) < 100_000


def test_hostile_titles_are_words(cast: Cast, client_as: SignIn) -> None:
    planned(cast, '"><script>alert(1)</script>')
    for address in (MONTH, "/content/calendar/week/", "/content/calendar/agenda/"):
        html = read(client_as("dwi"), address)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_a_part_is_answered_to_htmx(cast: Cast, client_as: SignIn) -> None:
    html = client_as("dwi").get(MONTH, headers={"HX-Request": "true"}).content.decode()
    assert 'id="results"' in html
    assert "<html" not in html


def test_the_navigation_has_the_calendar(cast: Cast, client_as: SignIn) -> None:
    html = read(client_as("dwi"), reverse("home"))
    assert html.count('href="/content/calendar/"') == 2, "in the sidebar and in the bar of a phone"


def test_a_post_that_is_gone_from_sight_meanwhile_is_left_out(cast: Cast) -> None:
    from content.calendar.entries import Place, entries

    stage = planned(cast)
    place = Place(TOMORROW, stage.post.pk, 0)
    assert entries(cast.dwi, [place])[place].title == "Rabies"
    assert entries(cast.fajar, [place]) == {}
    assert entries(cast.dwi, [place._replace(at=TOMORROW + timedelta(hours=1))]) == {}
    assert Post.objects.get(pk=stage.post.pk).planned_at == TOMORROW
    assert timezone.now() == NOW
