"""What nobody writes past the application: answers, signatures and ends by who may, about what is
there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import actions
from accounts.checklists import Side
from accounts.models import (
    Attestation,
    AttestationPeriod,
    Finding,
    Handover,
    HandoverItem,
    OfficialAccount,
    User,
)
from accounts.snapshots import digest_of, picture_of
from tests.accounts.care.conftest import (
    ALL_RIGHT,
    account_of,
    attest,
    make_period,
    moved,
    settle,
    sign_both,
)
from tests.cast import Cast

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def refused(write: Callable[[], object], why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        write()


def answer(account: OfficialAccount, period: AttestationPeriod, **changes: object) -> Attestation:
    account = OfficialAccount.objects.get(pk=account.pk)
    shown = changes.pop("snapshot", picture_of(account))
    wanted: dict[str, Any] = {
        "period": period, "official_account": account, "snapshot": shown,
        "person_in_charge": account.person_in_charge, "confirmed_by": account.person_in_charge,
        "snapshot_sha256": digest_of(shown), **ALL_RIGHT, **changes,  # type: ignore[arg-type]  # a picture
    }  # fmt: skip
    return Attestation.objects.create(**wanted)


def test_answers_are_for_the_current_period_only(cast: Cast, account: OfficialAccount) -> None:
    past = make_period(cast.bayu, starts=-60, due=-40, name="Lalu")
    now = make_period(cast.bayu, starts=-10, due=20, name="Kini")
    coming = make_period(cast.bayu, starts=30, due=60, name="Nanti")
    for period in (past, coming):
        refused(partial(answer, account, period), "not the current period")
    assert answer(account, now)


@pytest.mark.parametrize("status", ["closed", "proposed"])
def test_nobody_answers_for_an_account_that_is_not_in_use(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, status: str
) -> None:
    if status == "closed":
        actions.close_official_account(actor=cast.bayu, official_account_id=account.pk, reason="x")
    else:
        account = account_of(cast, cast.sari, status=status)
    refused(partial(answer, account, period), "not in use")


def test_nobody_answers_who_is_deactivated_or_has_no_role_there_any_more(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    others = [cast.dwi, cast.nur]
    for person in others:
        refused(partial(answer, account, period, confirmed_by=person), "administrator confirms")
    aways: list[Callable[[], int]] = [
        lambda: User.objects.filter(pk=cast.sari.pk).update(is_active=False),
        lambda: cast.sari.grants.update(ends_at=timezone.now()),
    ]
    for away in aways:
        with transaction.atomic():
            away()
            refused(partial(answer, account, period), "administrator confirms")
            assert answer(account, period, confirmed_by=cast.bayu)
            transaction.set_rollback(True)
    assert answer(account, period)


@pytest.mark.parametrize(
    "false",
    [
        {"two_step": "on"}, {"status": "suspended"}, {"platform": "x"}, {"handle": "lain"},
        {"person_in_charge": []}, {"person_in_charge": [1, "Orang lain"]},
    ],
)  # fmt: skip
def test_what_was_shown_is_what_the_register_says(
    account: OfficialAccount, period: AttestationPeriod, false: dict[str, Any]
) -> None:
    shown = {**picture_of(account), **false}
    refused(partial(answer, account, period, snapshot=shown), "not what the register says")
    assert answer(account, period)


def test_a_finding_is_closed_now_by_who_may(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    said = attest(cast.sari, account, "Sepi", still_needed=False)
    finding = Finding.objects.filter(attestation=said)
    for person in (cast.nur, cast.dwi):
        closed = {"closed_by": person, "closed_at": LONG_AGO, "outcome": "x"}
        refused(partial(finding.update, **closed), "administrator closes")
        row = {"official_account": account, "question": "still_ours", "attestation": said}
        refused(partial(Finding.objects.create, **row, **closed), "begins open")
    finding.update(closed_by=cast.sari, closed_at=LONG_AGO, outcome="Ditutup")
    closed_at = finding.get().closed_at
    assert closed_at
    assert timezone.now() - closed_at < timedelta(minutes=1)


def test_a_handover_is_started_by_an_administrator(cast: Cast, account: OfficialAccount) -> None:
    row: dict[str, Any] = {
        "official_account": account, "outgoing": cast.sari, "incoming": cast.rina, "reason": "x",
        "due_on": timezone.localdate(), "checklist": 2,
    }  # fmt: skip
    refused(partial(Handover.objects.create, **row, started_by=cast.rina), "starts a handover")
    made = Handover.objects.create(**row, started_by=cast.bayu)
    # One item of the list is not the list.
    HandoverItem.objects.create(handover=made, key="devices")
    done = {"state": "done", "checked_at": timezone.now()}
    items = made.items.filter(key="devices")
    refused(partial(items.update, **done, checked_by=cast.nur), "fills in the checklist")
    items.update(**done, checked_by=cast.sari)
    signed = {"state": "outgoing_signed", "outgoing_signed_at": LONG_AGO}
    sign = partial(Handover.objects.filter(pk=made.pk).update, **signed)
    refused(partial(sign, outgoing_signed_by=cast.sari), "settled before signing")


def test_in_the_place_of_somebody_an_administrator_signs(cast: Cast, handover: Handover) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    sign = partial(
        Handover.objects.filter(pk=handover.pk).update,
        state="outgoing_signed",
        outgoing_signed_at=LONG_AGO,
    )
    for person in (cast.dwi, cast.nur):
        in_place = {"outgoing_signed_by": person, "in_place_reason": "x"}
        refused(partial(sign, **in_place), "in their place")
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    refused(partial(sign, outgoing_signed_by=cast.sari), "Who hands over signs")
    assert sign(outgoing_signed_by=cast.bayu, in_place_reason="Pergi") == 1


def test_who_takes_over_has_a_role_there_when_they_sign(cast: Cast, handover: Handover) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    settle(cast.rina, handover, Side.INCOMING)
    cast.rina.grants.update(ends_at=timezone.now())
    sign = partial(
        Handover.objects.filter(pk=handover.pk).update, state="incoming_signed",
        incoming_signed_at=LONG_AGO, incoming_signed_by=cast.rina,
    )  # fmt: skip
    refused(sign, "has a role on the unit")


def test_an_administrator_ends_a_handover_over_the_row_of_the_register(
    cast: Cast, handover: Handover
) -> None:
    sign_both(cast, handover)
    row = Handover.objects.filter(pk=handover.pk)
    shown = picture_of(handover.official_account)
    over = {"state": "completed", "ended_at": LONG_AGO, "ended_by": cast.bayu}
    kept = {"snapshot": shown, "snapshot_sha256": digest_of(shown)}
    for false in ({"a": 1}, {**shown, "two_step": "on"}, {**shown, "person_in_charge": []}):
        wrong = {"snapshot": false, "snapshot_sha256": digest_of(false)}
        refused(partial(row.update, **over, **wrong), "not what the register says")
    refused(partial(row.update, **{**over, "ended_by": cast.dwi}, **kept), "completes or cancels")
    cancelled = {"state": "cancelled", "cancelled_reason": "x", "ended_by": cast.dwi}
    refused(partial(row.update, **{**over, **cancelled}), "completes or cancels")
    over |= moved(cast, handover)
    assert row.update(**over, **kept) == 1
