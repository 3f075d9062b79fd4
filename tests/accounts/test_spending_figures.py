"""Money as the page of spending and its export write it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import SpendingCap
from accounts.spending import BilledPlatform, Month, in_cents_at_least
from govsocial.web.templatetags.formats import dollars

NOW = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.048000", "0.048"),
        ("0.010000", "0.01"),
        ("0.200000", "0.20"),
        ("100.000000", "100.00"),
        ("1000000", "1000000.00"),
        ("0.000001", "0.000001"),
        ("0", "0.00"),
    ],
)
def test_the_export_has_no_zeros_behind_the_cents(amount: str, written: str) -> None:
    assert str(in_cents_at_least(Decimal(amount))) == written


@pytest.mark.parametrize(
    ("spent", "shown", "left"),
    [
        ("0.055", "US$0,06", "US$49,94"),
        ("0.054", "US$0,05", "US$49,95"),
        ("49.945", "US$49,95", "US$0,05"),
        ("0.001", "US$0,001", "US$50,00"),
        # What is less than a cent is not nothing: a call that costs so little may still go.
        ("49.996", "US$50,00", "US$0,004"),
        ("50.00", "US$50,00", "US$0,00"),
        ("50.40", "US$50,40", "US$0,00"),
    ],
)
def test_what_is_spent_and_what_is_left_make_up_the_cap(spent: str, shown: str, left: str) -> None:
    billed = BilledPlatform(
        platform="x", label="X", cap=SpendingCap(platform="x", monthly=Decimal("50.00")),
        months=[Month(NOW, 1, Decimal(spent), [])], prices=[], prices_from=None,
        prices_source="", prices_read_on=None, now=NOW,
    )  # fmt: skip
    with translation.override("id"):
        written = dollars(billed.spent), dollars(billed.left_as_written)
    assert written == (shown, left)
    assert replace(billed, cap=None).left_as_written is None
