"""Who looks into a report about a suspect account, and which official one that imitates."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.guards import require_until_written
from accounts.actions.impersonation_reporters import locked_report
from accounts.errors import AccountChanged, AccountError
from accounts.events import IMPERSONATION_ASSIGNED, IMPERSONATION_NAMED, IMPERSONATION_PASSED_ON
from accounts.models import ImpersonationReport, OfficialAccount, User
from accounts.seen import marks_of_assignment, marks_of_report
from govsocial.audit.actions import record
from govsocial.audit.events import phrases
from govsocial.web.permissions import require

# What the trail keeps, as message ids: each reader gets them in their language.
_NOBODY, _NOT_KNOWN = gettext_noop("nobody"), gettext_noop("not known")
phrases(_NOBODY, _NOT_KNOWN)


@transaction.atomic
def assign_report(
    *,
    actor: User,
    report_id: int,
    assignee_id: int | None,
    official_account_id: int | None,
    seen: Mapping[str, str] | None = None,
) -> ImpersonationReport:
    """Say who looks into it and which account is imitated; its unit becomes responsible.

    Who is assigned for a unit that was only named may follow it up as those in charge do. ``seen``
    are the marks of what a person was shown (``seen.marks_of_report``). Raises ``AccountChanged``
    when somebody else said otherwise since, and this would write something else there. None: what
    is wanted was not read off any form.
    """
    report = locked_report(report_id)
    # What a stranger claimed lets nobody take the report away from the unit that has it.
    require_until_written(actor, "impersonation.handle", report.charge_id)
    account = None
    if official_account_id is not None:
        account = OfficialAccount.objects.select_related("unit").get(pk=official_account_id)
        require(actor, "impersonation.handle", account.unit_id)
    assignee = None
    if assignee_id is not None:
        assignee = User.objects.get(pk=assignee_id, is_active=True)
        units = {account.unit_id} if account else set()
        if not assignee.may_on_any("impersonation.handle", units | report.units_concerned()):
            raise AccountError(
                _("This person does not follow up reports of that unit."), field="assignee"
            )
    if seen is not None:
        _refuse_unseen(report, marks_of_assignment(official_account_id, assignee_id), seen)
    before, had_it = _assignment_of(report), report.charge_id
    report.assigned_to, report.official_account = assignee, account
    if account is not None:
        report.unit = account.unit
    elif report.claimed_from is not None:
        report.unit = report.claimed_from
    report.claimed_from = None
    if _assignment_of(report) == before:
        return report
    report.save(update_fields=["assigned_to", "official_account", "unit", "claimed_from"])
    tell_assigned(actor, report, had_it)
    return report


def _assignment_of(report: ImpersonationReport) -> tuple[int | None, ...]:
    """All that an assignment writes: where nothing of it changes, the trail says nothing."""
    return (
        report.assigned_to_id,
        report.official_account_id,
        report.unit_id,
        report.claimed_from_id,
    )


def _refuse_unseen(
    report: ImpersonationReport, wanted: Mapping[str, str], seen: Mapping[str, str]
) -> None:
    now = marks_of_report(report)
    fields = {
        name: mark != seen.get(name)
        for name, mark in wanted.items()
        if mark != now[name] != seen.get(name)
    }
    if fields:
        raise AccountChanged(
            _("This report has changed since you opened it. Look below, then save again."),
            fields=fields,
        )


def tell_named(actor: User, report: ImpersonationReport) -> None:
    record(
        IMPERSONATION_NAMED,
        actor=actor,
        target=report,
        account=str(report.official_account),
        unit=report.unit.name,
        in_charge=report.in_charge.name,
    )


def tell_assigned(actor: User, report: ImpersonationReport, had_it: int) -> None:
    """Also which unit is responsible now, where ``had_it`` is the id of another one."""
    record(
        IMPERSONATION_ASSIGNED,
        actor=actor,
        target=report,
        to_whom=str(report.assigned_to) if report.assigned_to else _NOBODY,
        account=str(report.official_account) if report.official_account else _NOT_KNOWN,
    )
    if report.charge_id != had_it:
        record(IMPERSONATION_PASSED_ON, actor=actor, target=report, unit=report.in_charge.name)
