from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.filters import OfficialAccountFilter
from accounts.health import ACT, WATCH, State

GROUPS = {"act": ACT, "watch": WATCH}


class HealthFilter(OfficialAccountFilter):
    """The filters of the register, and the state of the connection instead of its status."""

    status = None
    connection = None
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("act", _("Something to do")),
            ("watch", _("To keep an eye on")),
            *State.choices,
        ],
        empty_label=_("Any state"),
        method="by_state",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        units = selectors.units_visible_to(user, "accounts.manage")
        self.filters["unit"].field.queryset = units

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(state__in=[str(one) for one in GROUPS.get(value, (value,))])
