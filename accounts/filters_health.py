from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.filters import OfficialAccountFilter, WordsFilter
from accounts.finding import UnitFilter
from accounts.health import ACT, WATCH, State
from accounts.models import OfficialAccount, User
from govsocial.web.filters import StrictFilterSet

GROUPS = {"act": ACT, "watch": WATCH}


class HealthFilter(StrictFilterSet):
    """A few filters of the register, and the state of the connection."""

    search = WordsFilter(placeholder=_("Name, handle, decree, person"))
    unit = UnitFilter()
    platform = django_filters.ChoiceFilter(
        label=_("Platform"),
        choices=OfficialAccount.Platform.choices,
        empty_label=_("All platforms"),
    )
    state = django_filters.ChoiceFilter(
        label=_("Connection"),
        choices=[
            ("act", _("Something to do")),
            ("watch", _("To keep an eye on")),
            *State.choices,
        ],
        empty_label=_("Any connection"),
        method="by_state",
    )

    by_words = OfficialAccountFilter.by_words

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = selectors.units_visible_to(user, "accounts.manage")
        self.filters["unit"].field.queryset = units

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "act":
            rows = rows.filter(status=OfficialAccount.Status.ACTIVE)
        return rows.filter(state__in=[str(one) for one in GROUPS.get(value, (value,))])
