"""Which letter about signing in goes first, which one goes at all, and who is woken for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from celery import Task
from django.core import mail
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import tasks
from accounts.actions import leased_letters, sign_in_letters
from accounts.actions.guards import alone_with
from accounts.actions.leased_letters import Outcome
from accounts.models import WaitingLetter
from accounts.posting import HungUp, ServerAway, mail_server
from tests.accounts.test_letters import UNKNOWN, ask, invite
from tests.cast import Cast, the_cast

Queued = list[tuple[object, ...]]
Commits = DjangoCaptureOnCommitCallbacks
send_mail = mail.send_mail


def at(moment: object) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)  # type: ignore[arg-type]  # a moment


def sent_to() -> list[str]:
    return [letter.to[0] for letter in mail.outbox]


def hang_up(*_letter: object, **_options: object) -> None:
    raise HungUp("hung up")


@pytest.mark.django_db(transaction=True)
def test_while_one_is_at_work_all_others_end_at_once(
    queued: Queued, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    cast = the_cast()
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    ask(UNKNOWN, django_capture_on_commit_callbacks)
    sending, go_on = threading.Event(), threading.Event()

    def slowly(*letter: object, **options: object) -> None:
        sending.set()
        assert go_on.wait(10)
        send_mail(*letter, **options)  # type: ignore[arg-type]  # passed on

    def first() -> None:
        try:
            tasks.send_new_sign_in_letters()
        finally:
            connection.close()

    monkeypatch.setattr("accounts.mail.send_mail", slowly)
    worker = threading.Thread(target=first)
    worker.start()
    try:
        assert sending.wait(10)
        monkeypatch.setattr("accounts.mail.send_mail", send_mail)
        tasks.send_new_sign_in_letters()
        tasks.send_sign_in_letters()
        assert mail.outbox == []
    finally:
        go_on.set()
        worker.join(10)
    assert sent_to() == [cast.dwi.email, UNKNOWN]


def test_a_server_that_falls_silent_costs_one_letter_a_run_and_no_letter_its_turn(
    cast: Cast,
    queued: Queued,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    asked: list[str] = []
    start = timezone.now()

    def silent(_subject: str, _text: str, _sender: None, to: list[str], **_options: object) -> None:
        asked.extend(to)
        hang_up()

    everybody = [cast.dwi.email, cast.rina.email, cast.sari.email]
    for second, address in enumerate(everybody):
        with at(start - timedelta(seconds=9 - second)):
            ask(address, django_capture_on_commit_callbacks)
    with monkeypatch.context() as broken:
        broken.setattr("accounts.mail.send_mail", silent)
        broken.setattr(leased_letters, "SLOW_SECONDS", 0.0)
        for minute in range(3):
            with at(start + timedelta(minutes=minute)):
                tasks.send_sign_in_letters()
            assert asked == everybody[: minute + 1]
    with at(start + timedelta(minutes=8)):
        tasks.send_sign_in_letters()
    assert sent_to() == everybody


def test_whoever_was_killed_at_work_keeps_nobody_from_being_woken(
    cast: Cast, queued: Queued, django_capture_on_commit_callbacks: Commits
) -> None:
    def killed() -> None:
        work = alone_with(sign_in_letters._SENDER)
        assert work.__enter__()
        # As the system does for a process that is gone.
        connection.close()

    worker = threading.Thread(target=killed)
    worker.start()
    worker.join(10)
    ask(UNKNOWN, django_capture_on_commit_callbacks)
    tasks.send_new_sign_in_letters()
    assert sent_to() == [UNKNOWN]


def test_once_the_server_was_away_nobody_is_woken_for_a_while_and_beat_goes_on(
    cast: Cast,
    queued: Queued,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    tried: list[int] = []

    def silent() -> object:
        tried.append(1)
        raise ServerAway("TimeoutError")

    start = timezone.now()
    with monkeypatch.context() as broken, at(start):
        broken.setattr(leased_letters, "mail_server", silent)
        for address in (UNKNOWN, cast.dwi.email, UNKNOWN):
            ask(address, django_capture_on_commit_callbacks)
            tasks.send_new_sign_in_letters()
        assert len(tried) == 1
        tasks.send_sign_in_letters()
        assert len(tried) == 2
    with at(start + timedelta(minutes=2)):
        tasks.send_new_sign_in_letters()
        assert mail.outbox == []
    with at(start + timedelta(minutes=4)):
        tasks.send_new_sign_in_letters()
    assert sorted(sent_to()) == sorted([UNKNOWN, cast.dwi.email])


def test_invitations_go_first_then_letters_to_people_and_of_each_what_is_due_longest(
    cast: Cast,
    queued: Queued,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = timezone.now()
    with at(start), monkeypatch.context() as broken:
        broken.setattr("accounts.mail.send_mail", hang_up)
        for address in (UNKNOWN, cast.rina.email):
            ask(address, django_capture_on_commit_callbacks)
        tasks.send_sign_in_letters()
    with at(start + timedelta(minutes=6)):
        ask(cast.dwi.email, django_capture_on_commit_callbacks)
        invited = invite(cast)
        tasks.send_sign_in_letters()
    assert sent_to() == [invited.email, cast.rina.email, cast.dwi.email, UNKNOWN]


def test_who_hung_up_before_the_letter_was_asked_for_leaves_no_doubt(
    cast: Cast,
    queued: Queued,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = timezone.now()
    with at(start), monkeypatch.context() as broken:
        broken.setattr("accounts.mail.send_mail", hang_up)
        ask(cast.dwi.email, django_capture_on_commit_callbacks)
        for minutes in (0, 6, 20):
            with at(start + timedelta(minutes=minutes)):
                tasks.send_sign_in_letters()
    letter = WaitingLetter.objects.get()
    assert (letter.attempts, letter.in_doubt, letter.last_error) == (3, 0, "HungUp")
    with at(start + timedelta(hours=2)):
        tasks.send_sign_in_letters()
    assert sent_to() == [cast.dwi.email]


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_of_several_letters_to_one_address_only_the_newest_is_sent_in_the_place_of_the_first(
    cast: Cast, queued: Queued, django_capture_on_commit_callbacks: Commits, who: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    address = cast.dwi.email if who == "known" else UNKNOWN
    start, other = timezone.now(), cast.rina.email if who == "known" else f"2.{UNKNOWN}"
    for minute, asked in enumerate((address, other, address.upper())):
        with at(start + timedelta(minutes=minute)):
            ask(asked, django_capture_on_commit_callbacks)
    first, _other, last = WaitingLetter.objects.order_by("created_at")
    assert (first.outcome, first.sealed, first.address_digest) == (Outcome.NOT_NEEDED, "", "")
    assert f"WaitingLetter {first.pk} is not sent" in caplog.text
    assert "samudrakota" not in caplog.text + last.address_digest
    with at(start + timedelta(minutes=4)):
        tasks.send_sign_in_letters()
    assert [to.lower() for to in sent_to()] == [address, other]
    assert not WaitingLetter.objects.exclude(address_digest="").exists()


def test_who_asks_for_a_password_does_not_take_an_invitation_back(
    cast: Cast, queued: Queued, django_capture_on_commit_callbacks: Commits
) -> None:
    made = invite(cast)
    ask(made.email, django_capture_on_commit_callbacks)
    tasks.send_sign_in_letters()
    assert sent_to() == [made.email] * 2


def test_letters_that_nobody_has_an_address_for_are_too_many_some_day_and_those_to_people_never(
    cast: Cast, queued: Queued, django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sign_in_letters, "MOST_TO_NOBODY", 2)
    strangers = [f"{number}.{UNKNOWN}" for number in range(4)]
    asked = [*strangers, cast.dwi.email, strangers[0]]
    assert len({ask(one, django_capture_on_commit_callbacks) for one in asked}) == 1
    invited = invite(cast)
    assert caplog.text.count("too many to addresses that nobody has wait") == 2
    tasks.send_sign_in_letters()
    assert sent_to() == [invited.email, cast.dwi.email, *strangers[:2]]


def test_a_letter_that_is_being_sent_when_its_time_is_over_is_left_to_its_sender(
    cast: Cast,
    queued: Queued,
    settings: Settings,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    end = WaitingLetter.objects.get().expires_at

    def meanwhile(*letter: object, **options: object) -> None:
        with at(end + timedelta(seconds=1)):
            sign_in_letters._forget()
        send_mail(*letter, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr("accounts.mail.send_mail", meanwhile)
    with at(end - timedelta(seconds=1)):
        tasks.send_sign_in_letters()
    assert WaitingLetter.objects.get().outcome == Outcome.SENT
    assert sent_to() == [cast.dwi.email]


SAID_WHILE_A_LETTER_IS_HANDED_OVER = 9


def test_a_claim_lasts_longer_than_the_slowest_server(settings: Settings) -> None:
    most = timedelta(seconds=settings.EMAIL_TIMEOUT) * SAID_WHILE_A_LETTER_IS_HANDED_OVER
    assert most < leased_letters.LEASE


@pytest.mark.parametrize("task", [tasks.send_sign_in_letters, tasks.send_new_sign_in_letters])
def test_a_run_is_broken_off_only_once_even_the_slowest_server_would_have_ended_it(
    settings: Settings, task: Task[[], None]
) -> None:
    # The last letter may be claimed right before the time of the run is over.
    last_letter = settings.EMAIL_TIMEOUT * SAID_WHILE_A_LETTER_IS_HANDED_OVER
    assert sign_in_letters.MOST_SECONDS + last_letter < (task.time_limit or 0) < 3600


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_session_is_lost_sends_no_more_since_others_may_be_at_it(
    queued: Queued, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    cast = the_cast()
    for address in (cast.dwi.email, cast.rina.email, UNKNOWN):
        ask(address, django_capture_on_commit_callbacks)

    def lose_the_session(*letter: object, **options: object) -> None:
        send_mail(*letter, **options)  # type: ignore[arg-type]  # passed on
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (session,) = cursor.fetchone()
        end_session(session)

    monkeypatch.setattr("accounts.mail.send_mail", lose_the_session)
    with pytest.raises((OperationalError, InterfaceError)):
        tasks.send_sign_in_letters()
    assert sent_to() == [cast.dwi.email]
    # As Celery does after a task.
    close_old_connections()
    monkeypatch.setattr("accounts.mail.send_mail", send_mail)
    tasks.send_sign_in_letters()
    assert sent_to() == [cast.dwi.email, cast.rina.email, UNKNOWN]


def end_session(session: int) -> None:
    """From another session: who is asked ends within moments."""

    def end() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
            assert cursor.fetchone() == (True,)
        connection.close()

    thread = threading.Thread(target=end)
    thread.start()
    thread.join(10)


def test_who_lost_the_claim_before_the_server_listened_sends_nothing(
    cast: Cast,
    queued: Queued,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    real = mail_server

    def late() -> object:
        WaitingLetter.objects.update(attempts=2)
        return real()

    monkeypatch.setattr(leased_letters, "mail_server", late)
    tasks.send_sign_in_letters()
    assert mail.outbox == []


Change = dict[str, object]


@pytest.mark.parametrize(
    "absurd",
    [
        lambda _row: {"outcome": "lost"},
        lambda _row: {"outcome": "lost", "settled_at": timezone.now(), "sealed": ""},
        lambda _row: {"in_doubt": 1},
        lambda _row: {"attempts": 1001},
        lambda row: {"next_try_at": row.created_at + timedelta(days=9999)},
        lambda row: {"next_try_at": row.created_at - timedelta(days=9999)},
        lambda row: {"claimed_until": row.expires_at + timedelta(days=1, seconds=1)},
    ],
    ids=["outcome", "settled as", "in doubt", "attempts", "far", "long ago", "claimed for years"],
)
def test_the_table_takes_nothing_absurd_of_a_letter(
    cast: Cast,
    queued: Queued,
    django_capture_on_commit_callbacks: Commits,
    absurd: Callable[[WaitingLetter], Change],
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    row = WaitingLetter.objects.get()
    change = {**absurd(row), **({"address_digest": ""} if "sealed" in absurd(row) else {})}
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitingLetter.objects.update(**change)


@pytest.mark.parametrize(
    "absurd",
    [{"kind": "else"}, {"expires_at": timezone.now() - timedelta(days=1)}],
    ids=["kind", "ended before it began"],
)
def test_the_table_takes_no_letter_that_nobody_could_send(cast: Cast, absurd: Change) -> None:
    now = timezone.now()
    usual: Change = {"kind": "new_password", "expires_at": now + timedelta(days=1)}
    row = {**usual, **absurd, "next_try_at": now, "sealed": "x", "key_version": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitingLetter.objects.create(**row)
