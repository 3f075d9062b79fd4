"""Forms that more than one app asks with."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 300


class ReasonForm(forms.Form):
    """Why something is ended, closed or called off, in a person's words."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It goes into the trail and is shown to the people concerned."),
    )
