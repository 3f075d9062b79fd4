"""Every write of measuring, one function each.

An export and a pull name their actor: a person who takes figures away, or the system that notes a
revoked secret in the trail. ``claim_due_pulls``, ``pull_soon``, ``make_room`` and ``rebuild_days``
have none: they move work or derived figures, decide nothing and leave no entry.
"""

from __future__ import annotations

from kpi.actions.claiming import claim_due_pulls, make_room, pull_soon
from kpi.actions.exporting import record_accounts_export, record_posts_export
from kpi.actions.pulling import AlreadyRunning, pull_account
from kpi.rollup import rebuild_days

__all__ = [
    "AlreadyRunning",
    "claim_due_pulls",
    "make_room",
    "pull_account",
    "pull_soon",
    "rebuild_days",
    "record_accounts_export",
    "record_posts_export",
]
