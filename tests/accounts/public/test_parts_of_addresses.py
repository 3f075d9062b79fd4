"""A name is compared with the part of a page's address that it could be taken for."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.public.answers import Answer
from accounts.public.snapshot import PublicAccount
from tests.accounts.public.test_published import answered, public

LETTER_O = "the digit 0 stands in place of the letter o"


def similar(asked: str, *accounts: PublicAccount) -> Answer:
    (answer,) = answered(asked, *accounts).answers
    assert answer.verdict == "similar"
    return answer


def site(address: str) -> PublicAccount:
    return public("other", address.partition("/")[0], address)


@pytest.mark.parametrize(
    ("asked", "page", "told"),
    [
        (
            "samudra",
            "medium.com/p/kabar-kota-samudra",
            ["“kabar-kota-” at the beginning is missing"],
        ),
        ("dinkes", "portal.example/id/dinkes-samudra", ["“-samudra” after “dinkes” is missing"]),
        (
            "samudrakota",
            "portal.example/a/samudrakota-dinas-kesehatan",
            ["“-dinas-kesehatan” after “samudrakota” is missing"],
        ),
        # Neither one sign nor a name that a programme gave to what it is asked for.
        ("samudrak0ta", "samudrakota.semarangkab.go.id/berita", [LETTER_O]),
        ("samudrak0ta", "samudrakota.semarangkab.go.id/index.php?p=1", [LETTER_O]),
        ("samudrak0ta", "portal.example/index.php?samudrakat0=1&unit=samudrakota", [LETTER_O]),
        ("samudrak0ta", "samudrakota.example:8443/berita", [LETTER_O]),
        # The ending of a site is no part of its name, nor is the sign before one.
        ("samudrak0ta", "samudrakota.go.id/berita", [LETTER_O]),
        (
            "samudrakota_",
            "samudrakota.go.id/berita",
            ["the underscore (_) is added after “samudrakota”"],
        ),
        ("samudrak0ta", "medium.com/@samudrakota", [LETTER_O]),
        ("dinas12", "portal.example/dinas/12", ["“12” is added after “dinas”"]),
    ],
)
def test_what_is_told_is_how_it_differs_from_the_part_that_is_like_it(
    asked: str, page: str, told: list[str]
) -> None:
    account = site(page)
    with translation.override("en"):
        answer = similar(f"https://x.com/{asked}", account)
        assert answer.told == told
    assert answer.nearest == account


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("samudrakota", "samudrakota.go.id/berita"),
        ("samudrakota", "medium.com/@samudrakota"),
        # It looks like two parts together.
        ("pinkota", "portal.example/pin/kota"),
    ],
)
def test_where_it_differs_from_no_part_or_is_like_none_nothing_is_told(
    asked: str, page: str
) -> None:
    answer = similar(f"https://x.com/{asked}", site(page))
    assert (answer.told, answer.nearest) == ([], None)


@pytest.mark.parametrize("page", ["?p=1", "/?p=1", "/p/1/id"])
def test_an_account_is_nearer_than_a_page_with_short_parts(page: str) -> None:
    account = public("x", "", "samudrakota")
    pages = site(f"samudrakota.semarangkab.go.id{page}")
    with translation.override("en"):
        answer = similar("https://x.com/samudrak0ta_", pages, account)
        assert answer.told == [LETTER_O, "the underscore (_) is added after “samudrak0ta”"]
    assert answer.nearest == account


def test_so_it_is_of_a_name_on_a_site_that_is_written_like_a_platforms() -> None:
    page = site("samudrakota.go.id/berita")
    with translation.override("en"):
        answer = similar("https://instagrarn.com/samudrak0ta", page)
        assert answer.told == [LETTER_O]
    assert similar("https://instagrarn.com/samudrakota", page).told == []
