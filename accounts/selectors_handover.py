"""Handovers that a person may see, and what somebody would leave behind."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import (
    Administrator,
    Grant,
    Handover,
    HandoverItem,
    HandoverScan,
    OfficialAccount,
    User,
)
from accounts.models.administrator import running_administrators
from accounts.models.handover import OPEN_STATES
from accounts.models.naming import told_apart
from accounts.models.people import grants_held_now
from accounts.models.unit import day_where

_SHOWN = (
    "official_account__unit", "outgoing", "incoming", "started_by", "outgoing_signed_by",
    "incoming_signed_by", "ended_by",
)  # fmt: skip


def handovers_visible_to(user: User) -> QuerySet[Handover]:
    """Those of accounts that ``user`` sees, and those that they take part in wherever they work
    by now: who moved away must still be able to sign."""
    units = user.units_with("accounts.view")
    return Handover.objects.filter(
        Q(official_account__unit_id__any=units) | Q(outgoing=user) | Q(incoming=user)
    ).select_related(*_SHOWN)


def with_progress(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    """Each handover with ``items_settled`` and ``items_all``."""
    settled = Count("items", filter=~Q(items__state=HandoverItem.State.OPEN))
    return handovers.annotate(items_all=Count("items"), items_settled=settled)


def with_checklist(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    """Each handover with its checklist and its scans."""
    items = HandoverItem.objects.select_related("handover", "checked_by")
    scans = HandoverScan.objects.select_related("document", "added_by")
    return handovers.prefetch_related(Prefetch("items", items), Prefetch("scans", scans))


def scans_visible_to(user: User) -> QuerySet[HandoverScan]:
    return HandoverScan.objects.filter(
        handover__in=handovers_visible_to(user).order_by().values("pk")
    ).select_related("document", "handover")


def handovers_waiting_for(user: User) -> QuerySet[Handover]:
    """What ``user`` must sign, or complete as an administrator, now; and what was signed in their
    place, while it can still be stopped."""
    state = Handover.State
    mine = Q(state=state.STARTED, outgoing=user) | Q(state=state.OUTGOING_SIGNED, incoming=user)
    mine |= Q(state__in=OPEN_STATES, outgoing=user) & ~Q(in_place_reason="")
    if user.holds("accounts.manage"):
        units = user.units_with("accounts.manage") & user.units_with("accounts.view")
        # Who takes part does not complete it, nor who signed for one who does.
        others = ~Q(outgoing=user) & ~Q(incoming=user) & ~Q(outgoing_signed_by=user)
        mine |= others & Q(state=state.INCOMING_SIGNED, official_account__unit_id__any=units)
    # Each of them lets the user see it, as ``handovers_visible_to`` says.
    return Handover.objects.filter(mine).select_related(*_SHOWN).order_by("due_on", "pk")


def open_handover_of(official_account: OfficialAccount) -> Handover | None:
    return (
        Handover.objects.filter(official_account=official_account, state__in=OPEN_STATES)
        .select_related("outgoing", "incoming")
        .first()
    )


def who_may_hand_over(official_account: OfficialAccount) -> QuerySet[User]:
    """The person in charge and the running administrators, deactivated ones included: an account
    is handed over most often because somebody is gone."""
    running = Administrator.objects.filter(
        running_administrators(official_account.unit.today), official_account=official_account
    )
    return User.objects.filter(
        Q(pk=official_account.person_in_charge_id) | Q(pk__in=running.values("user_id"))
    ).order_by("full_name", "pk")


def who_may_take_over(official_account: OfficialAccount) -> QuerySet[User]:
    """Active people with a role on the unit or above."""
    above = official_account.unit.ancestors(include_self=True).values_list("pk", flat=True)
    held = Grant.objects.filter(grants_held_now(), user=OuterRef("pk"), unit_id__in=list(above))
    return User.objects.filter(Exists(held), is_active=True, is_system=False).order_by(
        "full_name", "pk"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An account that a person would leave without them."""

    account: OfficialAccount
    # What tells it from the other accounts of theirs.
    name: str
    in_charge: bool
    administers: bool
    handover_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    shown: list[Duty]
    # Of accounts in units that the reader does not see; they are told how many, not which.
    others: int
    # Open handovers that the reader sees, at whose end the person would get the account.
    receives: list[Handover]

    def __bool__(self) -> bool:
        return bool(self.shown or self.others)


MOST_DUTIES = 50


def duties_of(person: User, *, seen_by: User) -> Duties:
    """The accounts, not closed, that ``person`` answers for, and those about to come. Four
    queries."""
    running = Administrator.objects.filter(
        running_administrators(day_where("official_account__unit")),
        official_account=OuterRef("pk"),
        user=person,
    )
    open_one = Handover.objects.filter(
        official_account=OuterRef("pk"), outgoing=person, state__in=OPEN_STATES
    )
    accounts = (
        OfficialAccount.objects.annotate(
            administers=Exists(running), handover_id=Subquery(open_one.values("pk")[:1])
        )
        .filter(Q(person_in_charge=person) | Q(administers=True))
        .exclude(status__in=["closed", "released"])
        .select_related("unit")
        .order_by("display_name", "pk")
    )
    visible = accounts.filter(unit_id__any=seen_by.units_with("accounts.view"))[:MOST_DUTIES]
    names = told_apart(visible)
    shown = [
        Duty(
            account=account,
            name=names[account.pk],
            in_charge=account.person_in_charge_id == person.pk,
            administers=account.administers,
            handover_id=account.handover_id,
        )
        for account in visible
    ]
    receives = handovers_visible_to(seen_by).filter(incoming=person, state__in=OPEN_STATES)
    return Duties(
        shown=shown,
        others=accounts.count() - len(shown),
        receives=list(receives.order_by("due_on", "pk")[:MOST_DUTIES]),
    )
