"""Which accounts are confirmed, which wait, which are late: one SQL annotation for all pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors, selectors_findings
from accounts.models import (
    Attestation,
    AttestationPeriod,
    Credential,
    Finding,
    OfficialAccount,
    User,
)
from accounts.models.attestation import Question
from accounts.models.official_account import AccountStatus
from accounts.snapshots import by_question

IN_USE = (AccountStatus.ACTIVE.value, AccountStatus.SUSPENDED.value)


class AttestationState(TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    FINDING = "finding", _("Confirmed, with findings")
    DENIED = "denied", _("Said not to be ours")
    AGAIN = "again", _("Answer again")
    WAITING = "waiting", _("Waiting")
    OVERDUE = "overdue", _("Late")
    NOT_ASKED = "not_asked", _("Not asked")


def agency_today() -> date:
    """The day in the agency's own zone: periods begin and end for everybody at once."""
    return timezone.localdate(timezone=ZoneInfo(settings.TIME_ZONE))


def periods_visible_to(user: User) -> QuerySet[AttestationPeriod]:
    """Every period: they are the whole agency's, and whoever sees one sees when it is due."""
    if not user.holds("accounts.view"):
        return AttestationPeriod.objects.none()
    return AttestationPeriod.objects.select_related("unit", "created_by")


def may_keep_periods(user: User) -> bool:
    """Whether ``user`` administers accounts at the top of the agency."""
    return user.oversees("accounts.manage")


def current_period(today: date | None = None) -> AttestationPeriod | None:
    """The period that began last; None before the first one."""
    today = today or agency_today()
    begun = AttestationPeriod.objects.filter(starts_on__lte=today)
    return begun.order_by("-starts_on").first()


def last_attestations(period: AttestationPeriod) -> QuerySet[Attestation]:
    """What counts in ``period``: rows that no correction took the place of."""
    return Attestation.objects.filter(period=period, superseded_by=None)


def standing(answers: QuerySet[Attestation]) -> QuerySet[Attestation]:
    """Those of ``answers`` after which nobody is asked again: the one definition for lists, counts,
    letters and what waits for a person.

    An account that was said to be ours stands, whatever else was found: what was done about that
    is written at its finding. "Not ours" stands as long as its finding is open. Once it is closed
    nobody has said yet that the account is ours, and it must be answered anew.
    """
    looked_into = Finding.objects.filter(closed_at=None, question=Question.OURS).order_by()
    return answers.filter(
        Q(still_ours=True) | Q(official_account__in=looked_into.values("official_account")),
        superseded_by=None,
    )


def stands(said: Attestation) -> bool:
    return standing(Attestation.objects.filter(pk=said.pk)).exists()


def attestation_state(
    official_accounts: QuerySet[OfficialAccount], period: AttestationPeriod | None = None
) -> QuerySet[OfficialAccount]:
    """Add to each account, for ``period`` (the current one when None):

    ``attestation_state``  one of ``AttestationState``; "not_asked" without a period, for accounts
        that are not in use and for those registered after the due day;
    ``attestation_rank``  the same as a number: the most pressing is 0;
    ``attested_at``, ``attestation_id``  of the answers that count, or None;
    ``attestation_days_late``  whole days since the due day while nothing is confirmed, or None.

    One query for the period; the rest is part of the caller's query. "Attested in the current
    period" is ``attestation_state__in=("confirmed", "finding")``: said to be ours, so that
    ``confirmations()`` has it too.
    """
    today = agency_today()
    period = period or current_period(today)
    if period is None:
        return official_accounts.annotate(
            attestation_id=Value(None, IntegerField()),
            attested_at=Value(None, DateTimeField()),
            attestation_state=Value(AttestationState.NOT_ASKED.value, CharField()),
            attestation_rank=Value(_RANKS[AttestationState.NOT_ASKED], IntegerField()),
            attestation_days_late=Value(None, IntegerField()),
        )
    counted = last_attestations(period).filter(official_account=OuterRef("pk"))
    late = (today - period.due_on).days if today > period.due_on else None
    missing = AttestationState.WAITING if late is None else AttestationState.OVERDUE
    states = _states(period)
    told = When(Q(*states.values(), _connector=Q.OR), then=None)
    return official_accounts.annotate(
        attestation_id=Subquery(counted.values("pk")[:1]),
        attested_at=Subquery(counted.values("confirmed_at")[:1]),
        attestation_state=Case(
            *(When(is_so, then=Value(state.value)) for state, is_so in states.items()),
            default=Value(missing.value),
            output_field=CharField(),
        ),
        attestation_rank=Case(
            *(When(is_so, then=_RANKS[state]) for state, is_so in states.items()),
            default=_RANKS[missing],
            output_field=IntegerField(),
        ),
        attestation_days_late=Case(told, default=late, output_field=IntegerField()),
    )


def _states(period: AttestationPeriod) -> dict[AttestationState, Q]:
    """The first condition that holds tells the state; where none does, the answers are missing.

    Sets of ids and not a question for each account: PostgreSQL reads each set once, however often
    a list of thousands asks.
    """
    last = last_attestations(period).order_by()
    said, stands, ours = (
        Q(pk__in=rows.values("official_account"))
        for rows in (last, standing(last), last.filter(still_ours=True))
    )
    open_findings = Finding.objects.filter(closed_at=None).order_by().values("official_account")
    states = {
        AttestationState.FINDING: ours & Q(pk__in=open_findings),
        AttestationState.CONFIRMED: ours,
        AttestationState.DENIED: stands,
        AttestationState.NOT_ASKED: (~Q(status__in=IN_USE) | Q(created_at__date__gt=period.due_on)),
    }
    # Late is late, also where somebody has answered before.
    return states if agency_today() > period.due_on else states | {AttestationState.AGAIN: said}


# In which order a list shows them: what somebody must do something about comes first.
_RANKS = {
    AttestationState.OVERDUE: 0,
    AttestationState.AGAIN: 1,
    AttestationState.WAITING: 2,
    AttestationState.DENIED: 3,
    AttestationState.FINDING: 4,
    AttestationState.CONFIRMED: 5,
    AttestationState.NOT_ASKED: 6,
}


def unconfirmed(
    accounts: QuerySet[OfficialAccount], period: AttestationPeriod
) -> QuerySet[OfficialAccount]:
    """Those of ``accounts`` that should be confirmed in ``period`` and are not."""
    done = standing(Attestation.objects.filter(period=period, official_account=OuterRef("pk")))
    return accounts.filter(~Exists(done), status__in=IN_USE, created_at__date__lte=period.due_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStanding:
    """How many accounts the current period asks about, and how many of them are late."""

    period: AttestationPeriod
    asked: int
    late: int


def standing_of(accounts: QuerySet[OfficialAccount]) -> PeriodStanding | None:
    """``accounts`` in the current period; None before the first one. Two queries."""
    period = current_period()
    if period is None:
        return None
    total = sum_of(counts_by_unit(attestation_state(accounts, period)))
    return PeriodStanding(period=period, asked=total.asked, late=total.late)


def accounts_to_attest(user: User) -> QuerySet[OfficialAccount]:
    """The accounts that ``user`` is in charge of, may see, and has not confirmed yet, each with
    ``due_on``. The period is part of the query: pages count these for their navigation."""
    begun = _begun_periods()
    period = Subquery(begun.values("pk")[:1])
    done = standing(Attestation.objects.filter(official_account=OuterRef("pk"), period=period))
    return (
        OfficialAccount.objects.annotate(due_on=Subquery(begun.values("due_on")[:1]))
        .filter(
            ~Exists(done),
            person_in_charge=user,
            unit_id__any=user.units_with("accounts.view"),
            status__in=IN_USE,
            created_at__date__lte=F("due_on"),
        )
        .order_by("display_name", "pk")
    )


def _begun_periods() -> QuerySet[AttestationPeriod]:
    return AttestationPeriod.objects.filter(starts_on__lte=agency_today()).order_by("-starts_on")


def accounts_to_care_for(user: User, most: int) -> QuerySet[OfficialAccount]:
    """The first ``most`` accounts of each kind that waits for ``user``, in one query:

    ``has_findings``, of ``selectors_findings.accounts_with_findings_for``, with the questions in
    ``open_questions``;
    ``waits_to_connect``, of ``selectors.accounts_to_connect``;
    ``connection_ends``, of ``selectors.connections_that_end``;
    ``waits_to_be_attested``, of ``accounts_to_attest``, with ``due_on`` of the current period.
    """
    kinds = {
        "waits_to_connect": selectors.accounts_to_connect(user),
        "connection_ends": selectors.connections_that_end(user),
        "waits_to_be_attested": accounts_to_attest(user),
        "has_findings": selectors_findings.accounts_with_findings_for(user),
    }
    first = {kind: Q(pk__in=rows.values("pk")[:most]) for kind, rows in kinds.items()}
    wanted = Q(*first.values(), _connector=Q.OR)
    return (
        OfficialAccount.objects.filter(wanted)
        .annotate(
            **{kind: ExpressionWrapper(is_one, BooleanField()) for kind, is_one in first.items()},
            due_on=Subquery(_begun_periods().values("due_on")[:1]),
            open_questions=selectors_findings.open_questions(),
        )
        .select_related("unit", "credential")
        .order_by(
            Case(When(credential__status=Credential.Status.REVOKED, then=0), default=1),
            Case(When(credential__status=Credential.Status.GOOD, then=F("credential__expires_at"))),
            "display_name",
            "pk",
        )
    )


def last_said(accounts: list[OfficialAccount]) -> dict[int, Attestation]:
    """The latest answers about each account, of whatever period. One query."""
    rows = (
        Attestation.objects.filter(official_account__in=accounts, superseded_by=None)
        .select_related("period", "confirmed_by", "person_in_charge")
        .order_by("official_account_id", "-pk")
        .distinct("official_account_id")
    )
    return {row.official_account_id: row for row in rows}


def attestations_visible_to(user: User) -> QuerySet[Attestation]:
    return Attestation.objects.filter(
        official_account__unit_id__any=user.units_with("accounts.view")
    ).select_related(
        "period", "official_account__unit", "confirmed_by", "person_in_charge", "superseded_by"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCount:
    """How far one unit is: accounts asked about, confirmed as ours, with findings, said not to be
    ours, and late. Those "with findings" are of the confirmed and the denied ones."""

    unit: str
    unit_id: int
    asked: int
    confirmed: int
    findings: int
    denied: int
    late: int

    @property
    def waiting(self) -> int:
        return self.asked - self.confirmed - self.denied - self.late


def counts_by_unit(stated: QuerySet[OfficialAccount]) -> list[UnitCount]:
    """Counts per unit of accounts that ``attestation_state`` was added to, those with most late
    ones first. One query, which works out the state of each account once."""
    # The type checker does not see what the caller annotated.
    annotated: QuerySet[Any] = stated
    rows = (
        annotated.exclude(attestation_state=AttestationState.NOT_ASKED)
        .order_by()
        .values("unit_id", "attestation_state", unit_name=F("unit__name"))
        .annotate(accounts=Count("pk"))
        .order_by("unit_name", "unit_id")
    )
    units: dict[tuple[int, str], Counter[str]] = {}
    for row in rows:
        states = units.setdefault((row["unit_id"], row["unit_name"]), Counter())
        states[row["attestation_state"]] += row["accounts"]
    counts = [
        UnitCount(
            unit=name,
            unit_id=unit_id,
            asked=states.total(),
            confirmed=states[AttestationState.CONFIRMED] + states[AttestationState.FINDING],
            findings=states[AttestationState.FINDING] + states[AttestationState.DENIED],
            denied=states[AttestationState.DENIED],
            late=states[AttestationState.OVERDUE],
        )
        for (unit_id, name), states in units.items()
    ]
    return sorted(counts, key=lambda one: -one.late)


def sum_of(units: list[UnitCount]) -> UnitCount:
    """All units together."""
    return UnitCount(
        unit="",
        unit_id=0,
        asked=sum(one.asked for one in units),
        confirmed=sum(one.confirmed for one in units),
        findings=sum(one.findings for one in units),
        denied=sum(one.denied for one in units),
        late=sum(one.late for one in units),
    )


def said_before(attestation: Attestation) -> QuerySet[Attestation]:
    """Everything else that was ever said about the account, newest first."""
    return (
        Attestation.objects.filter(official_account=attestation.official_account_id)
        .exclude(pk=attestation.pk)
        .select_related("period", "confirmed_by", "person_in_charge", "superseded_by")
        .order_by("-pk")[:50]
    )


def answered(attestation: Attestation) -> list[Answer]:
    """The four answers with what the register said, for a page about them."""
    facts = by_question(attestation.snapshot)
    return [
        Answer(
            question=question, yes=bool(getattr(attestation, question)), facts=facts[str(question)]
        )
        for question in Question
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    question: Question
    yes: bool
    facts: list[tuple[str, str]]


def stated(official_account: OfficialAccount) -> OfficialAccount:
    """One account with what ``attestation_state`` adds, where it was not added before."""
    if hasattr(official_account, "attestation_state"):
        return official_account
    return attestation_state(OfficialAccount.objects.filter(pk=official_account.pk)).get()


def waits(account: OfficialAccount) -> bool:
    """Whether an account with its state should be confirmed and is not."""
    state = getattr(account, "attestation_state", "")
    return state in {AttestationState.WAITING, AttestationState.AGAIN, AttestationState.OVERDUE}


def last_said_of(account: OfficialAccount) -> Attestation | None:
    """The latest answers about one account; not looked for where none are known to be there."""
    if not getattr(account, "has_answers", True):
        return None
    return last_said([account]).get(account.pk)
