"""Forms that carry marks of what they showed (``seen``), and come once more over what somebody else
has written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django import forms
from django.http import QueryDict

from accounts.errors import AccountChanged
from accounts.seen import carried, read, told
from govsocial.web.finding import SUFFIX


class SeenForm(forms.Form):
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def clean_seen(self) -> Mapping[str, str]:
        return read(self.cleaned_data["seen"])


F = TypeVar("F", bound=SeenForm)


def over(
    form_of: Callable[[QueryDict], F],
    sent: QueryDict,
    refusal: AccountChanged,
    *,
    marks: Mapping[str, str],
    now: Mapping[str, str],
    words: Callable[[str], str],
) -> F:
    """The form once more. What was typed stays; what was only sent back as it had been shown
    becomes what is there ``now``, written as it would be typed.

    ``marks`` are of what is there now, and ``words`` tells it to people by the name of its field.
    """
    data = sent.copy()
    data["seen"] = carried(marks)
    for name, is_own in refusal.fields.items():
        if not is_own:
            data.pop(f"{name}{SUFFIX}", None)
            data[name] = now[name]
    again = form_of(data)
    again.add_error(None, str(refusal))
    for name, is_own in refusal.fields.items():
        again.add_error(name, told(words(name), is_own=is_own))
    return again
