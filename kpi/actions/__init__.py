"""Every write of measuring, one function each. The actor is always named."""

from __future__ import annotations

from kpi.actions.claiming import claim_due_pulls, pull_soon
from kpi.actions.exporting import record_accounts_export, record_posts_export
from kpi.actions.pulling import AlreadyRunning, pull_account
from kpi.rollup import rebuild_days

__all__ = [
    "AlreadyRunning",
    "claim_due_pulls",
    "pull_account",
    "pull_soon",
    "rebuild_days",
    "record_accounts_export",
    "record_posts_export",
]
