from __future__ import annotations

import logging
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.leased_letters import send_each
from accounts.events_care import LETTER_GIVEN_UP, REMINDER_SENT
from accounts.mail_care import Letter, letter_of
from accounts.models import Reminder, User
from accounts.posting import AWAY, NOT_SENT, InDoubt, ServerAway
from accounts.reminding import due_reminders
from accounts.selectors_attestation import agency_today
from govsocial.audit.actions import record

logger = logging.getLogger(__name__)

# One run stays within the time between two.
MOST_LETTERS = 200
MOST_SECONDS = 600.0
# An address that the mail server refuses for five hours is wrong.
MOST_ATTEMPTS = 20
# Nobody is written to in the night.
FIRST_HOUR = 7


@transaction.atomic
def plan_reminders() -> int:
    """Write down the letters whose day has come; return how many are new.

    Two beats at once do no harm: the table takes each letter once a slot and once a day.
    """
    if timezone.localtime(timezone=ZoneInfo(settings.TIME_ZONE)).hour < FIRST_HOUR:
        return 0
    today = agency_today()
    before = Reminder.objects.filter(day=today).count()
    Reminder.objects.bulk_create(
        [
            Reminder(kind=due.kind, person_id=due.person_id, slot=due.slot, day=today)
            for due in due_reminders(today)
        ],
        ignore_conflicts=True,
    )
    return Reminder.objects.filter(day=today).count() - before


def send_reminders() -> int:
    """Send the letters of today that nobody else is sending, each once, and return how many left;
    see ``send_each``."""
    tried: set[int] = set()

    def claim() -> Reminder | None:
        reminder = claim_reminder(but=tried)
        if reminder is not None:
            tried.add(reminder.pk)
        return reminder

    return send_each(claim, send_reminder, most=MOST_LETTERS, seconds=MOST_SECONDS)


@transaction.atomic
def claim_reminder(*, but: Collection[int] = ()) -> Reminder | None:
    """Take one letter of today that nobody sends, past those that others hold right now and
    those in ``but``, which the caller has tried.

    What was left from another day is not sent: the accounts it was about are in the next letter.
    """
    waiting = Reminder.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        day=agency_today(), claimed_at=None, attempts__lt=MOST_ATTEMPTS
    )
    waiting = waiting.exclude(pk__in=but)
    reminder = waiting.select_related("person").order_by("attempts", "pk").first()
    if reminder is None:
        return None
    reminder.claimed_at = timezone.now()
    reminder.attempts += 1
    reminder.save(update_fields=["claimed_at", "attempts"])
    return reminder


def send_reminder(reminder: Reminder) -> bool:
    """Send a claimed letter and say so in the trail; False when there is nothing to say any more
    or the mail server did not take it.

    It is tried again only when it is certain that the letter did not leave. Where that is not
    certain the claim stays: nobody gets it twice, and the next slot comes in a week at most.

    Raises ``ServerAway`` when the mail server does not listen; that is no attempt. Raises
    ``InDoubt`` where nobody knows whether the letter left: the next one would go the same way.
    Whatever else is wrong with one letter keeps back no other.
    """
    noted = {"reminder_id": reminder.pk}
    try:
        letter = letter_of(reminder)
    except Exception as exc:
        # Nothing was sent yet: a fault of ours waits until it is mended.
        logger.exception("A reminder could not be written.", extra=noted)
        _not_sent(reminder, exc)
        return False
    try:
        if letter is not None:
            letter.send()
    except AWAY as exc:
        _unclaimed(reminder, attempts=reminder.attempts - 1)
        raise ServerAway(str(exc)) from exc
    except NOT_SENT as exc:
        logger.warning("A reminder was not sent: %s", exc, extra=noted)
        _not_sent(reminder, exc)
        return False
    except OSError as exc:
        _given_up(reminder, exc)
        raise InDoubt(type(exc).__name__) from exc
    except Exception as exc:
        logger.exception("Whether a reminder left is not known.", extra=noted)
        _given_up(reminder, exc)
        raise InDoubt(type(exc).__name__) from exc
    _settle(reminder, letter)
    return letter is not None


def _unclaimed(reminder: Reminder, *, attempts: int) -> None:
    mine = Reminder.objects.filter(pk=reminder.pk, sent_at=None)
    mine.update(claimed_at=None, attempts=attempts)


@transaction.atomic
def _not_sent(reminder: Reminder, exc: Exception) -> None:
    _unclaimed(reminder, attempts=reminder.attempts)
    if reminder.attempts >= MOST_ATTEMPTS:
        _given_up(reminder, exc)


@transaction.atomic
def _given_up(reminder: Reminder, exc: Exception) -> None:
    record(
        LETTER_GIVEN_UP,
        actor=User.objects.system(),
        target=reminder.person,
        about=reminder.kind,
        attempts=reminder.attempts,
        error=type(exc).__name__,
    )


@transaction.atomic
def _settle(reminder: Reminder, letter: Letter | None) -> None:
    reminder.sent_at = timezone.now()
    reminder.save(update_fields=["sent_at"])
    if letter is not None:
        record(
            REMINDER_SENT,
            actor=User.objects.system(),
            target=reminder.person,
            kind=reminder.kind,
            accounts=letter.accounts,
        )
