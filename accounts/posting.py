"""Handing letters to the mail server, and what is known when that goes wrong."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend


class ServerAway(OSError):
    """There is no talking to the mail server: no letter left, and that is no letter's fault."""


class HungUp(smtplib.SMTPServerDisconnected):
    """The mail server broke off before it asked for the letter. That may be for its address, so it
    counts as an attempt."""


class InDoubt(Exception):
    """Nobody knows whether a letter left, and it is not to be sent again."""


AWAY = (ServerAway, ConnectionRefusedError, socket.gaierror)

# After these the letter certainly did not leave. A connection that broke while it was handed over
# says nothing of the kind.
NOT_SENT = (
    *AWAY,
    HungUp,
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    # An address or a heading of which no letter can be made.
    ValueError,
)


class _Conversation:
    """Knows whether the server asked for the letter, by the one reply that says so (354). Before it
    the server has nothing that it could deliver; after it, it may have taken the letter although
    its answer never came."""

    asked_for_it = False

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()  # type: ignore[misc]  # of smtplib
        self.asked_for_it = self.asked_for_it or code == 354
        return code, words

    def sendmail(self, *letter: Any, **options: Any) -> Any:
        try:
            return super().sendmail(*letter, **options)  # type: ignore[misc]  # of smtplib
        except smtplib.SMTPServerDisconnected as exc:
            if self.asked_for_it:
                raise
            raise HungUp(*exc.args) from exc


class _Plain(_Conversation, smtplib.SMTP):
    pass


class _Encrypted(_Conversation, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's, whose connections tell a letter that did not leave from one that may have."""

    @property
    def connection_class(self) -> type[_Plain | _Encrypted]:
        return _Encrypted if self.use_ssl else _Plain


@contextmanager
def mail_server() -> Iterator[BaseEmailBackend]:
    """A connection for one letter. Raises ``ServerAway`` where there is none to be had."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, ValueError) as exc:
        raise ServerAway(type(exc).__name__) from exc
    try:
        yield connection
    finally:
        # What the server took is taken, however it says goodbye.
        with suppress(OSError):
            connection.close()
