"""Letters: who gets one, on which day, in which language, and never twice."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.actions import leased_letters, reminders
from accounts.capabilities import Role
from accounts.models import AttestationPeriod, Grant, Handover, OfficialAccount, Reminder, User
from accounts.posting import HungUp
from accounts.reminding import due_reminders, last_slot, late_handovers_of, weekly_slot
from accounts.tasks import claim_due_reminders
from govsocial.celery import app
from govsocial.local.valkey import free_port
from tests import factories
from tests.accounts.care.conftest import account_of, attest, start
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.triggers import without_trigger

FIRST = date(2026, 3, 1)
DUE = date(2026, 3, 31)


def at(day: date, hour: int = 9) -> time_machine.travel:
    """That hour in Jakarta, which is seven hours ahead of UTC."""
    then = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=7)
    return time_machine.travel(then, tick=False)


def send_on(day: date, hour: int = 9) -> list[str]:
    """Run the beat on ``day``; whom it wrote to."""
    mail.outbox.clear()
    with at(day, hour):
        claim_due_reminders()
    return sorted(letter.to[0].split("@")[0] for letter in mail.outbox)


@pytest.fixture
def period(cast: Cast) -> AttestationPeriod:
    return AttestationPeriod.objects.create(
        unit=cast.city,
        name="Semester I 2026",
        starts_on=FIRST,
        due_on=DUE,
        remind_days_before=[14, 7, 1],
        escalate_after_days=10,
        created_by=cast.bayu,
    )


@pytest.fixture
def accounts(cast: Cast, period: AttestationPeriod) -> list[OfficialAccount]:
    """Two of Sari's, one of Dwi's; all older than the period."""
    return [account_of(cast, person) for person in (cast.sari, cast.sari, cast.dwi)]


@pytest.fixture(autouse=True)
def long_held_roles(cast: Cast) -> None:
    """The tests go back in time; the roles of the cast were given before that."""
    with without_trigger("accounts.Grant:only_ends"):
        Grant.objects.update(starts_at=datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "slot"),
    [
        (date(2026, 3, 16), None),
        (date(2026, 3, 17), date(2026, 3, 17)),
        (date(2026, 3, 20), date(2026, 3, 17)),
        (date(2026, 3, 30), date(2026, 3, 30)),
        (date(2026, 3, 31), date(2026, 3, 30)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 4, 7), date(2026, 4, 1)),
        (date(2026, 4, 8), date(2026, 4, 8)),
    ],
)
def test_a_reminder_is_due_as_the_period_says_and_weekly_when_late(
    cast: Cast, period: AttestationPeriod, day: date, slot: date | None
) -> None:
    assert last_slot(period, day) == slot


def test_nothing_is_late_on_the_due_day() -> None:
    assert weekly_slot(DUE, DUE) is None


def test_one_letter_names_all_accounts_of_a_person_and_comes_once(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    assert send_on(date(2026, 3, 16)) == []
    assert send_on(date(2026, 3, 17)) == ["dwi", "sari"]
    (letter,) = (one for one in mail.outbox if one.to == [cast.sari.email])
    assert str(letter.body).count("- Kanal ") == 2
    assert f"{settings.SITE_URL}/official-accounts/attestations/mine/" in str(letter.body)
    for day in (17, 18, 23):
        assert send_on(date(2026, 3, day)) == [], "the slot is used"
    assert send_on(date(2026, 3, 24)) == ["dwi", "sari"]
    assert {entry.data["accounts"] for entry in trail("accounts.reminder.sent")} == {1, 2}


def test_who_has_confirmed_everything_hears_nothing_more(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    with at(date(2026, 3, 10)):
        for account in accounts[:2]:
            attest(cast.sari, account)
    assert send_on(date(2026, 3, 17)) == ["dwi"]


def test_a_day_on_which_nothing_ran_is_made_up_for(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    assert send_on(date(2026, 3, 19)) == ["dwi", "sari"]
    assert send_on(date(2026, 3, 20)) == []


def test_nobody_is_written_to_in_the_night(cast: Cast, accounts: list[OfficialAccount]) -> None:
    with at(date(2026, 3, 17), hour=6):
        assert claim_due_reminders() == 0
    with at(date(2026, 3, 17), hour=7):
        assert claim_due_reminders() == 2


def test_an_emptied_broker_loses_no_letter(cast: Cast, accounts: list[OfficialAccount]) -> None:
    """The rows are there, the messages are gone: the next run sends what was planned."""
    with at(date(2026, 3, 17)):
        assert reminders.plan_reminders() == 2
        assert mail.outbox == []
        assert claim_due_reminders() == 2
        assert claim_due_reminders() == 0


@pytest.mark.parametrize(
    ("failure", "again"),
    [
        (ConnectionRefusedError(), 1),
        (smtplib.SMTPServerDisconnected("gone in the middle"), 0),
        (TimeoutError(), 0),
    ],
    ids=str,
)
def test_a_letter_is_sent_again_only_when_it_certainly_did_not_leave(
    cast: Cast, period: AttestationPeriod, failure: OSError, again: int
) -> None:
    account_of(cast, cast.sari)
    with at(date(2026, 3, 17)):
        with mock.patch("accounts.mail.send_mail", side_effect=failure) as sending:
            assert claim_due_reminders() == 0
        assert sending.call_count == 1, "not tried over and over in one run"
        assert claim_due_reminders() == again
    assert Reminder.objects.filter(outcome="sent").count() == again


@pytest.mark.parametrize(
    "failure", [smtplib.SMTPServerDisconnected("after the letter"), TimeoutError(), KeyError()],
    ids=lambda failure: type(failure).__name__,
)  # fmt: skip
@pytest.mark.django_db(transaction=True)
def test_where_one_letter_may_have_left_the_others_wait_and_the_trail_tells_of_it(
    cast: Cast, accounts: list[OfficialAccount], failure: Exception
) -> None:
    with at(date(2026, 3, 17)):
        with mock.patch("accounts.mail.send_mail", side_effect=failure) as sending:
            assert claim_due_reminders() == 0
        assert sending.call_count == 1
        assert claim_due_reminders() == 1
        assert claim_due_reminders() == 0
    assert [letter.to for letter in mail.outbox] == [[cast.sari.email]]
    (entry,) = trail("accounts.letter.given_up")
    assert entry.target_id == str(cast.dwi.pk)
    assert entry.data == {"about": "attestation", "attempts": 1, "error": type(failure).__name__}


def test_a_server_that_says_nothing_is_waited_for_once_a_run_and_costs_no_letter(
    cast: Cast, accounts: list[OfficialAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(date(2026, 3, 17)):
        with monkeypatch.context() as broken:
            silent = mock.Mock(side_effect=HungUp("Connection unexpectedly closed"))
            broken.setattr("accounts.mail.send_mail", silent)
            broken.setattr(leased_letters, "SLOW_SECONDS", 0.0)
            assert [claim_due_reminders() for _ in range(2)] == [0, 0]
        asked = sorted(one.args[3][0] for one in silent.call_args_list)
        assert asked == [cast.dwi.email, cast.sari.email]
        assert claim_due_reminders() == 0, "not at once"
    assert send_on(date(2026, 3, 17), hour=10) == ["dwi", "sari"]


def test_a_fault_of_ours_while_they_are_written_costs_no_letter(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    fault = mock.patch("accounts.mail_care.render_to_string", side_effect=KeyError)
    with at(date(2026, 3, 17)), fault:
        assert claim_due_reminders() == 0
    assert send_on(date(2026, 3, 17), hour=10) == ["dwi", "sari"]


def test_one_bad_address_keeps_back_no_other_and_is_told_in_the_end(
    cast: Cast, accounts: list[OfficialAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dwi's letter is the first, and of her address no heading of a letter can be made."""
    User.objects.filter(pk=cast.dwi.pk).update(email="dwi@\nsamudrakota.example")
    monkeypatch.setattr(leased_letters, "MOST_ATTEMPTS", 2)
    sent = [send_on(date(2026, 3, 17), hour=hour) for hour in (9, 10, 11)]
    assert sent == [["sari"], [], []]
    (entry,) = trail("accounts.letter.given_up")
    assert entry.data == {"about": "attestation", "attempts": 2, "error": "BadHeaderError"}
    assert entry.target_id == str(cast.dwi.pk)


def test_a_mail_server_that_is_away_costs_no_letter(
    cast: Cast, accounts: list[OfficialAccount], settings: Settings
) -> None:
    at_hand = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with at(date(2026, 3, 17)):
        assert [claim_due_reminders() for _ in range(3)] == [0, 0, 0]
        assert list(Reminder.objects.values_list("attempts", "settled_at")) == [(0, None)] * 2
        settings.EMAIL_BACKEND = at_hand
        assert claim_due_reminders() == 2


def test_late_accounts_are_told_weekly_and_to_administrators_after_a_while(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    factories.reads_english(cast.bayu)
    gede = factories.user("Gede Putra", email="gede@samudrakota.example")
    factories.grant(gede, Role.ADMINISTRATOR, cast.dinkes)
    assert send_on(date(2026, 4, 1)) == ["dwi", "sari"]
    assert send_on(date(2026, 4, 8)) == ["dwi", "sari"]
    assert send_on(date(2026, 4, 10)) == ["bayu"], "ten days late; not Dinkes' administrator"
    (letter,) = mail.outbox
    assert letter.subject == "3 official accounts are not confirmed, 10 days late"
    assert "Sari Wulandari" in str(letter.body)
    assert send_on(date(2026, 4, 11)) == []
    assert send_on(date(2026, 4, 15)) == ["dwi", "sari"]
    assert send_on(date(2026, 4, 17)) == ["bayu"]


def test_an_account_that_nobody_can_confirm_reaches_the_administrators(
    cast: Cast, period: AttestationPeriod
) -> None:
    account_of(cast, None, display_name="Tanpa penanggung jawab")
    with factories.still_here(cast.inactive):
        account_of(cast, cast.inactive, display_name="Sudah pergi")
    account_of(cast, cast.made, display_name="Pindah unit")
    with without_trigger("accounts.Grant:ends_once_now_or_later"):
        cast.made.grants.update(ends_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert send_on(date(2026, 4, 1)) == []
    assert send_on(date(2026, 4, 10)) == ["bayu"]
    text = str(mail.outbox[0].body)
    assert all(name in text for name in ("Tanpa penanggung jawab", "Sudah pergi", "Pindah unit"))


def test_letters_are_in_the_language_of_their_reader(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    factories.reads_english(cast.dwi)
    send_on(date(2026, 3, 17))
    subjects = {letter.to[0]: letter.subject for letter in mail.outbox}
    assert subjects[cast.dwi.email] == "1 account waits for your confirmation"
    (body,) = (str(one.body) for one in mail.outbox if one.to == [cast.dwi.email])
    assert "due on 31 March 2026" in body


def test_a_name_does_not_break_a_letter(cast: Cast, period: AttestationPeriod) -> None:
    account_of(cast, cast.sari, display_name="<b>Kota & Warga</b>")
    send_on(date(2026, 3, 17))
    assert "<b>Kota & Warga</b>" in str(mail.outbox[0].body)
    assert "\n" not in mail.outbox[0].subject


def test_a_late_handover_reminds_all_three_once_a_week(
    cast: Cast, account: OfficialAccount
) -> None:
    # For the database it begins today, whatever the clock of Python says.
    with at(date(2026, 3, 1)), without_trigger("accounts.Handover:due_within_a_year"):
        handover = start(cast, account, due_on=date(2026, 3, 10))
    assert send_on(date(2026, 3, 10)) == []
    assert send_on(date(2026, 3, 11)) == ["bayu", "rina", "sari"]
    assert "Sari Wulandari → Rina Lestari" in str(mail.outbox[0].body)
    assert send_on(date(2026, 3, 12)) == []
    assert send_on(date(2026, 3, 18)) == ["bayu", "rina", "sari"]
    with at(date(2026, 3, 19)):
        actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Batal")
    assert send_on(date(2026, 3, 25)) == []
    assert Handover.objects.get().state == "cancelled"


def test_where_who_began_a_late_handover_keeps_the_account_no_longer_all_who_do_are_reminded(
    cast: Cast, account: OfficialAccount
) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    grant = factories.grant(cast.laila, Role.ADMINISTRATOR, cast.diskominfo, starts_at=began)
    with at(date(2026, 3, 1)), without_trigger("accounts.Handover:due_within_a_year"):
        start(cast, account, actor=cast.laila, due_on=date(2026, 3, 10))
    assert send_on(date(2026, 3, 11)) == ["laila", "rina", "sari"]
    Grant.objects.filter(pk=grant.pk).update(ends_at=datetime(2026, 3, 12, tzinfo=UTC))
    assert send_on(date(2026, 3, 18)) == ["bayu", "rina", "sari"]
    assert "Sari Wulandari → Rina Lestari" in str(mail.outbox[0].body)


def test_a_letter_about_handovers_costs_no_more_where_many_keep_the_account(
    cast: Cast, account: OfficialAccount, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    due = timezone.localdate() + timedelta(days=1)
    start(cast, account, due_on=due)
    for _more in range(9):
        factories.grant(factories.user(), Role.ADMINISTRATOR, cast.diskominfo)
    with django_assert_max_num_queries(5):
        assert len(late_handovers_of(cast.sari, due + timedelta(days=1))) == 1


def test_planning_letters_asks_no_more_where_many_people_get_one(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    with at(FIRST), without_trigger("accounts.Handover:due_within_a_year"):
        start(cast, account, due_on=DUE)

    def planned() -> tuple[int, int]:
        with at(DUE + timedelta(days=10)), CaptureQueriesContext(connection) as queries:
            return len(due_reminders()), len(queries)

    account_of(cast, cast.dwi)
    letters, asked = planned()
    for _more in range(5):
        keeper, person = factories.user(), factories.user()
        factories.grant(keeper, Role.ADMINISTRATOR, cast.diskominfo)
        factories.grant(person, Role.DRAFTER, cast.diskominfo)
        account_of(cast, person)
    assert planned() == (letters + 10, asked)


def test_who_was_deactivated_meanwhile_gets_no_letter(
    cast: Cast, accounts: list[OfficialAccount]
) -> None:
    with at(date(2026, 3, 17)):
        reminders.plan_reminders()
        User.objects.filter(pk=cast.sari.pk).update(is_active=False)
        assert claim_due_reminders() == 1
    assert [letter.to for letter in mail.outbox] == [[cast.dwi.email]]
    assert set(Reminder.objects.values_list("outcome", flat=True)) == {"sent", "not_needed"}


def test_what_was_sent_stays_sent(cast: Cast, accounts: list[OfficialAccount]) -> None:
    send_on(date(2026, 3, 17))
    rows = Reminder.objects.all()
    writes: list[Callable[[], object]] = [
        lambda: rows.update(settled_at=None, outcome="waiting"),
        lambda: rows.update(day=date(2026, 3, 18)),
        lambda: rows.delete(),
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_beat_asks_for_it() -> None:
    (entry,) = (
        one for one in app.conf.beat_schedule.values() if one["task"] == claim_due_reminders.name
    )
    assert entry["options"]["expires"] < entry["schedule"]
