"""Plan and outcome: what each number counts, and that it leads to the posts behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from content import actions
from content.actions.ending import NO_LONGER_COUNTS
from content.models import Publication
from content.pages.plan_done import LISTED
from content.plan_done import NO_KEY, Asked, Rows, tallies, together, weeks
from govsocial.audit.models import Entry
from govsocial.web.days import midnight
from tests import factories
from tests.cast import Cast
from tests.content.plans import campaign, csv_of
from tests.content.stage import FakePlatform, Stage, document, later, make_stage
from tests.gathering import each

SignIn = Callable[[User | str], Client]
STATUS = Publication.Status
MOST_QUERIES = 15


def asked(cast: Cast, **changes: Any) -> Asked:
    said: dict[str, Any] = {
        "start": later(days=-1), "until": later(days=1),
        "units": [cast.diskominfo.pk, cast.dinkes.pk],
    }  # fmt: skip
    return Asked(**(said | changes))


def counts(cast: Cast, by: str = "unit", **changes: Any) -> dict[str, int]:
    return together(tallies(asked(cast, **changes), by)).counts


def planned(cast: Cast, at: datetime | None = None, **fields: Any) -> Stage:
    stage = make_stage(cast, planned_at=at or later(hours=1), **fields)
    return stage


def went(stage: Stage, **fields: Any) -> None:
    """What became of the publication: tests of states need not wait for their time."""
    Publication.objects.filter(post=stage.post).update(**fields)


@pytest.fixture
def loose() -> None:
    """Publications may be in any state, at any time: the rules of the way there are others'."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE content_publication DISABLE TRIGGER USER")


def out(stage: Stage, late: timedelta) -> None:
    at = stage.fresh().planned_at
    assert at is not None
    went(
        stage, status="published", published_at=at + late, sent_at=at,
        platform_post_id=f"p{stage.post.pk}", permalink=f"https://x.example/{stage.post.pk}",
    )  # fmt: skip


STATES: dict[str, dict[str, Any]] = {
    "waiting": {},
    "frozen": {"status": STATUS.FROZEN},
    "failed": {"status": STATUS.FAILED, "problem": "Putus."},
    "expired": {"status": STATUS.FAILED, "problem": NO_LONGER_COUNTS},
    "cancelled": {"status": STATUS.CANCELLED},
    "withdrawn": {"status": STATUS.WITHDRAWN},
    "unsure": {"status": STATUS.UNCONFIRMED},
}


def test_what_was_approved_is_counted_by_its_publication(cast: Cast, loose: None) -> None:
    stage = planned(cast).submit().approve()
    with time_machine.travel(later(hours=2)):
        for outcome, fields in STATES.items():
            went(stage, **fields)
            assert counts(cast) == {outcome: 1}


def test_before_its_time_nothing_has_not_gone_out(cast: Cast, loose: None) -> None:
    stage = planned(cast).submit().approve()
    for status, outcome in (
        (STATUS.SCHEDULED, "coming"),
        (STATUS.FROZEN, "coming"),
        (STATUS.FAILED, "coming"),
        (STATUS.CANCELLED, "called_off"),
    ):
        went(stage, status=status)
        whole = together(tallies(asked(cast), "unit"))
        assert (whole.counts, whole.not_out) == ({outcome: 1}, 0)


def test_weeks_tell_how_much_of_their_plan_went_out_and_those_ahead_do_not(
    cast: Cast, loose: None
) -> None:
    out(planned(cast).submit().approve(), timedelta())
    planned(cast, later(days=7, hours=1))
    today = timezone.localdate(later(hours=1))
    monday = today - timedelta(days=today.weekday())
    # From the day before it, so that the first week is a part of one.
    period = {
        "start": midnight(monday - timedelta(days=1)), "until": midnight(monday + timedelta(15)),
    }  # fmt: skip
    told = weeks(asked(cast, **period))
    found = [(one.first - monday, one.planned, one.out) for one in told]
    assert found == [
        (timedelta(-1), 0, 0), (timedelta(0), 1, 1), (timedelta(7), 1, None),
        (timedelta(14), 0, None),
    ]  # fmt: skip
    # Each is named by the days that it counts, and no other: the last is cut after its Monday.
    assert [(one.last - one.first).days for one in told] == [0, 6, 6, 0]


def test_out_is_on_time_within_a_quarter_of_an_hour_and_late_after_it(
    cast: Cast, loose: None
) -> None:
    for minutes in (0, 15, 16, 120):
        out(planned(cast).submit().approve(), timedelta(minutes=minutes))
    whole = together(tallies(asked(cast), "account"))
    assert whole.counts == {"on_time": 2, "late": 2}
    assert whole.late_on_average == timedelta(minutes=68)
    assert whole.late_at_most == timedelta(minutes=120)
    assert (whole.planned, whole.out, whole.not_out) == (4, 4, 0)


def test_a_time_that_passed_without_an_approval_is_told(cast: Cast) -> None:
    planned(cast)
    rejected = planned(cast).submit()
    actions.reject_post(
        actor=cast.sari, post_id=rejected.post.pk, digest=rejected.digest, note="Tidak perlu"
    )
    assert counts(cast) == {"coming": 1, "called_off": 1}
    with time_machine.travel(later(hours=2)):
        assert counts(cast) == {"not_approved": 1, "rejected": 1}


def test_each_account_counts_and_a_post_without_one_counts_once(cast: Cast) -> None:
    accounts = [factories.official_account(cast.diskominfo) for _two in range(2)]
    for said in (
        document(*accounts, planned_at=later(hours=1)),
        document(planned_at=later(hours=1)),
    ):
        actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=said)
    by_account = {one.key: one.planned for one in tallies(asked(cast), "account")}
    assert by_account == {str(accounts[0].pk): 1, str(accounts[1].pk): 1, NO_KEY: 1}
    assert counts(cast, accounts=[accounts[0].pk]) == {"coming": 1}


def test_what_went_out_without_a_plan_is_counted_beside_it(cast: Cast) -> None:
    make_stage(cast).submit().approve().send(FakePlatform())
    assert counts(cast) == {"unplanned": 1}
    assert counts(cast, until=later(hours=-1)) == {}
    assert counts(cast, units=[cast.dinkes.pk]) == {}


def test_what_went_out_without_a_plan_and_was_withdrawn_is_counted_and_told(
    cast: Cast, client_as: SignIn
) -> None:
    for _each in range(2):
        stage = make_stage(cast).submit().approve()
        stage.send(FakePlatform())
    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Jam berlaku keliru")
    (tally,) = tallies(asked(cast), "unit")
    assert (tally.without_plan, tally.withdrawn_without_plan) == (2, 1)
    assert (tally.planned, tally.out, tally.not_out) == (0, 1, 0)
    assert sum(week.unplanned for week in weeks(asked(cast))) == 2
    shown = " ".join(client_as("dwi").get(page("plan_done")).content.decode().split())
    assert "di antaranya ditarik: <a" in shown
    assert "outcome=unplanned_withdrawn" in shown
    assert Rows(asked(cast), outcomes=LISTED["unplanned"]).count() == 2


def test_class_function_and_campaign_are_compared_and_filtered(cast: Cast) -> None:
    plan = campaign(cast)
    stage = planned(cast)
    actions.place_post(actor=cast.dwi, post_id=stage.post.pk, campaign_id=plan.pk)
    planned(cast)
    keys = {by: {one.key for one in tallies(asked(cast), by)} for by in ("class", "function")}
    assert keys == {"class": {"information"}, "function": {"inform"}}
    assert {one.key for one in tallies(asked(cast), "campaign")} == {str(plan.pk), NO_KEY}
    assert counts(cast, campaigns=[plan.pk]) == {"coming": 1}
    behind = Rows(asked(cast), outcomes=["coming"], by="campaign", key=NO_KEY)
    assert (behind.count(), [row.title for row in behind[0:5]]) == (1, ["Jadwal vaksinasi"])


# The pages


def page(name: str, **query: object) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(f'content:{name}')}?{asked}"


def test_every_number_leads_to_its_posts_and_they_can_be_taken_out(
    cast: Cast, client_as: SignIn
) -> None:
    stage = planned(cast)
    month = f"{timezone.localtime(stage.fresh().planned_at):%Y-%m}"
    client = client_as("ratna")
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(page("plan_done", month=month, by="account"))
    assert len(queries) <= MOST_QUERIES
    text = shown.content.decode()
    assert "outcome=planned" in text
    assert "of all planned" not in text, "one account is all of it"
    # The chip of the month takes it out of the address again.
    assert 'href="?by=account">' in " ".join(text.split())
    assert f"key={stage.account.pk}" in text
    behind = page(
        "plan_done_list", month=month, outcome="planned", by="account", key=stage.account.pk
    )
    with CaptureQueriesContext(connection) as queries:
        assert "Jadwal vaksinasi" in client.get(behind).content.decode()
    assert len(queries) <= MOST_QUERIES
    chart = page("plan_done_chart", month=month, by="account")
    assert chart.replace("&", "&amp;").partition("?")[0] in text
    drawn = client.get(chart, headers={"HX-Request": "true"}).content.decode()
    assert "<svg" in drawn
    assert "<table" in drawn
    assert client.get(page("plan_done_chart", month="2026-13")).status_code == 302
    none = page("plan_done_list", month=month, outcome="late")
    assert "Jadwal vaksinasi" not in client.get(none).content.decode()
    sheet = csv_of(client.get(page("plan_done_export", month=month)))
    assert "Jadwal vaksinasi" in sheet
    assert Entry.objects.get(event="content.plan.exported").data["rows"] == 1


@each("query", [{"month": "2026-13"}, {"unit": "9" * 30}, {"span": "week"}, {"account": "x"}])
def test_what_cannot_be_read_is_said_and_finds_nothing(
    cast: Cast, client_as: SignIn, query: dict[str, str]
) -> None:
    client = client_as("dwi")
    assert client.get(page("plan_done", **query)).status_code == 200
    assert client.get(page("plan_done_list", **query)).status_code == 302
    assert client.get(page("plan_done_export", **query)).status_code == 302


def test_a_quarter_holds_three_months(cast: Cast, client_as: SignIn) -> None:
    shown = client_as("dwi").get(page("plan_done", span="quarter", month="2026-11"))
    text = shown.content.decode()
    assert "2026-07" in text
    assert "2027-01" in text
    odd = page("plan_done", by="%00", key="%00", outcome="x")
    assert client_as("dwi").get(odd).status_code == 200


def test_a_period_is_found_by_an_index_whatever_else_there_is(cast: Cast) -> None:
    """Of years of posts only those of the period are read.

    With a handful of rows one plan costs what another does, so each condition of the query is
    asked for in the order that its index has: without sorting, only that index gives it.
    """
    planned(cast)
    with CaptureQueriesContext(connection) as queries:
        tallies(asked(cast), "unit")
    sql = queries[0]["sql"]
    planned_in = re.search(r"WHERE (p\.planned_at >= \S+ AND p\.planned_at < \S+)", sql)
    out_in = re.search(r"WHERE (COALESCE\(b.*?>= \S+\s+AND COALESCE\(b.*?< \S+)", sql, re.DOTALL)
    assert planned_in is not None
    assert out_in is not None
    for index, rows, condition, order in (
        ("post_by_planned_time", "content_post p", planned_in[1], "p.planned_at"),
        (
            "publication_by_time",
            "content_publication b",
            out_in[1],
            "COALESCE(b.published_at, b.scheduled_for) DESC NULLS LAST, b.id DESC",
        ),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN SELECT * FROM {rows} WHERE {condition} ORDER BY {order}")
            told = "\n".join(row[0] for row in cursor.fetchall())
        assert f"Index Scan using {index}" in told
        assert "Index Cond" in told
