"""What a form showed, and what stands in the register by the time it comes back.

It carries a mark of each value that it was filled with. Whoever saves it hours later, after
somebody else changed the same field, is told instead of undoing that without a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import kept_values
from accounts.details import NAMES
from accounts.models import (
    AttestationPeriod,
    HandoverItem,
    ImpersonationReport,
    OfficialAccount,
    SpendingCap,
    Unit,
)
from accounts.snapshots import digest_of
from govsocial.web.templatetags.formats import dollars

WRITTEN = ("unit_id", "handle", "host", "display_name", "decree_file_id", *NAMES)
"""Every field of an account that its form writes."""
PERIOD = ("name", "due_on", "remind_days_before", "escalate_after_days")
"""Every field of an attestation period that its form writes."""
UNIT = ("name", "short_name", "time_zone")
"""Every field of a unit that its form writes."""
AMOUNTS = ("monthly", "kept")
"""Every field of a spending cap that its form writes."""
_LONGEST = 4_000


def mark(value: Any) -> str:
    """Short, and the same for the same value: a typed one can be compared with a stored one."""
    said = value.isoformat() if isinstance(value, date) else value
    return digest_of({"": said})[:12]


def marks_of(account: OfficialAccount) -> dict[str, str]:
    return {name: mark(getattr(account, name)) for name in WRITTEN}


def mark_of_answer(state: str, note: str, holder: str) -> str:
    """One mark for everything that is said about one item of a checklist."""
    return mark([state, note.strip(), holder.strip()])


def mark_of_item(item: HandoverItem) -> str:
    return mark_of_answer(item.state, item.note, item.holder)


def marks_of_checklist(items: Iterable[HandoverItem]) -> dict[str, str]:
    """What somebody puts their name to, item by item."""
    return {item.key: mark_of_item(item) for item in items}


def marks_of_period(period: AttestationPeriod) -> dict[str, str]:
    return {name: mark(getattr(period, name)) for name in PERIOD}


def marks_of_unit(unit: Unit) -> dict[str, str]:
    return {name: mark(getattr(unit, name)) for name in UNIT}


def written_unseen(
    now: Mapping[str, str], wanted: Mapping[str, object], seen: Mapping[str, str]
) -> dict[str, bool]:
    """Which of the values that somebody wants to write were changed since they saw them, and for
    each whether what they want is not just what they saw. ``now`` are the marks of today's."""
    return {
        field: mark(value) != seen.get(field)
        for field, value in wanted.items()
        if now[field] != seen.get(field)
    }


def mark_of_amount(amount: Decimal) -> str:
    """The same for 5 and for 5.00."""
    return mark(f"{amount:.2f}")


def marks_of_cap(cap: SpendingCap | None) -> dict[str, str]:
    """None of anything where nobody has set a cap yet."""
    return {name: mark_of_amount(getattr(cap, name)) for name in AMOUNTS} if cap else {}


def marks_of_assignment(account_id: int | None, assignee_id: int | None) -> dict[str, str]:
    """Of the imitated account and of who looks into a report."""
    return {"official_account": mark(account_id), "assignee": mark(assignee_id)}


def marks_of_report(report: ImpersonationReport) -> dict[str, str]:
    return marks_of_assignment(report.official_account_id, report.assigned_to_id)


def carried(marks: Mapping[str, str]) -> str:
    """The marks as a form carries them."""
    return json.dumps(marks, separators=(",", ":"))


def read(sent: str) -> Mapping[str, str]:
    """The marks that came back; none of those that cannot be read, so that nothing was seen."""
    try:
        marks = json.loads(sent) if len(sent) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return marks if isinstance(marks, dict) else {}


def in_words(account: OfficialAccount, name: str) -> str:
    """What a field of the register says now, as people read it; a file by its name alone."""
    if name == "decree_file_id":
        words = str(account.decree_file or "")
    else:
        words = kept_values.in_words(name, kept_values.values_of(account, (name,))[name])
    return words or _("not given")


def cap_in_words(cap: SpendingCap | None, name: str) -> str:
    """What an amount of a cap is now, in the cents in which it is typed."""
    return dollars(getattr(cap, name, None)) or _("not given")


def told(now: str, *, is_own: bool) -> str:
    """What is said beside a field that somebody else has changed to ``now`` meanwhile."""
    words = {"now": now}
    if is_own:
        return (
            _("Changed meanwhile to: %(now)s. What you typed takes its place if you save again.")
            % words
        )
    return _("Changed meanwhile to: %(now)s. This stands here now.") % words
