"""Every read about imitations that depends on who looks, and what the risk register asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, Max, Min, Q, QuerySet, When
from django.utils import timezone

from accounts.capabilities import roles_with
from accounts.models import (
    Grant,
    ImpersonationEvidence,
    ImpersonationReport,
    ImpersonationStatement,
    OfficialAccount,
    Unit,
    User,
)
from accounts.models.impersonation import OPEN, ReportStatus
from accounts.models.people import grants_held_now
from accounts.suspects import code_digest


def _concerning(units: frozenset[int]) -> Q:
    """Reports that concern these units. See ``ImpersonationReport.units_concerned``."""
    claimed = ImpersonationStatement.objects.filter(imitated__unit_id__any=units)
    return (
        Q(unit_id__any=units)
        | Q(claimed_from_id__any=units)
        | Q(resembled_unit_id__any=units)
        | Q(pk__in=claimed.values("report_id"))
    )


def charged_to(units: Iterable[int]) -> Q:
    """Reports for which one of these units is responsible: what somebody claims makes it so only
    once the unit that has the report agrees. See ``ImpersonationReport.charge_id``."""
    ids = frozenset(units)
    return Q(unit_id__any=ids, claimed_from=None) | Q(claimed_from_id__any=ids)


def _stepped_by(units: frozenset[int]) -> Q:
    """Reports of which one of these units takes the steps. See
    ``ImpersonationReport.units_in_charge``."""
    return charged_to(units) | Q(resembled_unit_id__any=units)


def reports_in_charge_of(user: User) -> QuerySet[ImpersonationReport]:
    """Reports of which ``user`` may see what was written about and in them: a unit in charge is
    one that they see, or they were brought in by being assigned."""
    units = user.units_with("accounts.view")
    return ImpersonationReport.objects.filter(
        _stepped_by(units) | (Q(assigned_to=user) & _concerning(units))
    )


def reports_visible_to(user: User) -> QuerySet[ImpersonationReport]:
    """Reports that concern the units whose accounts ``user`` sees, and those that they sent
    themselves, each with ``statement_count`` and the ``named_count`` of the accounts that they say
    are imitated."""
    own = Q(pk__in=ImpersonationStatement.objects.filter(reported_by=user).values("report_id"))
    return (
        ImpersonationReport.objects.filter(_concerning(user.units_with("accounts.view")) | own)
        .select_related("unit", "claimed_from", "official_account", "assigned_to")
        .annotate(
            statement_count=Count("statements", distinct=True),
            named_count=Count("statements__imitated", distinct=True),
            last_statement_at=Max("statements__created_at"),
        )
    )


def waiting_reports(user: User) -> QuerySet[ImpersonationReport]:
    """Open reports in which ``user`` can take a step: new ones of the units for which they do, and
    their own. To be counted."""
    return ImpersonationReport.objects.filter(_waiting(user, _followed_up_by(user)))


def naming_reports(user: User) -> QuerySet[ImpersonationReport]:
    """New reports that only name an account of a unit for which ``user`` follows reports up: they
    see them and may write a remark, and nothing waits for them. To be counted."""
    units = _followed_up_by(user)
    named = ImpersonationReport.objects.filter(_concerning(units), status=ReportStatus.NEW)
    return named.exclude(_waiting(user, units))


def reports_at_home(user: User) -> QuerySet[ImpersonationReport]:
    """Those that wait for ``user``, then those that only name an account of theirs, which say so
    as ``only_named``; the oldest first."""
    units = _followed_up_by(user)
    waits = _waiting(user, units)
    named = Q(status=ReportStatus.NEW) & _concerning(units)
    rows = ImpersonationReport.objects.filter(waits | named)
    told = rows.annotate(only_named=Case(When(waits, then=False), default=True))
    return told.select_related("unit", "claimed_from").order_by("only_named", "opened_at", "pk")


def _waiting(user: User, units: frozenset[int]) -> Q:
    own = Q(status__in=OPEN, assigned_to=user) & _concerning(units)
    return (Q(status=ReportStatus.NEW) & _stepped_by(units)) | own


def _followed_up_by(user: User) -> frozenset[int]:
    return user.units_with("impersonation.handle") & user.units_with("accounts.view")


def evidence_visible_to(user: User) -> QuerySet[ImpersonationEvidence]:
    return ImpersonationEvidence.objects.filter(
        statement__report__in=reports_in_charge_of(user)
    ).select_related("statement__report", "document")


def statements_visible_to(user: User) -> QuerySet[ImpersonationStatement]:
    return ImpersonationStatement.objects.filter(
        report__in=reports_in_charge_of(user)
    ).select_related("report")


def own_statements(report: ImpersonationReport, user: User) -> list[ImpersonationStatement]:
    """What ``user`` reported while signed in: their own words are read by nobody's leave."""
    own = report.statements.filter(reported_by=user).select_related("imitated__unit")
    return list(own.prefetch_related("evidence__document"))


def the_public() -> User:
    """In whose name the trail keeps what people outside report: the system's."""
    return User.objects.system()


def statement_of(code: str) -> ImpersonationStatement | None:
    """The statement whose status page this code opens. The code is the whole permission."""
    statements = ImpersonationStatement.objects.select_related("report")
    return statements.filter(code_sha256=code_digest(code)).first()


def reference_of(code: str) -> str:
    """The reference of the report in which the statement with this code was taken in."""
    return ImpersonationReport.objects.get(statements__code_sha256=code_digest(code)).reference


def accounts_to_follow_up(user: User) -> QuerySet[OfficialAccount]:
    """Accounts whose imitations ``user`` may follow up."""
    return OfficialAccount.objects.filter(
        unit_id__any=user.units_with("impersonation.handle")
    ).order_by("display_name", "platform", "pk")


def accounts_named(report: ImpersonationReport) -> QuerySet[OfficialAccount]:
    """The accounts that reporters say are imitated."""
    named = report.statements.order_by().values("imitated_id")
    accounts = OfficialAccount.objects.filter(pk__in=named).select_related("unit")
    return accounts.order_by("display_name", "platform", "pk")


def people_who_follow_up(unit_ids: Iterable[int]) -> QuerySet[User]:
    """People who may follow up reports of one of the units: by a role there, or above it."""
    units = Unit.objects.with_tree_fields().filter(pk__in=list(unit_ids))
    above = {pk for one in units for pk in one.tree_path}
    grants = Grant.objects.filter(
        grants_held_now(),
        unit_id__in=above,
        role__in=roles_with("impersonation.handle"),
    )
    return User.objects.filter(
        pk__in=grants.values("user_id"), is_active=True, is_system=False
    ).order_by("full_name", "pk")


@dataclass(frozen=True, slots=True)
class OpenReports:
    """How many imitations are open, and for how many days the oldest; None without any.

    ``only_named`` are further ones that the list has: an account of the units is named in them,
    and no step in them is theirs."""

    count: int
    oldest_days: int | None
    only_named: int = 0


def open_reports(unit_ids: Iterable[int]) -> OpenReports:
    """The indicator of risk R08: what waits for these units, or is being followed up there."""
    units = frozenset(unit_ids)
    steps = _stepped_by(units)
    found = ImpersonationReport.objects.filter(_concerning(units), status__in=OPEN).aggregate(
        all=Count("pk"), count=Count("pk", filter=steps), first=Min("opened_at", filter=steps)
    )
    first = found["first"]
    days = (timezone.now() - first).days if first else None
    return OpenReports(found["count"], days, found["all"] - found["count"])
