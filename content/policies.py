"""What the approval policies ask for, as the database says it: the triggers ask the same."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from content.models import StageKind


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
