"""The form of a unit that is there, also over what somebody else has written meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import seen
from accounts.errors import AccountChanged
from accounts.forms import UnitForm
from accounts.kept_values import unit_in_words, values_of_unit
from accounts.models import Unit


class UnitEditForm(UnitForm):
    # Marks of what the page showed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, unit: Unit, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.initial.update(values_of_unit(unit), seen=seen.carried(seen.marks_of_unit(unit)))

    def clean_seen(self) -> Mapping[str, str]:
        return seen.read(self.cleaned_data["seen"])


def form_over(sent: QueryDict, refusal: AccountChanged, unit: Unit) -> UnitEditForm:
    """The form once more, over what somebody else has written into ``unit`` meanwhile.

    What was typed stays; what was only sent back as it had been shown becomes what is there now.
    """
    data, now = sent.copy(), values_of_unit(unit)
    data["seen"] = seen.carried(seen.marks_of_unit(unit))
    for name, is_own in refusal.fields.items():
        if not is_own:
            data[name] = now[name]
    again = UnitEditForm(data, unit=unit)
    again.add_error(None, str(refusal))
    for name, is_own in refusal.fields.items():
        words = unit_in_words(name, now[name]) or _("not given")
        again.add_error(name, seen.told(words, is_own=is_own))
    return again
