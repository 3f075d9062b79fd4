from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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

    def __init__(self, *arguments: Any, cap: SpendingCap | None, **named: Any) -> None:
        if cap is not None:
            named["initial"] = {"monthly": cap.monthly, "kept": cap.kept}
        super().__init__(*arguments, **named)

    def clean_kept(self) -> Any:
        return self.cleaned_data["kept"] or 0
