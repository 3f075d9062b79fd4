"""From an old address of YouTube nobody can tell which channel it is: neither official nor not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from accounts.public import answers, check_page, checking
from accounts.public.snapshot import PublicAccount, Snapshot
from accounts.references import parse
from tests.accounts.public.test_cards import card
from tests.accounts.public.test_published import UNIT, answered, public
from tests.gathering import each

CHANNEL = public("youtube", "", "samudrakota")
X = replace(public("x", "", "samudrakota"), code="lain")
OLD = ("youtube.com/c/samudrakota", "youtube.com/user/SamudraKota", "youtube.com/samudrakota")


def answer_to(text: str, *accounts: PublicAccount) -> answers.Answer:
    (one,) = answered(text, *accounts).answers
    return one


@pytest.mark.parametrize("address", OLD)
def test_it_is_open_and_the_registered_channel_of_the_name_is_shown_first(address: str) -> None:
    one = answer_to(f"https://www.{address}", X, CHANNEL)
    assert (one.verdict, one.listed[0]) == (answers.UNTOLD, CHANNEL)
    found = card(f"https://www.{address}", X, CHANNEL)
    assert f"From {address} it cannot be told which channel it is".lower() in found.lower()
    assert "Check which channel it is" in found
    assert f'Open both and compare: <a href="{CHANNEL.url}"' in found
    assert "copy the address with an @ in it" in found
    for words in ("not official", "only similar", "You may trust", "How it differs"):
        assert words not in found
    # Nothing green stands above the account, which is told to be one of the register.
    before, _mark, behind = found.partition("In the register:")
    assert "badge-good" not in before
    assert "badge-good" in behind


@pytest.mark.parametrize("address", OLD)
def test_no_machine_is_told_that_it_is_official(address: str) -> None:
    snapshot = Snapshot(1, datetime(2026, 1, 1, tzinfo=UTC), (CHANNEL,), (UNIT,))
    (reference,) = parse(address)
    assert checking.is_official(snapshot, reference) is None
    assert checking.resembled(snapshot, reference) == [CHANNEL]
    assert not answered(address, CHANNEL).is_about_known


@each(
    ("address", "accounts", "listed"),
    [
        ("youtube.com/c/samudrak0ta", [CHANNEL], [CHANNEL]),
        ("youtube.com/user/samudrakota", [X], [X]),
        ("youtube.com/c/dapurbunda", [CHANNEL], []),
        ("youtube.com/samudrakota", [replace(CHANNEL, state="suspended")], [CHANNEL]),
        ("youtube.com/c/samudrakota", [replace(CHANNEL, state="closed")], [CHANNEL]),
    ],
)
def test_it_is_open_whatever_the_register_has_of_the_name(
    address: str, accounts: list[PublicAccount], listed: list[PublicAccount]
) -> None:
    one = answer_to(address, *accounts)
    assert one.verdict == answers.UNTOLD
    assert [found.code for found in one.listed] == [found.code for found in listed]
    found = card(address, *accounts)
    assert "Open both and compare" not in found
    for words in ("not official", "is not known to the register", "was an official account"):
        assert words not in found


def test_in_what_a_name_that_looks_like_an_official_one_differs_is_told() -> None:
    found = card("youtube.com/c/samudrak0ta", CHANNEL)
    assert "the digit 0 stands in place of the letter o" in found
    assert "not official" not in found


def test_the_address_with_the_sign_is_told_as_before() -> None:
    assert answer_to("youtube.com/@samudrakota", CHANNEL).verdict == answers.OFFICIAL
    assert answer_to("youtube.com/@samudrak0ta", CHANNEL).verdict == answers.SIMILAR


def test_it_counts_for_itself_in_the_sum() -> None:
    found = check_page.shown(answered("youtube.com/c/samudrakota x.com/samudrakota", X, CHANNEL))
    with override("en"):
        assert "1 with a channel to be checked, 1 official" in check_page.summed_up(found)
    with override("id"):
        assert "1 perlu dicek kanalnya" in check_page.summed_up(found)
        assert found[0].words == "Cek kanal yang dimaksud"
