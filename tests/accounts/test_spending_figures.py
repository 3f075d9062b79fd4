"""Money as the page of spending and its export write it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.spending import in_cents_at_least


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
