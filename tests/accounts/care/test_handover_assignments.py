"""What a completed handover does to the assignments of both: no gap, no overlap, all told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts import actions
from accounts.errors import AccountError
from accounts.models import Handover, OfficialAccount, User
from tests.accounts.care.conftest import assign, sign_both, start
from tests.accounts.conftest import trail
from tests.cast import Cast


def spans(account: OfficialAccount, person: User) -> list[tuple[int, int | None]]:
    """First and last days of the assignments, counted from today."""
    today = timezone.localdate()
    return [
        ((one.starts_on - today).days, None if one.ends_on is None else (one.ends_on - today).days)
        for one in account.administrators.filter(user=person)
    ]


def test_whatever_the_outgoing_person_would_still_do_ends_with_the_handover(
    cast: Cast, account: OfficialAccount, handover: Handover
) -> None:
    today = timezone.localdate()
    account.administrators.filter(user=cast.sari).update(ends_on=today + timedelta(days=90))
    assign(account, cast.sari, cast.bayu, starts_on=today + timedelta(days=100))
    assign(
        account, cast.sari, cast.bayu,
        starts_on=today - timedelta(days=300), ends_on=today - timedelta(days=200),
    )  # fmt: skip
    sign_both(cast, handover)
    actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    assert spans(account, cast.sari) == [(-300, -200), (-100, 0), (100, 99)]
    later = account.administrators.get(starts_on=today + timedelta(days=100))
    assert (later.never_began, later.is_over) == (True, True)
    with pytest.raises(AccountError, match="over already"):
        actions.end_administrator(
            actor=cast.bayu, administrator_id=later.pk, ends_on=later.starts_on, reason="x"
        )
    ended = trail("accounts.administrator.ended")
    assert {one.data["ends_on"] for one in ended} == {
        today.isoformat(), (today + timedelta(days=99)).isoformat(),
    }  # fmt: skip
    assert [one.data["person"] for one in trail("accounts.administrator.assigned")] == [
        "Rina Lestari"
    ]
    actions.assign_administrator(
        actor=cast.bayu, official_account_id=account.pk, user_id=cast.sari.pk,
        starts_on=today + timedelta(days=50),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([(5, None)], [(0, None), (5, 4)], ["ended", "assigned"]),
        ([(-9, 30)], [(-9, None)], ["assigned"]),
        ([(-9, 0), (3, 8), (20, None)],
         [(-9, None), (3, 2), (20, 19)], ["ended", "ended", "assigned"]),
        ([(-9, -1)], [(-9, -1), (0, None)], ["assigned"]),
        ([(-9, None)], [(-9, None)], ["assigned"]),
    ],
    ids=str,
)  # fmt: skip
def test_the_incoming_person_has_the_account_from_today_once(
    cast: Cast, account: OfficialAccount, before: Any, after: Any, told: list[str]
) -> None:
    today = timezone.localdate()
    for start_day, last in before:
        ends = None if last is None else today + timedelta(days=last)
        starts = today + timedelta(days=start_day)
        assign(account, cast.rina, cast.bayu, starts_on=starts, ends_on=ends)
    made = start(cast, account)
    sign_both(cast, made)
    done = actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    assert spans(account, cast.rina) == after
    assert done.assignment is not None
    assert done.assignment.ends_on is None
    assert done.assignment.decree == "SK 800/77/2026"
    found = [
        entry.event.rpartition(".")[2]
        for name in ("ended", "assigned")
        for entry in trail(f"accounts.administrator.{name}")
        if entry.data["person"] == "Rina Lestari"
    ]
    assert found == told


@pytest.mark.parametrize(("decree", "told"), [("SK 800/77/2026", 1), ("", 0)])
def test_an_assignment_that_goes_on_is_told_once_with_its_last_day_and_decree(
    cast: Cast, account: OfficialAccount, decree: str, told: int
) -> None:
    last = timezone.localdate() + timedelta(days=30)
    ends_on = last if decree else None
    actions.assign_administrator(
        actor=cast.bayu, official_account_id=account.pk, user_id=cast.rina.pk,
        starts_on=timezone.localdate(), ends_on=ends_on, decree="SK 1/2026",
    )  # fmt: skip
    made = start(cast, account, decree=decree)
    sign_both(cast, made)
    done = actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    assert done.assignment is not None
    assert done.assignment.decree == (decree or "SK 1/2026")
    mine = [
        one
        for one in trail("accounts.administrator.assigned")
        if one.data["person"] == cast.rina.full_name
    ]
    assert len(mine) == 1 + told
    with translation.override("en"):
        first, *later = [one.sentence.partition("Last day: ")[2] for one in mine]
        day = date_format(last, "j F Y") if decree else "none, until it is ended"
        assert first == f"{day}. Decree: SK 1/2026."
        assert later == ["none, until it is ended. Decree: SK 800/77/2026."] * told


@pytest.mark.parametrize("last", [None, 30])
def test_days_that_ran_by_another_decree_keep_it(
    cast: Cast, account: OfficialAccount, last: int | None
) -> None:
    today = timezone.localdate()
    ends_on = None if last is None else today + timedelta(days=last)
    old = assign(account, cast.rina, cast.bayu, decree="SK 800/41/2026", ends_on=ends_on)
    made = start(cast, account)
    sign_both(cast, made)
    done = actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    assert spans(account, cast.rina) == [(-100, -1), (0, None)]
    old.refresh_from_db()
    assert done.assignment is not None
    assert (old.decree, done.assignment.decree) == ("SK 800/41/2026", "SK 800/77/2026")
    told = [
        (entry.event.rpartition(".")[2], entry.data["ends_on"])
        for name in ("ended", "assigned")
        for entry in trail(f"accounts.administrator.{name}")
        if entry.data["person"] == "Rina Lestari"
    ]
    assert told == [("ended", (today - timedelta(days=1)).isoformat()), ("assigned", None)]
    (entry,) = trail("accounts.official_account.handed_over")
    assert entry.data["administrator_added"] is False


@pytest.mark.parametrize("decree", ["SK 1/2026", ""])
def test_days_of_the_only_decree_there_is_go_on_in_one(
    cast: Cast, account: OfficialAccount, decree: str
) -> None:
    assign(account, cast.rina, cast.bayu, decree="SK 1/2026")
    made = start(cast, account, decree=decree)
    sign_both(cast, made)
    done = actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    assert spans(account, cast.rina) == [(-100, None)]
    assert done.assignment is not None
    assert done.assignment.decree == "SK 1/2026"
