"""The latest figures of one post, each with the name that its platform gives it."""

from __future__ import annotations

from typing import Any

from govsocial.platforms.registry import has_client, native_names
from kpi import selectors
from kpi.metrics import LABELS, POST_METRICS
from kpi.models import PlatformPost


def latest_figures(post: PlatformPost) -> dict[str, Any]:
    """What the platform gives, or could give, in its own words too; and what it never gives.

    The names are those of the definition under which the latest capture was made: a metric that
    was renamed since keeps the name that its value was given under.
    """
    latest = selectors.snapshots_of(post).only("definition").first()
    platform = post.official_account.platform
    definition = latest.definition if latest is not None else ""
    native = native_names(platform, definition) if has_client(platform) else {}
    values = post.metric_values()
    named = [name for name in POST_METRICS if name in native or values[name] is not None]
    return {
        "rows": [
            {"label": LABELS[name], "value": values[name], "native": native.get(name, "")}
            for name in named
        ],
        "metrics": named,
        "never_given": [LABELS[name] for name in POST_METRICS if name not in named],
        "definition": definition,
    }
