from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.forms_spending import SpendingCapForm
from tests.gathering import each


@each(
    ("language", "good", "wrong"),
    [
        ("id", ["1250,5", "1.250,5", "1.250", "1250.5", "1250"], ["1,250.5", "12.50.0", "١٠٠"]),
        ("en", ["1250.5", "1,250.5", "1,250", "1250"], ["1250,5", "1.250,5", "12,50", "1,2,3"]),
    ],
)
def test_an_amount_is_never_read_as_ten_times_what_was_meant(
    language: str, good: list[str], wrong: list[str]
) -> None:
    field = SpendingCapForm.base_fields["monthly"]
    with translation.override(language):
        assert {field.clean(typed) for typed in good} <= {Decimal("1250.5"), Decimal(1250)}
        for typed in wrong:
            with pytest.raises(ValidationError):
                field.clean(typed)
