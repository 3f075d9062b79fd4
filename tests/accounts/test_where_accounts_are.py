"""Where people see an account, and by what name."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount
from tests import factories
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.mark.parametrize(
    ("fields", "page"),
    [
        ({"platform": "x", "handle": "kota"}, "https://x.com/kota"),
        ({"platform": "x", "handle": "kota", "url": "https://x.com/Kota"}, "https://x.com/Kota"),
        (
            {"platform": "facebook", "handle": "1000"},
            "https://www.facebook.com/profile.php?id=1000",
        ),
    ],
)
def test_where_people_see_an_account_follows_from_its_handle_but_for_one_given_up(
    cast: Cast, client_as: ClientAs, fields: dict[str, str], page: str
) -> None:
    account = factories.official_account(cast.diskominfo, host="", **fields)
    assert account.page == page
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    assert f'href="{page}"' in client_as("bayu").get(detail).content.decode()
    export = client_as("bayu").get(reverse("accounts:official_account_export"))
    head, row = csv.reader(export.getvalue().decode().removeprefix("\ufeff").splitlines())
    assert dict(zip(head, row, strict=True))["Alamat"] == page
    assert OfficialAccount(**(fields | {"status": "released"})).page == ""


@pytest.mark.parametrize(
    ("platform", "handle", "told"),
    [
        ("x", "kota", "@kota"),
        ("facebook", "100064512345678", "100064512345678"),
        ("youtube", f"UC{'aB' * 11}", f"UC{'aB' * 11}"),
        ("youtube", "kotasamudra", "@kotasamudra"),
    ],
)
def test_what_a_platform_gave_out_itself_is_shown_as_no_name(
    platform: str, handle: str, told: str
) -> None:
    assert OfficialAccount(platform=platform, handle=handle).at_handle == told


def test_an_account_whose_handle_is_an_address_is_called_by_its_name() -> None:
    channel = OfficialAccount(
        platform="whatsapp", handle="whatsapp.com/channel/0029VaSamudra1", display_name="Samudra"
    )
    assert (channel.known_as, channel.in_words) == ("Samudra", "Samudra (WhatsApp channel)")
    named = OfficialAccount(platform="x", handle="samudrakota", display_name="Kota Samudra")
    assert (named.known_as, named.in_words) == ("@samudrakota", "@samudrakota (X)")
