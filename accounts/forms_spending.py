from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _

from accounts import seen
from accounts.errors import AccountChanged
from accounts.models import SpendingCap


class SpendingCapForm(forms.Form):
    monthly = forms.DecimalField(
        label=_("Monthly cap in US dollars"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        localize=True,
        help_text=_("What calls may cost in one month at most. 0 stops every billed call."),
    )
    kept = forms.DecimalField(
        label=_("Of these, kept for publishing"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        localize=True,
        required=False,
        help_text=_("Collecting figures leaves this much, so that a warning can still go out."),
    )

    # Marks of the amounts that the page showed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, cap: SpendingCap | None, **named: Any) -> None:
        if cap is not None:
            named["initial"] = {name: getattr(cap, name) for name in seen.AMOUNTS}
            named["initial"]["seen"] = seen.carried(seen.marks_of_cap(cap))
        super().__init__(*arguments, **named)

    def clean_kept(self) -> Any:
        return self.cleaned_data["kept"] or 0

    def clean_seen(self) -> Mapping[str, str]:
        return seen.read(self.cleaned_data["seen"])


def form_over(sent: QueryDict, refusal: AccountChanged, cap: SpendingCap | None) -> SpendingCapForm:
    """The form once more, over the cap that somebody else has set meanwhile.

    What was typed stays; what was only sent back as it had been shown becomes what is set now.
    """
    data = sent.copy()
    data["seen"] = seen.carried(seen.marks_of_cap(cap))
    for name, is_own in refusal.fields.items():
        if not is_own:
            data[name] = str(localize_input(getattr(cap, name, "")))
    again = SpendingCapForm(data, cap=cap)
    again.add_error(None, str(refusal))
    for name, is_own in refusal.fields.items():
        again.add_error(name, seen.told(seen.cap_in_words(cap, name), is_own=is_own))
    return again
