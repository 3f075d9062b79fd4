"""Who may do what, for triggers: the same table as ``User.may`` reads, in SQL."""

from __future__ import annotations

from accounts.capabilities import roles_with


def holds(who: str, capability: str, unit: str) -> str:
    """A condition: the person ``who`` is active and holds ``capability`` on ``unit`` now. Both are
    columns or variables."""
    roles = ", ".join(f"'{role}'" for role in roles_with(capability))
    return (
        f"EXISTS (SELECT 1 FROM accounts_roles_of({who}) held "  # noqa: S608  # our own names
        f"WHERE held.unit_id = {unit} AND held.role IN ({roles}))"
    )


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
