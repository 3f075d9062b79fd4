from __future__ import annotations

from kpi.models.account_day import AccountDay
from kpi.models.collection import CollectionRun, PullState
from kpi.models.platform_day import PlatformDay
from kpi.models.platform_post import PlatformPost
from kpi.models.snapshots import AccountSnapshot, PostSnapshot

__all__ = [
    "AccountDay",
    "AccountSnapshot",
    "CollectionRun",
    "PlatformDay",
    "PlatformPost",
    "PostSnapshot",
    "PullState",
]
