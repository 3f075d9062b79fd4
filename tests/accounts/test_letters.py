"""Letters about signing in: in the agency's name and language, with a link that works, and sent by
a worker."""

from __future__ import annotations

import re
import smtplib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import actions, tasks, vault
from accounts.actions.leased_letters import MOST_ATTEMPTS, Outcome
from accounts.mail_sign_in import SignInLetter
from accounts.models import Unit, User, WaitingLetter
from govsocial.celery import app
from govsocial.local.valkey import free_port
from tests.accounts.care.conftest import account_of, settle, start
from tests.accounts.conftest import trail
from tests.accounts.test_races import at_once
from tests.cast import Cast, the_cast

UNKNOWN = "tidak.dikenal@samudrakota.example"


def away(*_about: object, **_options: object) -> None:
    raise ConnectionRefusedError


def invite(cast: Cast) -> User:
    return actions.invite_user(
        actor=cast.bayu, email="baru@samudrakota.example", full_name="Baru", position="",
        language="id", role="auditor", unit_id=cast.diskominfo.pk,
    )  # fmt: skip


def ask(address: str, commits: DjangoCaptureOnCommitCallbacks, *, language: str = "id") -> str:
    """Where the page leads who asks for a new password for this address."""
    browser = Client()
    browser.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    with commits(execute=True):
        answer = browser.post(reverse("account_reset_password"), {"email": address})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_letter_with_a_new_password_leads_to_this_site_whatever_host_was_asked(
    cast: Cast,
    queued: list[tuple[object, ...]],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    assert not mail.outbox, "no page waits for the mail server"
    assert queued == [()]
    kept = str(list(WaitingLetter.objects.values()))
    tasks.send_sign_in_letters()
    (letter,) = mail.outbox
    assert letter.to == [cast.dwi.email]
    assert letter.subject == "Buat kata sandi baru untuk govsocial Kota Samudra"
    text = str(letter.body)
    assert text.startswith("Yth. Dwi Hartono,")
    assert text.endswith("govsocial · Kota Samudra")
    (link,) = re.findall(rf"{settings.SITE_URL}(/\S+)", text)
    assert "testserver" not in text
    assert Client().get(link, follow=True).status_code == 200
    assert cast.dwi.email not in kept
    assert link not in kept
    settled = WaitingLetter.objects.get()
    assert (settled.outcome, settled.sealed) == (Outcome.SENT, "")
    tasks.send_sign_in_letters()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("who", ["unknown", "inactive"])
def test_a_letter_to_whoever_cannot_sign_in_invites_nobody_to_register(
    cast: Cast,
    queued: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    who: str,
) -> None:
    address = cast.inactive.email if who == "inactive" else UNKNOWN
    ask(address, django_capture_on_commit_callbacks)
    tasks.send_sign_in_letters()
    (letter,) = mail.outbox
    assert letter.to == [address]
    assert letter.subject == "Alamat surel ini tidak terdaftar di govsocial Kota Samudra"
    text = str(letter.body)
    assert address in text
    assert text.count("hubungi administrator") == 1
    assert text.endswith("govsocial · Kota Samudra")
    assert not re.search(r"https?:|email", text.replace(address, ""))


@pytest.mark.parametrize(
    ("who", "speaks", "asked_in", "reads"),
    [("known", "en", "id", "en"), ("known", "id", "en", "id"), ("unknown", "", "en", "en")],
)
def test_a_letter_speaks_the_language_of_its_reader_not_of_who_asked(
    cast: Cast,
    queued: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    who: str,
    speaks: str,
    asked_in: str,
    reads: str,
) -> None:
    User.objects.filter(pk=cast.dwi.pk).update(language=speaks, full_name="Dwi & O'Hara")
    address = cast.dwi.email if who == "known" else UNKNOWN
    ask(address, django_capture_on_commit_callbacks, language=asked_in)
    tasks.send_sign_in_letters()
    (letter,) = mail.outbox
    assert (", you need not do anything" in str(letter.body)) == (reads == "en")
    assert ("Dwi & O'Hara" in str(letter.body)) == (who == "known")


def test_no_page_writes_the_letter_whether_somebody_has_the_address_or_not(
    cast: Cast,
    queued: list[tuple[object, ...]],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("accounts.mail_sign_in.render_to_string", away)
        for address in (cast.dwi.email, UNKNOWN):
            ask(address, django_capture_on_commit_callbacks)
    tasks.send_sign_in_letters()
    assert len(mail.outbox) == 2


def test_a_letter_tells_in_its_readers_zone_until_when_the_link_works(
    cast: Cast,
    queued: list[tuple[object, ...]],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    Unit.objects.filter(pk=cast.diskominfo.pk).update(time_zone="Asia/Jayapura")
    with time_machine.travel(datetime(2026, 11, 22, 5, tzinfo=UTC), tick=False):
        ask(cast.dwi.email, django_capture_on_commit_callbacks)
    with time_machine.travel(datetime(2026, 11, 23, 5, tzinfo=UTC), tick=False):
        tasks.send_sign_in_letters()
    (letter,) = mail.outbox
    assert "sampai 25 November 2026 14.00 WIT." in str(letter.body)


def test_while_the_mail_server_is_away_the_page_answers_as_ever_and_letters_wait_for_days(
    cast: Cast,
    queued: list[tuple[object, ...]],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    done, at_hand = reverse("account_reset_password_done"), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for address in (cast.dwi.email, UNKNOWN):
        assert ask(address, django_capture_on_commit_callbacks) == done
    start = timezone.now()
    for hours in range(0, 48, 6):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            tasks.send_sign_in_letters()
    settings.EMAIL_BACKEND = at_hand
    with time_machine.travel(start + timedelta(hours=49), tick=False):
        tasks.send_sign_in_letters()
    assert sorted(letter.to for letter in mail.outbox) == [[cast.dwi.email], [UNKNOWN]]


def test_without_a_queue_the_page_answers_as_ever_and_the_letter_leaves_with_the_next_beat(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(tasks.send_new_sign_in_letters, "apply_async", away)
    done = reverse("account_reset_password_done")
    assert ask(cast.dwi.email, django_capture_on_commit_callbacks) == done
    beat = [one["task"] for one in app.conf.beat_schedule.values()]
    assert tasks.send_sign_in_letters.name in beat
    tasks.send_sign_in_letters()
    assert [letter.to for letter in mail.outbox] == [[cast.dwi.email]]


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("known", [("Dwi Hartono", "new_password")]),
        ("unknown", []),
        ("invited", [("Baru", "invitation")]),
    ],
    ids=["known", "unknown", "invited"],
)
def test_a_letter_that_the_mail_server_refuses_is_tried_for_a_day_then_given_up_and_forgotten(
    cast: Cast,
    queued: list[tuple[object, ...]],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    who: str,
    told: list[tuple[str, str]],
) -> None:
    tried: list[object] = []

    def refuse(*letter: object, **_more: object) -> None:
        tried.append(letter)
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr("accounts.mail.send_mail", refuse)
    if who == "invited":
        invite(cast)
    else:
        ask(cast.dwi.email if who == "known" else UNKNOWN, django_capture_on_commit_callbacks)
    start = timezone.now()
    for hours in range(0, 71):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            tasks.send_sign_in_letters()
    letter = WaitingLetter.objects.get()
    assert (letter.outcome, letter.sealed) == (Outcome.GIVEN_UP, "")
    assert len(tried) == letter.attempts == MOST_ATTEMPTS
    entries = trail("accounts.letter.given_up")
    assert [(entry.target_label, entry.data["about"]) for entry in entries] == told


@pytest.mark.parametrize(("late", "leaves"), [(-1, True), (1, False)])
def test_a_letter_whose_link_no_longer_works_is_forgotten_instead_of_sent(
    cast: Cast,
    queued: list[tuple[object, ...]],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    late: int,
    leaves: bool,
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    valid = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT, minutes=late)
    with time_machine.travel(timezone.now() + valid, tick=False):
        tasks.send_sign_in_letters()
    assert bool(mail.outbox) == leaves
    letter = WaitingLetter.objects.get()
    assert letter.outcome == (Outcome.SENT if leaves else Outcome.NOT_NEEDED)
    assert letter.sealed == ""


def test_a_letter_that_nobody_can_read_any_more_is_given_up_and_forgotten(cast: Cast) -> None:
    now = timezone.now()
    letter = WaitingLetter(kind="new_password", next_try_at=now, expires_at=now + timedelta(days=9))
    vault.seal_row(letter, '{"of": "another release"}')
    letter.save(force_insert=True)
    for attempt in range(MOST_ATTEMPTS):
        with time_machine.travel(now + timedelta(hours=7 * (attempt + 1)), tick=False):
            tasks.send_sign_in_letters()
    letter.refresh_from_db()
    assert (letter.outcome, letter.sealed) == (Outcome.GIVEN_UP, "")
    assert letter.attempts == MOST_ATTEMPTS
    assert mail.outbox == []


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"is_active": False},
        {"email": "pindah@samudrakota.example"},
        {"password": make_password("lain-2026")},
        {},
    ],
    ids=["deactivated", "moved", "chose a password", "nothing"],
)
def test_a_link_that_has_ended_is_sent_to_nobody(
    cast: Cast,
    queued: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    meanwhile: dict[str, object],
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    User.objects.filter(pk=cast.dwi.pk).update(**meanwhile)
    if "email" in meanwhile:
        User.objects.filter(pk=cast.sari.pk).update(email=cast.dwi.email)
    tasks.send_sign_in_letters()
    assert [letter.to for letter in mail.outbox] == ([] if meanwhile else [[cast.dwi.email]])
    assert WaitingLetter.objects.get().sealed == ""


@pytest.mark.parametrize(("typed", "sent"), [(UNKNOWN, 1), ("dwı@samudrakota.example", 0)])
def test_an_address_that_only_looks_like_somebodys_is_nobodys(
    cast: Cast,
    queued: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    typed: str,
    sent: int,
) -> None:
    ask(typed, django_capture_on_commit_callbacks, language="en")
    tasks.send_sign_in_letters()
    assert [letter.to for letter in mail.outbox] == [[typed]] * sent
    assert not any("Dwi" in str(letter.body) for letter in mail.outbox)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_that_there_was_a_letter_is_known_for_a_month(
    cast: Cast,
    queued: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    days: int,
    left: int,
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    with pytest.raises(DatabaseError), transaction.atomic():
        WaitingLetter.objects.all().delete()
    tasks.send_sign_in_letters()
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        tasks.send_sign_in_letters()
    assert WaitingLetter.objects.count() == left


def test_a_letter_that_was_moved_to_another_row_does_not_open_and_logs_nothing_of_it(
    cast: Cast,
    queued: list[tuple[object, ...]],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for address in (cast.dwi.email, UNKNOWN):
        ask(address, django_capture_on_commit_callbacks)
    one, other = WaitingLetter.objects.all()
    WaitingLetter.objects.filter(pk=one.pk).update(sealed=other.sealed)
    tasks.send_sign_in_letters()
    assert len(mail.outbox) == 1
    one.refresh_from_db()
    assert (one.outcome, one.last_error) == (Outcome.WAITING, "CannotOpen")
    assert "samudrakota" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_a_letter_once(queued: list[tuple[object, ...]]) -> None:
    for number in range(3):
        asked = SignInLetter(
            template="account/email/unknown_account",
            email=f"{number}.{UNKNOWN}",
            language="id",
            values={},
        )
        actions.keep_sign_in_letter(letter=asked)
    assert at_once(*[tasks.send_sign_in_letters] * 3) == ["done"] * 3
    assert len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("task", ["send_new_sign_in_letters", "tell_signed_in_place"])
def test_what_is_done_is_done_without_a_queue_for_its_letter(
    monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    cast = the_cast()
    # ``delay`` goes by this too.
    monkeypatch.setattr(getattr(tasks, task), "apply_async", away)
    if task == "send_new_sign_in_letters":
        made = invite(cast)
        tasks.send_sign_in_letters()
        assert [letter.to for letter in mail.outbox] == [[made.email]]
        return
    handover = start(cast, account_of(cast, cast.sari))
    settle(cast.bayu, handover)
    actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Sudah pindah")
    handover.refresh_from_db()
    assert handover.was_stood_in_for
