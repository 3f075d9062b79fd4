from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.test import SimpleTestCase
from django.utils import timezone

from accounts.forms import UnitPlaceForm
from content.calendar.forms import MoveForm
from content.forms.by_hand import ProofForm
from content.forms.freezes import FreezeForm
from content.forms.posts import PostForm
from govsocial.web.forms import LongSelect, MomentField
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


@pytest.mark.parametrize(("zone", "name", "hour"), [("Jakarta", "WIB", 2), ("Jayapura", "WIT", 0)])
def test_a_typed_time_names_the_zone_in_which_it_is_read(zone: str, name: str, hour: int) -> None:
    class Asked(forms.Form):
        at = MomentField(label="Publication time")

    with timezone.override(f"Asia/{zone}"):
        form = Asked({"at": "2026-12-01T09:30"})
        assert form["at"].label == f"Publication time ({name})"
        assert form.is_valid()
        assert form.cleaned_data["at"] == datetime(2026, 12, 1, hour, 30, tzinfo=UTC)
        assert 'value="2026-12-01T09:30"' in str(Asked(initial=form.cleaned_data)["at"])


def test_every_time_that_is_asked_for_in_content_names_its_zone() -> None:
    asked = (PostForm, MoveForm, ProofForm, FreezeForm)
    times = [
        field
        for form in asked
        for field in form.base_fields.values()
        if isinstance(field, forms.DateTimeField)
    ]
    assert len(times) == 5
    assert all(isinstance(field, MomentField) for field in times)
