"""Completeness that is taken out, ordered and counted: what is not asked is never a zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_compliance import complete_account
from tests.cast import Cast

ClientAs = Callable[[object], Client]
EXPORT = reverse("accounts:compliance_export")


def rows_of(client: Client, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def accounts(cast: Cast) -> None:
    """A complete one, one that lacks most, and one that was closed."""
    factories.reads_english(cast.bayu)
    complete_account(cast, display_name="Lengkap")
    factories.official_account(cast.dinkes, display_name="Kurang", handle="kurang")
    closed = factories.official_account(cast.dinkes, display_name="Tutup", handle="tutup")
    OfficialAccount.objects.filter(pk=closed.pk).update(
        status="closed", closed_on="2026-03-31", closed_reason="Digabung"
    )


@pytest.mark.usefixtures("accounts")
def test_the_units_are_taken_out_with_what_their_accounts_lack(
    cast: Cast, client_as: ClientAs
) -> None:
    rows = rows_of(client_as("bayu"), EXPORT)
    by_unit = {row["Unit"]: row for row in rows}
    assert by_unit[cast.dinkes.name]["Accounts"] == "1"
    assert by_unit[cast.diskominfo.name]["Complete accounts"] == "1"
    purpose = next(name for name in rows[0] if name.startswith("1. Lacking: "))
    assert (by_unit[cast.dinkes.name][purpose], by_unit[cast.diskominfo.name][purpose]) == (
        "1",
        "0",
    )
    assert len(rows_of(client_as("bayu"), f"{EXPORT}?unit={cast.dinkes.pk}")) == 1
    assert [entry.data["filters"] for entry in trail("accounts.official_account.exported")] == [
        "",
        f"unit={cast.dinkes.pk}",
    ]
    assert "spreadsheetml" in client_as("bayu").get(f"{EXPORT}?format=xlsx")["Content-Type"]
    # Of another's unit nothing is taken out, and nothing noted.
    foreign = client_as("nur").get(f"{EXPORT}?unit={cast.diskominfo.pk}")
    there = reverse("accounts:compliance_overview")
    assert (foreign.status_code, foreign.url) == (302, f"{there}?unit={cast.diskominfo.pk}")  # type: ignore[attr-defined]  # of a redirect
    assert len(trail("accounts.official_account.exported")) == 3


@pytest.mark.usefixtures("accounts")
def test_the_register_is_taken_out_with_the_rules_that_each_account_lacks(
    client_as: ClientAs,
) -> None:
    rows = rows_of(client_as("bayu"), reverse("accounts:official_account_export"))
    by_name = {row["Display name"]: row for row in rows}
    assert by_name["Lengkap"]["Missing"] == ""
    lacking = by_name["Kurang"]["Missing"].split("; ")
    counted = int(by_name["Kurang"]["Rules that apply"]) - int(by_name["Kurang"]["Rules met"])
    assert len(lacking) == counted > 5
    assert (by_name["Tutup"]["Rules that apply"], by_name["Tutup"]["Missing"]) == ("", "")


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    ("sort", "names"),
    [("complete", ["Kurang", "Lengkap", "Tutup"]), ("-complete", ["Lengkap", "Kurang", "Tutup"])],
)
def test_what_no_rule_asks_comes_last_in_both_directions(
    client_as: ClientAs, sort: str, names: list[str]
) -> None:
    page = client_as("bayu").get(reverse("accounts:official_account_list"), {"sort": sort})
    assert [one.display_name for one in page.context["page"]] == names


@pytest.mark.usefixtures("accounts")
def test_the_totals_of_pages_explain_themselves(cast: Cast, client_as: ClientAs) -> None:
    overview = reverse("accounts:compliance_overview")
    note = "1 closed or released account is not counted"
    page = client_as("bayu").get(overview).content.decode()
    assert note in page
    assert "1 of 2 meet every rule that applies to them" in page
    assert note in client_as("bayu").get(overview, {"unit": cast.dinkes.pk}).content.decode()
    assert (
        note not in client_as("bayu").get(overview, {"unit": cast.diskominfo.pk}).content.decode()
    )
    factories.official_account(
        cast.dinkes, platform="whatsapp", handle="https://whatsapp.com/channel/0029Va"
    )
    health = client_as("bayu").get(reverse("accounts:connection_health")).content.decode()
    assert "accounts that can be connected; 1 managed manually" in health


def test_a_rule_that_asks_nobody_is_no_zero_on_the_page_either(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.reads_english(cast.bayu)
    factories.official_account(
        cast.dinkes, platform="telegram", host="", handle="kota_samudra", status="proposed"
    )
    client = client_as("bayu")
    (line,) = rows_of(client, f"{EXPORT}?unit={cast.dinkes.pk}")
    empty = sum(cell == "" for cell in line.values())
    page = client.get(reverse("accounts:compliance_overview"), {"unit": cast.dinkes.pk})
    unasked = page.content.decode().count('matrix-wide">not applicable</td>')
    assert unasked == empty > 0
