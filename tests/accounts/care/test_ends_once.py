"""A handover ends once, by who may, now; and what it says has moved has moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import actions
from accounts.actions.handover_assignments import begin_assignment, end_assignments, move_custody
from accounts.actions.official_accounts import today_of
from accounts.models import Handover, OfficialAccount
from accounts.snapshots import digest_of, picture_of
from tests.accounts.care.conftest import account_of, assign, sign_both, start
from tests.accounts.care.test_written_past import LONG_AGO, refused
from tests.cast import Cast


@pytest.fixture
def signed(cast: Cast, handover: Handover) -> Handover:
    sign_both(cast, handover)
    return handover


def test_the_end_is_written_with_the_move_and_at_no_other_time(
    cast: Cast, signed: Handover
) -> None:
    row = Handover.objects.filter(pk=signed.pk)
    picture = picture_of(signed.official_account)
    ahead: list[dict[str, Any]] = [
        {"ended_by": cast.bayu, "ended_at": LONG_AGO},
        {"ended_by": cast.bayu},
        {"ended_at": LONG_AGO},
        {"snapshot": picture},
        {"snapshot_sha256": digest_of(picture)},
        {"cancelled_reason": "x"},
        {"assignment": signed.official_account.administrators.get()},
    ]
    for written in ahead:
        refused(partial(row.update, **written), "has no end yet")
        refused(
            partial(Handover.objects.create, **_as_new(signed), **written), "begins with nothing"
        )
    cancel = partial(row.update, state="cancelled", cancelled_reason="x", ended_at=LONG_AGO)
    refused(partial(cancel, ended_by=cast.nur), "completes or cancels")
    refused(partial(cancel, ended_by=cast.bayu, snapshot=picture), "keeps nothing")
    cancel(ended_by=cast.bayu)
    ended_at = row.get().ended_at
    assert ended_at
    assert ended_at > signed.started_at


def test_who_hands_over_has_something_to_hand_over(cast: Cast, handover: Handover) -> None:
    account, new = handover.official_account, _as_new(handover)
    Handover.objects.filter(pk=handover.pk).update(
        state="cancelled", cancelled_reason="x", ended_by=cast.bayu
    )
    begin = partial(Handover.objects.create, **new | {"incoming": cast.bayu})
    last_week = today_of(account) - timedelta(days=7)
    assign(account, cast.rina, cast.bayu, starts_on=last_week, ends_on=last_week)
    for nobody in (cast.nur, cast.rina):
        refused(partial(begin, outgoing=nobody), "or works on it today")
    assign(account, cast.made, cast.bayu)
    refused(partial(begin, outgoing=cast.made, moves_charge=True), "or works on it today")
    assert begin(outgoing=cast.made).state == "started"


@pytest.mark.parametrize(
    ("hour", "first"), [(11, date(2026, 11, 26)), (13, date(2026, 11, 27))], ids=["before", "after"]
)
def test_who_works_on_it_today_hands_over_wherever_on_earth_that_is(
    cast: Cast, handover: Handover, hour: int, first: date
) -> None:
    account, new = handover.official_account, _as_new(handover)
    Handover.objects.filter(pk=handover.pk).update(
        state="cancelled", cancelled_reason="x", ended_by=cast.bayu
    )
    begin = partial(Handover.objects.create, **new | {"incoming": cast.bayu})
    long_ago, yesterday = first - timedelta(days=300), first - timedelta(days=1)
    assign(account, cast.rina, cast.bayu, starts_on=long_ago, ends_on=yesterday)
    assign(account, cast.made, cast.bayu, starts_on=long_ago, ends_on=first)
    # Given up before it began.
    assign(account, cast.dwi, cast.bayu, starts_on=first + timedelta(days=1), ends_on=first)
    _let_triggers_think_it_is(datetime(2026, 11, 27, hour, tzinfo=UTC))
    for nobody in (cast.rina, cast.dwi):
        refused(partial(begin, outgoing=nobody), "or works on it today")
    assert begin(outgoing=cast.made).state == "started"


def _let_triggers_think_it_is(moment: datetime) -> None:
    """Those of handovers find another ``now()`` before that of PostgreSQL, for this test."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA another_time")
        cursor.execute(
            "CREATE FUNCTION another_time.now() RETURNS timestamptz LANGUAGE sql"
            f" RETURN timestamptz '{moment.isoformat()}'"
        )
        cursor.execute(
            "SELECT tgfoid::regprocedure FROM pg_trigger"
            " WHERE tgrelid = 'accounts_handover'::regclass AND NOT tgisinternal"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(
                f"ALTER FUNCTION {function} SET search_path = another_time, pg_catalog, public"
            )


def _as_new(handover: Handover) -> dict[str, Any]:
    kept = ("official_account", "outgoing", "incoming", "reason", "due_on", "checklist")
    return {name: getattr(handover, name) for name in (*kept, "started_by")}


def test_what_is_completed_has_been_handed_over(cast: Cast, signed: Handover) -> None:
    account, row = signed.official_account, Handover.objects.filter(pk=signed.pk)
    picture, today = picture_of(account), today_of(account)
    over = {"state": "completed", "ended_by": cast.bayu, "ended_at": LONG_AGO}
    kept = {"snapshot": picture, "snapshot_sha256": digest_of(picture)}
    complete = partial(row.update, **over, **kept)
    theirs = account.administrators.get()
    refused(partial(complete, assignment=theirs), "still in charge")
    move_custody(cast.bayu, signed)
    for work in (None, theirs):
        refused(partial(complete, assignment=work), "begin to work")
    made, _is_new = begin_assignment(cast.bayu, signed, today)
    refused(partial(complete, assignment=made), "works on")
    end_assignments(cast.bayu, signed, today)
    elsewhere = assign(account_of(cast, None), cast.rina, cast.bayu)
    refused(partial(complete, assignment=elsewhere), "begin to work")
    with transaction.atomic():
        cast.rina.grants.update(ends_at=timezone.now())
        refused(partial(complete, assignment=made), "who takes over has a role")
        transaction.set_rollback(True)
    assert complete(assignment=made) == 1


def test_who_hands_over_keeps_the_charge_where_that_was_agreed(
    cast: Cast, account: OfficialAccount
) -> None:
    handover = start(cast, account, moves_charge=False)
    sign_both(cast, handover)
    assert actions.complete_handover(actor=cast.bayu, handover_id=handover.pk).assignment
    account.refresh_from_db()
    assert account.person_in_charge == cast.sari
