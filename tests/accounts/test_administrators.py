"""Who looks after an account: assigned and ended with dates, decree and minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import actions, register_rows, selectors_handover
from accounts.capabilities import Role
from accounts.details import Upload
from accounts.errors import AccountError
from accounts.models import Administrator, OfficialAccount
from accounts.models.administrator import running_administrators
from accounts.seen import mark
from accounts.snapshots import picture_of
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.register_stage import PDF, register
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def assign(cast: Cast, account: OfficialAccount, **changes: Any) -> Any:
    wanted: dict[str, Any] = {
        "user_id": cast.dwi.pk,
        "starts_on": timezone.localdate() - timedelta(days=10),
        **changes,
    }
    return actions.assign_administrator(actor=cast.bayu, official_account_id=account.pk, **wanted)


def test_an_administrator_is_assigned_and_ended_with_dates_and_minutes(
    cast: Cast, client_as: ClientAs
) -> None:
    account, today = register(cast), timezone.localdate()
    made = assign(cast, account, decree="SK 1/2026", minutes=Upload(PDF, "BA.pdf"))
    (entry,) = trail("accounts.administrator.assigned")
    assert (entry.data["person"], entry.target_id) == ("Dwi Hartono", str(account.pk))
    page = reverse("accounts:administrator_end", args=[made.pk])
    early = {"ends_on": (today - timedelta(days=30)).isoformat(), "reason": "x"}
    assert client_as("bayu").post(page, early).status_code == 422
    ends = {"ends_on": today.isoformat(), "reason": "Mutasi", "seen": mark(None)}
    answer = client_as("bayu").post(page, ends)
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.ends_on == today
    assert made.minutes is not None, "the minutes of the beginning stay"
    assert trail("accounts.administrator.ended")[0].data["reason"] == "Mutasi"
    shown = client_as("dwi").get(reverse("accounts:official_account_detail", args=[account.pk]))
    assert "Dwi Hartono" in shown.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"who": "fajar"}, "user"),
        ({"who": "inactive"}, "user"),
        ({"ends": -20}, "ends_on"),
        ({"starts": 9999}, "starts_on"),
        ({"ends": 9999}, "ends_on"),
        ({"again": True}, "user"),
    ],
    ids=str,
)
def test_an_assignment_that_cannot_be_is_refused(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    account, today = register(cast), timezone.localdate()
    if changes.get("again"):
        assign(cast, account)
    wanted: dict[str, Any] = {"user_id": getattr(cast, changes.get("who", "dwi")).pk}
    if "ends" in changes:
        wanted["ends_on"] = today + timedelta(days=changes["ends"])
    if "starts" in changes:
        wanted["starts_on"] = today + timedelta(days=changes["starts"])
    with pytest.raises(AccountError) as refused:
        assign(cast, account, **wanted)
    assert refused.value.field == field


def test_the_same_person_may_return_after_an_assignment_is_over(cast: Cast) -> None:
    account, today = register(cast), timezone.localdate()
    first = assign(cast, account, ends_on=today - timedelta(days=5))
    with pytest.raises(AccountError, match="over"):
        actions.end_administrator(
            actor=cast.bayu, administrator_id=first.pk, ends_on=today, reason="x"
        )
    assert assign(cast, account, starts_on=today).pk != first.pk


def test_a_last_day_is_not_put_off_into_the_next_assignment(cast: Cast) -> None:
    account, today = register(cast), timezone.localdate()
    first = assign(cast, account, ends_on=today + timedelta(days=5))
    assign(cast, account, starts_on=today + timedelta(days=6))
    with pytest.raises(AccountError, match="in this time") as refused:
        actions.end_administrator(
            actor=cast.bayu,
            administrator_id=first.pk,
            ends_on=today + timedelta(days=6),
            reason="x",
        )
    assert refused.value.field == "ends_on"


def test_the_table_keeps_past_assignments_and_lets_none_overlap(cast: Cast) -> None:
    account, today = register(cast), timezone.localdate()
    over = assign(cast, account, ends_on=today - timedelta(days=3))
    row = Administrator.objects.filter(pk=over.pk)
    other = register(cast, handle="lain.example")
    for ends_on in (None, today, today - timedelta(days=5)):
        with pytest.raises(InternalError), transaction.atomic():
            row.update(ends_on=ends_on)
    row.update(decree="SK 2/2026")
    now = assign(cast, account, starts_on=today, ends_on=today + timedelta(days=9))
    Administrator.objects.filter(pk=now.pk).update(ends_on=today + timedelta(days=5))

    def insert(who: OfficialAccount, first: int, last: int | None) -> None:
        with transaction.atomic():
            Administrator.objects.create(
                official_account=who, user=cast.dwi, assigned_by=cast.bayu,
                starts_on=today + timedelta(days=first),
                ends_on=None if last is None else today + timedelta(days=last),
            )  # fmt: skip

    for first, last in ((-20, None), (-20, -10), (-3, -3), (5, 5), (5, None), (2, 3)):
        with pytest.raises(IntegrityError, match="do_not_overlap"):
            insert(account, first, last)
    insert(account, 3, 2)
    with pytest.raises(InternalError), transaction.atomic():
        Administrator.objects.filter(starts_on=today + timedelta(days=3)).update(ends_on=None)
    insert(account, -2, -1)
    insert(account, 6, None)
    insert(other, -20, None)


def test_only_who_keeps_the_account_assigns_and_ends(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast)
    made = assign(cast, account)
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    end = reverse("accounts:administrator_end", args=[made.pk])
    add = reverse("accounts:administrator_add", args=[account.pk])
    assert client_as("nur").get(end).status_code == 404
    assert client_as("nur").get(add).status_code == 404
    factories.grant(cast.dwi, Role.ADMINISTRATOR, cast.dinkes)
    assert client_as("dwi").post(end, {}).status_code == 403
    assert client_as("dwi").post(add, {}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.end_administrator(
            actor=cast.nur, administrator_id=made.pk, ends_on=timezone.localdate(), reason="x"
        )


@pytest.mark.parametrize(("first", "last", "runs"), [
    (-3, None, True), (0, 0, True), (-3, -1, False), (1, None, False), (2, 1, False),
])  # fmt: skip
def test_who_is_administrator_today_is_answered_in_one_way_everywhere(
    cast: Cast, first: int, last: int | None, runs: bool
) -> None:
    account, today = register(cast), timezone.localdate()
    made = Administrator.objects.create(
        official_account=account, user=cast.dwi, assigned_by=cast.bayu,
        starts_on=today + timedelta(days=first),
        ends_on=None if last is None else today + timedelta(days=last),
    )  # fmt: skip
    exported = register_rows.with_people(OfficialAccount.objects.all()).get(pk=account.pk)
    duties = selectors_handover.duties_of(cast.dwi, seen_by=cast.bayu)
    answers = {
        "row": made.runs_on(today),
        "sql": Administrator.objects.filter(running_administrators(today)).exists(),
        "picture": bool(picture_of(account)["administrators"]),
        "export": exported.administrator_people  # type: ignore[attr-defined]  # annotated
        == [[cast.dwi.pk, "Dwi Hartono"]],
        "handover": selectors_handover.who_may_hand_over(account).filter(pk=cast.dwi.pk).exists(),
        "duties": bool(duties.shown),
    }
    assert answers == dict.fromkeys(answers, runs)
    assert made.is_over == (last is not None and last < max(first, 0))
