"""Nobody's report is swallowed by that about another: addresses that only may be the same."""

from __future__ import annotations

import pytest

from accounts.references import parse
from accounts.suspects import read_suspect


def key(text: str, platform: str = "") -> str:
    return read_suspect(text, platform).key


OLD = ("youtube.com/user/Evilchan", "youtube.com/c/Evilchan", "youtube.com/Evilchan")


def test_an_old_address_of_youtube_is_reported_by_itself() -> None:
    keys = {key(one) for one in (*OLD, "youtube.com/@evilchan")}
    assert len(keys) == 4
    assert key("https://www.youtube.com/user/EVILCHAN/videos?si=1") == key(OLD[0])


@pytest.mark.parametrize("address", OLD)
def test_an_old_address_is_shown_as_it_was_asked_for(address: str) -> None:
    (one,) = parse(f"https://www.{address}?si=1")
    assert (one.shown, one.again) == (address, address)
    assert parse(one.shown) == [one]
    suspect = read_suspect(f"https://{address}", "")
    assert suspect.shown == address
    assert key(suspect.shown) == suspect.key
