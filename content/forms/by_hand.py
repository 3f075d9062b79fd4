"""What is asked of a person who posted a publication by hand."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.register_forms import EvidenceField
from govsocial.web.forms import MomentField


class ProofForm(forms.Form):
    permalink = forms.CharField(
        label=gettext_lazy("Address of the post"),
        max_length=500,
        error_messages={"required": gettext_lazy("Give the address of the post.")},
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=gettext_lazy("Open the post on the platform and copy its address here."),
    )
    went_out_at = MomentField(
        label=gettext_lazy("It went out at"),
        error_messages={"required": gettext_lazy("Give the time at which the post went out.")},
        help_text=gettext_lazy("As the platform shows it beside the post."),
    )
    screenshot = EvidenceField(
        label=gettext_lazy("Screenshot"),
        help_text=gettext_lazy("A picture of the post there (JPEG, PNG, WebP) or a PDF."),
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**15 - 1)

    def __init__(self, *args: Any, zone: tzinfo, number: int = 0, **kwargs: Any) -> None:
        """Times are typed in the ``zone`` of the post's unit."""
        # No time is filled in: that of opening the page is not that of the post.
        kwargs.setdefault("initial", {"number": number})
        super().__init__(*args, **kwargs)
        self.fields["went_out_at"].read_in(lambda: zone)  # type: ignore[attr-defined]  # a MomentField

    def clean_went_out_at(self) -> datetime:
        at: datetime = self.cleaned_data["went_out_at"]
        if not 2000 <= at.year < 2200:
            raise forms.ValidationError(_("Choose a date between the years 2000 and 2199."))
        return at


class AttemptForm(forms.Form):
    """Which attempt it is about: an answer to an earlier one changes nothing."""

    number = forms.IntegerField(min_value=0, max_value=2**15 - 1)


class WayForm(forms.Form):
    way = forms.ChoiceField(choices=[("hand", ""), ("application", "")])
