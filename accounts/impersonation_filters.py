from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.filters import WordsFilter
from accounts.finding import UnitFilter
from accounts.impersonation_selectors import charged_to
from accounts.impersonation_stages import STAGES
from accounts.models import ImpersonationReport, Unit, User
from accounts.models.impersonation import OPEN, SETTLED
from accounts.models.kinds import OfficialPlatform
from govsocial.web.filters import StrictFilterSet


class ResponsibleFilter(UnitFilter):
    """Reports for which a unit, or one below it, is responsible."""

    def filter(
        self, qs: QuerySet[ImpersonationReport], value: Unit | None
    ) -> QuerySet[ImpersonationReport]:
        return qs if value is None else qs.filter(charged_to(selectors.units_below(value)))


class ImpersonationFilter(StrictFilterSet):
    search = WordsFilter(placeholder=_("Suspect, number, unit"))
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[
            ("open", _("All that are open")),
            ("settled", _("All that are settled")),
            *((str(status), _(stage.name)) for status, stage in STAGES.items()),
        ],
        method="by_status",
        empty_label=_("Any status"),
    )
    platform = django_filters.ChoiceFilter(
        label=_("Platform"), choices=OfficialPlatform.choices, empty_label=_("All platforms")
    )
    unit = ResponsibleFilter()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "accounts.view")

    def by_words(
        self, rows: QuerySet[ImpersonationReport], name: str, value: str
    ) -> QuerySet[ImpersonationReport]:
        for word in value.replace("\0", " ").split()[:8]:
            rows = rows.filter(
                Q(suspect__icontains=word.lstrip("@"))
                | Q(reference__icontains=word)
                | Q(ticket__icontains=word)
                | Q(official_account__display_name__icontains=word)
                | Q(unit__name__icontains=word)
                | Q(claimed_from__name__icontains=word)
            )
        return rows

    def by_status(
        self, rows: QuerySet[ImpersonationReport], name: str, value: str
    ) -> QuerySet[ImpersonationReport]:
        groups = {"open": OPEN, "settled": SETTLED}
        return rows.filter(status__in=groups.get(value, (value,)))
