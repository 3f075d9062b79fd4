from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError

from govsocial.constraints import constraint_of

# unique_violation and exclusion_violation, in the words of PostgreSQL.
_TAKEN = frozenset({"23505", "23P01"})
WITH_A_ROLE = "named_with_a_role"
"""What triggers call their rule that whom the register names has a role on the account's unit."""
BY_WHO_MAY = "by_who_may"
"""What triggers call their rule that whoever writes has the right to do so."""


class AccountError(Exception):
    """A refusal that a person can read and act on. ``field`` names the input it is about."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class AccountChanged(AccountError):
    """Somebody else changed what a form was about to write. Nothing was written.

    ``fields``: each of these fields of what was to be written, and whether the person wrote
    something of their own into it, or only sent back what the form had shown.
    """

    def __init__(self, message: str, *, fields: Mapping[str, bool]) -> None:
        super().__init__(message)
        self.fields = fields


def is_taken(error: IntegrityError) -> bool:
    """Whether another row has what this one wanted for itself: that can happen to anybody, when two
    save at once. Any other constraint is a rule that was to be looked at before, and its breach
    must not be told as if the place were taken."""
    return getattr(error.__cause__, "pgcode", "") in _TAKEN


def lacks_role(error: IntegrityError) -> bool:
    """Whether somebody who was to be named has no role on the unit: that can happen to anybody as
    well, when a role ends between the question of an action and what it writes."""
    return constraint_of(error) == WITH_A_ROLE


def lacks_right(error: IntegrityError) -> bool:
    """The same of whoever acts: their own role ended after they were let in."""
    return constraint_of(error) == BY_WHO_MAY
