"""Who knows a unit by name is led to its accounts; and from every answer to the whole list."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from accounts.models import Unit
from accounts.public import checking
from accounts.public.register import register
from tests.accounts.public.conftest import official
from tests.cast import Cast

CHECK = "/official/check/"
pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture(autouse=True)
def units(cast: Cast) -> None:
    bpbd = Unit.objects.create(
        name="Badan Penanggulangan Bencana Daerah", parent=cast.city, time_zone="Asia/Jakarta"
    )
    official(cast, "mastodon", "bpbd_samudra", host="mas.to", unit=bpbd, display_name="Siaga")
    official(cast, "linkedin", "kota-samudra", unit=cast.diskominfo)
    official(cast, "tiktok", "sehat", unit=cast.dinkes, display_name="Sehat Bersama")


def result(text: str) -> checking.Result:
    return checking.answer(register.now().snapshot, checking.read(text, ""))


def page(text: str) -> str:
    return html.unescape(Client().get(CHECK, {"q": text, "lang": "en"}).content.decode())


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("bpbd", {"bpbd_samudra"}),
        ("@BPBD", {"bpbd_samudra"}),
        ("dinkes", {"Samudra.Kota", "sehat"}),
        ("diskes", {"Samudra.Kota", "sehat"}),
        ("bpbdkotalain", {"bpbd_samudra"}),
    ],
)
def test_the_name_of_a_unit_leads_to_its_accounts(text: str, handles: set[str]) -> None:
    (answer,) = result(text).answers
    assert answer.verdict in {"unknown", "similar"}
    shown = {one.handle for one in (*answer.of_unit, *answer.alike, *answer.named)}
    assert shown >= handles
    assert 'href="/official/?lang=en">All official accounts</a>' in page(text)


def test_the_short_name_says_that_the_accounts_may_be_meant() -> None:
    text = page("diskominfo")
    assert "is not known to the register" in text
    assert "Official accounts that may be meant:" in text
    assert text.count('class="item"') == 5
    assert "more official account" in text


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("dinkeskotasamudra", True),
        ("Dinkes_Kota_Samudra", True),
        ("dinkessamudra", True),
        ("dinaskesehatankotasamudra", True),
        ("diskeskotasamudra", True),
        # With more than its name it may be anything of the city.
        ("dinkeskotasamudraresmi2026", False),
    ],
)
def test_the_unit_leads_where_only_the_city_is_resembled(
    cast: Cast, text: str, alone: bool
) -> None:
    (answer,) = result(text).answers
    assert answer.verdict == ("unknown" if text == "dinkessamudra" else "similar")
    assert {one.unit.name for one in answer.of_unit} == {"Dinas Kesehatan"}
    assert answer.nearest is None
    assert (not answer.alike and not answer.named) is alone
    found = page(text)
    assert "Sehat Bersama" in found
    assert ("Kota Samudra linkedin" in found) is not alone
    if not alone:
        assert found.index("Sehat Bersama") < found.index("Kota Samudra linkedin")


def test_the_rest_of_the_list_is_that_of_the_unit_which_was_meant(cast: Cast) -> None:
    for number in range(5):
        official(cast, "tiktok", f"sehat{number}", unit=cast.dinkes, display_name="Sehat")
    (answer,) = result("dinkeskotasamudra").answers
    assert (len(answer.of_unit), answer.more) == (5, 2)
    assert (
        f"?search={answer.search}&amp;lang=en"
        in Client().get(CHECK, {"q": "dinkeskotasamudra", "lang": "en"}).content.decode()
    )
    assert answer.search == "Dinkes"


@pytest.mark.parametrize("text", ["bpbd_samudr4", "bpbdsamudra", "bpbd_samudra_info"])
def test_an_account_that_is_resembled_stays_first(cast: Cast, text: str) -> None:
    other = official(cast, "x", "bpbd_siaga", unit=Unit.objects.get(name__startswith="Badan"))
    (answer,) = result(text).answers
    assert not answer.of_unit
    assert answer.nearest is not None
    assert answer.nearest.handle == "bpbd_samudra"
    assert other.pk


def test_a_name_is_compared_with_the_one_that_begins_so() -> None:
    (answer,) = result("Samudra").answers
    assert answer.nearest is not None
    assert answer.nearest.handle.casefold().startswith("samudra")


@pytest.mark.parametrize("text", ["humas samudra", "siapa bpbd itu", "akun bpbd resmi"])
def test_words_of_which_some_are_known_have_suggestions(text: str) -> None:
    assert result(text).suggested
    assert "Official accounts that may be meant:" in page(text)


@pytest.mark.parametrize("text", ["zzz qqq", "<b> {{ 7*7 }}", "xx yy"])
def test_words_that_nobody_knows_still_lead_to_the_list(text: str) -> None:
    assert not result(text).suggested
    assert 'href="/official/?lang=en">All official accounts</a>' in page(text)


@pytest.mark.parametrize("text", ["https://bpbd.kotalain.go.id", "bpbd.kotalain.go.id", "bp", "@d"])
def test_another_agencys_site_and_short_names_are_no_unit(text: str) -> None:
    (answer,) = result(text).answers
    assert (answer.verdict, list(answer.of_unit)) == ("unknown", [])
