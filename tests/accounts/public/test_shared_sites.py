"""Sites on which everybody has pages: official is the registered page, and no other beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from accounts.public import check_page, checking
from accounts.public.answers import Answer
from accounts.public.snapshot import PublicAccount, Snapshot
from tests.accounts.public.test_published import UNIT, clean, public
from tests.gathering import each


def account(platform: str, address: str) -> PublicAccount:
    handle, host = clean(platform, address, "")
    return public(platform, host, handle)


def answer(asked: str, *accounts: PublicAccount) -> Answer:
    snapshot = Snapshot(1, datetime(2026, 1, 1, tzinfo=UTC), accounts, (UNIT,))
    (one,) = checking.answer(snapshot, checking.read(asked, "")).answers
    return one


WIKI = account("wiki", "id.wikipedia.org/wiki/Kota_Samudra")
LINK = account("other", "gg.gg/PemkotSamudra")


@each(
    "page",
    [
        "KOTA_SAMUDRA",
        "Kota_samudra",
        "Kota_Samudra/Bantuan",
        "Kota_Samudra?curid=12345",
        "Kota_Samudra?oldid=7",
        "Pembahasan:Kota_Samudra",
        "Bandung",
        "",
    ],
)
def test_another_page_of_a_wiki_is_not_the_registered_one(page: str) -> None:
    found = answer(f"https://id.wikipedia.org/wiki/{page}", WIKI)
    assert found.verdict in {"unknown", "similar"}
    assert found.same_site == WIKI


@pytest.mark.parametrize(
    "asked",
    [
        "https://id.wikipedia.org/wiki/Kota_Samudra",
        "http://ID.Wikipedia.org/wiki/Kota_Samudra/#Sejarah",
        "https://id.m.wikipedia.org/wiki/Kota_Samudra",
        "https://id.m.wikipedia.org/wiki/Kota_Samudra?wprov=sfla1&fbclid=1",
        "id.wikipedia.org/wiki/Kota%5FSamudra",
    ],
)
def test_the_registered_page_is_official_also_as_phones_write_it(asked: str) -> None:
    found = answer(asked, WIKI)
    assert found.verdict == "official"
    assert not found.is_page_within
    assert found.same_site is None


@each(
    ("asked", "registered", "verdict"),
    [
        ("https://gg.gg/PemkotSamudra", LINK, "official"),
        ("https://GG.gg/PemkotSamudra/", LINK, "official"),
        ("https://gg.gg/pemkotsamudra", LINK, "similar"),
        ("https://gg.gg/lain", LINK, "unknown"),
        ("https://gg.gg/PemkotSamudra/x", LINK, "official"),
        ("https://m.wikipedia.org.evil.example/wiki/Kota_Samudra", WIKI, "unknown"),
        # Of the whole site all is its own, and so is what stands below a feed or a profile.
        ("https://kota.example/A/B?c=D", account("other", "kota.example"), "official"),
        ("https://wiki.kota.example/A", account("wiki", "wiki.kota.example"), "official"),
        ("https://kota.example/berita/1", account("feed", "kota.example/berita"), "official"),
        ("https://kota.example/Berita", account("feed", "kota.example/berita"), "similar"),
        ("https://medium.com/@kota/1", account("feed", "medium.com/@kota"), "official"),
        ("https://medium.com/@lain", account("feed", "medium.com/@kota"), "unknown"),
    ],
)
def test_a_path_counts_with_its_capitals_and_a_host_without(
    asked: str, registered: PublicAccount, verdict: str
) -> None:
    found = answer(asked, registered)
    assert found.verdict == verdict
    is_there = found.reference.host.removeprefix("m.") == registered.handle.partition("/")[0]
    assert (found.same_site is not None) == (verdict != "official" and is_there)


def part(asked: str, registered: PublicAccount) -> check_page.Shown:
    return check_page.Shown(answer(asked, registered), "answer-1", "/lapor/")


@pytest.mark.parametrize(
    ("page", "report"),
    [
        ("samudrakota.example/users/sign_in", "Report this address"),
        ("samudrakota.example/@humas", "Report this address"),
        ("ppid.samudrakota.example/daftar", "Report this website"),
    ],
)
def test_a_part_of_an_official_site_is_called_that_and_not_unregistered(
    page: str, report: str
) -> None:
    shown = part(f"https://{page}", account("feed", "samudrakota.example"))
    with translation.override("en"):
        assert (shown.words, shown.tone, shown.report_words) == (
            "Part of an official website", "", report,
        )  # fmt: skip
        card = render_to_string("public/_answer.html", {"one": shown, "answer": shown.answer})
    assert f"{shown.answer.shown} is a part of an official website" in card
    assert "It is a part of the official website samudrakota.example, which is." in card
    assert "Report this account" not in card
    other = part(f"https://{page}", account("feed", "lain.example"))
    assert other.words != shown.words


def test_a_page_in_other_capitals_may_be_the_official_one_and_is_no_imitation() -> None:
    site = account("other", "pinterest.com/Kota")
    shown = part("https://pinterest.com/kota", site)
    assert (shown.words, shown.answer.may_be_same) == ("Compare capital and small letters", site)
    with translation.override("en"):
        card = render_to_string("public/_answer.html", {"one": shown, "answer": shown.answer})
    assert "differs from an official address in capital letters only" in card
    assert "In the register is pinterest.com/Kota." in card
    for words in ("not official", "only similar", "You may trust"):
        assert words not in card
    for below in ("https://pinterest.com/kota/papan", "https://pinterest.com/KOTA?papan=1"):
        assert part(below, site).answer.may_be_same == site
    for other in (
        "https://pinterest.com/k0ta",
        "https://pinterest.com/Kota",
        "https://pinterest.com/kotabaru/x",
    ):
        assert part(other, site).answer.may_be_same is None
    assert part("https://id.wikipedia.org/wiki/KOTA_SAMUDRA", WIKI).answer.may_be_same is None


def test_of_another_page_of_the_site_it_is_said_that_one_is_registered() -> None:
    def card(asked: str) -> str:
        one = part(f"https://id.wikipedia.org/wiki/{asked}", WIKI)
        with translation.override("en"):
            return render_to_string("public/_answer.html", {"one": one, "answer": one.answer})

    told = "On the same site id.wikipedia.org/wiki/Kota_Samudra is in the register."
    assert told in card("Bandung")
    assert "Capital and small letters count here" in card("KOTA_SAMUDRA")
    assert told in card("KOTA_SAMUDRA")
    assert told not in card("Kota_Samudra")
