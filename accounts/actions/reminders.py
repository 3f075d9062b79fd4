from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.leased_letters import (
    Outcome,
    claim_of,
    note_unneeded,
    send_claimed,
    send_each,
    unclaimed,
)
from accounts.events_care import LETTER_GIVEN_UP, REMINDER_SENT
from accounts.mail_care import Letter, letter_of
from accounts.models import Reminder, User
from accounts.posting import ServerAway
from accounts.reminding import due_reminders
from accounts.selectors_attestation import agency_today
from govsocial.audit.actions import record

# One run stays within the time between two.
MOST_LETTERS = 200
MOST_SECONDS = 600.0
# Nobody is written to in the night.
FIRST_HOUR = 7


@transaction.atomic
def plan_reminders() -> int:
    """Write down the letters whose day has come; return how many are new.

    Two beats at once do no harm: the table takes each letter once a slot and once a day.
    """
    now = timezone.now()
    if timezone.localtime(now, ZoneInfo(settings.TIME_ZONE)).hour < FIRST_HOUR:
        return 0
    today = agency_today()
    before = Reminder.objects.filter(day=today).count()
    Reminder.objects.bulk_create(
        [
            Reminder(
                kind=due.kind, person_id=due.person_id, slot=due.slot, day=today, next_try_at=now
            )
            for due in due_reminders(today)
        ],
        ignore_conflicts=True,
    )
    return Reminder.objects.filter(day=today).count() - before


def send_reminders(*, actor: User) -> int:
    """Send the letters of today that nobody else is sending, each once, and return how many left;
    see ``send_each``."""
    _settle_earlier(actor)
    send = partial(_send_letter, actor)
    return send_each(claim_reminder, send, most=MOST_LETTERS, seconds=MOST_SECONDS)


def claim_reminder() -> Reminder | None:
    today = Reminder.objects.filter(day=agency_today())
    return claim_of(today.select_related("person"))


def _settle_earlier(actor: User) -> None:
    """What is left from another day is not sent: the accounts it was about are in the next letter.
    The trail tells of what was tried."""
    earlier = Reminder.objects.filter(unclaimed(), day__lt=agency_today())
    for reminder in earlier.select_related("person").order_by("pk"):
        # Neither a server that is away nor a sender that dies before it listens is an attempt.
        was_tried = reminder.in_doubt or reminder.last_error not in {"", ServerAway.__name__}
        if not was_tried:
            note_unneeded(reminder, "its day is over")
        settle = _Sending(actor).settle
        settle(reminder, Outcome.GIVEN_UP if was_tried else Outcome.NOT_NEEDED)


def _send_letter(actor: User, reminder: Reminder) -> bool:
    sending = _Sending(actor)
    return send_claimed(
        reminder, why_unneeded=sending.why_unneeded, write=sending.write, settle=sending.settle
    )


@dataclass(slots=True)
class _Sending:
    """One letter on its way. What it says is asked once."""

    actor: User
    letter: Letter | None = None

    def why_unneeded(self, reminder: Reminder) -> str:
        self.letter = letter_of(reminder)
        return "" if self.letter else "there is nothing left to remind of"

    def write(self, _reminder: Reminder) -> tuple[str, str, str]:
        letter = self.letter
        return (letter.to, letter.subject, letter.message) if letter else ("", "", "")

    @transaction.atomic
    def settle(self, reminder: Reminder, outcome: Outcome) -> None:
        row = Reminder.objects.select_for_update(of=("self",)).get(pk=reminder.pk)
        if row.settled_at is not None:
            return
        row.outcome, row.settled_at = outcome, timezone.now()
        row.in_doubt, row.last_error = reminder.in_doubt, reminder.last_error
        row.save(update_fields=["outcome", "settled_at", "in_doubt", "last_error"])
        self._tell(reminder, outcome)

    def _tell(self, reminder: Reminder, outcome: Outcome) -> None:
        if outcome == Outcome.SENT and self.letter:
            record(
                REMINDER_SENT,
                actor=self.actor,
                target=reminder.person,
                kind=reminder.kind,
                accounts=self.letter.accounts,
            )
        elif outcome == Outcome.GIVEN_UP:
            record(
                LETTER_GIVEN_UP,
                actor=self.actor,
                target=reminder.person,
                about=reminder.kind,
                attempts=reminder.attempts,
                error=reminder.last_error,
            )
