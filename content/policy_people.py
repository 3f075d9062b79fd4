"""Whether there are people for the stages that are asked for: who may decide, by unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.capabilities import roles_with
from accounts.models import Grant, User
from accounts.models.people import grants_held_now
from content.models import BankText, StageKind

_PEOPLE = """
    WITH RECURSIVE asked(unit_id, above) AS (
        SELECT id, id FROM unnest(%s::bigint[]) id
        UNION ALL
        SELECT asked.unit_id, u.parent_id FROM asked JOIN accounts_unit u ON u.id = asked.above
        WHERE u.parent_id IS NOT NULL
    )
    SELECT asked.unit_id,
        count(DISTINCT g.user_id) FILTER (WHERE g.role = ANY (%s)),
        count(DISTINCT g.user_id) FILTER (WHERE g.role = ANY (%s))
    FROM asked
    JOIN accounts_grant g ON g.unit_id = asked.above AND g.starts_at <= statement_timestamp()
        -- Who stands in for another adds nobody: a place counts once, whoever decides in it.
        AND g.on_behalf_of_id IS NULL
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
    JOIN accounts_user u ON u.id = g.user_id AND u.is_active
    GROUP BY asked.unit_id
"""


class Deciders(NamedTuple):
    """How many people may decide on posts of a unit: at any stage, and at an approval."""

    any_stage: int = 0
    approvals: int = 0


def deciders_in(unit_ids: Iterable[int]) -> dict[int, Deciders]:
    """Who holds a role there now that reaches the unit; units without anybody are left out."""
    roles = [roles_with(kind.capability) for kind in StageKind]
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [list(unit_ids), *roles])
        return {unit_id: Deciders(*counts) for unit_id, *counts in cursor.fetchall()}


def writers_alone(writer: User, unit_id: int | None, texts: Iterable[BankText]) -> set[int]:
    """The ids of those texts without whose writer nobody is left to approve what ``writer`` submits
    in the unit. None where nobody could anyway, or no unit is chosen. One query."""
    rows = list(texts)
    if unit_id is None or not rows:
        return set()
    held = _approvers_in(unit_id)
    return {one.pk for one in rows if _is_alone(one.made_by_id, writer.pk, held)}


def _is_alone(author: int, writer: int, held: set[int]) -> bool:
    """Neither decides, nor does anybody in their place."""
    return author in held and not held - {author, writer}


def _approvers_in(unit_id: int) -> set[int]:
    """The ids of those who hold a role of their own now by which they may approve posts of the
    unit. Others decide only in the place of one of these."""
    roles = roles_with(StageKind.APPROVE.capability)
    units = RawSQL("SELECT unnest(content_units_above(%s))", [unit_id])
    rows = Grant.objects.filter(grants_held_now(), role__in=roles, user__is_active=True)
    return set(rows.filter(unit_id__in=units, on_behalf_of=None).values_list("user_id", flat=True))


def is_lacking(kinds: Sequence[StageKind], deciders: Deciders) -> bool:
    """Each stage needs a different person, and an approver may also stand at a review."""
    approvals = sum(kind == StageKind.APPROVE for kind in kinds)
    return deciders.approvals < approvals or deciders.any_stage < len(kinds)


def lacking(kinds: Sequence[StageKind], deciders: Deciders) -> str:
    """What is missing, in words; "" where there is somebody for each stage."""
    approvals = sum(kind == StageKind.APPROVE for kind in kinds)
    if not deciders.approvals:
        return _("Nobody may approve here: what is submitted stays where it is.")
    if deciders.approvals < approvals:
        return ngettext(
            "%(need)s approvers are asked for and %(have)s person may approve here: what is "
            "submitted stays where it is.",
            "%(need)s approvers are asked for and %(have)s people may approve here: what is "
            "submitted stays where it is.",
            deciders.approvals,
        ) % {"need": approvals, "have": deciders.approvals}
    if deciders.any_stage < len(kinds):
        return ngettext(
            "%(need)s different people must decide and %(have)s person may do so here: what is "
            "submitted stays where it is.",
            "%(need)s different people must decide and %(have)s people may do so here: what is "
            "submitted stays where it is.",
            deciders.any_stage,
        ) % {"need": len(kinds), "have": deciders.any_stage}
    return ""


_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT %s::bigint
        UNION SELECT u.id FROM accounts_unit u JOIN below ON u.parent_id = below.id
    )
    SELECT u.id, COALESCE(NULLIF(u.short_name, ''), u.name)
    FROM below JOIN accounts_unit u ON u.id = below.id ORDER BY u.name, u.id
"""


def lacking_below(kinds: Sequence[StageKind], unit_id: int) -> tuple[str, list[str]]:
    """What is missing in the unit, in words, and the names of units below it that have too few
    people for the stages. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [unit_id])
        names: dict[int, str] = dict(cursor.fetchall())
    known = deciders_in(names)
    without = [
        name
        for one, name in names.items()
        if one != unit_id and is_lacking(kinds, known.get(one, Deciders()))
    ]
    return lacking(kinds, known.get(unit_id, Deciders())), without
