"""Two people answer, sign, complete or send at the same moment. Real threads, real locks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import DatabaseError, OperationalError, connection, transaction

from accounts import actions, selectors_attestation
from accounts.actions import reminders
from accounts.actions.handover_steps import Check
from accounts.checklists import Side
from accounts.errors import AccountError
from accounts.models import Administrator, Attestation, AttestationPeriod, Handover, Reminder
from accounts.selectors_attestation import agency_today
from tests.accounts.care.conftest import (
    account_of,
    attest,
    make_period,
    settle,
    sign_both,
    start,
)
from tests.accounts.conftest import trail
from tests.accounts.test_races import at_once
from tests.cast import the_cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_account_confirmed_twice_at_once_is_confirmed_once() -> None:
    cast = the_cast()
    make_period(cast.bayu)
    account = account_of(cast, cast.sari)
    ends = at_once(lambda: attest(cast.sari, account), lambda: attest(cast.bayu, account))
    assert sorted(ends) == ["AccountError", "done"]
    assert Attestation.objects.count() == 1


def test_a_period_begins_before_somebody_answers_or_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = the_cast()
    old = make_period(cast.bayu, starts=-40, due=-10)
    account = account_of(cast, cast.sari)
    looks: Iterator[int] = itertools.count()
    ends: list[str] = []

    @transaction.atomic
    def begin() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        try:
            make_period(cast.bayu, starts=-1, name="Kini")
        except OperationalError as exc:
            raise AccountError("It waits for who answers.") from exc

    def look() -> AttestationPeriod | None:
        found = selectors_attestation.current_period()
        if next(looks) in {1, 2}:
            # Once with the lock of the first answer, and once before the second one has its own.
            ends.extend(at_once(begin))
        return found

    monkeypatch.setattr("accounts.actions.attestations.current_period", look)
    assert attest(cast.sari, account).period == old
    assert ends == ["AccountError"]
    account = account_of(cast, cast.sari)
    with pytest.raises(AccountError, match="Kini has just begun"):
        attest(cast.sari, account)
    assert ends[1:] == ["done"]
    assert attest(cast.sari, account).period.name == "Kini"


def test_the_same_person_signs_twice_at_once_and_has_signed_once() -> None:
    cast = the_cast()
    handover = start(cast, account_of(cast, cast.sari))
    settle(cast.sari, handover, Side.OUTGOING)
    settle(cast.rina, handover, Side.INCOMING)
    ends = at_once(
        lambda: actions.sign_handover(actor=cast.sari, handover_id=handover.pk),
        lambda: actions.sign_handover(actor=cast.sari, handover_id=handover.pk),
        lambda: actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Pergi"),
    )
    assert sorted(ends) == ["AccountError", "AccountError", "done"]
    assert Handover.objects.get().state == "outgoing_signed"


def test_signing_at_once_ends_signed_in_order_or_not_at_all() -> None:
    cast = the_cast()
    handover = start(cast, account_of(cast, cast.sari))
    settle(cast.sari, handover, Side.OUTGOING)
    settle(cast.rina, handover, Side.INCOMING)
    ends = at_once(
        lambda: actions.sign_handover(actor=cast.sari, handover_id=handover.pk),
        lambda: actions.sign_handover(actor=cast.rina, handover_id=handover.pk),
    )
    assert ends[0] == "done"
    signed = {"done": "incoming_signed", "AccountError": "outgoing_signed"}
    assert Handover.objects.get().state == signed[ends[1]]


def test_completing_and_cancelling_at_once_does_one_of_them() -> None:
    cast = the_cast()
    handover = start(cast, account_of(cast, cast.sari))
    sign_both(cast, handover)
    ends = at_once(
        lambda: actions.complete_handover(actor=cast.bayu, handover_id=handover.pk),
        lambda: actions.complete_handover(actor=cast.bayu, handover_id=handover.pk),
        lambda: actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="x"),
    )
    assert sorted(ends) == ["AccountError", "AccountError", "done"]
    completed = Handover.objects.get().state == "completed"
    assert Administrator.objects.filter(user=cast.rina).count() == completed


def test_two_handovers_started_at_once_are_one() -> None:
    cast = the_cast()
    account = account_of(cast, cast.sari)
    ends = at_once(lambda: start(cast, account), lambda: start(cast, account))
    assert sorted(ends) == ["AccountError", "done"]


def test_beats_at_once_send_each_letter_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "FIRST_HOUR", 0)
    cast = the_cast()
    make_period(cast.bayu, starts=-20, due=5)
    account_of(cast, cast.sari)
    account_of(cast, cast.dwi)

    def beat() -> None:
        from accounts.tasks import claim_due_reminders

        claim_due_reminders()

    assert at_once(beat, beat, beat) == ["done"] * 3
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "dwi@samudrakota.example",
        "sari@samudrakota.example",
    ]
    assert Reminder.objects.filter(outcome="sent", day=agency_today()).count() == 2
    assert len(trail("accounts.reminder.sent")) == 2
    assert connection.in_atomic_block is False


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_nobody_signs_over_what_has_changed_since_they_began_to_read(level: str) -> None:
    cast = the_cast()
    handover = start(cast, account_of(cast, cast.sari))
    settle(cast.sari, handover, Side.OUTGOING)
    again = {"devices": Check(state="open")}

    @transaction.atomic
    def read_and_sign() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        devices = handover.items.filter(key="devices")
        assert devices.get().state == "done"
        assert at_once(
            lambda: actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=again)
        ) == ["done"]
        assert devices.get().state == "done"
        Handover.objects.filter(pk=handover.pk).update(
            state="outgoing_signed",
            outgoing_signed_by=cast.sari,
            outgoing_signed_at=handover.started_at,
        )

    with pytest.raises(DatabaseError, match="READ COMMITTED"):
        read_and_sign()
    assert Handover.objects.get().state == "started"
