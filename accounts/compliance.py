"""What an official account must show, one rule each, with the reason and the source.

A rule is data and code: the same condition once as SQL, for lists of thousands, and once in Python,
for the page of one account; a test holds both against each other. There is no score: a page says n
of m and which ones are missing. ``today`` is one day for all units, that of the server's time zone:
near midnight an account may be judged by its neighbour's day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, NullIf
from django.utils import timezone

from accounts.compliance_rules import CATALOGUE, OPEN, Rule
from accounts.models import OfficialAccount


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
    day = today or timezone.localdate()
    return Checklist(
        [
            Checked(one, one.holds(account, day), one.mended_at(account))
            for one in CATALOGUE
            if one.asks(account)
        ]
    )


def asked_of(one: Rule) -> Q:
    asked = Q(status__in=OPEN)
    return asked if one.asked is None else asked & one.asked


def counted(*conditions: Q) -> Case:
    whole = Q()
    for condition in conditions:
        whole &= condition
    return Case(When(whole, then=1), default=0, output_field=IntegerField())


def _sum(parts: Iterable[Any]) -> Any:
    total: Any = Value(0)
    for part in parts:
        total = total + part
    return total


def with_completeness(
    rows: QuerySet[OfficialAccount], today: date | None = None
) -> QuerySet[OfficialAccount]:
    """Each account with ``rules_asked``, ``rules_met`` and their ratio ``completeness``."""
    day = today or timezone.localdate()
    counts = rows.annotate(
        rules_asked=_sum(counted(asked_of(one)) for one in CATALOGUE),
        rules_met=_sum(counted(asked_of(one), one.met(day)) for one in CATALOGUE),
    )
    # Nothing asked sorts behind everything.
    share = Cast(F("rules_met"), FloatField()) / NullIf(F("rules_asked"), Value(0))
    return counts.annotate(completeness=share)


def count_rules(accounts: Iterable[OfficialAccount]) -> None:
    """Give accounts that were read ``rules_asked`` and ``rules_met``, for the rows of a page.

    One query; for a whole list the counts are worth their price only where they sort or filter.
    """
    counted_ones = with_completeness(
        OfficialAccount.objects.filter(pk__in=[account.pk for account in accounts])
    )
    names = ["pk", "rules_asked", "rules_met"]
    found = {pk: counts for pk, *counts in counted_ones.values_list(*names)}
    for account in accounts:
        account.rules_asked, account.rules_met = found[account.pk]  # type: ignore[attr-defined]  # read by the page


def lacking(
    rows: QuerySet[OfficialAccount], key: str, today: date | None = None
) -> QuerySet[OfficialAccount]:
    """The accounts that are asked for the rule and do not keep it."""
    one = rule(key)
    day = today or timezone.localdate()
    return rows.alias(keeps=counted(one.met(day))).filter(asked_of(one), keeps=0)


def complete(rows: QuerySet[OfficialAccount], *, is_complete: bool) -> QuerySet[OfficialAccount]:
    """The accounts that keep all rules that ask something of them, or that do not."""
    asked = with_completeness(rows).filter(status__in=OPEN)
    full = Q(rules_met=F("rules_asked"))
    return asked.filter(full if is_complete else ~full)
