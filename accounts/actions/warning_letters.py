"""Letters about connections that end: one for each reader, sent outside of transactions."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from itertools import islice
from types import TracebackType

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts import mail
from accounts.events_care import LETTER_GIVEN_UP
from accounts.events_connections import CONNECTION_WARNED
from accounts.models import ConnectionLetter, ConnectionWarning, Credential, User
from accounts.posting import AWAY, NOT_SENT, ServerAway
from accounts.selectors import people_who_manage
from govsocial.audit.actions import record

logger = logging.getLogger(__name__)

Outcome = ConnectionLetter.Outcome
# One run stays within the time between two.
MOST_WARNINGS = 500
MOST_LETTERS = 200
MOST_SECONDS = 240.0
# With the pauses a day and a half: a mail server defers unknown senders and full boxes for hours.
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
# How often a letter is sent of which nobody knows whether it left.
MOST_IN_DOUBT = 2
# Longer than the mail server may take over one letter (``EMAIL_TIMEOUT`` for each word of it).
LEASE = timedelta(minutes=10)


def send_warnings(*, actor: User) -> int:
    """Send the letters that are due and return how many left.

    While the mail server is away all of them wait, however long, and none is counted as tried.
    """
    _go_on_with_all(actor)
    sent, ends = 0, time.monotonic() + MOST_SECONDS
    try:
        for letter in islice(iter(claim_letter, None), MOST_LETTERS):
            sent += _send(actor, letter)
            if time.monotonic() > ends:
                break
    except ServerAway as exc:
        logger.warning("The mail server is away, letters wait: %s", exc)
    return sent


def _go_on_with_all(actor: User) -> None:
    """With the warnings of which no letter is under way: none is written yet, or whoever settled
    the last one could not close them. What fails takes the place of no other."""
    under_way = ConnectionLetter.objects.filter(warning=OuterRef("pk"), settled_at=None)
    waiting = ConnectionWarning.objects.filter(sent_at=None).exclude(Exists(under_way))
    gone_on = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        gone_on += _try_to_go_on(actor, pk)
        if gone_on >= MOST_WARNINGS:
            return


@transaction.atomic
def claim_letter() -> ConnectionLetter | None:
    """Lease the letter that is due and was tried least."""
    now = timezone.now()
    letter = (
        ConnectionLetter.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(settled_at=None, next_try_at__lte=now)
        .select_related("person", "warning__credential__official_account__unit")
        .order_by("attempts", "next_try_at", "pk")
        .first()
    )
    if letter is not None:
        letter.attempts += 1
        letter.in_doubt += 1
        letter.next_try_at = now + LEASE
        letter.save(update_fields=["attempts", "in_doubt", "next_try_at"])
    return letter


def send_letter(*, actor: User, letter: ConnectionLetter) -> bool:
    """Send a claimed letter once and write down what came of it; return whether it left.

    Raises ``ServerAway`` when the mail server does not listen.
    """
    noted = {"letter_id": letter.pk, "attempts": letter.attempts}
    try:
        unsent = _unsent(letter)
        subject, message = ("", "") if unsent else mail.connection_letter(letter)
    except Exception as exc:
        logger.exception("A warning could not be written.", exc_info=_place(exc), extra=noted)
        _failed(actor, letter, exc, may_have_left=False)
        return False
    if unsent:
        _settle(actor, letter, unsent)
        return False
    try:
        mail.post(letter.person, subject, message)
    except AWAY as exc:
        _give_back(letter)
        raise ServerAway(str(exc)) from exc
    except OSError as exc:
        logger.warning("A warning was not sent: %s", type(exc).__name__, extra=noted)
        _failed(actor, letter, exc, may_have_left=not isinstance(exc, NOT_SENT))
        return False
    except Exception as exc:
        logger.exception("A warning could not be sent.", exc_info=_place(exc), extra=noted)
        _failed(actor, letter, exc, may_have_left=not isinstance(exc, NOT_SENT))
        return False
    _settle(actor, letter, Outcome.SENT)
    return True


def _send(actor: User, letter: ConnectionLetter) -> bool:
    """Whatever is wrong with one letter keeps back no other: it is due again when the claim is
    over."""
    try:
        return send_letter(actor=actor, letter=letter)
    except ServerAway:
        raise
    except Exception as exc:
        logger.exception(
            "What came of a warning was not written down.",
            exc_info=_place(exc),
            extra={"letter_id": letter.pk},
        )
        return False


def _place(exc: Exception) -> tuple[type[Exception], Exception, TracebackType | None]:
    """For the log: of what kind a fault is and where. Its words may hold an address or a row."""
    kind = Exception(type(exc).__name__)
    return Exception, kind, exc.__traceback__


def _unsent(letter: ConnectionLetter) -> Outcome | None:
    """The outcome of a letter that is not to be sent any more; None where it is."""
    if not _is_wanted(letter):
        return Outcome.NOT_NEEDED
    # The last worker that had it died with it.
    return Outcome.GIVEN_UP if letter.in_doubt > MOST_IN_DOUBT else None


def _is_wanted(letter: ConnectionLetter) -> bool:
    keepers = people_who_manage(letter.warning.credential.official_account.unit)
    return _still_true(letter.warning) and keepers.filter(pk=letter.person_id).exists()


def _give_back(letter: ConnectionLetter) -> None:
    _claimed(letter).update(
        attempts=letter.attempts - 1, in_doubt=letter.in_doubt - 1, next_try_at=timezone.now()
    )


def _failed(actor: User, letter: ConnectionLetter, exc: Exception, *, may_have_left: bool) -> None:
    letter.last_error = type(exc).__name__[:40]
    if not may_have_left:
        letter.in_doubt -= 1
    if letter.attempts >= MOST_ATTEMPTS or letter.in_doubt >= MOST_IN_DOUBT:
        _settle(actor, letter, Outcome.GIVEN_UP)
        return
    pause = min(FIRST_PAUSE * 2 ** (letter.attempts - 1), LONGEST_PAUSE)
    _claimed(letter).update(
        in_doubt=letter.in_doubt,
        last_error=letter.last_error,
        next_try_at=timezone.now() + pause,
    )


def _claimed(letter: ConnectionLetter) -> QuerySet[ConnectionLetter]:
    """The row, as long as nobody else has taken it over."""
    return ConnectionLetter.objects.filter(pk=letter.pk, settled_at=None, attempts=letter.attempts)


def _settle(actor: User, letter: ConnectionLetter, outcome: Outcome) -> None:
    """Two transactions: a warning that does not go on is no reason to send its letter again."""
    _write_down(actor, letter, outcome)
    _try_to_go_on(actor, letter.warning_id)


@transaction.atomic
def _write_down(actor: User, letter: ConnectionLetter, outcome: Outcome) -> None:
    row = ConnectionLetter.objects.select_for_update().get(pk=letter.pk)
    if row.settled_at is not None:
        return
    row.outcome, row.settled_at = outcome, timezone.now()
    row.in_doubt, row.last_error = letter.in_doubt, letter.last_error
    row.save(update_fields=["outcome", "settled_at", "in_doubt", "last_error"])
    if outcome == Outcome.GIVEN_UP:
        record(
            LETTER_GIVEN_UP,
            actor=actor,
            target=letter.person,
            about="connection",
            attempts=row.attempts,
            error=row.last_error,
        )


def _try_to_go_on(actor: User, warning_id: int) -> bool:
    """Where that fails it keeps back no other, and the next run tries again."""
    try:
        _go_on(actor, warning_id)
    except Exception as exc:
        logger.exception(
            "A warning did not go on.", exc_info=_place(exc), extra={"warning_id": warning_id}
        )
        return False
    return True


@transaction.atomic
def _go_on(actor: User, warning_id: int) -> None:
    """Write the letters that a warning lacks, also to who has come to keep the accounts since the
    first were written; when all are settled, close it and say so in the trail."""
    warning = (
        ConnectionWarning.objects.select_for_update(of=("self",))
        .select_related("credential__official_account__unit")
        .get(pk=warning_id)
    )
    if warning.sent_at is not None:
        return
    account, now = warning.credential.official_account, timezone.now()
    if _still_true(warning):
        told = warning.addressed.values("person")
        missing = people_who_manage(account.unit).exclude(pk__in=told)
        ConnectionLetter.objects.bulk_create(
            ConnectionLetter(warning=warning, person=person, next_try_at=now) for person in missing
        )
    if warning.addressed.filter(settled_at=None).exists():
        return
    warning.letters = warning.addressed.filter(outcome=Outcome.SENT).count()
    warning.sent_at = now
    warning.save(update_fields=["letters", "sent_at"])
    record(
        CONNECTION_WARNED,
        actor=actor,
        target=account,
        days=warning.days,
        letters=warning.letters,
    )


def _still_true(warning: ConnectionWarning) -> bool:
    """Whether the connection still ends then: it may have been renewed or made anew."""
    credential = warning.credential
    ends: datetime | None = credential.expires_at
    if warning.days == ConnectionWarning.REVOKED:
        return credential.status == Credential.Status.REVOKED
    return credential.status == Credential.Status.GOOD and ends == warning.about
