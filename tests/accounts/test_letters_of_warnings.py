"""Letters about connections that end: what becomes of one is no matter of another."""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import tasks
from accounts.actions import leased_letters, warning_letters
from accounts.capabilities import Role
from accounts.events_connections import CONNECTION_WARNED
from accounts.models import (
    ConnectionLetter,
    ConnectionWarning,
    Credential,
    OfficialAccount,
    Unit,
    User,
)
from accounts.selectors import people_who_manage
from govsocial.audit.actions import record
from govsocial.audit.events import Event
from govsocial.local.valkey import free_port
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import give_credential
from tests.cast import Cast

Outcome = ConnectionLetter.Outcome
WORDS = "Failing row contains (7, siti@samudrakota.example)."
REFUSED = smtplib.SMTPRecipientsRefused({"gone@samudrakota.example": (550, b"No such user")})
send_mail = mail.send_mail


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return ending(cast, cast.diskominfo)


def ending(cast: Cast, unit: Unit, **left: float) -> OfficialAccount:
    made = factories.official_account(unit)
    give_credential(made, cast.bayu)
    end = timezone.now() + timedelta(**(left or {"days": 10}))
    Credential.objects.filter(official_account=made).update(expires_at=end)
    return made


@pytest.fixture
def gone(cast: Cast) -> User:
    """Whose address the mail server does not take, before all others by name."""
    person = factories.user("Aaa Gone", email="gone@samudrakota.example")
    factories.grant(person, Role.ADMINISTRATOR, cast.city)
    return person


Refuse = Callable[[BaseException], None]


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Have letters to that address fail, in that way."""

    def fail(how: BaseException) -> None:
        def send(subject: str, message: str, sender: None, to: list[str], **more: object) -> int:
            if to[0].startswith("gone@"):
                raise how
            return send_mail(subject, message, sender, to, **more)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr("accounts.mail.send_mail", send)

    return fail


def beats(times: int = 1, *, apart: timedelta = timedelta(minutes=5)) -> Counter[str]:
    """Run the task of beat so often, from now on; how many letters left, by receiver."""
    mail.outbox.clear()
    start = timezone.now()
    for number in range(times):
        with time_machine.travel(start + number * apart, tick=False):
            tasks.warn_of_ends()
    return Counter(letter.to[0].split("@")[0] for letter in mail.outbox)


@pytest.mark.parametrize("name", ["Aaa Gone", "Zzz Gone"])
@pytest.mark.parametrize("how", [REFUSED, ValueError("no address")], ids=["refused", "malformed"])
def test_one_bad_address_neither_repeats_nor_blocks_the_letters_of_others(
    account: OfficialAccount, gone: User, refuse: Refuse, how: Exception, name: str
) -> None:
    User.objects.filter(pk=gone.pk).update(full_name=name)
    refuse(how)
    assert beats(5) == {"bayu": 1}
    letter = ConnectionLetter.objects.get(person=gone)
    assert (letter.outcome, letter.attempts) == (Outcome.WAITING, 3), "at once, after 5 and 15"


def test_a_bad_address_is_tried_less_and_less_and_then_told(
    account: OfficialAccount, gone: User, refuse: Refuse
) -> None:
    refuse(REFUSED)
    tried: list[datetime] = []
    moment = timezone.now()
    while not ConnectionLetter.objects.filter(person=gone, outcome=Outcome.GIVEN_UP):
        with time_machine.travel(moment, tick=False):
            tasks.warn_of_ends()
        tried.append(moment)
        moment = ConnectionLetter.objects.get(person=gone).next_try_at
    pauses = [after - before for before, after in pairwise(tried)]
    assert len(tried) == leased_letters.MOST_ATTEMPTS
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=5)
    assert timedelta(days=1) < sum(pauses, timedelta()) < timedelta(days=2)
    (entry,) = trail("accounts.letter.given_up")
    assert entry.target_label == "Aaa Gone"
    assert entry.data == {
        "about": "connection",
        "attempts": len(tried),
        "error": "SMTPRecipientsRefused",
    }
    (entry,) = trail("accounts.connection.warned")
    assert entry.data == {"days": 14, "letters": 1}
    assert ConnectionWarning.objects.get().sent_at is not None
    assert beats(3, apart=timedelta(hours=7)) == {}


def test_a_fault_of_ours_while_they_are_written_costs_no_letter(
    account: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("accounts.mail.render_to_string", mock.Mock(side_effect=KeyError))
        assert beats(3, apart=timedelta(minutes=20)) == {}
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert beats() == {"bayu": 1}


def failing(real: Callable[..., object], fails: Callable[..., bool]) -> Callable[..., object]:
    """``real``, but for some, with words that belong into no log."""

    def call(*args: Any, **more: Any) -> object:
        if fails(*args, **more):
            raise ValueError(WORDS)
        return real(*args, **more)

    return call


@pytest.mark.parametrize("which", [0, 1])
def test_a_warning_that_cannot_go_on_keeps_back_no_other(
    cast: Cast,
    account: OfficialAccount,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    which: int,
) -> None:
    accounts = [account, ending(cast, cast.dinkes)]
    monkeypatch.setattr(warning_letters, "MOST_WARNINGS", 1)
    with monkeypatch.context() as broken:
        at = accounts[which].unit
        broken.setattr(
            warning_letters,
            "people_who_manage",
            failing(people_who_manage, lambda unit: unit == at),
        )
        assert beats(2) == {"bayu": 1}
    assert "A warning did not go on." in caplog.text
    assert "ValueError" in caplog.text
    assert WORDS not in caplog.text
    told = ConnectionWarning.objects.exclude(sent_at=None).get()
    assert told.credential.official_account == accounts[1 - which]
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        assert beats(2) == {"bayu": 1}
    assert not ConnectionWarning.objects.filter(sent_at=None).exists()


def test_a_letter_of_which_nobody_can_say_whether_it_is_wanted_keeps_back_no_other(
    account: OfficialAccount,
    gone: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real = warning_letters._why_unneeded
    with monkeypatch.context() as broken:
        broken.setattr(
            warning_letters, "_why_unneeded", failing(real, lambda one: one.person == gone)
        )
        assert beats(5) == {"bayu": 1}
    letter = ConnectionLetter.objects.get(person=gone)
    assert (letter.outcome, letter.in_doubt) == (Outcome.WAITING, 0), "it certainly did not leave"
    assert letter.last_error == "ValueError"
    assert WORDS not in caplog.text
    with time_machine.travel(letter.next_try_at, tick=False):
        assert beats(2) == {"gone": 1}
    assert ConnectionWarning.objects.get().letters == 2


def test_a_letter_that_left_stays_sent_though_its_warning_cannot_be_closed(
    account: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closes(event: Event, **_data: object) -> bool:
        return event == CONNECTION_WARNED

    with monkeypatch.context() as broken:
        broken.setattr(warning_letters, "record", failing(record, closes))
        assert beats(5, apart=timedelta(minutes=20)) == {"bayu": 1}
    assert ConnectionLetter.objects.get().outcome == Outcome.SENT
    assert ConnectionWarning.objects.get().sent_at is None
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert beats(2) == {}
    assert ConnectionWarning.objects.get().letters == 1
    assert len(trail("accounts.connection.warned")) == 1


def test_a_letter_that_left_and_could_not_be_written_down_keeps_back_no_other(
    account: OfficialAccount, gone: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = warning_letters._write_down
    with monkeypatch.context() as broken:
        broken.setattr(
            warning_letters, "_write_down", failing(real, lambda _by, one, _how: one.person == gone)
        )
        assert beats(5, apart=timedelta(minutes=20)) == {"gone": 2, "bayu": 1}
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        assert beats(2) == {}
    assert ConnectionLetter.objects.get(person=gone).outcome == Outcome.GIVEN_UP


def test_many_bad_letters_do_not_keep_back_a_good_one(
    cast: Cast, gone: User, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warning_letters, "MOST_LETTERS", 2)
    monkeypatch.setattr(warning_letters, "MOST_WARNINGS", 1)
    local = factories.user(email="siti@samudrakota.example")
    factories.grant(local, Role.ADMINISTRATOR, cast.diskominfo)
    for unit in (cast.dinkes, cast.dinkes, cast.dinkes, cast.diskominfo):
        ending(cast, unit)
    refuse(REFUSED)
    assert beats(8) == {"bayu": 4, "siti": 1}


@pytest.mark.parametrize(
    "how", [TimeoutError(), smtplib.SMTPServerDisconnected("gone"), KeyError()]
)
def test_a_letter_that_may_have_left_is_sent_once_more_at_most(
    account: OfficialAccount, gone: User, refuse: Refuse, how: Exception
) -> None:
    refuse(how)
    assert beats(5) == {"bayu": 1}
    letter = ConnectionLetter.objects.get(person=gone)
    assert (letter.outcome, letter.attempts) == (Outcome.GIVEN_UP, 2)


class Killed(BaseException):
    """As a worker ends that is killed: nothing after it is written."""


def test_a_worker_that_dies_while_it_sends_loses_no_letter_and_sends_one_twice_at_most(
    account: OfficialAccount, gone: User, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(Killed())
    with pytest.raises(Killed):
        tasks.warn_of_ends()
    assert beats() == {"bayu": 1}, "the others do not wait for it"
    later = timezone.now() + leased_letters.LEASE
    with monkeypatch.context() as patched, time_machine.travel(later, tick=False):
        patched.setattr("accounts.mail.send_mail", send_mail)
        assert beats(3) == {"gone": 1}
    assert ConnectionWarning.objects.get().letters == 2


def test_who_died_of_a_letter_twice_is_not_followed_by_a_third(
    account: OfficialAccount, gone: User, refuse: Refuse
) -> None:
    refuse(Killed())
    start = timezone.now()
    for number in range(2):
        with (
            time_machine.travel(start + number * leased_letters.LEASE, tick=False),
            pytest.raises(Killed),
        ):
            tasks.warn_of_ends()
    with time_machine.travel(start + 2 * leased_letters.LEASE, tick=False):
        assert beats() == {"bayu": 1}
    assert ConnectionLetter.objects.get(person=gone).outcome == Outcome.GIVEN_UP
    assert trail("accounts.letter.given_up")


def test_who_died_before_a_letter_was_handed_over_is_followed_by_as_many_as_after_a_refusal(
    account: OfficialAccount, gone: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr("accounts.mail.render_to_string", mock.Mock(side_effect=Killed))
        for number in range(4):
            with (
                time_machine.travel(start + number * leased_letters.LEASE, tick=False),
                pytest.raises(Killed),
            ):
                tasks.warn_of_ends()
    assert set(ConnectionLetter.objects.values_list("in_doubt", flat=True)) == {0}
    with time_machine.travel(start + 4 * leased_letters.LEASE, tick=False):
        assert beats() == {"gone": 1, "bayu": 1}


def test_while_the_mail_server_is_away_no_letter_is_counted_as_tried(
    account: OfficialAccount, gone: User, settings: Settings
) -> None:
    # Nobody listens on this port, so it is the opening of the connection that fails.
    at_hand = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert beats(20, apart=timedelta(hours=3)) == {}
    assert set(ConnectionLetter.objects.values_list("attempts", "in_doubt")) == {(0, 0)}
    settings.EMAIL_BACKEND = at_hand
    with time_machine.travel(timezone.now() + timedelta(hours=60), tick=False):
        assert beats(2) == {"gone": 1, "bayu": 1}


def test_a_mail_server_that_is_slow_holds_no_worker_beyond_the_next_run(
    account: OfficialAccount, gone: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warning_letters, "MOST_SECONDS", -1.0)
    assert [beats().total() for _ in range(3)] == [1, 1, 0]


def test_who_keeps_the_accounts_by_now_is_warned_and_nobody_else(
    cast: Cast, account: OfficialAccount, gone: User, refuse: Refuse
) -> None:
    refuse(REFUSED)
    assert beats() == {"bayu": 1}
    late = factories.user(email="late@samudrakota.example")
    factories.grant(late, Role.ADMINISTRATOR, cast.diskominfo)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert beats(2) == {"late": 1}
    assert ConnectionLetter.objects.get(person=gone).outcome == Outcome.NOT_NEEDED
    assert ConnectionWarning.objects.get().letters == 2
    assert not trail("accounts.letter.given_up")


def test_a_settled_letter_stays_as_it_is(account: OfficialAccount) -> None:
    beats()
    rows = ConnectionLetter.objects.all()
    writes: list[Callable[[], object]] = [
        lambda: rows.update(outcome=Outcome.WAITING, settled_at=None),
        lambda: rows.update(attempts=0),
        lambda: rows.delete(),
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.parametrize(
    "absurd",
    [
        {"outcome": "lost"},
        {"outcome": "lost", "settled_at": timezone.now()},
        {"in_doubt": 1},
        {"attempts": 1001},
        {"next_try_at": timezone.now() + timedelta(days=9999)},
    ],
    ids=["outcome", "settled as", "in doubt", "attempts", "far"],
)
def test_the_table_takes_nothing_absurd_of_a_letter(
    account: OfficialAccount, gone: User, refuse: Refuse, absurd: dict[str, Any]
) -> None:
    refuse(ConnectionRefusedError())
    beats()
    waiting = ConnectionLetter.objects.filter(person=gone)
    assert waiting.update(attempts=0) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        waiting.update(**absurd)
