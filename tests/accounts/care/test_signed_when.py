"""Signatures, confirmations and days that nobody writes past the application."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.checklists import Side
from accounts.errors import AccountError
from accounts.models import Attestation, AttestationPeriod, Handover, OfficialAccount
from accounts.selectors_attestation import agency_today
from accounts.snapshots import digest_of, picture_of
from tests import factories
from tests.accounts.care.conftest import (
    ALL_RIGHT,
    account_of,
    make_period,
    moved,
    settle,
    start,
)
from tests.cast import Cast
from tests.triggers import without_trigger

LONG_AGO = timedelta(days=400)


def refused(write: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


def lately(moment: datetime | None) -> bool:
    assert moment
    return abs(timezone.now() - moment) < timedelta(minutes=1)


@pytest.fixture
def row(cast: Cast, account: OfficialAccount) -> dict[str, Any]:
    return {
        "official_account": account, "outgoing": cast.sari, "incoming": cast.rina, "reason": "x",
        "due_on": timezone.localdate(), "checklist": 2, "started_by": cast.bayu,
    }  # fmt: skip


def test_a_handover_is_not_written_as_if_it_were_signed(cast: Cast, row: dict[str, Any]) -> None:
    then = timezone.now() - LONG_AGO
    out = {"outgoing_signed_by": cast.sari, "outgoing_signed_at": then}
    both = {**out, "incoming_signed_by": cast.rina, "incoming_signed_at": then}
    over = {"ended_by": cast.bayu, "ended_at": then}
    forgeries: list[dict[str, Any]] = [
        {"state": "outgoing_signed", **out},
        {"state": "completed", **both, **over},
        out,
        over,
        {"in_place_reason": "x"},
        {"snapshot": {}},
    ]
    for forged in forgeries:
        refused(partial(Handover.objects.create, **row, **forged))
    assert Handover.objects.create(**row).state == "started"


def test_a_handover_without_a_checklist_is_not_signed(cast: Cast, row: dict[str, Any]) -> None:
    made = Handover.objects.filter(pk=Handover.objects.create(**row).pk)
    signed = {"outgoing_signed_by": cast.sari, "outgoing_signed_at": timezone.now()}
    refused(lambda: made.update(state="outgoing_signed", **signed))


def test_each_side_settles_its_items_before_it_signs_and_signs_now(
    cast: Cast, handover: Handover
) -> None:
    row, then = Handover.objects.filter(pk=handover.pk), timezone.now() - LONG_AGO
    out = {"outgoing_signed_by": cast.sari, "outgoing_signed_at": then}
    into = {"incoming_signed_by": cast.rina, "incoming_signed_at": then}
    refused(lambda: row.update(state="outgoing_signed", **out))
    settle(cast.sari, handover, Side.OUTGOING)
    refused(lambda: row.update(**out))
    row.update(state="outgoing_signed", **out)
    refused(lambda: row.update(state="incoming_signed", **into))
    settle(cast.rina, handover, Side.INCOMING)
    row.update(state="incoming_signed", **into)
    over = {"state": "completed", "ended_by": cast.bayu, "ended_at": then}
    refused(lambda: row.update(**over))
    picture = picture_of(handover.official_account)
    refused(lambda: row.update(**over, snapshot=picture, snapshot_sha256="a" * 64))
    over |= moved(cast, handover)
    row.update(**over, snapshot=picture, snapshot_sha256=digest_of(picture))
    kept = row.get()
    assert lately(kept.outgoing_signed_at)
    assert lately(kept.incoming_signed_at)
    assert lately(kept.ended_at)


def test_nothing_is_confirmed_in_the_past(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    picture = picture_of(account)
    made = Attestation(
        period=period, official_account=account, person_in_charge=cast.sari, snapshot=picture,
        confirmed_by=cast.sari, snapshot_sha256=digest_of(picture), **ALL_RIGHT,
    )  # fmt: skip
    Attestation.objects.bulk_create([made])
    assert lately(Attestation.objects.get().confirmed_at)
    other = account_of(cast, cast.sari)
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(
            "INSERT INTO accounts_attestation SELECT (json_populate_record(a, "
            "json_build_object('id', 99999999, 'official_account_id', %s, 'snapshot', '{}', "
            "'confirmed_at', '2020-01-01', 'snapshot_sha256', repeat('a', 64)))).* "
            "FROM accounts_attestation a",
            [other.pk],
        )


@pytest.mark.parametrize(
    "picture",
    [
        {},
        {"b": [], "a": {}, "é": None, "Z": True, "😀": [[1, 2], [3, "x"]], "\uffff": 0},
        {"text": 'a"b\\c/d\n\t\r\b\f\x01\x1f\x7f\u2028é😀', "nested": {"10": 1, "9": [-5, ""]}},
    ],
)
def test_the_database_works_out_the_same_digest(db: None, picture: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_digest_of(%s::jsonb)", [json.dumps(picture)])
        assert cursor.fetchone()[0] == digest_of(picture)


@pytest.mark.parametrize(
    ("starts", "due", "field"),
    [(-367, -300, "starts_on"), (367, 400, "starts_on"), (0, 367, "due_on")],
)
def test_a_period_begins_within_a_year_and_lasts_at_most_one(
    cast: Cast, starts: int, due: int, field: str
) -> None:
    with pytest.raises(AccountError, match="at most a year") as asked:
        make_period(cast.bayu, starts=starts, due=due)
    assert asked.value.field == field
    period = make_period(cast.bayu, starts=-366, due=0)
    day = timedelta(days=1)
    refused(lambda: AttestationPeriod.objects.filter(pk=period.pk).update(due_on=date(9999, 1, 1)))
    far = agency_today() + (starts if field == "starts_on" else 1) * day
    length = 3 if field == "starts_on" else 380
    refused(
        lambda: AttestationPeriod.objects.create(
            unit=period.unit, name="x", starts_on=far + 3 * day * (1 if starts > 0 else -1),
            due_on=far + length * day, created_by=cast.bayu,
        )
    )  # fmt: skip


def test_the_message_about_a_day_stands_beside_its_field(cast: Cast, client_as: Any) -> None:
    client: Client = client_as(factories.reads_english(cast.bayu))
    typed = {
        "name": "Semester I", "starts_on": "0001-01-01", "due_on": "2026-10-01",
        "remind_days_before": "14", "escalate_after_days": "14",
    }  # fmt: skip
    answer = client.post(reverse("accounts:attestation_period_add"), typed)
    assert answer.status_code == 422
    assert "at most a year from today" in str(answer.context["form"].errors["starts_on"])
    assert not AttestationPeriod.objects.exists()


def test_two_days_that_do_not_go_together_are_told_with_everything_else(
    cast: Cast, client_as: Any
) -> None:
    client: Client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:attestation_period_add")
    typed = {"name": "", "starts_on": "2026-10-01", "due_on": "2026-09-01"}
    errors = client.post(address, typed).context["form"].errors
    assert {"name", "due_on"} <= errors.keys()
    assert errors["due_on"] == ["The due day comes after the first day."]


@pytest.mark.parametrize("due_on", [date(9999, 12, 31), date(2020, 1, 1)])
def test_a_handover_is_due_within_a_year(
    cast: Cast, account: OfficialAccount, row: dict[str, Any], due_on: date
) -> None:
    with pytest.raises(AccountError) as asked:
        start(cast, account, due_on=due_on)
    assert asked.value.field == "due_on"
    refused(lambda: Handover.objects.create(**(row | {"due_on": due_on})))
    made = start(cast, account, due_on=timezone.localdate() + timedelta(days=366))
    with pytest.raises(AccountError) as asked:
        actions.postpone_handover(
            actor=cast.bayu, handover_id=made.pk, due_on=due_on, reason="Nanti"
        )
    assert asked.value.field == "due_on"
    refused(lambda: Handover.objects.filter(pk=made.pk).update(due_on=due_on))


def test_a_period_from_before_that_may_be_longer_and_still_gets_another_name(
    cast: Cast, period: AttestationPeriod
) -> None:
    long = period.starts_on + timedelta(days=700)
    with without_trigger("accounts.AttestationPeriod:within_a_year"):
        AttestationPeriod.objects.update(due_on=long)
    kept: dict[str, Any] = {
        "actor": cast.bayu, "period_id": period.pk, "remind_days_before": [7],
        "escalate_after_days": 14,
    }  # fmt: skip
    actions.change_attestation_period(**kept, name="2026 dan 2027", due_on=long)
    assert AttestationPeriod.objects.get().name == "2026 dan 2027"
    with pytest.raises(AccountError, match="at most a year") as asked:
        actions.change_attestation_period(**kept, name="x", due_on=long - timedelta(days=1))
    assert asked.value.field == "due_on"


@pytest.mark.parametrize("module", ["attestation_periods", "handovers"])
def test_what_only_the_database_refuses_is_not_told_as_a_place_that_is_taken(
    cast: Cast, account: OfficialAccount, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setattr(f"accounts.actions.{module}.A_YEAR", timedelta(days=3000))
    far = agency_today() + timedelta(days=700)
    write: Callable[[], object] = {
        "attestation_periods": lambda: make_period(cast.bayu, due=700),
        "handovers": lambda: start(cast, account, due_on=far),
    }[module]
    with pytest.raises(IntegrityError, match="within a year"):
        write()
