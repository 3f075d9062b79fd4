"""Letters that lie in the database: claimed under a lock, sent outside of transactions, settled.

What a kind of letter says and what follows from it is for its own module to know.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from types import TracebackType
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import mail
from accounts.models.leased_letter import LeasedLetter
from accounts.posting import AWAY, NOT_SENT, ServerAway

logger = logging.getLogger(__name__)

L = TypeVar("L", bound=LeasedLetter)
Outcome = LeasedLetter.Outcome
Settle = Callable[[L, Outcome], None]
# With the pauses a day and a half: a mail server defers unknown senders and full boxes for hours.
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
# How often a letter is sent of which nobody knows whether it left.
MOST_IN_DOUBT = 2
# Longer than the mail server may take over one letter (``EMAIL_TIMEOUT`` for each word of it).
LEASE = timedelta(minutes=10)


def send_each(
    claim: Callable[[], L | None], send: Callable[[L], bool], *, most: int, seconds: float
) -> int:
    """Send the letters that are due and return how many left.

    While the mail server is away all of them wait, however long, and none is counted as tried.
    """
    sent, ends = 0, time.monotonic() + seconds
    try:
        for letter in islice(iter(claim, None), most):
            sent += _send(send, letter)
            if time.monotonic() > ends:
                break
    except ServerAway as exc:
        logger.warning("The mail server is away, letters wait: %s", exc)
    return sent


@transaction.atomic
def claim_of(letters: QuerySet[L]) -> L | None:
    """Lease the letter that is due and was tried least."""
    now = timezone.now()
    letter = (
        letters.select_for_update(skip_locked=True, of=("self",))
        .filter(settled_at=None, next_try_at__lte=now)
        .order_by("attempts", "next_try_at", "pk")
        .first()
    )
    if letter is not None:
        letter.attempts += 1
        letter.in_doubt += 1
        letter.next_try_at = now + LEASE
        letter.save(update_fields=["attempts", "in_doubt", "next_try_at"])
    return letter


def send_claimed(
    letter: L,
    *,
    is_wanted: Callable[[L], bool],
    write: Callable[[L], tuple[str, str, str]],
    settle: Settle[L],
) -> bool:
    """Send a claimed letter once and write down what came of it; return whether it left.

    ``write`` gives address, subject and text. Raises ``ServerAway`` when the mail server does not
    listen.
    """
    noted = {"letter": type(letter).__name__, "letter_id": letter.pk, "attempts": letter.attempts}
    try:
        unsent = _unsent(letter, is_wanted)
        address, subject, message = ("", "", "") if unsent else write(letter)
    # Logged and counted, and raised nowhere: a fault of ours in one letter keeps back no other.
    except Exception as exc:
        logger.exception("A letter could not be written.", exc_info=place_of(exc), extra=noted)
        _failed(letter, exc, settle, may_have_left=False)
        return False
    if unsent:
        settle(letter, unsent)
        return False
    try:
        mail.post_to(address, subject, message)
    except AWAY as exc:
        _give_back(letter)
        raise ServerAway(str(exc)) from exc
    except OSError as exc:
        logger.warning("A letter was not sent: %s", type(exc).__name__, extra=noted)
        _failed(letter, exc, settle, may_have_left=not isinstance(exc, NOT_SENT))
        return False
    # As above: what smtplib raises of an address is of many kinds.
    except Exception as exc:
        logger.exception("A letter could not be sent.", exc_info=place_of(exc), extra=noted)
        _failed(letter, exc, settle, may_have_left=not isinstance(exc, NOT_SENT))
        return False
    settle(letter, Outcome.SENT)
    return True


def place_of(exc: Exception) -> tuple[type[Exception], Exception, TracebackType | None]:
    """For the log: of what kind a fault is and where. Its words may hold an address or a row."""
    kind = Exception(type(exc).__name__)
    return Exception, kind, exc.__traceback__


def _send(send: Callable[[L], bool], letter: L) -> bool:
    """Whatever is wrong with one letter keeps back no other: it is due again when the claim is
    over."""
    try:
        return send(letter)
    except ServerAway:
        raise
    except Exception as exc:
        logger.exception(
            "What came of a letter was not written down.",
            exc_info=place_of(exc),
            extra={"letter": type(letter).__name__, "letter_id": letter.pk},
        )
        return False


def _unsent(letter: L, is_wanted: Callable[[L], bool]) -> Outcome | None:
    """The outcome of a letter that is not to be sent any more; None where it is."""
    if not is_wanted(letter):
        return Outcome.NOT_NEEDED
    # The last worker that had it died with it.
    return Outcome.GIVEN_UP if letter.in_doubt > MOST_IN_DOUBT else None


def _give_back(letter: LeasedLetter) -> None:
    _claimed(letter).update(
        attempts=letter.attempts - 1, in_doubt=letter.in_doubt - 1, next_try_at=timezone.now()
    )


def _failed(letter: L, exc: Exception, settle: Settle[L], *, may_have_left: bool) -> None:
    letter.last_error = type(exc).__name__[:40]
    if not may_have_left:
        letter.in_doubt -= 1
    if letter.attempts >= MOST_ATTEMPTS or letter.in_doubt >= MOST_IN_DOUBT:
        settle(letter, Outcome.GIVEN_UP)
        return
    pause = min(FIRST_PAUSE * 2 ** (letter.attempts - 1), LONGEST_PAUSE)
    _claimed(letter).update(
        in_doubt=letter.in_doubt,
        last_error=letter.last_error,
        next_try_at=timezone.now() + pause,
    )


def _claimed(letter: L) -> QuerySet[L]:
    """The row, as long as nobody else has taken it over."""
    rows = type(letter)._default_manager.filter(pk=letter.pk)
    return rows.filter(settled_at=None, attempts=letter.attempts)
