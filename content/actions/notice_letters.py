"""Notifications by e-mail: gathered into letters under a lock, sent outside of transactions.

A row that nobody has put into a letter yet waits in the table, and so does a letter that has not
left: with the broker emptied or the mail server away, the next run goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.actions.leased_letters import Outcome, claim_of, send_claimed, send_each
from accounts.events_care import LETTER_GIVEN_UP
from accounts.models import User
from content.mail import Letter, letter_of
from content.models import NoticeLetter, Notification, Way
from govsocial.audit.actions import record

# One run stays within the time between two.
MOST_LETTERS = 200
MOST_SECONDS = 45.0
# What was said during a day is told in the next morning, by the reader's clock.
DAILY_HOUR = 7
# By how many hours some units are ahead of the agency.
EAST = 2
HALF_A_DAY = timedelta(hours=12)


def plan_notice_letters() -> int:
    """Put what is to be sent now into letters, one for each reader; return how many are new."""
    now = timezone.now()
    waiting = Notification.objects.filter(letter=None, person=OuterRef("pk"))
    at_once = User.objects.filter(Exists(waiting.filter(way=Way.AT_ONCE)))
    planned = sum(_gather(person, Way.AT_ONCE, None, now) for person in at_once)
    if timezone.localtime(now, ZoneInfo(settings.TIME_ZONE)).hour < DAILY_HOUR - EAST:
        return planned
    lately = NoticeLetter.objects.filter(
        person=OuterRef("pk"), day__isnull=False, created_at__gt=now - HALF_A_DAY
    )
    daily = User.objects.filter(Exists(waiting.filter(way=Way.DAILY))).exclude(Exists(lately))
    for person in daily:
        there = timezone.localtime(now, person.zone)
        if there.hour >= DAILY_HOUR:
            planned += _gather(person, Way.DAILY, there.date(), now)
    return planned


@transaction.atomic
def _gather(person: User, way: Way, day: date | None, now: datetime) -> bool:
    """Two workers at once: the second finds the rows taken, or the letter of the day written."""
    free = Notification.objects.filter(person=person, way=way, letter=None)
    keys = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if not keys:
        return False
    made = True
    if day is None:
        letter = NoticeLetter.objects.create(person=person, next_try_at=now)
    else:
        letter, made = NoticeLetter.objects.get_or_create(
            person=person, day=day, defaults={"next_try_at": now}
        )
    if made:
        Notification.objects.filter(pk__in=keys).update(letter=letter)
    return made


def send_notice_letters(*, actor: User) -> int:
    """Send the letters that nobody else is sending and return how many left; see ``send_each``."""
    send = partial(_send_letter, actor)
    return send_each(claim_notice_letter, send, most=MOST_LETTERS, seconds=MOST_SECONDS)


def claim_notice_letter() -> NoticeLetter | None:
    return claim_of(NoticeLetter.objects.select_related("person"))


def _send_letter(actor: User, letter: NoticeLetter) -> bool:
    sending = _Sending(actor)
    return send_claimed(
        letter, why_unneeded=sending.why_unneeded, write=sending.write, settle=sending.settle
    )


@dataclass(slots=True)
class _Sending:
    """One letter on its way. What it says is asked once."""

    actor: User
    letter: Letter | None = None

    def why_unneeded(self, letter: NoticeLetter) -> str:
        self.letter = letter_of(letter)
        return "" if self.letter else "all of it is read, settled or out of sight"

    def write(self, _letter: NoticeLetter) -> tuple[str, str, str]:
        letter = self.letter
        return (letter.to, letter.subject, letter.message) if letter else ("", "", "")

    @transaction.atomic
    def settle(self, letter: NoticeLetter, outcome: Outcome) -> None:
        row = NoticeLetter.objects.select_for_update().get(pk=letter.pk)
        if row.settled_at is not None:
            return
        row.outcome, row.settled_at = outcome, timezone.now()
        row.in_doubt, row.last_error = letter.in_doubt, letter.last_error
        row.save(update_fields=["outcome", "settled_at", "in_doubt", "last_error"])
        if outcome == Outcome.GIVEN_UP:
            record(
                LETTER_GIVEN_UP,
                actor=self.actor,
                target=letter.person,
                about="notice",
                attempts=row.attempts,
                error=row.last_error,
            )
