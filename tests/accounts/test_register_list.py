"""Finding accounts in the register, and taking exactly what was found out of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Administrator
from govsocial.web.sheets import XLSX
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture
def accounts(cast: Cast) -> None:
    connected = factories.official_account(
        cast.diskominfo, display_name="Satu", handle="satu.example", purpose="Kabar layanan",
        url="https://satu.example/beranda", decree_number="800/41/2026", verified=True,
        person_in_charge=cast.sari, audiences=["g2c", "g2b"], media_kinds=["microblog"],
        two_step="on", two_step_checked_on=date(2026, 1, 5),
    )  # fmt: skip
    give_credential(connected, cast.bayu)
    factories.official_account(
        cast.dinkes, display_name="Dua", handle="dua.example", verified=False,
        person_in_charge=cast.nur, audiences=["g2g"], two_step="off",
        two_step_checked_on=date(2026, 1, 5), status="proposed",
    )  # fmt: skip
    factories.official_account(
        cast.dinkes, platform="whatsapp", host="", display_name="Tiga",
        handle="whatsapp.com/channel/3", media_kinds=["social_network", "blog"],
    )  # fmt: skip


def found(client: Client, query: str) -> set[str]:
    answer = client.get(f"{reverse('accounts:official_account_list')}?{query}")
    assert answer.status_code == 200
    return {account.display_name for account in answer.context["page"]}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Satu", "Dua", "Tiga"}),
        ("search=kabar", {"Satu"}),
        ("search=beranda", {"Satu"}),
        ("search=800/41", {"Satu"}),
        ("search=wulandari", {"Satu"}),
        ("search=%40dua.example", {"Dua"}),
        ("search=kesehatan+dua", {"Dua"}),
        ("search=kesehatan+kabar", set()),
        ("search=whatsapp.com", {"Tiga"}),
        ("search=%25", set()),
        ("connection=good", {"Satu"}),
        ("connection=none", set()),
        ("connection=proposed", {"Dua"}),
        ("connection=hand", {"Tiga"}),
        ("status=proposed", {"Dua"}),
        ("two_step=off", {"Dua"}),
        ("verified=yes", {"Satu"}),
        ("verified=no", {"Dua"}),
        ("verified=unknown", {"Tiga"}),
        ("audience=g2b", {"Satu"}),
        ("audience=g2g", {"Dua"}),
        ("media=blog", {"Tiga"}),
        ("missing=purpose", {"Dua", "Tiga"}),
        ("missing=any", {"Satu", "Dua", "Tiga"}),
        ("missing=none", set()),
        ("platform=whatsapp", {"Tiga"}),
    ],
)
def test_each_search_and_filter_finds_what_it_says(
    cast: Cast, client_as: ClientAs, accounts: None, query: str, names: set[str]
) -> None:
    assert found(client_as("bayu"), query) == names


def test_the_person_in_charge_filters_and_only_those_of_visible_accounts_are_offered(
    cast: Cast, client_as: ClientAs, accounts: None
) -> None:
    assert found(client_as("bayu"), f"person={cast.sari.pk}") == {"Satu"}
    page = client_as("nur").get(reverse("accounts:official_account_list")).content.decode()
    assert "Nur Aisyah" in page
    assert "Sari Wulandari" not in page
    assert found(client_as("nur"), f"person={cast.sari.pk}") == set()


@pytest.mark.parametrize(
    "query",
    [
        "missing=x", "person=x", "audience=%00", "media=blog'", "verified=maybe",
        "two_step=" + "x" * 3000, "sort=complete&page=-1", "sort=-completeness",
        f"person={'9' * 30}", "search=" + "a+" * 500,
    ],
)  # fmt: skip
def test_a_bad_address_is_answered_and_never_a_failure(
    cast: Cast, client_as: ClientAs, accounts: None, query: str
) -> None:
    for name in ("official_account_list", "official_account_export"):
        page = f"{reverse(f'accounts:{name}')}?{query}"
        assert client_as("bayu").get(page, follow=True).status_code == 200


def test_the_least_complete_come_first_or_last(
    cast: Cast, client_as: ClientAs, accounts: None
) -> None:
    page = reverse("accounts:official_account_list")

    def order(query: str) -> list[str]:
        return [
            account.display_name for account in client_as("bayu").get(page + query).context["page"]
        ]

    assert order("?sort=-complete")[0] == "Satu"
    assert order("?sort=complete")[-1] == "Satu"
    assert order("?sort=person")[:2] == ["Dua", "Satu"]


def sheets(answer: Any) -> dict[str, list[list[Any]]]:
    assert answer["Content-Type"] == XLSX
    book = load_workbook(io.BytesIO(answer.content))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    }


def test_the_workbook_holds_what_is_filtered_with_dates_as_dates_and_says_where_it_is_from(
    cast: Cast, client_as: ClientAs, accounts: None
) -> None:
    factories.reads_english(cast.bayu)
    account = factories.official_account(
        cast.diskominfo, display_name="=HYPERLINK(1)", handle="formula.example", purpose="+1"
    )
    Administrator.objects.create(
        official_account=account, user=cast.dwi, starts_on=timezone.localdate(),
        assigned_by=cast.bayu,
    )  # fmt: skip
    export = reverse("accounts:official_account_export")
    answer = client_as("bayu").get(f"{export}?format=xlsx&unit={cast.diskominfo.pk}&sort=name")
    book = sheets(answer)
    header, first, second = book["Official accounts"]
    formula = dict(zip(header, first, strict=True))
    assert (formula["Display name"], formula["Purpose"]) == ("=HYPERLINK(1)", "+1")
    assert formula["Administrators today"] == "Dwi Hartono"
    row = dict(zip(header, second, strict=True))
    assert row["Two-step sign-in checked on"] == datetime(2026, 1, 5)  # noqa: DTZ001  # as cells are
    assert (row["Rules met"], row["Rules that apply"]) == (6, 14)
    assert len(row["Missing"].split("; ")) == 8
    assert row["Person in charge"] == "Sari Wulandari"
    about = dict(row for row in book["About this list"][1:])
    assert about["Filters"] == "Unit: Diskominfo"
    assert (about["Accounts"], about["Taken out by"]) == (2, "Bayu Pratama")
    assert isinstance(about["Taken out on"], datetime)
    (entry,) = trail("accounts.official_account.exported")
    assert entry.data == {"rows": 2, "filters": f"unit={cast.diskominfo.pk}"}
    text = client_as("bayu").get(f"{export}?missing=purpose").getvalue().decode()
    assert text.count("\r\n") == 1 + len(found(client_as("bayu"), "missing=purpose"))


def test_an_export_has_nothing_of_units_that_one_does_not_see(
    cast: Cast, client_as: ClientAs, accounts: None
) -> None:
    export = reverse("accounts:official_account_export")
    names = {row[0] for row in sheets(client_as("nur").get(f"{export}?format=xlsx"))["Akun resmi"]}
    assert "Satu" not in names
    assert {"Dua", "Tiga"} <= names
