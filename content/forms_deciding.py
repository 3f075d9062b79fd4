"""What a person decides about a post or a publication, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govsocial.web.forms import ReasonForm


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note for the drafter"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].mark = _("needed unless you approve")  # type: ignore[attr-defined]  # for field.html


class SettleForm(ReasonForm):
    is_live = forms.TypedChoiceField(
        label=gettext_lazy("Is the post on the platform?"),
        choices=[
            ("yes", gettext_lazy("Yes, I see it there")),
            ("no", gettext_lazy("No, send it again")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    permalink = forms.URLField(
        label=gettext_lazy("Address of the post"),
        required=False,
        assume_scheme="https",
        max_length=500,
        validators=[URLValidator(schemes=["https", "http"])],
    )
