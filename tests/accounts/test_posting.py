"""Talking to the mail server: what fails before a letter, and what fails after it."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

import pytest
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django.fixtures import Settings

from accounts.posting import NOT_SENT, ServerAway, mail_server


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


# What a server says to each word, in order; it hangs up instead of the next reply.
REPLIES = {
    "EHLO": b"250 here",
    "MAIL": b"250 yes",
    "RCPT": b"250 yes",
    "DATA": b"354 go on",
    "the letter": b"250 taken",
}


def _talk(listening: socket.socket, until: str) -> None:
    """Answer one client up to this word, and hang up when it is said."""
    with suppress(OSError):
        client, _address = listening.accept()
        with client, client.makefile("rwb") as words:
            words.write(b"220 here\r\n")
            words.flush()
            for word, reply in REPLIES.items():
                while (line := words.readline()) and word == "the letter" and line != b".\r\n":
                    pass
                if word == until or not line:
                    return
                words.write(reply + b"\r\n")
                words.flush()


@pytest.fixture
def server(settings: Settings, request: pytest.FixtureRequest) -> Iterator[None]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        settings.EMAIL_BACKEND = "accounts.posting.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        settings.EMAIL_TIMEOUT = 5
        talk = threading.Thread(target=_talk, args=(listening, request.param), daemon=True)
        talk.start()
        yield
    talk.join(timeout=5)


@pytest.mark.parametrize(
    ("server", "did_not_leave"),
    [("EHLO", True), ("MAIL", True), ("RCPT", True), ("DATA", True), ("the letter", False)],
    indirect=["server"],
)
def test_a_letter_has_not_left_when_the_server_hangs_up_before_it_asked_for_it(
    server: None, did_not_leave: bool
) -> None:
    with pytest.raises(smtplib.SMTPServerDisconnected) as raised, mail_server() as connection:
        send_mail("Surel", "Isi", None, ["sari@samudrakota.example"], connection=connection)
    assert isinstance(raised.value, NOT_SENT) == did_not_leave
