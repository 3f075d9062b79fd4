"""What a field of the register held, as the trail keeps it and as people read it there.

Kept are texts that say the same for ever: days as ISO dates, codes of choices, and for a person, a
unit and a file who or which it is ("12", a digest) with the name at that time behind a colon.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import details
from accounts.models.attestation import AttestationPeriod
from accounts.models.document import Document
from accounts.models.handover import HandoverItem
from accounts.models.kinds import Audience, ChannelKind, MediaKind, TwoStep
from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from accounts.models.unit import IndonesianZone, Unit
from govsocial.audit.sentences import SHORT_DIGEST
from govsocial.web.templatetags.formats import date_long

LABELS: Mapping[str, str | Promise] = {
    **details.LABELS,
    "decree_file_id": gettext_lazy("File of the decree"),
    "platform_id": gettext_lazy("Id on the platform"),
    "closed_on": gettext_lazy("Closed on"),
    "closed_reason": gettext_lazy("Reason of closing"),
}
"""Every field whose changes the trail keeps, in the order in which it tells them."""
CLOSING = ("closed_on", "closed_reason")
"""What an account has while it is closed, and loses when it is opened again."""

ITEM_LABELS: Mapping[str, str | Promise] = {
    "state": gettext_lazy("Answer"),
    "holder": gettext_lazy("New holder"),
    "note": gettext_lazy("Note"),
}
"""What is said about one item of the checklist of a handover."""

PERIOD_LABELS: Mapping[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "due_on": gettext_lazy("Due on"),
    "remind_days_before": gettext_lazy("Remind, days before"),
    "escalate_after_days": gettext_lazy("Tell the unit's administrators, days after"),
}
"""What may change of an attestation period."""

UNIT_LABELS: Mapping[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "time_zone": gettext_lazy("Time zone"),
}
"""What may change of a unit, other than its place."""

PROFILE_LABELS: Mapping[str, str | Promise] = {
    "full_name": gettext_lazy("Full name"),
    "position": gettext_lazy("Position"),
    "language": gettext_lazy("Language"),
    "theme": gettext_lazy("Appearance"),
}
"""What people change of themselves. How pages are shown to them is no matter of the others."""
PREFERENCES = frozenset({"language", "theme"})

_DAYS = frozenset({"due_on", "decree_date", "two_step_checked_on", "opened_on", "closed_on"})
_NAMED = frozenset({"unit_id", "person_in_charge_id", "decree_file_id"})
_STATES: Mapping[str, Any] = dict(HandoverItem.State.choices)
_BADGE = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "language": dict(settings.LANGUAGES),
    "media_kinds": dict(MediaKind.choices),
    "channel_kind": dict(ChannelKind.choices),
    "audiences": dict(Audience.choices),
    "two_step": dict(TwoStep.choices),
    "verified": _BADGE,
}


def values_of(account: OfficialAccount, names: Collection[str] = LABELS.keys()) -> dict[str, str]:
    """What ``names`` hold now, as the trail keeps it."""
    return {name: _kept(account, name) for name in LABELS if name in names}


def values_of_item(item: HandoverItem) -> dict[str, str]:
    """The same of an item of a checklist."""
    return _texts(item, ITEM_LABELS)


def values_of_period(period: AttestationPeriod) -> dict[str, str]:
    """The same of an attestation period."""
    return _texts(period, PERIOD_LABELS)


def values_of_unit(unit: Unit) -> dict[str, str]:
    """The same of a unit."""
    return _texts(unit, UNIT_LABELS)


def _texts(one: HandoverItem | AttestationPeriod | Unit, names: Collection[str]) -> dict[str, str]:
    return {name: _text(getattr(one, name)) for name in names}


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """What an event keeps of it (``audit.events.CHANGES``); empty lists where nothing differs."""
    changed = [name for name in before if before[name] != after[name]]
    return {
        "changed": changed,
        "before": [before[name] for name in changed],
        "after": [after[name] for name in changed],
    }


def _kept(account: OfficialAccount, name: str) -> str:
    if name in _NAMED:
        return _named(getattr(account, name.removesuffix("_id")))
    return _text(getattr(account, name))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def _named(one: Unit | User | Document | None) -> str:
    if one is None:
        return ""
    if isinstance(one, Document):
        return f"{one.sha256}:{one.name}"
    return f"{one.pk}:{one.full_name if isinstance(one, User) else one.name}"


def in_words(name: str, kept: str) -> str:
    """A kept value as people read it; "" where there was none."""
    if name in _NAMED:
        which, __, called = kept.partition(":")
        return f"{called} ({which[:SHORT_DIGEST]})" if name == "decree_file_id" and kept else called
    if name in _CHOICES:
        words = _CHOICES[name]
        return ", ".join(str(words.get(code, code)) for code in kept.split(",") if code)
    return _day(kept) if name in _DAYS else kept


def item_in_words(name: str, kept: str) -> str:
    """The same of what was said about an item of a checklist."""
    return str(_STATES.get(kept, kept)) if name == "state" else kept


def period_in_words(name: str, kept: str) -> str:
    """The same of an attestation period."""
    if name == "remind_days_before":
        return kept.replace(",", ", ")
    return _day(kept) if name == "due_on" else kept


def unit_in_words(name: str, kept: str) -> str:
    """The same of a unit."""
    return str(dict(IndonesianZone.choices).get(kept, kept)) if name == "time_zone" else kept


def _day(kept: str) -> str:
    try:
        return str(date_long(date.fromisoformat(kept)))
    except ValueError:
        return kept
