"""Talking to the mail server: what fails before a letter, and what fails after it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django.fixtures import Settings

from accounts.posting import ServerAway, mail_server


class Rude(BaseEmailBackend):
    """Takes what it is given and hangs up without a word."""

    taken = 0

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Rude.taken += len(email_messages)
        return len(email_messages)

    def close(self) -> None:
        raise ConnectionResetError


class Deaf(Rude):
    def open(self) -> bool | None:
        raise TimeoutError


def send(settings: Settings, backend: type[Rude]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"
    with mail_server() as connection:
        send_mail("Surel", "Isi", None, ["sari@samudrakota.example"], connection=connection)


def test_what_the_mail_server_took_is_taken_however_it_says_goodbye(settings: Settings) -> None:
    send(settings, Rude)
    assert Rude.taken == 1


def test_a_mail_server_that_does_not_answer_has_taken_nothing(settings: Settings) -> None:
    with pytest.raises(ServerAway, match="TimeoutError"):
        send(settings, Deaf)
