"""Widgets with templates of ours say what Django's own say."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting

GROUPED = [("", "---"), ("x<", "Ü & <b>"), ("Group", [("1", "one"), ("2", "two")])]
SEVERAL = {"size": 3, "disabled": True, "data-none": False, "data-quote": '"'}


class Choices(forms.Form):
    one = forms.ChoiceField(choices=GROUPED, initial="2", required=False, help_text="Help")
    several = forms.MultipleChoiceField(
        choices=[(1, "one"), (1_000, "two"), (None, "three")],
        initial=[1, 1_000],
        widget=forms.SelectMultiple(attrs=SEVERAL),
    )
    known = forms.NullBooleanField()
    day = forms.DateField(widget=forms.SelectDateWidget(years=[2026]))


@pytest.mark.parametrize("name", Choices.base_fields)
def test_a_list_to_choose_from_is_written_as_django_writes_it(name: str) -> None:
    ours, theirs = (
        " ".join(str(Choices(renderer=renderer)[name]).split())
        for renderer in (TemplatesSetting(), DjangoTemplates())
    )
    assert ours == theirs
    assert ours.count("<option") >= 3
