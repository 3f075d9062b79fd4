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

from django.db.models import (
    Case,
    F,
    FloatField,
    IntegerField,
    Max,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Cast, NullIf
from django.utils import timezone

from accounts.compliance_rules import CATALOGUE, OPEN, Rule
from accounts.models import Administrator, OfficialAccount
from accounts.models.attestation import confirmations


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


def ones(*conditions: Q | None) -> Any:
    """1 for a row on which all of the conditions hold, else 0. None holds everywhere."""
    whole = Q()
    for condition in conditions:
        if condition is not None:
            whole &= condition
    if not whole:
        return Value(1)
    return Case(When(whole, then=1), default=0, output_field=IntegerField())


def _if_open(parts: Iterable[Any]) -> Case:
    """The sum of the parts for an account that is asked at all, else 0."""
    whole: Any = Value(0)
    for part in parts:
        whole = whole + part
    return Case(When(status__in=OPEN, then=whole), default=0, output_field=IntegerField())


def count_rules(accounts: Sequence[OfficialAccount], today: date | None = None) -> None:
    """Give accounts that were read ``rules_asked``, ``rules_met`` and ``rules_missing``.

    Two queries for what the rules read, and Python for the rest: for fifty accounts that is a
    third of the time of writing the SQL that counts them, which a list pays only to sort or filter.
    """
    day = today or timezone.localdate()
    with_what_rules_read(accounts)
    for account in accounts:
        asked = [one for one in CATALOGUE if is_asked(account) and one.asks(account)]
        account.rules_asked = len(asked)  # type: ignore[attr-defined]  # read by the page
        missing = [one for one in asked if not one.holds(account, day)]
        # What must be there first, then what should.
        missing.sort(key=lambda one: one.severity != "must")
        account.rules_met = len(asked) - len(missing)  # type: ignore[attr-defined]  # read by the page
        account.rules_missing = missing  # type: ignore[attr-defined]  # read by the export


def with_what_rules_read(accounts: Sequence[OfficialAccount]) -> None:
    """Give accounts that were read their administrators and ``last_confirmed_at``. Two queries."""
    read = ("official_account", "user", "starts_on", "ends_on", "user__is_active")
    people = Administrator.objects.select_related("user").only(*read).order_by()
    prefetch_related_objects(accounts, Prefetch("administrators", people))
    confirmed = (
        confirmations()
        .filter(official_account__in=accounts)
        .order_by()
        .values("official_account")
        .annotate(at=Max("confirmed_at"))
    )
    last = dict(confirmed.values_list("official_account", "at")) if accounts else {}
    for account in accounts:
        account.last_confirmed_at = last.get(account.pk)  # type: ignore[attr-defined]  # what rules read


def by_completeness(
    rows: QuerySet[OfficialAccount], today: date | None = None
) -> QuerySet[OfficialAccount]:
    """Rows that can be ordered by ``completeness``: ``rules_met`` as a part of ``rules_asked``.

    None where nothing is asked. None of the three is read with the rows.
    """
    day = today or timezone.localdate()
    return rows.alias(
        rules_asked=_if_open(ones(one.asked) for one in CATALOGUE),
        rules_met=_if_open(ones(one.asked, one.met(day)) for one in CATALOGUE),
    ).alias(completeness=_share())


def _share() -> Any:
    return Cast(F("rules_met"), FloatField()) / NullIf(F("rules_asked"), Value(0))


def lacking(
    rows: QuerySet[OfficialAccount], key: str, today: date | None = None
) -> QuerySet[OfficialAccount]:
    """The accounts that are asked for the rule and do not keep it."""
    one = rule(key)
    day = today or timezone.localdate()
    asked = (
        rows.filter(status__in=OPEN)
        if one.asked is None
        else rows.filter(one.asked, status__in=OPEN)
    )
    return asked.alias(keeps=ones(one.met(day))).filter(keeps=0)


def all_kept(today: date) -> Any:
    """1 for an account that keeps every rule that asks something of it, else 0. Looks no further
    than the first rule that it does not keep."""
    return ones(
        *(one.met(today) if one.asked is None else ~one.asked | one.met(today) for one in CATALOGUE)
    )


def complete(rows: QuerySet[OfficialAccount], *, is_complete: bool) -> QuerySet[OfficialAccount]:
    """The accounts that keep all rules that ask something of them, or that do not."""
    judged = rows.filter(status__in=OPEN).alias(kept=all_kept(timezone.localdate()))
    return judged.filter(kept=int(is_complete))
