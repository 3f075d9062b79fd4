from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import selectors
from accounts.filters import WordsFilter
from accounts.filters import _words as words_of
from accounts.finding import UnitFilter
from accounts.models import AttestationPeriod, Finding, Handover, OfficialAccount, User
from accounts.models.handover import OPEN_STATES
from accounts.models.unit import day_where
from accounts.selectors_attestation import (
    AttestationState,
    attestation_state,
    periods_visible_to,
)
from govsocial.web.filters import StrictFilterSet


class AttestationFilter(StrictFilterSet):
    """Accounts by what is known about them in one period."""

    search = WordsFilter(placeholder=_("Name, handle, unit, person"))
    period = django_filters.ModelChoiceFilter(
        label=_("Period"),
        queryset=AttestationPeriod.objects.none(),
        empty_label=_("The current one"),
        method="by_period",
    )
    unit = UnitFilter()
    platform = django_filters.ChoiceFilter(
        label=_("Platform"),
        choices=OfficialAccount.Platform.choices,
        empty_label=_("All platforms"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=AttestationState.choices,
        field_name="attestation_state",
        empty_label=_("Any state"),
    )

    def __init__(self, data: Any, *, user: User, queryset: QuerySet[OfficialAccount]) -> None:
        # Which period is asked about decides what the other filters see.
        chosen = str((data or {}).get("period", ""))
        periods = periods_visible_to(user)
        self.period = None
        if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18:
            self.period = periods.filter(pk=int(chosen)).first()
        super().__init__(data, queryset=attestation_state(queryset, self.period))
        self.filters["period"].field.queryset = periods
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "accounts.view")

    @property
    def of_any_state(self) -> QuerySet[OfficialAccount]:
        """What is asked for, whatever its state: how far people are is counted of these."""
        rows: QuerySet[OfficialAccount] = self.qs
        if not self.is_valid() or not self.form.cleaned_data["state"]:
            return rows
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name != "state":
                rows = self.filters[name].filter(rows, value)
        return rows

    def by_period(
        self, rows: QuerySet[OfficialAccount], name: str, value: AttestationPeriod
    ) -> QuerySet[OfficialAccount]:
        return rows

    def by_words(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        for word in words_of(value):
            rows = rows.filter(
                Q(display_name__icontains=word)
                | Q(handle__icontains=word.lstrip("@"))
                | Q(unit__name__icontains=word)
                | Q(person_in_charge__full_name__icontains=word)
            )
        return rows


class FindingFilter(StrictFilterSet):
    """What is to be done about the answers "no": what is open, unless the state says otherwise."""

    search = WordsFilter(placeholder=_("Name, handle, unit, what is wrong"))
    unit = UnitFilter(field_name="official_account__unit")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("closed", pgettext_lazy("findings", "Closed")),
            ("all", _("Any state")),
        ],
        method="by_state",
        empty_label=pgettext_lazy("findings", "Open"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "accounts.view")

    def filter_queryset(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(closed_at=None)

    def by_words(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        for word in words_of(value):
            rows = rows.filter(
                Q(official_account__display_name__icontains=word)
                | Q(official_account__handle__icontains=word.lstrip("@"))
                | Q(official_account__unit__name__icontains=word)
                | Q(attestation__problem__icontains=word)
                | Q(outcome__icontains=word)
            )
        return rows

    def by_state(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        return rows if value == "all" else rows.filter(closed_at__isnull=False)


HANDOVER_STATES: Mapping[str, Any] = {
    Handover.State.STARTED.value: _("To be handed over"),
    Handover.State.OUTGOING_SIGNED.value: _("To be taken over"),
    Handover.State.INCOMING_SIGNED.value: _("To be completed"),
    Handover.State.COMPLETED.value: Handover.State.COMPLETED.label,
    Handover.State.CANCELLED.value: Handover.State.CANCELLED.label,
}
"""What a list says of a handover: what is to be done next."""


class HandoverFilter(StrictFilterSet):
    search = WordsFilter(placeholder=_("Name, handle, person"))
    unit = UnitFilter(field_name="official_account__unit")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("late", _("Late")),
            *HANDOVER_STATES.items(),
            ("all", _("Any state")),
        ],
        method="by_state",
        empty_label=_("Under way"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "accounts.view")

    def filter_queryset(self, queryset: QuerySet[Handover]) -> QuerySet[Handover]:
        rows: QuerySet[Handover] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(state__in=OPEN_STATES)

    def by_words(self, rows: QuerySet[Handover], name: str, value: str) -> QuerySet[Handover]:
        for word in words_of(value):
            rows = rows.filter(
                Q(official_account__display_name__icontains=word)
                | Q(official_account__handle__icontains=word.lstrip("@"))
                | Q(outgoing__full_name__icontains=word)
                | Q(incoming__full_name__icontains=word)
            )
        return rows

    def by_state(self, rows: QuerySet[Handover], name: str, value: str) -> QuerySet[Handover]:
        if value == "all":
            return rows
        if value == "late":
            today = day_where("official_account__unit")
            return rows.filter(state__in=OPEN_STATES, due_on__lt=today)
        return rows.filter(state=value)
