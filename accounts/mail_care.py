"""Letters about accounts to confirm and handovers that are late, each in its reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Reminder
from accounts.named import with_who_may_answer
from accounts.reminding import late_handovers_of, late_in_units_of, unconfirmed_of
from accounts.selectors_attestation import agency_today, current_period

# A letter that names more is not read; the page behind the link has them all.
MOST_NAMED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    to: str
    subject: str
    message: str
    accounts: int


def letter_of(reminder: Reminder) -> Letter | None:
    """What the letter says now, or None when there is nothing left to remind of."""
    person = reminder.person
    if not person.is_active:
        return None
    today = agency_today()
    rows: list[Any]
    context: dict[str, object] = {}
    if reminder.kind == Reminder.Kind.HANDOVER:
        rows = list(late_handovers_of(person, today))
        page = "accounts:handover_list"
    else:
        period = current_period(today)
        if period is None:
            return None
        context = {
            "period": period,
            "days_left": (period.due_on - today).days,
            "days_late": max((today - period.due_on).days, 0),
        }
        mine = reminder.kind == Reminder.Kind.ATTESTATION
        rows = list((unconfirmed_of if mine else late_in_units_of)(person, period))
        page = "accounts:attestation_mine" if mine else "accounts:attestation_list"
    if not rows:
        return None
    if reminder.kind == Reminder.Kind.ESCALATION:
        with_who_may_answer(rows[:MOST_NAMED])
    context |= {
        "person": person,
        "agency_name": settings.AGENCY_NAME,
        "rows": rows[:MOST_NAMED],
        "more": max(len(rows) - MOST_NAMED, 0),
        "number": len(rows),
        "link": urljoin(settings.SITE_URL, reverse(page)),
    }
    name = f"accounts/mail/reminder_{reminder.kind}"
    with translation.override(person.language), timezone.override(person.zone):
        subject = render_to_string(f"{name}_subject.txt", context)
        message = render_to_string(f"{name}_message.txt", context)
    return Letter(
        to=person.email, subject=" ".join(subject.split()), message=message, accounts=len(rows)
    )
