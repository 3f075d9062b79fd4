"""Whose work on an account ends, whose goes on, and who holds what: all when a handover is
completed."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.actions.administrators import (
    end_today,
    tell_assigned,
    tell_ended,
    unfinished_of,
)
from accounts.actions.official_accounts import record_changes
from accounts.details import CUSTODY
from accounts.errors import AccountError
from accounts.kept_values import values_of
from accounts.models import Administrator, Handover, HandoverItem, User


def end_assignments(actor: User, handover: Handover, today: date) -> bool:
    """End everything that the outgoing person would still do; whether there was anything."""
    running = unfinished_of(handover.official_account, today).filter(user=handover.outgoing)
    return any([end_today(actor, one, today, handover.reason) for one in running])


def begin_assignment(actor: User, handover: Handover, today: date) -> tuple[Administrator, bool]:
    """The one assignment of the incoming person, from today at the latest and without a last day;
    and whether they had none. One that was to begin later is taken into it. One that another decree
    has run by stays as it was until yesterday: the handover's counts from today."""
    current = None
    account = handover.official_account
    for assignment in unfinished_of(account, today).filter(user=handover.incoming):
        if assignment.starts_on > today:
            end_today(actor, assignment, today, handover.reason)
        else:
            current = assignment
    if current is not None and not _ran_by_another_decree(handover, current, today):
        _go_on(actor, handover, current)
        return current, False
    if current is not None:
        current.ends_on = today - timedelta(days=1)
        current.save(update_fields=["ends_on"])
        tell_ended(actor, account, current, handover.reason)
    scan = handover.scans.select_related("document").first()
    made = Administrator.objects.create(
        official_account=account,
        user=handover.incoming,
        decree=handover.decree,
        starts_on=today,
        assigned_by=actor,
        minutes=scan.document if scan else None,
    )
    tell_assigned(actor, account, made)
    return made, current is None


def _ran_by_another_decree(handover: Handover, current: Administrator, today: date) -> bool:
    has_both = bool(handover.decree and current.decree)
    return has_both and current.decree != handover.decree and current.starts_on < today


def _go_on(actor: User, handover: Handover, current: Administrator) -> None:
    """Without a last day, and by the decree of the handover; the trail keeps what was before."""
    stood = (current.ends_on, current.decree)
    current.ends_on, current.decree = None, handover.decree or current.decree
    if (current.ends_on, current.decree) != stood:
        current.save(update_fields=["ends_on", "decree"])
        tell_assigned(actor, handover.official_account, current)


def move_custody(actor: User, handover: Handover) -> None:
    """Write into the register who answers for the account now, where that was agreed, and who holds
    the recovery e-mail and phone, as the checklist says.

    An older handover was not asked for holders: then those stay as they are.
    """
    account = handover.official_account
    stood = values_of(account, ("person_in_charge_id", *CUSTODY))
    if handover.moves_charge:
        account.person_in_charge = handover.incoming
    for item in held_items(handover):
        setattr(account, item.holds, item.holder)
    account.save(update_fields=["person_in_charge", *CUSTODY])
    record_changes(actor, account, stood)


def refuse_newer_custody(handover: Handover) -> None:
    """Raise ``AccountError`` where the register was given another holder since the checklist said
    who has it: what was signed is older, and would take the place of what is newer."""
    account = handover.official_account
    for item in held_items(handover):
        now = getattr(account, item.holds)
        if item.holder_before is not None and now not in {item.holder_before, item.holder}:
            raise AccountError(
                _(
                    "“%(item)s”: the register was changed since. It says now %(now)s; when the "
                    "checklist was filled in it said %(before)s. Cancel and start again."
                )
                % {
                    "item": item.words,
                    "now": now or _("not given"),
                    "before": item.holder_before or _("not given"),
                }
            )


def held_items(handover: Handover) -> list[HandoverItem]:
    """The items of the checklist that say who holds something from now on."""
    items = handover.items.filter(state=HandoverItem.State.DONE).exclude(holder="")
    for item in items:
        item.handover = handover
    return [item for item in items if item.holds]
