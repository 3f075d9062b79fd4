"""What the approval policies ask for, as the database says it: the triggers ask the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from content.models import Sensitivity, StageKind


class Asked(NamedTuple):
    """Stages in order, how many days an approval counts, and after how many hours of waiting
    people are reminded and the next ones asked."""

    kinds: list[StageKind]
    days: int
    remind_after: int
    escalate_after: int
    is_emergency: bool


def asked_for(version_id: int) -> Asked:
    """What a submission of this version must go through now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kinds, days, remind_after, escalate_after, is_emergency"
            " FROM content_policy_of(%s)",
            [version_id],
        )
        kinds, days, remind_after, escalate_after, is_emergency = cursor.fetchone()
    stages = [StageKind(kind) for kind in kinds]
    return Asked(stages, days, remind_after, escalate_after, is_emergency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """A policy that is not set yet."""

    stages: Sequence[str]
    days: int
    remind_after: int
    escalate_after: int


class WouldAsk(NamedTuple):
    """What counts in the end, with the ids of the policies that have it so: those that make the
    stages, and those that end approvals first. 0 is a policy that is only thought of."""

    kinds: list[StageKind]
    days: int
    remind_after: int
    escalate_after: int
    stages_by: list[int]
    days_by: list[int]


_WOULD_ASK = """
    SELECT asked.* FROM unnest(%(wanted)s::text[]) WITH ORDINALITY AS one(wanted, place)
    CROSS JOIN LATERAL (
        SELECT * FROM content_would_ask(%(units)s::bigint[], %(accounts)s::bigint[], wanted,
            NULL, NULL, NULL, NULL, NULL)
        UNION ALL
        SELECT * FROM content_would_ask(%(units)s::bigint[], %(accounts)s::bigint[], wanted,
            %(instead)s, %(stages)s::text[], %(days)s, %(remind)s, %(escalate)s)
    ) asked ORDER BY place
"""
_IN_UNITS = """
    SELECT unit_id, wanted, kinds, days, remind_after, escalate_after, stages_by, days_by
    FROM unnest(%s::bigint[]) unit_id CROSS JOIN unnest(%s::text[]) wanted
    CROSS JOIN LATERAL content_would_ask(
        ARRAY[unit_id], '{}', wanted, NULL, NULL, NULL, NULL, NULL)
"""


def would_ask(*, units: Iterable[int], accounts: Iterable[int], sensitivity: str) -> WouldAsk:
    """What a post would have to go through that one of ``units`` begins for ``accounts`` now."""
    (now, _same), = before_and_after(
        units=units, accounts=accounts, wanted=[sensitivity], instead=None, thought=None
    )  # fmt: skip
    return now


def before_and_after(
    *,
    units: Iterable[int],
    accounts: Iterable[int],
    wanted: Iterable[str],
    instead: int | None,
    thought: Thought | None,
) -> list[tuple[WouldAsk, WouldAsk]]:
    """For each sensitivity what counts now, and what would if the policy with the id ``instead``
    ended and ``thought`` were set. One query."""
    asked: dict[str, Any] = {
        "units": list(units), "accounts": list(accounts), "wanted": list(wanted),
        "instead": instead, "stages": None, "days": None, "remind": None, "escalate": None,
    }  # fmt: skip
    if thought is not None:
        asked |= {
            "stages": [str(kind) for kind in thought.stages],
            "days": thought.days,
            "remind": thought.remind_after,
            "escalate": thought.escalate_after,
        }
    with connection.cursor() as cursor:
        cursor.execute(_WOULD_ASK, asked)
        answers = [_would_ask(*answer) for answer in cursor.fetchall()]
    return list(zip(answers[::2], answers[1::2], strict=True))


def would_ask_in(unit_ids: Iterable[int]) -> dict[tuple[int, str], WouldAsk]:
    """What counts in each unit, for each sensitivity, for accounts without a policy of their own.
    One query."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_UNITS, [list(unit_ids), list(Sensitivity.values)])
        return {
            (unit_id, wanted): _would_ask(*answer) for unit_id, wanted, *answer in cursor.fetchall()
        }


def _would_ask(kinds: list[str], *rest: Any) -> WouldAsk:
    return WouldAsk([StageKind(kind) for kind in kinds], *rest)
