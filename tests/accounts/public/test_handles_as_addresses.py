"""A handle of Bluesky is the name of a server too, and people paste it as an address."""

from __future__ import annotations

import pytest

from accounts.own_urls import refuse_foreign_url
from accounts.public.snapshot import PublicAccount
from accounts.references import parse
from accounts.suspects import read_suspect
from tests.accounts.public.test_published import answered, public, verdicts
from tests.gathering import each

COMMON = public("bluesky", "bsky.social", "humas-kota.bsky.social")
OWN = public("bluesky", "bsky.social", "humas.kota.go.id")
SITE = public("feed", "kota.go.id", "kota.go.id")
NAMESAKE = public("tiktok", "", "humas.kota.com")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("https://humas-kota.bsky.social", COMMON),
        ("http://Humas-Kota.bsky.social/?utm_source=wa#atas", COMMON),
        ("cek humas-kota.bsky.social ya", COMMON),
        ("https://humas.kota.go.id/", OWN),
        ("https://humas.kota.go.id/?fbclid=1", OWN),
        ("humas.kota.go.id", OWN),
    ],
)
def test_the_address_of_a_handle_is_its_account(asked: str, expected: PublicAccount) -> None:
    (one,) = answered(asked, COMMON, OWN, SITE, NAMESAKE).answers
    assert (one.verdict, list(one.accounts)) == ("official", [expected])
    assert one.is_one_account or asked == expected.handle


@each(
    "asked",
    [
        "https://humas-k0ta.bsky.social", "https://bsky.social", "https://a.humas-kota.bsky.social",
        "https://humas-kota.bsky.social:8443", "https://humas-kota.bsky.social/masuk",
        "https://humas-kota.bsky.social.evil.example", "https://www.humas-kota.bsky.social",
        "https://humas-kota.bsky.social?u=//evil.example", "https://humas_kota.bsky.social",
        "x@humas-kota.bsky.social", "https://humas.kota.go.id/masuk", "https://humas.kota.go.id:8443",
        "https://humas.kota.go.id/?u=//evil.example", "https://x.humas.kota.go.id",
        # Of other platforms a handle with points in it is no server.
        "https://humas.kota.com",
    ],
)  # fmt: skip
def test_any_other_address_is_not(asked: str) -> None:
    assert "official" not in verdicts(asked, COMMON, OWN, SITE, NAMESAKE)


@each("before", ["https://", "", "@", "https://bsky.app/profile/"])
@each("handle", ["hum\u0430s-kota.bsky.social", "xn--hums-kota-2yh.bsky.social"])
def test_letters_of_another_script_are_seen_in_such_a_name_also_in_code(
    before: str, handle: str
) -> None:
    (one,) = answered(f"{before}{handle}", COMMON, OWN).answers
    assert (one.verdict, one.alike[0]) == ("similar", COMMON)


def test_a_registered_website_is_that_and_not_the_account_of_its_name() -> None:
    site = public("other", "humas.kota.go.id", "humas.kota.go.id")
    (one,) = answered("https://humas.kota.go.id", OWN, site).answers
    assert list(one.accounts) == [site]
    assert one.is_official_site


def test_such_an_address_can_be_that_of_the_account_and_of_a_suspect() -> None:
    refuse_foreign_url("bluesky", "bsky.social", COMMON.handle, "https://humas-kota.bsky.social")
    by_address = read_suspect("https://penipu.bsky.social", "")
    assert by_address.key == read_suspect("penipu.bsky.social", "bluesky").key
    assert by_address.platform == "bluesky"
    (one,) = parse("https://penipu.bsky.social")
    assert parse(one.shown) == [one]
