"""What is written about an account whose handle was released stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.accounts.register_stage import save_details
from tests.conftest import Cast

ClientAs = Callable[[object], Client]


@pytest.mark.parametrize(("status", "stays"), [("closed", False), ("released", True)])
def test_a_released_account_cannot_be_changed_and_its_page_offers_no_way_to(
    cast: Cast, client_as: ClientAs, status: str, stays: bool
) -> None:
    account = factories.official_account(
        cast.diskominfo, platform="x", host="", handle="dulu", display_name="Dulu", status=status,
        closed_on=timezone.localdate(), closed_reason="x",
    )  # fmt: skip
    factories.reads_english(cast.bayu)
    client, typed = client_as("bayu"), {
        "unit": cast.diskominfo.pk, "handle": "dulu", "display_name": "Sekarang", "language": "id",
        "two_step": "unknown",
    }  # fmt: skip
    edit, reopen, detail = (
        reverse(f"accounts:official_account_{name}", args=[account.pk])
        for name in ("edit", "reopen", "detail")
    )
    page = client.get(detail).content.decode()
    assert [f'href="{link}"' in page for link in (edit, reopen)] == [not stays, not stays]
    answer = save_details(client, edit, typed)
    account.refresh_from_db()
    assert answer.status_code == (422 if stays else 302)
    assert account.display_name == ("Dulu" if stays else "Sekarang")
    assert ("It stays as it is." in answer.content.decode()) == stays
