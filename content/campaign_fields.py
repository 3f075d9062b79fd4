"""What is said about a campaign or an idea: names of fields, and how the trail keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from content.models.campaign import Campaign, Goal
from content.models.idea import Idea, IdeaSource
from govsocial.web.templatetags.formats import date_long, rupiah

LABELS: Mapping[str, Any] = {
    "name": gettext_lazy("Name"),
    "code": gettext_lazy("Programme or KPI code"),
    "purpose": pgettext_lazy("campaign", "Purpose"),
    **{goal.value: goal.label for goal in Goal},
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "budget": gettext_lazy("Budget"),
}
IDEA_LABELS: Mapping[str, Any] = {
    "title": pgettext_lazy("what is thought of", "Idea"),
    "note": gettext_lazy("Note"),
    "source": gettext_lazy("Source"),
    "wanted_on": gettext_lazy("Wanted day"),
    "campaign": gettext_lazy("Campaign"),
}
# Of what is long the trail keeps a mark only: that it changed.
_WRITTEN = frozenset({"purpose", "note"})
_DAYS = frozenset({"starts_on", "ends_on", "wanted_on"})
_SOURCES: Mapping[str, Any] = dict(IdeaSource.choices)


def kept_of(one: Campaign | Idea) -> dict[str, str]:
    """Every field as the trail keeps it."""
    names = LABELS if isinstance(one, Campaign) else IDEA_LABELS
    return {name: _kept(name, getattr(one, name)) for name in names}


def _kept(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name in _WRITTEN:
        return hashlib.sha256(value.encode()).hexdigest()[:12]
    if isinstance(value, Decimal):
        # One spelling, whether it comes from a form or from the database.
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def in_words(name: str, kept: str) -> str:
    """A kept value as people read it; "" where there was none."""
    if not kept:
        return ""
    if name in _DAYS:
        return str(date_long(date.fromisoformat(kept)))
    if name == "budget":
        return str(rupiah(Decimal(kept)))
    return str(_SOURCES.get(kept, kept)) if name == "source" else kept
