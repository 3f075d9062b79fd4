"""Handing letters to the mail server, and what is known when that goes wrong."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend


class ServerAway(OSError):
    """There is no talking to the mail server: no letter left, and that is no letter's fault."""


AWAY = (ServerAway, ConnectionRefusedError, socket.gaierror)

# After these the letter certainly did not leave. A broken connection says nothing of the kind.
NOT_SENT = (
    *AWAY,
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    # An address or a heading of which no letter can be made.
    ValueError,
)


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
