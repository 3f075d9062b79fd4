"""Search and filters of freezes and of what they stopped."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.finding import UnitFilter, account_filter
from accounts.models import OfficialAccount, User
from accounts.selectors import units_visible_to
from content.models import Freeze, Publication
from govsocial.web.filters import StrictFilterSet

READY, COVERED, LAPSED = "ready", "covered", "lapsed"
STATES = [
    (READY, _("Can be let go")),
    (COVERED, _("The freeze goes on")),
    (LAPSED, _("The approval no longer counts")),
]


class FreezeFilter(StrictFilterSet):
    search = django_filters.CharFilter(
        method="find",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Reason or account")}),
    )
    kind = django_filters.ChoiceFilter(
        choices=Freeze.Kind.choices, label=_("Occasion"), empty_label=_("Any occasion")
    )
    unit = UnitFilter()

    class Meta:
        model = Freeze
        fields = ["search", "kind", "unit"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")

    def find(self, freezes: QuerySet[Freeze], name: str, value: str) -> QuerySet[Freeze]:
        return freezes.filter(
            Q(reason__icontains=value)
            | Q(lift_reason__icontains=value)
            | Q(official_account__display_name__icontains=value)
            | Q(official_account__handle__icontains=value.strip("@"))
        )


class FrozenFilter(StrictFilterSet):
    search = django_filters.CharFilter(
        field_name="version__title",
        lookup_expr="icontains",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title")}),
    )
    state = django_filters.ChoiceFilter(
        choices=STATES, method="in_state", label=_("State"), empty_label=_("Any state")
    )
    account = account_filter(field_name="official_account")

    class Meta:
        model = Publication
        fields = ["search", "state", "account"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["account"].field.queryset = OfficialAccount.objects.filter(
            unit_id__any=user.units_with("content.view")
        )

    def in_state(self, publications: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == COVERED:
            return publications.filter(is_covered=True)
        return publications.filter(is_covered=False, counts=value == READY)
