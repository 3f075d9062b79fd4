"""Whether the trail bears out the roles that people hold, and where units stand.

Whoever may write rows by SQL can give a role in the name of an administrator, or move a unit below
another one, and then decide through the application. The actions would have left an entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounts.models import Grant, Unit

# A role may end sooner than it was given for, and never later. The first administrator's stands in
# the entry of the agency's beginning.
_ROLES = """
    SELECT g.id, u.full_name, g.role
    FROM accounts_grant g
    JOIN accounts_user u ON u.id = g.user_id
    JOIN accounts_user by_whom ON by_whom.id = g.granted_by_id
    WHERE NOT EXISTS (
        SELECT FROM audit_entry e
        WHERE e.target_type = %(grant)s AND e.target_id = g.id::text
        AND e.event = 'accounts.grant.given' AND e.actor_id = g.granted_by_id
        AND e.unit_id = g.unit_id AND e.data ->> 'role' = g.role
        AND e.data ->> 'user_id' = g.user_id::text
        AND (e.data ->> 'starts_at')::timestamptz = g.starts_at
        AND (e.data ->> 'ends_at' IS NULL OR g.ends_at <= (e.data ->> 'ends_at')::timestamptz))
    AND NOT (by_whom.is_system AND g.role = 'administrator' AND EXISTS (
        SELECT FROM audit_entry e
        WHERE e.target_type = %(unit)s AND e.target_id = g.unit_id::text
        AND e.event = 'accounts.agency.founded' AND CASE WHEN e.data ? 'grant_id'
            THEN e.data ->> 'grant_id' = g.id::text
            -- Before they named it, it was the first of all.
            ELSE g.id = (SELECT min(id) FROM accounts_grant) END))
    ORDER BY g.id
"""
_UNITS = """
    SELECT u.id, u.name, COALESCE('below ' || above.name, 'at the top')
    FROM accounts_unit u
    LEFT JOIN accounts_unit above ON above.id = u.parent_id
    LEFT JOIN LATERAL (
        SELECT e.event, COALESCE(e.data ->> 'to_unit_id', e.data ->> 'parent_id') AS parent,
            COALESCE(e.data ->> 'to_unit', e.data ->> 'parent') AS parent_name
        FROM audit_entry e
        WHERE e.target_type = %(unit)s AND e.target_id = u.id::text AND e.event IN
            ('accounts.agency.founded', 'accounts.unit.created', 'accounts.unit.moved')
        ORDER BY e.id DESC LIMIT 1
    ) told ON true
    -- Before entries had the id, they had the name of then.
    WHERE told.event IS NULL OR (told.parent IS DISTINCT FROM u.parent_id::text
        AND NOT (told.parent IS NULL
            AND COALESCE(told.parent_name IN (above.name, above.short_name), false)))
    ORDER BY u.id
"""


@dataclass(frozen=True, slots=True)
class Unproven:
    """One row that the trail does not bear out."""

    what: str
    row: int
    name: str
    state: str

    def __str__(self) -> str:
        return f"{self.what} {self.row}: {self.state}, {self.name}"


def unproven() -> Iterator[Unproven]:
    """Every role that nobody gave as it stands, and every unit that nobody put where it is."""
    about = {"grant": Grant._meta.label_lower, "unit": Unit._meta.label_lower}
    for what, question in (("role", _ROLES), ("unit", _UNITS)):
        with connection.chunked_cursor() as cursor:
            cursor.execute(question, about)
            for row, name, state in cursor:
                yield Unproven(what, row, name, state)


def counted() -> dict[str, int]:
    """How many of each are held against the trail."""
    return {"roles": Grant.objects.count(), "units": Unit.objects.count()}
