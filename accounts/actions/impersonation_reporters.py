"""Who may do what with a report of an imitation, and what is read and erased of its reporters."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import hold_rights
from accounts.custody import checked_remark
from accounts.errors import AccountError
from accounts.events import (
    EVIDENCE_TAKEN,
    IMPERSONATIONS_EXPORTED,
    REPORTER_ERASED,
    REPORTERS_SEEN,
)
from accounts.models import (
    ImpersonationEvidence,
    ImpersonationReport,
    ImpersonationStatement,
    User,
)
from govsocial.audit.actions import record
from govsocial.web.permissions import require


def locked_report(report_id: int) -> ImpersonationReport:
    return ImpersonationReport.objects.select_for_update(of=("self",)).get(pk=report_id)


def require_follow_up(actor: User, report: ImpersonationReport) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` follows up reports of a unit in charge, now, or
    was assigned this one for a unit that is named in it."""
    units = report.units_in_charge()
    if report.assigned_to_id == actor.pk:
        units = report.units_concerned()
    _require_on_any(actor, report, units)


def require_remark(actor: User, report: ImpersonationReport) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` follows up reports of a unit concerned, now."""
    _require_on_any(actor, report, report.units_concerned())


def _require_on_any(actor: User, report: ImpersonationReport, units: frozenset[int]) -> None:
    if not actor.may_on_any("impersonation.handle", units):
        require(actor, "impersonation.handle", report.charge_id)


@transaction.atomic
def read_statements(*, actor: User, report_id: int) -> list[ImpersonationStatement]:
    """Give out what was reported and by whom, and note that it was read."""
    report = locked_report(report_id)
    hold_rights(actor)
    require_follow_up(actor, report)
    statements = list(
        report.statements.select_related("reported_by", "imitated__unit").prefetch_related(
            "evidence__document"
        )
    )
    record(REPORTERS_SEEN, actor=actor, target=report, statements=len(statements))
    return statements


@transaction.atomic
def take_evidence(*, actor: User, evidence: ImpersonationEvidence) -> None:
    """Note that somebody downloads a file of a report."""
    report = evidence.statement.report
    hold_rights(actor)
    require_follow_up(actor, report)
    record(EVIDENCE_TAKEN, actor=actor, target=report, file=evidence.document.shown_name)


@transaction.atomic
def erase_reporter(*, actor: User, statement_id: int, reason: str) -> ImpersonationStatement:
    """Take the reporter's name and address out of a statement (UU 27/2022, right to erasure)."""
    statement = (
        ImpersonationStatement.objects.select_for_update(of=("self",))
        .select_related("report")
        .get(pk=statement_id)
    )
    hold_rights(actor)
    require_follow_up(actor, statement.report)
    if not statement.names_a_reporter:
        raise AccountError(_("This statement names nobody."))
    statement.reporter_name = statement.reporter_email = ""
    statement.erased_at = timezone.now()
    statement.save(update_fields=["reporter_name", "reporter_email", "erased_at"])
    # Else the trail would keep for good what is taken out here.
    reason = checked_remark(reason, "reason")[:300]
    record(REPORTER_ERASED, actor=actor, target=statement.report, reason=reason)
    return statement


@transaction.atomic
def record_report_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took a list of reports out of the application."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(IMPERSONATIONS_EXPORTED, actor=actor, target=actor, rows=rows, filters=shown[:300])
