"""What a person holds now, as every page asks for it: one query."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from accounts.capabilities import Role
from govsocial.web.templatetags.formats import until_day_short

# So many units are named in a line beside a name.
MOST_UNITS = 3

# By the clock of the database, as accounts_roles_of does. Written by hand: every page asks it, and
# Django takes ten times as long to write it as the database to answer.
_HELD_NOW = """
    SELECT jsonb_agg(jsonb_build_array(g.role, COALESCE(NULLIF(u.short_name, ''), u.name),
            u.time_zone, p.full_name, g.ends_at) ORDER BY g.id),
        (SELECT jsonb_agg(jsonb_build_array(unit_id, role)) FROM accounts_roles_of(%s))
    FROM accounts_grant g JOIN accounts_unit u ON u.id = g.unit_id
        LEFT JOIN accounts_user p ON p.id = g.on_behalf_of_id
    WHERE g.user_id = %s AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
"""


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A role held now. ``principal`` is whose place it takes; None where it is the person's own."""

    role: str
    unit: str
    time_zone: str
    principal: str | None
    ends_at: str | None

    def __str__(self) -> str:
        """In whose place, where, and until which day."""
        told = _("%(role)s on behalf of %(name)s") % {
            "role": Role(self.role).label,
            "name": self.principal,
        }
        end = datetime.fromisoformat(self.ends_at) if self.ends_at else None
        until = _("until %(end)s") % {"end": until_day_short(end, self.time_zone)}
        return f"{told} · {self.unit} · {until}"


@dataclass(frozen=True, slots=True)
class HeldRoles:
    """The oldest grant comes first. ``reach`` holds the roles by unit id."""

    grants: Sequence[HeldGrant]
    reach: dict[int, frozenset[str]]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.grants[0].time_zone)

    @property
    def own_lines(self) -> list[str]:
        """A line for each place that roles are held in: "Reviewer, Drafter · Diskominfo, BPBD"."""
        units: dict[str, dict[str, None]] = defaultdict(dict)
        for one in self.grants:
            if one.principal is None:
                units[one.role][one.unit] = None
        roles: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for role, names in units.items():
            roles[tuple(names)].append(str(Role(role).label))
        return [f"{', '.join(held)} · {_some_of(names)}" for names, held in roles.items()]

    @property
    def places(self) -> list[HeldGrant]:
        """Those that are held in somebody else's place."""
        return [one for one in self.grants if one.principal is not None]


def held_now(user_id: int | None) -> HeldRoles | None:
    """What the person holds now; None where that is nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_NOW, [user_id, user_id])
        grants, reach = cursor.fetchone()
    if grants is None:
        return None
    held = [HeldGrant(*one) for one in json.loads(grants)]
    return HeldRoles(held, by_unit(json.loads(reach or "[]")))


def by_unit(rows: Iterable[Sequence[Any]]) -> dict[int, frozenset[str]]:
    roles: dict[int, set[str]] = defaultdict(set)
    for unit_id, role in rows:
        roles[unit_id].add(role)
    return {unit_id: frozenset(held) for unit_id, held in roles.items()}


def _some_of(units: Sequence[str]) -> str:
    shown, more = ", ".join(units[:MOST_UNITS]), len(units) - MOST_UNITS
    if more <= 0:
        return shown
    return _("%(units)s and %(number)s more") % {"units": shown, "number": more}
