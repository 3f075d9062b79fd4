"""What a form showed, and what stands in the register by the time it comes back.

It carries a mark of each value that it was filled with. Whoever saves it hours later, after
somebody else changed the same field, is told instead of undoing that without a word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.details import NAMES
from accounts.models import HandoverItem, OfficialAccount
from accounts.snapshots import digest_of
from govsocial.web.templatetags.formats import date_long

WRITTEN = ("unit_id", "handle", "host", "display_name", "decree_file_id", *NAMES)
"""Every field of an account that its form writes."""
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


def shown(account: OfficialAccount) -> str:
    """The marks as the form carries them."""
    return json.dumps(marks_of(account), separators=(",", ":"))


def read(carried: str) -> Mapping[str, str]:
    """The marks that came back; none of those that cannot be read, so that nothing was seen."""
    try:
        marks = json.loads(carried) if len(carried) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return marks if isinstance(marks, dict) else {}


def in_words(account: OfficialAccount, name: str) -> str:
    """What a field of the register says now, as people read it."""
    value = getattr(account, name)
    special = {
        "unit_id": account.unit.name,
        "person_in_charge_id": str(account.person_in_charge or ""),
        "decree_file_id": str(account.decree_file or ""),
        "language": account.language_words,
        "media_kinds": account.media_words,
        "audiences": account.audience_words,
        "channel_kind": account.get_channel_kind_display(),
        "two_step": account.get_two_step_display(),
        "verified": {True: _("Yes"), False: _("No"), None: ""}[account.verified],
    }
    words = special.get(name, date_long(value) if isinstance(value, date) else str(value or ""))
    return words or _("not given")
