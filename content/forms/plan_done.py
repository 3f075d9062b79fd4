"""Which period, unit, account and campaign plan and outcome are compared for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.finding import account_field
from accounts.models import OfficialAccount, Unit, User
from accounts.selectors import units_below, units_visible_to
from content.calendar.periods import read_month
from content.campaign_choice import campaign_has
from content.models import Campaign
from content.plan_done import Asked
from content.selectors.plan import campaigns_visible_to
from govsocial.web.days import midnight
from govsocial.web.finding import FoundField
from govsocial.web.forms import LongSelect

MONTH, QUARTER = "month", "quarter"
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 1)


class PlanDoneForm(forms.Form):
    span = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=[(MONTH, gettext_lazy("Month")), (QUARTER, gettext_lazy("Quarter"))],
    )
    month = forms.CharField(
        label=gettext_lazy("Month of the period"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"}),
    )
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=gettext_lazy("Unit"),
        required=False,
        empty_label=gettext_lazy("All units"),
        widget=LongSelect,
    )
    account = account_field(
        label=gettext_lazy("Account"), required=False, several=True, most_options=0
    )
    campaign = FoundField(
        label=gettext_lazy("Campaign"),
        required=False,
        several=True,
        most_options=0,
        matching=campaign_has,
        placeholder=gettext_lazy("Name or code"),
    )

    def __init__(self, data: QueryDict, *, user: User) -> None:
        self.user = user
        super().__init__(data)
        units = user.units_with("content.view")
        accounts = OfficialAccount.objects.filter(unit_id__any=units)
        self.fields["unit"].queryset = units_visible_to(user, "content.view")  # type: ignore[attr-defined]  # a model choice field
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]  # a found field
        self.fields["campaign"].queryset = campaigns_visible_to(user)  # type: ignore[attr-defined]  # a found field

    def clean_month(self) -> date | None:
        typed: str = self.cleaned_data["month"]
        if not typed:
            return None
        month = read_month(typed)
        if month is None:
            raise forms.ValidationError(_("Write a month as 2026-11."))
        return month

    @property
    def is_quarter(self) -> bool:
        return self.cleaned_data.get("span") == QUARTER

    def first_day(self) -> date:
        """The first day of the period; of this month where none was named."""
        month = self.cleaned_data.get("month") or timezone.localdate().replace(day=1)
        if self.is_quarter:
            return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)
        return date(month.year, month.month, 1)

    def next_day(self) -> date:
        """The first day that is no more of it."""
        return _months_after(self.first_day(), 3 if self.is_quarter else 1)

    def around(self) -> tuple[str | None, str | None]:
        """The months that name the periods before and after; None where there is none."""
        step = 3 if self.is_quarter else 1
        before, after = _months_after(self.first_day(), -step), self.next_day()
        return (
            f"{before:%Y-%m}" if before >= FIRST else None,
            f"{after:%Y-%m}" if after <= LAST else None,
        )

    def asked(self) -> Asked:
        """Of a valid form."""
        unit: Unit | None = self.cleaned_data["unit"]
        seen = self.user.units_with("content.view")
        units = sorted(seen & frozenset(units_below(unit)) if unit else seen)
        return Asked(
            start=midnight(self.first_day()),
            until=midnight(self.next_day()),
            units=units,
            accounts=self._chosen("account", OfficialAccount),
            campaigns=self._chosen("campaign", Campaign),
        )

    def _chosen(self, name: str, kind: type[Any]) -> list[int] | None:
        value = self.cleaned_data[name]
        if value is None:
            return None
        if isinstance(value, kind):
            return [value.pk]
        field: Any = self.fields[name]
        return list(field.rows(value).order_by().values_list("pk", flat=True))


def _months_after(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
