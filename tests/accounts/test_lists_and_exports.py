"""A list shows what was asked or nothing, its export too, with the times that the page has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import OfficialAccount, User
from accounts.public.snapshot import register
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period
from tests.conftest import Cast

ClientAs = Callable[[object], Client]
LISTS = {
    "accounts:official_account_list": "accounts:official_account_export",
    "accounts:attestation_list": "accounts:attestation_export",
    "accounts:connection_health": "accounts:connection_health_export",
    "impersonations:report_list": "impersonations:report_export",
}


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    """An account that is confirmed, with a report about an imitation of it."""
    register.forget()
    made = account_of(cast, cast.sari, handle="kota.example", display_name="Kota Samudra")
    actions.report_impersonation(
        actor=User.objects.system(), channel="public", suspect="t.me/kota_palsu", platform="",
        imitated="", happened="Menipu",
    )  # fmt: skip
    return made


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("accounts:official_account_list", "unit=999"),
        ("accounts:attestation_list", "period=99"),
        ("accounts:attestation_list", "unit=x"),
        ("accounts:connection_health", "state=zzz"),
        ("accounts:handover_list", "state=zzz"),
        ("impersonations:report_list", "status=zzz"),
        ("content:post_list", "account=samudrakota"),
    ],
)
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_filter_that_is_not_known_is_not_taken_for_an_empty_list(
    cast: Cast, client_as: ClientAs, name: str, query: str, is_empty: bool
) -> None:
    if not is_empty:
        make_period(cast.bayu)
        account_of(cast, cast.sari)
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(f"{reverse(name)}?{query}").content.decode()
    assert "A filter in this address is not known." in page
    assert re.search(rf'href="{reverse(name)}">Remove all filters', page)
    assert "has this number" not in page


@pytest.mark.parametrize("name", LISTS)
def test_a_filter_that_cannot_be_read_finds_nothing_and_takes_nothing_out(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, name: str
) -> None:
    client = client_as("bayu")
    query = {"unit": cast.city.pk}
    shown = client.get(reverse(name), query)
    taken = client.get(reverse(LISTS[name]), query)
    assert shown.context["page"].paginator.count == 1
    assert len(text_of(taken).splitlines()) == 2
    wrong = client.get(reverse(name), {"unit": "abc"})
    assert wrong.context["page"].paginator.count == 0
    assert "unit" in wrong.context["form"].errors
    refused = client.get(reverse(LISTS[name]), {"unit": "abc", "format": "xlsx"})
    assert refused.status_code == 302
    assert refused["Location"] == f"{reverse(name)}?unit=abc&format=xlsx"


@pytest.mark.parametrize("name", [name for name in LISTS.values() if "health" not in name])
def test_an_export_has_the_time_of_the_reader_with_its_offset(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, name: str
) -> None:
    make_period(cast.bayu)
    attest(cast.sari, account)
    text = text_of(client_as("bayu").get(reverse(name)))
    times = re.findall(r"\d\d:\d\d:\d\d([^,\s]*)", text)
    assert times
    assert set(times) == {"+07:00"}
