"""Whom a role that ends, or a unit that moves, would leave behind on official accounts.

They stay named there, and count no longer: see ``named``. The pages say so before it is done, and
refuse nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from accounts.models import Grant, Handover, OfficialAccount, Unit, User
from accounts.models.handover import OPEN_STATES
from accounts.models.rights import with_held

MOST_NAMED = 20


def _behind(key: str) -> str:
    """Who is named on an account of these units and holds every role there by what is lost; ``key``
    is what tells one role from another. Those whom the reader sees come first."""
    units = "SELECT id, id FROM unnest(%(units)s::bigint[]) AS units (id)"
    return f"""
        {with_held("accounts.view", units, f", {key} AS by_id")}, named AS (
            SELECT account.id AS account_id, account.unit_id,
                account.person_in_charge_id AS user_id, 'charge' AS part
            FROM accounts_officialaccount account
            WHERE account.unit_id = ANY(%(units)s) AND account.status <> ALL(%(over)s)
            UNION ALL
            SELECT account.id, account.unit_id, handover.incoming_id, 'receives'
            FROM accounts_handover handover
            JOIN accounts_officialaccount account ON account.id = handover.official_account_id
            WHERE account.unit_id = ANY(%(units)s) AND handover.state = ANY(%(open)s)
            UNION ALL
            SELECT account.id, account.unit_id, one.user_id, 'administers'
            FROM accounts_administrator one
            JOIN accounts_officialaccount account ON account.id = one.official_account_id
            JOIN accounts_unit unit ON unit.id = account.unit_id
            WHERE account.unit_id = ANY(%(units)s) AND account.status <> ALL(%(over)s)
              AND (one.ends_on IS NULL OR (
                  one.starts_on <= one.ends_on
                  AND one.ends_on >= timezone(unit.time_zone, %(now)s)::date
              ))
        ), behind AS (
            SELECT named.account_id, named.user_id, named.unit_id = ANY(%(seen)s) AS seen,
                bool_or(named.part = 'charge') AS in_charge,
                bool_or(named.part = 'administers') AS administers,
                min(array_position(%(lost)s::bigint[], held.by_id)) AS place
            FROM named
            JOIN held ON held.user_id = named.user_id AND held.unit_id = named.unit_id
            WHERE %(user)s::bigint IS NULL OR named.user_id = %(user)s
            GROUP BY named.account_id, named.user_id, named.unit_id
            HAVING bool_and(held.by_id = ANY(%(lost)s::bigint[]))
        )
        SELECT behind.*, count(*) OVER ()
        FROM behind
        JOIN accounts_officialaccount account ON account.id = behind.account_id
        JOIN accounts_user person ON person.id = behind.user_id
        ORDER BY behind.seen DESC, account.display_name, account.id, person.full_name, person.id
        LIMIT {MOST_NAMED}
    """  # noqa: S608  # our own words


_BY_THE_GRANT = _behind("given.id")
_BY_UNITS = _behind("given.unit_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A person who would no longer count on an account."""

    person: User
    account: OfficialAccount
    in_charge: bool
    administers: bool
    # That they hand the account over or take it over in, while it is open.
    handover_id: int | None
    # The unit of their role, where it is one above a unit that moves.
    role_on: Unit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    shown: list[Left]
    # Further down, or on accounts that the reader does not see: told how many, not which.
    others: int

    def __bool__(self) -> bool:
        return bool(self.shown or self.others)


NOBODY = LeftBehind(shown=[], others=0)


def left_by_ending(grant: Grant, *, seen_by: User) -> LeftBehind:
    """On which accounts the person of a role would have none if it ended now; a role that ends on
    a later day is held until then. Five queries at most."""
    if grant.is_over or grant.is_to_come:
        return NOBODY
    units = _below(grant.unit_id, _chains())
    return _found(_BY_THE_GRANT, units, [grant.pk], seen_by, user=grant.user_id)


def left_by_moving(unit: Unit, *, seen_by: User) -> LeftBehind:
    """Who holds their role on accounts in or below a unit only by units that are not above every
    place that the reader may move it to. Of several such units the highest is told: a place below
    it keeps them. Six queries at most."""
    chains = _chains()
    units = _below(unit.pk, chains)
    places = seen_by.units_with("people.manage") - set(units)
    if not places:
        return NOBODY
    stay = set.intersection(*(set(chains[place]) for place in places))
    # From the top: the query answers with the first.
    lost = [one for one in reversed(chains[unit.pk][1:]) if one not in stay]
    return _found(_BY_UNITS, units, lost, seen_by, above=lost) if lost else NOBODY


def _chains() -> dict[int, list[int]]:
    """Each unit with itself and all above it, upwards."""
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    chains: dict[int, list[int]] = {}
    for unit_id in parents:
        chain: list[int] = []
        above: int | None = unit_id
        while above is not None:
            chain.append(above)
            above = parents[above]
        chains[unit_id] = chain
    return chains


def _below(unit_id: int, chains: dict[int, list[int]]) -> list[int]:
    return [one for one, chain in chains.items() if unit_id in chain]


def _found(
    query: str,
    units: list[int],
    lost: list[int],
    seen_by: User,
    *,
    user: int | None = None,
    above: Collection[int] = (),
) -> LeftBehind:
    status = OfficialAccount.Status
    values = {
        "units": units,
        "lost": lost,
        "user": user,
        "seen": list(seen_by.units_with("accounts.view")),
        # A record: nothing is asked of it any more.
        "open": [str(state) for state in OPEN_STATES],
        "over": [str(status.CLOSED), str(status.RELEASED)],
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    if not rows:
        return NOBODY
    named = [row for row in rows if row[2]]
    accounts = OfficialAccount.objects.select_related("unit").in_bulk({row[0] for row in named})
    people = User.objects.in_bulk({row[1] for row in named})
    handovers = _handovers_of(accounts)
    roles_on = Unit.objects.in_bulk(above) if above else {}
    shown = [
        Left(
            person=people[user_id],
            account=accounts[account_id],
            in_charge=in_charge,
            administers=administers,
            handover_id=handovers.get((account_id, user_id)),
            role_on=roles_on[lost[place - 1]] if above else None,
        )
        for account_id, user_id, _seen, in_charge, administers, place, _all in named
    ]
    return LeftBehind(shown=shown, others=rows[0][-1] - len(shown))


def _handovers_of(accounts: Collection[int]) -> dict[tuple[int, int], int]:
    """The open handover of an account, by who takes part in it. An account has one at most."""
    found = Handover.objects.filter(official_account__in=accounts, state__in=OPEN_STATES)
    taking_part: dict[tuple[int, int], int] = {}
    for key, account_id, *people in found.order_by().values_list(
        "pk", "official_account_id", "outgoing_id", "incoming_id"
    ):
        taking_part |= {(account_id, one): key for one in people}
    return taking_part
