"""Triggers whose rule reads other rows than the one that is written."""

from __future__ import annotations

_REFUSE = """
    -- Under these levels a rule reads what was true when the transaction began, and nothing of what
    -- was committed since: a role that was taken away, an item that was opened again.
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
"""


def as_of_now(func: str) -> str:
    """The body of a trigger, which sees what is committed when it asks, or refuses."""
    return f"{_REFUSE}{func}"
