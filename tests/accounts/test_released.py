"""What is written about an account whose handle was released stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from tests import factories
from tests.accounts.care.conftest import account_of, assign
from tests.accounts.conftest import trail
from tests.accounts.register_stage import save_details
from tests.accounts.secrets import give_credential
from tests.cast import Cast

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


def test_the_administrators_stay_until_the_handle_is_released_and_end_on_that_day(
    cast: Cast, client_as: ClientAs
) -> None:
    today = timezone.localdate()
    account = account_of(cast, cast.sari, handle="dulu.example")
    later = assign(account, cast.dwi, cast.bayu, starts_on=today + timedelta(days=5))
    past = assign(
        account, cast.rina, cast.bayu,
        starts_on=today - timedelta(days=50), ends_on=today - timedelta(days=9),
    )  # fmt: skip
    factories.reads_english(cast.bayu)
    client = client_as("bayu")
    close, release, detail = (
        reverse(f"accounts:official_account_{name}", args=[account.pk])
        for name in ("close", "release", "detail")
    )
    stay = "administrators stay recorded until"
    assert stay in client.get(close).content.decode()
    assert stay not in client.get(detail).content.decode()
    assert client.post(close, {"reason": "Digabung"}).status_code == 302
    assert stay in client.get(detail).content.decode()
    assert trail("accounts.administrator.ended") == []
    with pytest.raises(PermissionDenied):
        actions.release_official_account(
            actor=cast.sari, official_account_id=account.pk, reason="Lepas"
        )
    assert account.administrators.filter(ends_on=None).count() == 2
    assert "assignments of its administrators end today" in client.get(release).content.decode()
    end = f'href="{reverse("accounts:administrator_end", args=[later.pk])}"'
    told = "Reason of the release</dt><dd>Lepas"
    before = client.get(detail).content.decode()
    assert client.post(release, {"reason": "Lepas"}).status_code == 302
    after = client.get(detail).content.decode()
    assert [(end in page, told in page) for page in (before, after)] == [
        (True, False), (False, True),
    ]  # fmt: skip
    last = {one.user: one.ends_on for one in account.administrators.all()}
    assert last == {
        cast.sari: today, cast.dwi: later.starts_on - timedelta(days=1), cast.rina: past.ends_on,
    }  # fmt: skip
    entries = trail("accounts.administrator.ended")
    assert {one.data["person"] for one in entries} == {"Sari Wulandari", "Dwi Hartono"}
    assert {one.data["reason"] for one in entries} == {"Lepas"}
    assert stay not in client.get(detail).content.decode()


@pytest.mark.parametrize(("status", "said"), [("closed", True), ("active", False)])
@pytest.mark.parametrize("move", ["suspend", "disconnect", "connect"])
def test_a_closed_account_says_so_before_a_reason_is_typed(
    cast: Cast, client_as: ClientAs, status: str, move: str, said: bool
) -> None:
    closed: dict[str, Any] = (
        {"closed_on": timezone.localdate(), "closed_reason": "x"} if said else {}
    )
    account = factories.official_account(
        cast.diskominfo, handle="dulu.example", status=status, **closed
    )
    if not said:
        give_credential(account, cast.bayu)
    factories.reads_english(cast.bayu)
    address = reverse(f"accounts:official_account_{move}", args=[account.pk])
    back = f'{reverse("accounts:official_account_detail", args=[account.pk])}">To the account'
    page = client_as("bayu").get(address).content.decode()
    for words in ("This account is closed. Reopen it first.", back):
        assert (words in page) == said
    assert ('method="post" novalidate' in page) != said
    if said:
        assert client_as("bayu").post(address, {"reason": "Sudah"}).status_code == 422
    assert client_as("sari").get(address).status_code == 403


def test_the_page_of_a_released_account_asks_for_no_administrators(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    asked = "At least two should be able to sign in"
    for status, said in (("closed", True), ("released", False)):
        account = factories.official_account(
            cast.diskominfo, handle=f"{status}.example", status=status,
            closed_on=timezone.localdate(), closed_reason="x",
        )  # fmt: skip
        page = client.get(reverse("accounts:official_account_detail", args=[account.pk]))
        assert (asked in page.content.decode()) == said
        assert ("Nobody yet" in page.content.decode()) == said
