"""What the database refused, by the name of the rule and never by the words of the error."""

from __future__ import annotations


def constraint_of(error: Exception) -> str:
    """The name of the constraint that an error of ``django.db`` tells of; "" where it tells none.

    A trigger that raises names one only where it says ``USING CONSTRAINT``.
    """
    told = getattr(error.__cause__, "diag", None)
    return getattr(told, "constraint_name", None) or ""
