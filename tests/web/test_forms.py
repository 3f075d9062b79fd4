from __future__ import annotations

import pytest
from django import forms
from django.test import SimpleTestCase

from accounts.forms import UnitPlaceForm
from govsocial.web.forms import LongSelect
from tests.cast import Cast

CHOICES = [("", "Semua"), ("1", "Satu & dua"), ("<2>", '<script>alert("x")</script>')]


@pytest.mark.parametrize("value", [None, "", "1", "<2>", "tidak ada"])
def test_a_long_select_is_the_select_of_django_written_at_once(value: str | None) -> None:
    attrs = {"id": "id_unit", "aria-invalid": "true", "required": True}
    usual = forms.Select(attrs={"class": "x"}, choices=CHOICES).render("unit", value, attrs)
    long = LongSelect(attrs={"class": "x"}, choices=CHOICES).render("unit", value, attrs)
    SimpleTestCase().assertHTMLEqual(long, usual)
    assert "<script>" not in long


def test_it_offers_the_rows_of_a_model(cast: Cast) -> None:
    form = UnitPlaceForm(user=cast.bayu)
    field = form.fields["parent"]
    field.widget = LongSelect(choices=field.widget.choices)
    page = form["parent"].as_widget()
    assert f'<option value="{cast.dinkes.pk}">Dinkes</option>' in page
