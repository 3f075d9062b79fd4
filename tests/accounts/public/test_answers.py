"""What the check says of sites, of short numbers, and of accounts that rest elsewhere."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import OfficialAccount
from accounts.public import checking
from accounts.public.register import register
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("published")


def page_of(text: str) -> str:
    return Client().get(CHECK, {"q": text, "lang": "en"}).content.decode().partition("<main")[2]


@pytest.mark.parametrize("text", ["portal.example", "www.portal.example", "WWW.Portal.Example"])
def test_a_registered_site_is_one_whatever_its_ending(cast: Cast, text: str) -> None:
    official(cast, "other", "portal.example", host="portal.example")
    assert verdicts(text) == ["official"]
    assert "is official on the platforms below" not in page_of(text)


def test_the_emergency_number_is_told_as_that_and_cannot_be_reported(db: None) -> None:
    assert verdicts("112") == ["unreadable"]
    found = page_of("112")
    assert "112 is the public emergency number" in found
    assert "no number of this register" in found
    assert "Emergency number" in found
    assert "ask the agency" not in found
    assert "Report this number" not in found
    assert "is the public emergency number" in page_of("(112)")
    other = page_of("1120")
    assert "is a telephone number" in other
    assert "Report this number" in other


@pytest.mark.parametrize("text", ["14022", "1500-567", "1500 567", "+62 21 500"])
def test_a_service_number_is_a_telephone_number_and_nobody_to_report(text: str) -> None:
    assert verdicts(text) == ["unreadable"]
    assert "This is a telephone number" in page_of(text)
    assert "Report this account" not in page_of(text)


@pytest.mark.parametrize(
    ("status", "told"),
    [("active", True), ("suspended", True), ("closed", True), ("released", False)],
)
def test_the_same_name_on_another_server_is_told_also_of_an_account_that_rests(
    accounts: dict[str, OfficialAccount], status: str, told: bool
) -> None:
    closed = {"closed_on": "2026-03-31", "closed_reason": "Digabung"}
    for step in {"active": [], "released": ["closed", "released"]}.get(status, [status]):
        OfficialAccount.objects.filter(pk=accounts["mastodon"].pk).update(
            status=step, **(closed if step != "suspended" else {})
        )
    snapshot = register.now().snapshot
    (answer,) = checking.answer(snapshot, checking.read("@samudrakota@mastodon.social", "")).answers
    other = answer.on_other_server
    assert (other is not None and other.host == "mas.to") is told
    assert answer.verdict == "similar", "accounts of this name on other platforms stay told of"


@pytest.mark.parametrize("text", ["https://instagram.com/", "https://www.facebook.com/"])
def test_the_front_page_of_a_platform_names_no_account(text: str) -> None:
    assert "This address names no account" in page_of(text)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("https://ppid.samudrakota.go.id", "unknown"),
        ("layanan.ppid.samudrakota.go.id", "unknown"),
        ("https://ppid-samudrakota.go.id", "similar"),
        ("https://ppid.samudrakota.go.id.evil.example", "similar"),
        ("https://samudrakota.go.id.evil.example/ppid.samudrakota.go.id", "similar"),
    ],
)
def test_a_part_of_an_official_site_is_no_imitation_and_not_confirmed(
    text: str, verdict: str
) -> None:
    assert verdicts(text) == [verdict]
    found = page_of(text)
    assert ("Official accounts that may be meant:" in found) is (verdict == "unknown")
    assert "samudrakota.go.id" in found.partition('<ul class="items"')[2]
    assert "badge-good" not in found.partition('<ul class="items"')[0]


@pytest.mark.parametrize(
    "text",
    [
        "https://api.whatsapp.com/send?phone=6281234567890",
        "https://api.whatsapp.com/send/?phone=6281234567890&text=halo",
        "https://web.whatsapp.com/send?phone=6281234567890",
    ],
)
def test_a_link_to_a_number_on_whatsapp_is_a_number(text: str) -> None:
    assert "This is a telephone number" in page_of(text)
    assert "This address names no account" not in page_of(text)


@pytest.mark.parametrize(
    ("text", "is_warned"), [("@samudrakota", True), ("instagram.com/samudrakota", False)]
)
def test_a_handle_without_its_platform_is_official_on_some_only(text: str, is_warned: bool) -> None:
    found = page_of(text)
    assert ("Official on the platforms below only" in found) is is_warned
    assert ('<p class="watch">The same handle on another platform' in found) is is_warned
