from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import one_at_a_time, require_whole_agency
from accounts.errors import AccountChanged, AccountError
from accounts.events import SPENDING_CAP_SET, SPENDING_EXPORTED
from accounts.models import SpendingCap, User
from accounts.seen import mark_of_amount, marks_of_cap
from accounts.spending import billed_specs
from govsocial.audit.actions import record

HIGHEST = Decimal(1_000_000)


@transaction.atomic
def set_spending_cap(
    *,
    actor: User,
    platform: str,
    monthly: Decimal,
    kept: Decimal = Decimal(0),
    seen: Mapping[str, str] | None = None,
) -> SpendingCap:
    """Allow ``monthly`` US dollars for calls to a billed platform, ``kept`` of them for publishing.

    A cap below what is spent already stops every further call of this month. ``seen`` are the
    marks of what a person was shown (``seen.marks_of_cap``). Raises ``AccountChanged`` when
    somebody else set one of the amounts since, and this would write something else there. None:
    what is wanted was not read off any form.
    """
    one_at_a_time()
    require_whole_agency(actor)
    if platform not in billed_specs():
        raise AccountError(_("Calls to this platform cost nothing."))
    if not 0 <= monthly <= HIGHEST:
        raise AccountError(
            _("The cap is an amount from 0 to 1,000,000 US dollars."), field="monthly"
        )
    if not 0 <= kept <= monthly:
        raise AccountError(_("Not more can be kept than the cap allows."), field="kept")
    cap = SpendingCap.objects.select_for_update().filter(platform=platform).first()
    before = cap.monthly if cap is not None else None
    if cap is None:
        cap = SpendingCap(platform=platform)
    elif (cap.monthly, cap.kept) == (monthly, kept):
        return cap
    elif seen is not None:
        _refuse_unseen(cap, {"monthly": monthly, "kept": kept}, seen)
    cap.monthly, cap.kept = monthly, kept
    cap.set_by, cap.set_at = actor, timezone.now()
    cap.save()
    record(
        SPENDING_CAP_SET,
        actor=actor,
        target=cap,
        cap=f"{monthly:.2f}",
        cap_before="" if before is None else f"{before:.2f}",
        kept=f"{kept:.2f}",
    )
    return cap


def _refuse_unseen(
    cap: SpendingCap, wanted: Mapping[str, Decimal], seen: Mapping[str, str]
) -> None:
    now = marks_of_cap(cap)
    fields = {
        name: mark_of_amount(amount) != seen.get(name)
        for name, amount in wanted.items()
        if amount != getattr(cap, name) and now[name] != seen.get(name)
    }
    if fields:
        raise AccountChanged(
            _("This cap has changed since you opened it. Look below, then save again."),
            fields=fields,
        )


@transaction.atomic
def record_spending_export(*, actor: User, rows: int) -> None:
    """Note in the trail that figures left the application."""
    require_whole_agency(actor)
    record(SPENDING_EXPORTED, actor=actor, target=actor, rows=rows)
