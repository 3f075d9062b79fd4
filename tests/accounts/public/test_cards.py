"""What a hurried reader takes from a card: its heading, its badges, its last words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.template.loader import render_to_string
from django.utils import translation

from accounts.public import check_page, checking
from accounts.public.snapshot import PublicAccount, Snapshot
from tests.accounts.public.test_published import UNIT, public

SITE = public("feed", "kota.example", "kota.example")


def card(asked: str, *accounts: PublicAccount) -> str:
    """The only card, in English and on one line."""
    snapshot = Snapshot(1, datetime(2026, 1, 1, tzinfo=UTC), accounts, (UNIT,))
    result = checking.answer(snapshot, checking.read(asked, ""))
    with translation.override("en"):
        (one,) = check_page.shown(result)
        text = render_to_string("public/_answer.html", {"one": one, "answer": one.answer})
    return " ".join(text.split())


def test_the_heading_of_a_page_that_may_lead_on_names_the_other_site_and_nothing_is_green() -> None:
    leading = card("https://kota.example/r?u=https://penipu.example/x", SITE)
    plain = card("https://kota.example/berita", SITE)
    assert "kota.example/r?u=https%3A%2F%2Fpenipu.example%2Fx may lead on to penipu.example" in (
        leading
    )
    assert "The register has only the website at which this address begins:" in leading
    for words in ("badge-good", "is a page of an official website", "Official and active"):
        assert words not in leading
        assert words in plain


def test_one_handle_on_several_platforms_is_called_official_once() -> None:
    accounts = [public(name, "", "kotasamudra") for name in ("instagram", "x", "tiktok", "threads")]
    several = card("@kotasamudra", *accounts)
    assert several.count("Official and active") == 1
    assert several.count('class="item"') == 4
    assert card("x.com/kotasamudra", *accounts).count("Official and active") == 1
    # Beside what is not official nothing green stands by itself.
    similar = card("facebook.com/kotasamudra", *accounts)
    assert "In the register, all official and active:" in similar
    assert "badge-good" not in similar
    paused = replace(public("mastodon", "mas.to", "kotasamudra"), state="suspended")
    mixed = card("@kotasamudra@evil.example", *accounts[:2], paused)
    assert (mixed.count("Official and active"), mixed.count("Suspended for now")) == (2, 1)


def test_an_old_address_is_not_said_to_be_unregistered_where_the_handle_is() -> None:
    accounts = [public(name, "", "kotasamudra") for name in ("x", "youtube")]
    assert "on YouTube it is not registered" not in card("youtube.com/c/kotasamudra", *accounts)
    assert "on YouTube it is not registered" in card("youtube.com/@kotasamudra", accounts[0])


def test_a_similar_card_says_which_of_the_two_to_report() -> None:
    similar = card("x.com/kotasamudr4", public("x", "", "kotasamudra"))
    assert "report the one that you checked here if it pretends to be the agency" in similar
    assert "Official and active" in similar
