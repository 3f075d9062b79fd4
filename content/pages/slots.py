"""The page of slots: a week for each account, and the way back of a slot that was just removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.models import OfficialAccount, User
from content.models import PublishingSlot, Weekday
from content.selectors import slots as selectors_slots
from govsocial.web.lists import page_of

# Of up to 60 slots each: the page stays light however many times an agency keeps.
ACCOUNTS_ON_A_PAGE = 6
# What the list keeps when a slot is removed from it, and the place of the slot that was.
_KEPT = ("account", "weekday", "page")
_REMOVED = re.compile(r"(\d{1,18})-([1-7])-([01]\d|2[0-3])([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Day:
    number: int
    slots: list[PublishingSlot]

    @property
    def label(self) -> str:
        return str(Weekday(self.number).label)


@dataclass(frozen=True, slots=True)
class Week:
    """The slots of one account, by day and time."""

    account: OfficialAccount
    days: list[Day]
    may_change: bool

    @property
    def zone(self) -> str:
        return datetime.now(self.account.unit.zone).tzname() or ""


def slots_page(slots: QuerySet[PublishingSlot], user: User, request: HttpRequest) -> dict[str, Any]:
    """The accounts of ``slots`` in pages, each with its week. Two queries and the count."""
    accounts = selectors_slots.accounts_with(slots)
    page = page_of(accounts, request, size=ACCOUNTS_ON_A_PAGE)
    weeks = {one.pk: Week(one, [], user.holds("accounts.manage", one.unit_id)) for one in page}
    rows = slots.filter(official_account__in=list(weeks)).order_by("weekday", "at")
    for slot in rows:
        days = weeks[slot.official_account_id].days
        if not days or days[-1].number != slot.weekday:
            days.append(Day(slot.weekday, []))
        days[-1].slots.append(slot)
    return {
        "page": page,
        "weeks": list(weeks.values()),
        "may_add": user.holds("accounts.manage"),
        "may_manage_people": user.holds("people.manage"),
        "removed": _removed(user, request.GET),
    }


def after_removal(slot: PublishingSlot, query: str) -> str:
    """Where the list was, with what was taken away: it can be brought back there."""
    said = QueryDict(query[:500])
    kept = {key: said[key] for key in _KEPT if key in said}
    kept["removed"] = f"{slot.official_account_id}-{slot.weekday}-{slot.at:%H%M}"
    return f"{reverse('content:slot_list')}?{urlencode(kept)}#removed"


def _removed(user: User, query: QueryDict) -> PublishingSlot | None:
    """The slot that an address says was removed; None where it is there, or never was theirs."""
    found = _REMOVED.fullmatch(query.get("removed", ""))
    if found is None:
        return None
    account_id, day, hour, minute = (int(one) for one in found.groups())
    return selectors_slots.missing_slot(user, account_id, day, time(hour, minute))
