"""Search and filters of the message bank; they live in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import WordsFilter
from accounts.finding import UnitFilter
from accounts.models import Unit, User
from content.models import BankText
from content.selectors.bank import found_in, in_state
from govsocial.web.filters import StrictFilterSet


class BankFilter(StrictFilterSet):
    search = WordsFilter(placeholder=_("Title, purpose, words"))
    unit = UnitFilter()
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=BankText.Kind.choices, empty_label=_("Any kind")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=BankText.State.choices,
        method="by_state",
        empty_label=_("Any state"),
    )

    class Meta:
        model = BankText
        fields = ["search", "unit", "kind", "state"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Texts of a unit above are seen too, though nothing else of that unit may be.
        units = Unit.objects.filter(pk__in=self.queryset.order_by().values("unit"))
        self.filters["unit"].field.queryset = units

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found_in(rows, value)

    def by_state(self, rows: QuerySet[BankText], name: str, value: str) -> QuerySet[BankText]:
        return in_state(rows, value, timezone.localdate())
