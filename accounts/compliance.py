"""What an official account must show, one rule each, with the reason and the source.

A rule is data and code: the same condition once as SQL, for lists of thousands, and once in Python,
for the page of one account; a test holds both against each other. There is no score: a page says n
of m and which ones are missing. An account is judged by the day that it is where its unit is,
whoever looks; ``today`` is another one, for all of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import (
    Case,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, NullIf
from django.utils import timezone

from accounts.compliance_rules import CATALOGUE, OPEN, Assigned, Rule
from accounts.models import Administrator, OfficialAccount, Unit
from accounts.models.attestation import confirmations
from accounts.models.unit import IndonesianZone
from accounts.named import people_with_a_role

_READ_OF_ADMINISTRATORS = ("user_id", "starts_on", "ends_on")


def rule(key: str) -> Rule:
    """Raises ``KeyError`` for a key that no rule has."""
    return {one.key: one for one in CATALOGUE}[key]


def is_asked(account: OfficialAccount) -> bool:
    return account.status in OPEN


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule and whether one account keeps it; with the way to mend it."""

    rule: Rule
    met: bool
    url: str


@dataclass(frozen=True, slots=True)
class Checklist:
    lines: Sequence[Checked]

    @property
    def asked(self) -> int:
        return len(self.lines)

    @property
    def met(self) -> int:
        return sum(line.met for line in self.lines)

    @property
    def missing(self) -> list[Checked]:
        """What must be there first, then what should."""
        lacking = [line for line in self.lines if not line.met]
        return sorted(lacking, key=lambda line: line.rule.severity != "must")

    @property
    def kept(self) -> list[Checked]:
        return [line for line in self.lines if line.met]


def checklist(account: OfficialAccount, today: date | None = None) -> Checklist:
    """Every rule that asks something of the account; none for a closed one.

    Takes accounts of ``selectors.with_evidence``, which brings what the rules read.
    """
    if not is_asked(account):
        return Checklist(())
    day = today or account.unit.today
    return Checklist(
        [
            Checked(one, one.holds(account, day), one.mended_at(account))
            for one in CATALOGUE
            if one.asks(account)
        ]
    )


def ones(*conditions: Q | None) -> Any:
    """1 for a row on which all of the conditions hold, else 0. None holds everywhere."""
    whole = Q()
    for condition in conditions:
        if condition is not None:
            whole &= condition
    if not whole:
        return Value(1)
    return Case(When(whole, then=1), default=0, output_field=IntegerField())


def _asked() -> Any:
    """How many rules ask something of the account. Where several ask the same accounts, they are
    judged once."""
    conditions = Counter(one.asked for one in CATALOGUE)
    whole: Any = Value(conditions.pop(None, 0))
    for condition, rules in conditions.items():
        whole = whole + Case(When(condition, then=rules), default=0)
    return whole


def _met(day: date) -> Any:
    """How many of them it keeps. One function over all rules: adding them up one by one takes
    PostgreSQL, and Django who writes it, a third longer."""
    kept = [one.met(day) if one.asked is None else one.asked & one.met(day) for one in CATALOGUE]
    return Func(*(Case(When(one, then=1)) for one in kept), function="num_nonnulls")


def _if_open(number: Any) -> Case:
    """The number for an account that is asked at all, else 0."""
    return Case(When(status__in=OPEN, then=number), default=0, output_field=IntegerField())


def count_rules(accounts: Sequence[OfficialAccount], today: date | None = None) -> None:
    """Give accounts that were read ``rules_asked``, ``rules_met`` and ``rules_missing``.

    Three queries for what the rules read, and Python for the rest: for fifty accounts that is a
    third of the time of writing the SQL that counts them, which a list pays only to sort or filter.
    """
    with_what_rules_read(accounts)
    for account in accounts:
        day = today or account.unit.today
        asked = [one for one in CATALOGUE if one.asks(account)] if is_asked(account) else []
        account.rules_asked = len(asked)  # type: ignore[attr-defined]  # read by the page
        missing = [one for one in asked if not one.holds(account, day)]
        # What must be there first, then what should.
        missing.sort(key=lambda one: one.severity != "must")
        account.rules_met = len(asked) - len(missing)  # type: ignore[attr-defined]  # read by the page
        account.rules_missing = missing  # type: ignore[attr-defined]  # read by the export


def with_what_rules_read(accounts: Sequence[OfficialAccount]) -> None:
    """Give accounts that were read their ``assignments``, ``last_confirmed_at`` and
    ``with_a_role``, the people among those they name. Three queries."""
    if not accounts:
        return
    keys = [account.pk for account in accounts]
    assigned: dict[int, list[Assigned]] = {key: [] for key in keys}
    people = Administrator.objects.filter(official_account_id__any=keys).order_by()
    for key, *read in people.values_list("official_account_id", *_READ_OF_ADMINISTRATORS):
        assigned[key].append(Assigned(*read))
    confirmed = confirmations().filter(official_account_id__any=keys).order_by()
    latest = confirmed.values("official_account_id").annotate(at=Max("confirmed_at"))
    last = dict(latest.values_list("official_account_id", "at"))
    named = {one.user_id for many in assigned.values() for one in many}
    named |= {account.person_in_charge_id for account in accounts if account.person_in_charge_id}
    held = people_with_a_role({account.unit_id for account in accounts}, named)
    for account in accounts:
        account.with_a_role = held[account.unit_id]  # type: ignore[attr-defined]  # what rules read
        account.assignments = assigned[account.pk]  # type: ignore[attr-defined]  # what rules read
        account.last_confirmed_at = last.get(account.pk)  # type: ignore[attr-defined]  # as above


def by_completeness(
    rows: QuerySet[OfficialAccount], today: date | None = None
) -> QuerySet[OfficialAccount]:
    """Rows that can be ordered by ``completeness``: ``rules_met`` as a part of ``rules_asked``.

    None where nothing is asked. None of the three is read with the rows.
    """
    judged = judgement(today)
    return rows.alias(rules_asked=judged.asked, rules_met=judged.met).alias(
        completeness=Cast(F("rules_met"), FloatField()) / NullIf(F("rules_asked"), Value(0))
    )


class _Written(Func):
    """SQL that Django wrote before, about the account that it stands beside."""

    def __init__(self, sql: str, params: tuple[Any, ...]) -> None:
        super().__init__(F("pk"), output_field=IntegerField())
        self.sql, self.params = sql, params

    def as_sql(self, compiler: Any, *_more: Any, **_others: Any) -> tuple[str, tuple[Any, ...]]:
        (key,) = self.get_source_expressions()
        return self.sql.replace(
            _OWN, f"{compiler.quote_name_unless_alias(key.alias)}."
        ), self.params


_OWN = f'"{OfficialAccount._meta.db_table}".'


@dataclass(frozen=True, slots=True)
class Judgement:
    """All rules as parts of a query of accounts. Whole numbers, never None."""

    asked: Func
    """How many rules ask something of the account."""
    met: Func | Case
    """How many of them it keeps."""
    kept: Func | Case
    """1 for one that keeps them all, else 0; only of accounts with a status of ``OPEN``."""
    each: Mapping[str, Func | Case]
    """By the key of a rule: 1 for an account that is asked for it and keeps it, else 0."""


def judgement(today: date | None = None) -> Judgement:
    """By the day of each unit, or for all of them by ``today``."""
    now = timezone.now()
    usual = today or timezone.localdate(now, ZoneInfo(settings.TIME_ZONE))
    judged = _on(usual)
    others: dict[date, list[str]] = defaultdict(list)
    for zone in IndonesianZone.values if today is None else ():
        if (day := timezone.localdate(now, ZoneInfo(zone))) != usual:
            others[day].append(zone)
    for day, zones in others.items():
        judged = _there(_on(day), zones, judged)
    return judged


def _on(day: date) -> Judgement:
    days = tuple(sorted(settings.REGISTER_RULE_DAYS.items()))
    return _judgement(day, days, settings.TIME_ZONE)


def _there(one: Judgement, zones: Sequence[str], other: Judgement) -> Judgement:
    """For some hours of a night it is another day in the east: ``one`` for units in ``zones``."""
    units = Unit.objects.filter(time_zone__in=zones).order_by().values("pk")

    def of(there: Func | Case, here: Func | Case) -> Case:
        return Case(When(unit__in=units, then=there), default=here, output_field=IntegerField())

    return Judgement(
        asked=other.asked,
        met=of(one.met, other.met),
        kept=of(one.kept, other.kept),
        each={key: of(one.each[key], here) for key, here in other.each.items()},
    )


@lru_cache(maxsize=16)
def _judgement(today: date, days: object, zone: str) -> Judgement:
    """To write it takes Django a fifth of a page, and it is the same for everybody on one day:
    ``days`` and ``zone``, the agency's, are all that it depends on beside.

    Raises ``ValueError`` for a rule that joins another table instead of asking it.
    """
    query = OfficialAccount.objects.order_by().query
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)

    def written(part: Any) -> _Written:
        sql, params = compiler.compile(part.resolve_expression(query))
        return _Written(sql, tuple(params))

    judged = Judgement(
        asked=written(_if_open(_asked())),
        met=written(_if_open(_met(today))),
        kept=written(_all_kept(today)),
        each={one.key: written(ones(one.asked, one.met(today))) for one in CATALOGUE},
    )
    joined = {table for table, used in query.alias_refcount.items() if used}
    if joined - {OfficialAccount._meta.db_table}:
        raise ValueError(f"A rule joins one of {', '.join(sorted(joined))}.")
    return judged


def lacking(
    rows: QuerySet[OfficialAccount], key: str, today: date | None = None
) -> QuerySet[OfficialAccount]:
    """The accounts that are asked for the rule and do not keep it."""
    one = rule(key)
    asked = (
        rows.filter(status__in=OPEN)
        if one.asked is None
        else rows.filter(one.asked, status__in=OPEN)
    )
    return asked.alias(keeps=judgement(today).each[key]).filter(keeps=0)


def _all_kept(today: date) -> Any:
    """1 for an account that keeps every rule that asks something of it, else 0. Looks no further
    than the first rule that it does not keep."""
    return ones(
        *(one.met(today) if one.asked is None else ~one.asked | one.met(today) for one in CATALOGUE)
    )


def complete(rows: QuerySet[OfficialAccount], *, is_complete: bool) -> QuerySet[OfficialAccount]:
    """The accounts that keep all rules that ask something of them, or that do not."""
    judged = judgement()
    return rows.filter(status__in=OPEN).alias(kept=judged.kept).filter(kept=int(is_complete))
