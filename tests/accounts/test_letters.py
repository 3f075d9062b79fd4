"""Letters about signing in: in the agency's name and language, with a link that works, and sent by
a worker."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import actions, tasks
from accounts.mail_sign_in import send_sealed
from accounts.models import User
from accounts.posting import ServerAway
from govsocial.local.valkey import free_port
from tests.accounts.care.conftest import account_of, settle, start
from tests.cast import Cast, the_cast

UNKNOWN = "tidak.dikenal@samudrakota.example"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to a worker."""
    sent: list[str] = []
    monkeypatch.setattr(tasks.send_letter, "delay", sent.append)
    return sent


def away(_about: object) -> None:
    raise ConnectionRefusedError


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
    queued: list[str],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ask(cast.dwi.email, django_capture_on_commit_callbacks)
    assert not mail.outbox, "no page waits for the mail server"
    (sealed,) = queued
    tasks.send_letter(sealed)
    (letter,) = mail.outbox
    assert letter.to == [cast.dwi.email]
    assert letter.subject == "[govsocial] Buat kata sandi baru"
    text = str(letter.body)
    assert text.startswith("Yth. Dwi Hartono,")
    assert text.endswith("govsocial · Kota Samudra")
    (link,) = re.findall(rf"{settings.SITE_URL}(/\S+)", text)
    assert "testserver" not in text
    assert Client().get(link, follow=True).status_code == 200
    assert cast.dwi.email not in sealed
    assert link not in sealed


@pytest.mark.parametrize("who", ["unknown", "inactive"])
def test_a_letter_to_whoever_cannot_sign_in_invites_nobody_to_register(
    cast: Cast,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    who: str,
) -> None:
    address = cast.inactive.email if who == "inactive" else UNKNOWN
    ask(address, django_capture_on_commit_callbacks)
    tasks.send_letter(*queued)
    (letter,) = mail.outbox
    assert letter.to == [address]
    assert letter.subject == "[govsocial] Alamat surel ini tidak terdaftar"
    text = str(letter.body)
    assert address in text
    assert "hubungi administrator" in text
    assert text.endswith("govsocial · Kota Samudra")
    assert not re.search(r"https?:|email", text.replace(address, ""))


@pytest.mark.parametrize(
    ("who", "speaks", "asked_in", "reads"),
    [("known", "en", "id", "en"), ("known", "id", "en", "id"), ("unknown", "", "en", "en")],
)
def test_a_letter_speaks_the_language_of_its_reader_not_of_who_asked(
    cast: Cast,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    who: str,
    speaks: str,
    asked_in: str,
    reads: str,
) -> None:
    User.objects.filter(pk=cast.dwi.pk).update(language=speaks, full_name="Dwi & O'Hara")
    address = cast.dwi.email if who == "known" else UNKNOWN
    ask(address, django_capture_on_commit_callbacks, language=asked_in)
    tasks.send_letter(*queued)
    (letter,) = mail.outbox
    assert (", you need not do anything" in str(letter.body)) == (reads == "en")
    assert ("Dwi & O'Hara" in str(letter.body)) == (who == "known")


def test_the_page_answers_as_ever_while_the_mail_server_is_away(
    cast: Cast,
    queued: list[str],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    done, at_hand = reverse("account_reset_password_done"), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for address in (cast.dwi.email, UNKNOWN):
        assert ask(address, django_capture_on_commit_callbacks) == done
    known, unknown = queued
    with pytest.raises(ServerAway):
        send_sealed(known)
    assert OSError in tasks.send_letter.autoretry_for  # type: ignore[attr-defined]  # of its decorator
    settings.EMAIL_BACKEND = at_hand
    for sealed in (known, unknown):
        tasks.send_letter(sealed)
    assert [letter.to for letter in mail.outbox] == [
        [cast.dwi.email],
        [UNKNOWN],
    ]


def test_the_page_answers_as_ever_without_a_queue(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(tasks.send_letter, "delay", away)
    done = reverse("account_reset_password_done")
    assert ask(cast.dwi.email, django_capture_on_commit_callbacks) == done


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("task", ["send_invitation", "tell_signed_in_place"])
def test_what_is_done_is_done_without_a_queue_for_its_letter(
    monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    cast = the_cast()
    monkeypatch.setattr(getattr(tasks, task), "delay", away)
    if task == "send_invitation":
        made = actions.invite_user(
            actor=cast.bayu, email="baru@samudrakota.example", full_name="Baru", position="",
            language="id", role="auditor", unit_id=cast.diskominfo.pk,
        )  # fmt: skip
        assert User.objects.filter(pk=made.pk).exists()
        return
    handover = start(cast, account_of(cast, cast.sari))
    settle(cast.bayu, handover)
    actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Sudah pindah")
    handover.refresh_from_db()
    assert handover.was_stood_in_for
