"""Units by rules: how far each unit's accounts keep what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import selectors
from accounts.compliance import judgement, ones
from accounts.compliance_rules import CATALOGUE, OPEN, Rule
from accounts.models import OfficialAccount, Unit, User

DEEPEST = 4

# Accounts, complete ones, then asked and met of each rule in the order of the catalogue.
_Row = list[int]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of the accounts that a rule asks keep it."""

    rule: Rule
    asked: int
    met: int

    @property
    def missing(self) -> int:
        return self.asked - self.met

    @property
    def share(self) -> float | None:
        """None where the rule asks nobody."""
        return self.met / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Standing:
    """The accounts of one unit and all below it, or of everything that somebody sees."""

    unit: Unit | None
    row: _Row

    @property
    def accounts(self) -> int:
        return self.row[0]

    @property
    def complete(self) -> int:
        return self.row[1]

    @property
    def rules(self) -> list[Kept]:
        """In the order of the catalogue; made when it is asked for, of units on a page alone."""
        return [
            Kept(rule, self.row[2 + 2 * number], self.row[3 + 2 * number])
            for number, rule in enumerate(CATALOGUE)
        ]

    @property
    def lacking(self) -> str:
        """The numbers on the page of the rules that some account lacks; empty for none."""
        return ", ".join(str(place) for place, one in enumerate(self.rules, 1) if one.missing)

    @property
    def share(self) -> float | None:
        return self.complete / self.accounts if self.accounts else None

    @property
    def shown_depth(self) -> int:
        """How far the name is set in; deeper than that stays there."""
        return min(int(getattr(self.unit, "tree_depth", 0)), DEEPEST)


@dataclass(frozen=True, slots=True)
class Overview:
    chosen: Standing
    units: Sequence[Standing]
    """In the order of the tree; those without any account are left out."""
    closed: int = 0
    """Accounts of ``chosen`` that no rule asks anything of any more."""


def overview(user: User, chosen: Unit | None = None) -> Overview:
    """Three queries, however many accounts and units there are."""
    units: list[Unit] = list(selectors.unit_tree_visible_to(user, "accounts.view"))
    parents = {unit.pk: unit.parent_id for unit in units}
    visible = selectors.official_accounts_visible_to(user)
    own, closed = _by_unit(visible), _closed_by_unit(visible)
    below: dict[int, _Row] = {}
    for unit_id, row in own.items():
        above: int | None = unit_id
        while above is not None and above in parents:
            below[above] = _added(below.get(above), row)
            above = parents[above]
    standings = [Standing(unit, below[unit.pk]) for unit in units if unit.pk in below]
    if chosen is None:
        total: _Row = _empty()
        for row in own.values():
            total = _added(total, row)
        return Overview(Standing(None, total), standings, sum(closed.values()))
    within = _within(chosen.pk, parents)
    return Overview(
        Standing(chosen, below.get(chosen.pk, _empty())),
        [one for one in standings if one.unit is not None and one.unit.pk in within],
        sum(count for unit_id, count in closed.items() if unit_id in within),
    )


def export_header() -> list[object]:
    """How many accounts of a unit and all below it lack each rule."""
    lacking = [
        _("%(number)s. Lacking: %(rule)s") % {"number": number, "rule": rule.words}
        for number, rule in enumerate(CATALOGUE, 1)
    ]
    return [_("Unit"), _("Accounts"), _("Complete accounts"), *lacking]


def export_rows(units: Iterable[Standing]) -> Iterator[list[object]]:
    """One unit each. A rule that asks none of its accounts is left empty: that is not zero."""
    for one in units:
        lacking = [kept.missing if kept.asked else None for kept in one.rules]
        yield [one.unit.name if one.unit else None, one.accounts, one.complete, *lacking]


def _closed_by_unit(rows: QuerySet[OfficialAccount]) -> dict[int, int]:
    found = rows.exclude(status__in=OPEN).select_related(None).order_by().values("unit_id")
    return dict(found.annotate(accounts=Count("pk")).values_list("unit_id", "accounts"))


def _by_unit(rows: QuerySet[OfficialAccount]) -> dict[int, _Row]:
    """Each account is judged once, in the query within: whether it keeps all its rules follows."""
    met = {f"met_{key}": is_met for key, is_met in judgement().each.items()}
    # Rules that ask the same accounts have one column. All ask those that are open.
    asked: dict[Q | None, str] = {None: "1"}
    columns = dict(met)
    for rule in CATALOGUE:
        if rule.asked not in asked:
            asked[rule.asked] = f"asked_{rule.key}"
            columns[asked[rule.asked]] = ones(rule.asked)
    open_rows = rows.filter(status__in=OPEN).select_related(None).order_by()
    try:
        compiler = (
            open_rows.annotate(**columns).values("unit_id", *columns).query.get_compiler(rows.db)
        )
        judged, parameters = compiler.as_sql()
    except EmptyResultSet:
        return {}
    pairs = [(asked[rule.asked], f"met_{rule.key}") for rule in CATALOGUE]
    complete = " AND ".join(f"{is_met} >= {is_asked}" for is_asked, is_met in pairs)
    sums = ", ".join(f"SUM({is_asked}), SUM({is_met})" for is_asked, is_met in pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT unit_id, COUNT(*), COUNT(*) FILTER (WHERE {complete}), {sums}"  # noqa: S608  # Django and we wrote it
            f" FROM ({judged} OFFSET 0) AS judged GROUP BY unit_id",
            parameters,
        )
        return {unit_id: row for unit_id, *row in cursor.fetchall()}


def _empty() -> _Row:
    return [0] * (2 + 2 * len(CATALOGUE))


def _added(one: _Row | None, other: _Row) -> _Row:
    return list(other) if one is None else [a + b for a, b in zip(one, other, strict=True)]


def _within(unit_id: int, parents: dict[int, int | None]) -> set[int]:
    def is_below(one: int | None) -> bool:
        while one is not None:
            if one == unit_id:
                return True
            one = parents.get(one)
        return False

    return {one for one in parents if is_below(one)}
