from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import get_format, localize_input
from django.utils.translation import gettext_lazy as _

from accounts import seen
from accounts.errors import AccountChanged
from accounts.forms_seen import SeenForm, over
from accounts.models import SpendingCap


class AmountField(forms.DecimalField):
    """Written out as the reader's language writes numbers. “1e5”, “1_000” and, in English,
    “1250,5” are refused: Django would read 1250.5 dollars there as 12505."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() and not _is_written_out(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def _is_written_out(typed: str) -> bool:
    thousand, point = (
        re.escape(get_format(name)) for name in ("THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR")
    )
    # A point with one or two digits behind it is no thousand in any language.
    return bool(
        re.fullmatch(
            rf"-?(?:(?:\d+|\d{{1,3}}(?:{thousand}\d{{3}})+)(?:{point}\d*)?|\d+\.\d\d?)",
            typed,
            re.ASCII,
        )
    )


class SpendingCapForm(SeenForm):
    monthly = AmountField(
        label=_("Monthly cap in US dollars"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        localize=True,
        help_text=_("What calls may cost in one month at most. 0 stops every billed call."),
    )
    kept = AmountField(
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
            named["initial"] = {name: getattr(cap, name) for name in seen.AMOUNTS}
            named["initial"]["seen"] = seen.carried(seen.marks_of_cap(cap))
        super().__init__(*arguments, **named)

    def clean_kept(self) -> Any:
        return self.cleaned_data["kept"] or 0


def form_over(sent: QueryDict, refusal: AccountChanged, cap: SpendingCap | None) -> SpendingCapForm:
    """The form once more, over the cap that somebody else has set meanwhile."""
    return over(
        lambda data: SpendingCapForm(data, cap=cap),
        sent,
        refusal,
        marks=seen.marks_of_cap(cap),
        now={name: str(localize_input(getattr(cap, name, ""))) for name in seen.AMOUNTS},
        words=lambda name: seen.cap_in_words(cap, name),
    )
