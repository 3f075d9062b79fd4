from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.calendar.periods import FIRST_YEAR, LAST_YEAR
from govsocial.web.forms import LongSelect, MomentField


class FeedForm(forms.Form):
    """Which part of the calendar other programs read along."""

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=_("Only one unit"),
        required=False,
        empty_label=_("All units"),
        widget=LongSelect,
        help_text=_("With the units below it. Without one: everything that you may see."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = units_visible_to(user, "content.view")  # type: ignore[attr-defined]  # a model choice field


class MoveForm(forms.Form):
    """Another day and time for a post, in the ``zone`` of its unit."""

    planned_at = MomentField(
        label=_("Publication time"),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    back = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["planned_at"].read_in(lambda: zone)  # type: ignore[attr-defined]  # a MomentField

    def clean_planned_at(self) -> datetime:
        planned: datetime = self.cleaned_data["planned_at"]
        if not FIRST_YEAR <= planned.year <= LAST_YEAR:
            raise forms.ValidationError(_("Choose a date between the years 2000 and 2199."))
        return planned

    def on_version(self, number: int) -> None:
        """Show the form again for the version that is there now, with what was typed."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["based_on"] = str(number)
        self.data = data
