"""The form of an attestation period, also over what somebody else has written meanwhile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import seen
from accounts.errors import AccountChanged
from accounts.forms import DateInput
from accounts.forms_seen import SeenForm, over
from accounts.kept_values import period_in_words, values_of_period
from accounts.models import AttestationPeriod

MOST_DAYS = 120


class PeriodForm(SeenForm):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("For example: Second half of 2026.")
    )
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    due_on = forms.DateField(
        label=_("Due on"),
        widget=DateInput(),
        help_text=_("What is not confirmed by the end of that day is late."),
    )
    remind_days_before = forms.CharField(
        label=_("Remind, days before"),
        initial="14, 7, 1",
        max_length=60,
        help_text=_("Numbers with commas. After the due day, a letter goes out every week."),
    )
    escalate_after_days = forms.IntegerField(
        label=_("Tell the unit's administrators, days after"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=14,
    )

    def __init__(self, *args: Any, period: AttestationPeriod | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.period = period
        if period is None:
            del self.fields["seen"]
            return
        # It stays as it was announced.
        del self.fields["starts_on"]
        carried = seen.carried(seen.marks_of_period(period))
        self.initial.update(_as_typed(period), seen=carried)

    def clean_remind_days_before(self) -> list[int]:
        typed: str = self.cleaned_data["remind_days_before"]
        words = [word.strip() for word in typed.split(",") if word.strip()]
        if not all(word.isascii() and word.isdecimal() and len(word) < 4 for word in words):
            raise forms.ValidationError(_("Write whole numbers with commas, for example 14, 7, 1."))
        days = [int(word) for word in words]
        if not days or len(days) > 10 or not all(1 <= day <= MOST_DAYS for day in days):
            raise forms.ValidationError(_("Write up to ten numbers from 1 to 120."))
        return days

    def clean(self) -> dict[str, Any]:
        """What the action asks of the two days, told with everything else that is wrong."""
        data = super().clean() or self.cleaned_data
        starts_on = data.get("starts_on") if self.period is None else self.period.starts_on
        if starts_on and "due_on" in data and data["due_on"] <= starts_on:
            self.add_error("due_on", _("The due day comes after the first day."))
        return data


def form_over(sent: QueryDict, refusal: AccountChanged, period: AttestationPeriod) -> PeriodForm:
    """The form once more, over what somebody else has written into ``period`` meanwhile."""
    told = values_of_period(period)
    return over(
        lambda data: PeriodForm(data, period=period),
        sent,
        refusal,
        marks=seen.marks_of_period(period),
        now=_as_typed(period),
        words=lambda name: period_in_words(name, told[name]),
    )


def _as_typed(period: AttestationPeriod) -> dict[str, str]:
    return {
        "name": period.name,
        "due_on": period.due_on.isoformat(),
        "remind_days_before": ", ".join(str(day) for day in period.remind_days_before),
        "escalate_after_days": str(period.escalate_after_days),
    }
