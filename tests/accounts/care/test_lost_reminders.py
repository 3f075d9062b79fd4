"""A reminder whose sender dies is sent by the next one, unless it may have left: then the trail
tells of it, and nobody gets it twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from unittest import mock

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL

from accounts.actions import leased_letters
from accounts.models import AttestationPeriod, OfficialAccount, Reminder
from accounts.tasks import claim_due_reminders
from tests import factories
from tests.accounts.care.conftest import account_of, attest
from tests.accounts.care.test_reminders import at, long_held_roles, period, send_on
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.triggers import migrating

__all__ = ["long_held_roles", "period"]
DAY = date(2026, 3, 17)


class Killed(BaseException):
    pass


@pytest.fixture(autouse=True)
def account(cast: Cast, period: AttestationPeriod) -> OfficialAccount:
    return account_of(cast, cast.sari)


@contextmanager
def killed(where: str) -> Iterator[None]:
    """The worker ends there, at nine."""
    with at(DAY), mock.patch(where, side_effect=Killed), pytest.raises(Killed):
        claim_due_reminders()
    yield


def away() -> AbstractContextManager[object]:
    """There is no talking to the mail server."""
    connection = mock.Mock(**{"open.side_effect": ConnectionRefusedError})
    return mock.patch("accounts.posting.get_connection", return_value=connection)


def given_up() -> list[dict[str, object]]:
    return [entry.data for entry in trail("accounts.letter.given_up")]


@pytest.mark.parametrize(
    "where", ["accounts.actions.reminders.letter_of", "accounts.posting.get_connection"]
)
def test_a_sender_killed_before_the_server_listens_leaves_it_to_the_next(where: str) -> None:
    with killed(where):
        assert send_on(DAY, hour=10) == ["sari"]
    assert send_on(DAY, hour=11) == []
    assert not given_up()


def test_what_a_sender_killed_while_handing_it_over_had_is_told_and_not_sent_again() -> None:
    with killed("accounts.mail.send_mail"):
        assert send_on(DAY, hour=10) == []
    assert send_on(DAY, hour=11) == []
    assert given_up() == [{"about": "attestation", "attempts": 2, "error": ""}]
    assert Reminder.objects.get().outcome == "given_up"
    assert send_on(date(2026, 3, 24)) == ["sari"]


def test_a_session_lost_while_the_server_is_away_costs_no_letter() -> None:
    with (
        at(DAY),
        away(),
        mock.patch.object(leased_letters, "_give_back", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        claim_due_reminders()
    assert send_on(DAY, hour=10) == ["sari"]
    assert not given_up()


def test_what_no_server_was_offered_is_not_told_as_given_up() -> None:
    with killed("accounts.actions.reminders.letter_of"):
        assert send_on(date(2026, 3, 18), hour=1) == []
    assert Reminder.objects.get().outcome == "not_needed"
    assert not given_up()


@pytest.mark.parametrize("first", ["away", "killed"])
def test_nor_where_the_server_was_away_before_or_after_its_sender_died(first: str) -> None:
    def find_it_away(hour: int) -> None:
        with at(DAY, hour), away():
            assert claim_due_reminders() == 0

    if first == "away":
        find_it_away(hour=8)
    with killed("accounts.actions.reminders.letter_of"):
        if first == "killed":
            find_it_away(hour=10)
    assert Reminder.objects.get().attempts == 1
    assert send_on(date(2026, 3, 18), hour=1) == []
    assert Reminder.objects.get().outcome == "not_needed"
    assert not given_up()


def test_what_may_have_left_is_told_also_where_its_reason_has_gone(
    cast: Cast, account: OfficialAccount
) -> None:
    with killed("accounts.mail.send_mail"), at(DAY, hour=10):
        attest(cast.sari, account)
        assert claim_due_reminders() == 0
    assert Reminder.objects.get().outcome == "given_up"
    assert len(given_up()) == 1


def test_what_the_server_refused_is_told_also_where_it_was_away_afterwards() -> None:
    for hour, failure in ((9, ValueError), (10, ConnectionRefusedError)):
        with at(DAY, hour), mock.patch("accounts.mail.send_mail", side_effect=failure):
            assert claim_due_reminders() == 0
            was_away = leased_letters.was_just_away(Reminder.objects.all())
            assert was_away == (failure is ConnectionRefusedError)
    assert send_on(date(2026, 3, 18), hour=1) == []
    assert Reminder.objects.get().outcome == "given_up"
    assert given_up() == [{"about": "attestation", "attempts": 1, "error": "ValueError"}]


def test_what_is_left_from_another_day_is_settled_and_the_trail_tells_of_what_was_tried(
    cast: Cast,
) -> None:
    account_of(cast, cast.dwi)
    refusals = {cast.dwi.email: ValueError, cast.sari.email: ConnectionRefusedError}

    def refuse(_subject: str, _message: str, _by: None, to: list[str], **_kw: object) -> None:
        raise refusals[to[0]]

    with at(DAY), mock.patch("accounts.mail.send_mail", refuse):
        assert claim_due_reminders() == 0
    assert not given_up()
    with at(date(2026, 3, 18), hour=1):
        assert [claim_due_reminders() for _ in range(2)] == [0, 0]
    assert mail.outbox == []
    outcomes = dict(Reminder.objects.values_list("person", "outcome"))
    assert outcomes == {cast.dwi.pk: "given_up", cast.sari.pk: "not_needed"}
    assert given_up() == [{"about": "attestation", "attempts": 1, "error": "ValueError"}]


@pytest.mark.parametrize(
    ("claimed_at", "sent_at", "outcome"),
    [(None, None, "not_needed"), (True, None, "given_up"), (True, True, "sent")],
)
def test_the_upgrade_knows_what_became_of_each(
    cast: Cast, claimed_at: bool | None, sent_at: bool | None, outcome: str
) -> None:
    then = datetime(2026, 3, 17, 3, tzinfo=UTC)
    loader = MigrationExecutor(connection).loader
    (settle,) = (
        one
        for one in loader.get_migration("accounts", "0064_reminders_are_leased").operations
        if isinstance(one, RunSQL)
    )
    with connection.cursor() as cursor:
        for column in ("claimed_at", "sent_at"):
            cursor.execute(f"ALTER TABLE accounts_reminder ADD {column} timestamptz")
        row = Reminder.objects.create(
            kind="attestation", person=factories.user(), slot=DAY, day=DAY, next_try_at=then
        )
        cursor.execute(
            "UPDATE accounts_reminder SET claimed_at = %s, sent_at = %s",
            [then if claimed_at else None, then if sent_at else None],
        )
        with migrating():
            cursor.execute(str(settle.sql))
    row.refresh_from_db()
    assert row.outcome == outcome
    assert row.settled_at is not None
    assert row.settled_at == then or not claimed_at
