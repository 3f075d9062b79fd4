"""Who may do what, for triggers: the same table as ``User.may`` reads, in SQL."""

from __future__ import annotations

from accounts.capabilities import roles_with
from accounts.errors import BY_WHO_MAY


def holds(who: str, capability: str, unit: str) -> str:
    """A condition: the person ``who`` is active and holds ``capability`` on ``unit`` now. Both are
    columns or variables."""
    roles = ", ".join(f"'{role}'" for role in roles_with(capability))
    return (
        f"EXISTS (SELECT 1 FROM accounts_roles_of({who}) held "  # noqa: S608  # our own names
        f"WHERE held.unit_id = {unit} AND held.role IN ({roles}))"
    )


def refuse_actor(words: str) -> str:
    """The statement with which a trigger refuses whoever acts: ``errors.lacks_right`` knows it
    again."""
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{BY_WHO_MAY}';"
    )


def with_held(capability: str, units: str, also: str = "") -> str:
    """What a query about many people begins with, where ``holds`` would walk the tree for each:
    ``held`` has ``user_id`` and ``unit_id``, whoever is active and holds ``capability`` now on one
    of ``units``, a query of each of them twice. Once for each role that they hold it by, with
    columns of that role, ``given``, where ``also`` names some.

    It goes up from the units: down from the people it would lead, with a role at the top, to all
    units of the agency.
    """
    return f"""
        {_above(units)}, held AS (
            SELECT given.user_id, above.unit_id{also}
            FROM above
            JOIN accounts_grant given ON given.unit_id = above.id
            {_who_holds(capability)}
        )
    """  # noqa: S608  # our own names


def with_given(capability: str) -> str:
    """The same for conditions about thousands of rows: ``above`` has every unit with itself and
    each unit above it, as ``unit_id`` and ``id``, and ``given`` who was given ``capability`` on
    which unit. Whoever has it there holds it on all below.

    Apart they are never many rows. ``held`` would have everybody with a role at the top once for
    each unit of the agency.
    """
    return f"""
        {_above("SELECT id, id FROM accounts_unit")}, given AS MATERIALIZED (
            SELECT DISTINCT given.user_id, given.unit_id
            FROM accounts_grant given
            {_who_holds(capability)}
        )
    """  # noqa: S608  # our own names


def _above(units: str) -> str:
    return f"""WITH RECURSIVE above(unit_id, id) AS (
            {units}
            UNION
            SELECT above.unit_id, one.parent_id
            FROM above
            JOIN accounts_unit one ON one.id = above.id
            WHERE one.parent_id IS NOT NULL
        )"""  # noqa: S608  # our own names


def _who_holds(capability: str) -> str:
    roles = ", ".join(f"'{role}'" for role in roles_with(capability))
    return f"""JOIN accounts_user person ON person.id = given.user_id
            WHERE person.is_active
              AND given.role IN ({roles})
              AND given.starts_at <= statement_timestamp()
              AND (given.ends_at IS NULL OR given.ends_at > statement_timestamp())"""


def shows(snapshot: str, account: str, in_charge: str) -> str:
    """A condition: the picture ``snapshot`` is that of ``account``, as far as a trigger looks.

    Compared are what the account is and in which state, and who is in charge; not what stands in
    other tables.
    """
    same = " AND ".join(
        f"{snapshot} ->> '{name}' IS NOT DISTINCT FROM {account}.{name}::text"
        for name in ("platform", "handle", "status", "two_step")
    )
    return (
        f"({same} AND {snapshot} #>> '{{person_in_charge,0}}' "
        f"IS NOT DISTINCT FROM {in_charge}::text)"
    )
