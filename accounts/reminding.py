"""Who should be reminded of what, and since when. Reads only; the actions write and send.

A reminder is due on a *slot*: so many days before the due day as the period says, then every seven
days after it. A slot that was missed because nothing ran is made up for on the next day; a slot
is used once per person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import AttestationPeriod, Handover, OfficialAccount, Reminder, User
from accounts.models.handover import OPEN_STATES
from accounts.named import people_with, people_with_a_role
from accounts.selectors_attestation import agency_today, current_period, unconfirmed

WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One letter that should go out."""

    kind: str
    person_id: int
    slot: date


def last_slot(period: AttestationPeriod, today: date) -> date | None:
    """The day of the last reminder that is due by ``today``; None before the first."""
    if today > period.due_on:
        return weekly_slot(period.due_on, today)
    before = [period.due_on - timedelta(days=days) for days in period.remind_days_before]
    passed = [day for day in before if period.starts_on <= day <= today]
    return max(passed, default=None)


def weekly_slot(due_on: date, today: date) -> date | None:
    """The last of the days due_on + 1, + 8, + 15 …; None as long as nothing is late."""
    late = (today - due_on).days
    return due_on + timedelta(days=(late - 1) // WEEK * WEEK + 1) if late > 0 else None


def due_reminders(today: date | None = None) -> list[Due]:
    """Every letter whose slot has come, whether or not it has gone out already."""
    today = today or agency_today()
    found = list(_late_handovers(today))
    period = current_period(today)
    slot = last_slot(period, today) if period else None
    if period is None or slot is None:
        return found
    found += [
        Due(kind=Reminder.Kind.ATTESTATION, person_id=person.pk, slot=slot)
        for person in people_with_unconfirmed(period)
    ]
    escalated = weekly_slot(period.due_on + timedelta(days=period.escalate_after_days - 1), today)
    if escalated is not None:
        found += [
            Due(kind=Reminder.Kind.ESCALATION, person_id=person.pk, slot=escalated)
            for person in administrators_of_late(period)
        ]
    return found


def people_with_unconfirmed(period: AttestationPeriod) -> list[User]:
    """Active people in charge of accounts that wait, as far as they can still see them: who lost
    the role in the unit cannot confirm, and its administrators are told instead."""
    rows = unconfirmed(OfficialAccount.objects.filter(person_in_charge__is_active=True), period)
    waiting = set(rows.order_by().values_list("unit_id", "person_in_charge_id"))
    seeing = people_with_a_role({unit for unit, _ in waiting}, {person for _, person in waiting})
    people = {person for unit, person in waiting if person in seeing.get(unit, ())}
    return list(User.objects.filter(pk__in=people))


def unconfirmed_of(person: User, period: AttestationPeriod) -> list[OfficialAccount]:
    """What one letter lists, read when it is written."""
    own = OfficialAccount.objects.filter(
        person_in_charge=person, unit_id__any=person.units_with("accounts.view")
    )
    return list(unconfirmed(own, period).select_related("unit").order_by("display_name", "pk"))


def administrators_of_late(period: AttestationPeriod) -> list[User]:
    """Those who administer a unit in which an account is not confirmed."""
    units = set(
        unconfirmed(OfficialAccount.objects.all(), period)
        .order_by()
        .values_list("unit_id", flat=True)
    )
    keeping = people_with("accounts.manage", units).values()
    return list(User.objects.filter(pk__in=set().union(*keeping)).order_by("pk"))


def late_in_units_of(person: User, period: AttestationPeriod) -> list[OfficialAccount]:
    rows = OfficialAccount.objects.filter(unit_id__any=person.units_with("accounts.manage"))
    return list(
        unconfirmed(rows, period)
        .select_related("unit", "person_in_charge")
        .order_by("unit__name", "display_name", "pk")
    )


def _late_handovers(today: date) -> Iterable[Due]:
    earliest: dict[int, date] = {}
    rows = Handover.objects.filter(state__in=OPEN_STATES, due_on__lt=today)
    late = list(rows.select_related("official_account"))
    keepers = _keepers(late)
    for handover in late:
        for person_id in _concerned(handover, keepers):
            earliest[person_id] = min(earliest.get(person_id, handover.due_on), handover.due_on)
    active = User.objects.filter(pk__in=earliest, is_active=True).values_list("pk", flat=True)
    for person_id in active:
        slot = weekly_slot(earliest[person_id], today)
        if slot is not None:
            yield Due(kind=Reminder.Kind.HANDOVER, person_id=person_id, slot=slot)


def late_handovers_of(person: User, today: date | None = None) -> list[Handover]:
    theirs = Q(official_account__unit_id__any=person.units_with("accounts.manage"))
    rows = Handover.objects.filter(
        Q(outgoing=person) | Q(incoming=person) | theirs,
        state__in=OPEN_STATES,
        due_on__lt=today or agency_today(),
    ).select_related("official_account", "outgoing", "incoming")
    rows = rows.order_by("due_on", "pk")
    # Whether another one keeps it too matters only of who began it.
    keepers = _keepers(rows, {person.pk, *(one.started_by_id for one in rows)})
    return [one for one in rows if person.pk in _concerned(one, keepers)]


def _keepers(
    handovers: Iterable[Handover], among: Collection[int] | None = None
) -> dict[int, set[int]]:
    """By unit of these handovers, who keeps its accounts now; of these people or of all."""
    units = {one.official_account.unit_id for one in handovers}
    return people_with("accounts.manage", units, among) if units else {}


def _concerned(handover: Handover, keepers: Mapping[int, set[int]]) -> set[int]:
    """Who signs, and who began it; where they keep the account no longer, all who do."""
    keeping = keepers.get(handover.official_account.unit_id, set())
    return {handover.outgoing_id, handover.incoming_id} | (
        keeping & {handover.started_by_id} or keeping
    )
