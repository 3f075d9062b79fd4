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

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import mail
from accounts.models.leased_letter import MOST_CLAIMS, LeasedLetter
from accounts.posting import AWAY, NOT_SENT, InDoubt, ServerAway, mail_server

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
# Longer than a mail server may take over one letter, from the claim's renewal on: EHLO, HELO, MAIL,
# RCPT, DATA, the letter, its answer, RSET and QUIT may each take ``EMAIL_TIMEOUT``, and some more.
# Of a server that says each word sign by sign a letter may come twice.
LEASE = timedelta(seconds=12 * settings.EMAIL_TIMEOUT)
# One letter that took so long is the last of its run.
SLOW_SECONDS = settings.EMAIL_TIMEOUT / 2
# How long nobody is woken for a new letter once the server was away. Longer than beat, which does
# look, and a time-out take together: meanwhile the mark is made anew.
AWAY_FOR = timedelta(minutes=3)


def send_each(
    claim: Callable[[], L | None], send: Callable[[L], bool], *, most: int, seconds: float
) -> int:
    """Send the letters that are due and return how many left.

    While the mail server is away all of them wait, however long, and none is counted as tried.
    Where it listens and then says nothing, one of them is tried: the worker has more to do than to
    wait once for each. So it is where one that is not sent twice may be lost: the others are not to
    be lost with it.
    """
    sent, ends = 0, time.monotonic() + seconds
    try:
        for letter in islice(iter(claim, None), most):
            began = time.monotonic()
            sent += _send(send, letter)
            if time.monotonic() - began > SLOW_SECONDS:
                logger.warning("The mail server is slow, letters wait for the next run.")
                break
            if time.monotonic() > ends:
                break
    except ServerAway as exc:
        logger.warning("The mail server is away, letters wait: %s", exc)
    except InDoubt as exc:
        logger.warning("Whether a letter left is not known, others wait for the next run: %s", exc)
    return sent


@transaction.atomic
def claim_of(letters: QuerySet[L]) -> L | None:
    """Lease the letter that is due longest, so that none waits for ever behind newer ones. What
    comes back from a server that is away is due anew."""
    now = timezone.now()
    letter = (
        letters.select_for_update(skip_locked=True, of=("self",))
        .filter(unclaimed(), next_try_at__lte=now, attempts__lt=MOST_CLAIMS)
        .order_by("next_try_at", "pk")
        .first()
    )
    if letter is not None:
        letter.attempts += 1
        letter.claimed_until = now + LEASE
        letter.save(update_fields=["attempts", "claimed_until"])
    return letter


def unclaimed() -> Q:
    """Letters that are not settled and that nobody sends right now."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())
    return free & Q(settled_at=None)


def was_just_away(letters: QuerySet[L]) -> bool:
    """Whether a letter came back within moments because there was no talking to the server: see
    ``_give_back``."""
    since = timezone.now() - AWAY_FOR
    returned = letters.filter(claimed_until=F("next_try_at"), next_try_at__gt=since)
    return returned.filter(settled_at=None).exists()


def send_claimed(
    letter: L,
    *,
    why_unneeded: Callable[[L], str],
    write: Callable[[L], tuple[str, str, str]],
    settle: Settle[L],
) -> bool:
    """Send a claimed letter once and write down what came of it; return whether it left.

    ``why_unneeded`` says in a word why it is not to be sent any more, or nothing; ``write`` gives
    address, subject and text. Raises ``ServerAway`` when the mail server does not listen, and
    ``InDoubt`` where nobody knows whether a letter that comes once has left: the next one would go
    the same way.
    """
    noted = {"letter": type(letter).__name__, "letter_id": letter.pk, "attempts": letter.attempts}
    try:
        unsent = _unsent(letter, why_unneeded)
        written = ("", "", "") if unsent else write(letter)
    # Logged and counted, and raised nowhere: a fault of ours in one letter keeps back no other.
    except Exception as exc:
        logger.exception("A letter could not be written.", exc_info=place_of(exc), extra=noted)
        _failed(letter, exc, settle)
        return False
    if unsent:
        settle(letter, unsent)
        return False
    before = letter.in_doubt
    try:
        with mail_server() as connection:
            if not _is_to_be_handed_over(letter):
                return False
            mail.post(connection, *written)
    except AWAY as exc:
        _give_back(letter, in_doubt=before)
        raise ServerAway(str(exc)) from exc
    # What smtplib raises of an address is of many kinds, and none of them keeps back another.
    except Exception as exc:
        if isinstance(exc, NOT_SENT):
            letter.in_doubt = before
        if isinstance(exc, OSError):
            logger.warning("A letter was not sent: %s", type(exc).__name__, extra=noted)
        else:
            logger.exception("A letter could not be sent.", exc_info=place_of(exc), extra=noted)
        _failed(letter, exc, settle)
        return False
    settle(letter, Outcome.SENT)
    return True


def note_unneeded(letter: LeasedLetter, why: str) -> None:
    """For operators: of what was not sent nothing else remains but its row."""
    logger.info(
        "%s %s is not sent, for it is no longer needed: %s", type(letter).__name__, letter.pk, why
    )


def place_of(exc: Exception) -> tuple[type[Exception], Exception, TracebackType | None]:
    """For the log: of what kind a fault is and where. Its words may hold an address or a row."""
    kind = Exception(type(exc).__name__)
    return Exception, kind, exc.__traceback__


def _send(send: Callable[[L], bool], letter: L) -> bool:
    """Whatever is wrong with one letter keeps back no other: it is due again when the claim is
    over."""
    try:
        return send(letter)
    # Without its session nobody is alone with what they send: see ``guards.alone_with``.
    except (ServerAway, InDoubt, OperationalError, InterfaceError):
        raise
    except Exception as exc:
        logger.exception(
            "What came of a letter was not written down.",
            exc_info=place_of(exc),
            extra={"letter": type(letter).__name__, "letter_id": letter.pk},
        )
        return False


def _unsent(letter: L, why_unneeded: Callable[[L], str]) -> Outcome | None:
    """The outcome of a letter that is not to be sent any more; None where it is."""
    # Also where its reason has gone: perhaps somebody did what it said.
    if letter.comes_once and _is_doubted(letter):
        return Outcome.GIVEN_UP
    if why := why_unneeded(letter):
        note_unneeded(letter, why)
        return Outcome.NOT_NEEDED
    # The last workers that had it died with it, or could not write down what came of it.
    lost = _is_doubted(letter) or letter.attempts > MOST_ATTEMPTS
    return Outcome.GIVEN_UP if lost else None


def _is_doubted(letter: LeasedLetter) -> bool:
    return letter.in_doubt >= (1 if letter.comes_once else MOST_IN_DOUBT)


def _is_to_be_handed_over(letter: LeasedLetter) -> bool:
    """Written down only now that the server listens: a worker that dies of a server that does not,
    or of writing the letter, has sent nothing. The claim begins anew; False when it was lost."""
    doubted = letter.in_doubt + 1
    if not _claimed(letter).update(in_doubt=doubted, claimed_until=timezone.now() + LEASE):
        return False
    letter.in_doubt = doubted
    return True


def _give_back(letter: LeasedLetter, *, in_doubt: int) -> None:
    """Its claim ends the moment it is due again, as that of no other letter does. What went wrong
    with the letter itself before is not forgotten for a server that is away."""
    now = timezone.now()
    _claimed(letter).update(
        attempts=letter.attempts - 1,
        in_doubt=in_doubt,
        claimed_until=now,
        next_try_at=now,
        last_error=letter.last_error or ServerAway.__name__,
    )


def _failed(letter: L, exc: Exception, settle: Settle[L]) -> None:
    letter.last_error = type(exc).__name__[:40]
    if letter.attempts >= MOST_ATTEMPTS or _is_doubted(letter):
        settle(letter, Outcome.GIVEN_UP)
        if letter.comes_once and letter.in_doubt:
            raise InDoubt(letter.last_error) from exc
        return
    pause = min(FIRST_PAUSE * 2 ** (letter.attempts - 1), LONGEST_PAUSE)
    _claimed(letter).update(
        in_doubt=letter.in_doubt,
        last_error=letter.last_error,
        claimed_until=None,
        next_try_at=timezone.now() + pause,
    )


def _claimed(letter: L) -> QuerySet[L]:
    """The row, as long as nobody else has taken it over."""
    rows = type(letter)._default_manager.filter(pk=letter.pk)
    return rows.filter(settled_at=None, attempts=letter.attempts)
