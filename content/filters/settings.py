"""Search and filters of the lists that findings go by."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.finding import UnitFilter
from accounts.models import User
from accounts.selectors import units_visible_to
from content.models import ElectionWindow, KnownContact
from content.models.contact import ContactKind
from govsocial.web.filters import StrictFilterSet


class _OfUnits(StrictFilterSet):
    search = django_filters.CharFilter(
        method="find", label=_("Search"), widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "accounts.manage")


class KnownContactFilter(_OfUnits):
    kind = django_filters.ChoiceFilter(
        choices=ContactKind.choices, label=_("Kind"), empty_label=_("Any kind")
    )
    unit = UnitFilter()

    class Meta:
        model = KnownContact
        fields = ["search", "kind", "unit"]

    def find(
        self, contacts: QuerySet[KnownContact], name: str, value: str
    ) -> QuerySet[KnownContact]:
        return contacts.filter(Q(value__icontains=value) | Q(reason__icontains=value))


class ElectionWindowFilter(_OfUnits):
    unit = UnitFilter()

    class Meta:
        model = ElectionWindow
        fields = ["search", "unit"]

    def find(
        self, windows: QuerySet[ElectionWindow], name: str, value: str
    ) -> QuerySet[ElectionWindow]:
        return windows.filter(Q(name__icontains=value) | Q(citation__icontains=value))
