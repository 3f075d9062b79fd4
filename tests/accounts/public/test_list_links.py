"""Old and mistyped links to the list: what leads nowhere is said, and nothing of it is kept."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount
from accounts.public import caching, directory
from accounts.public.directory import Wanted
from accounts.public.register import register
from tests.accounts.public.conftest import official
from tests.cast import Cast
from tests.gathering import each

Accounts = dict[str, OfficialAccount]
LAST = "The list has no such page, so its last page is shown."
FIRST = "The list has no such page, so its first page is shown."


def told(query: dict[str, str], language: str = "en") -> list[str]:
    """The sentences of the notice above the list, none where there is no notice."""
    answer = Client().get(reverse("official:register_list"), {**query, "lang": language})
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2]
    notice = re.search(r'<div class="notice notice-watch" role="status">(.*?)</div>', main, re.S)
    return re.findall(r"<p>(.*?)</p>", notice.group(1)) if notice else []


@each(
    ("query", "words"),
    [
        ({}, []),
        ({"platform": "", "unit": "", "page": "", "search": ""}, []),
        ({"platform": "instagram", "unit": "dinkes", "page": "1"}, []),
        # A platform that is known, though the agency is not on it: the list says it is empty.
        ({"platform": "linkedin"}, []),
        ({"page": "2"}, [FIRST]),
        ({"page": "0"}, [FIRST]),
        ({"page": "01"}, []),
        ({"page": "-1"}, [FIRST]),
        ({"page": "dua"}, [FIRST]),
        ({"page": "²"}, [FIRST]),
        ({"page": "9" * 9000}, [FIRST]),
        ({"plattform": "zzz"}, []),
    ],
)
def test_what_a_link_asks_for_in_vain_is_said(
    accounts: Accounts, query: dict[str, str], words: list[str]
) -> None:
    assert told(query) == words


@each(
    ("query", "names"),
    [
        ({"platform": "instagram", "unit": "dinkes"}, ""),
        ({"platform": "zzz"}, "Platform"),
        ({"platform": "Instagram"}, "Platform"),
        ({"unit": "zzz"}, "Unit"),
        ({"unit": " "}, "Unit"),
        ({"unit": "zzz", "platform": "zzz"}, "Unit, Platform"),
        ({"unit": "zzz", "platform": "x"}, "Unit"),
        ({"unit": "zzz", "search": "samudra"}, "Unit"),
        ({"page": "99", "unit": "zzz"}, "Unit"),
        ({"unit": "\0<script>\u202e" * 99}, "Unit"),
    ],
)
def test_a_filter_that_is_not_known_finds_nothing_and_is_named(
    accounts: Accounts, query: dict[str, str], names: str
) -> None:
    address = reverse("official:register_list")
    page = Client().get(address, {**query, "lang": "en"}).content.decode()
    assert told(query) == []
    assert ("A filter in this address is not known." in page) == bool(names)
    assert (f"Choose another value for: {names}." in page) == bool(names)
    if names:
        assert 'data-label="Platform"' not in page
        assert f'href="{address}?lang=en">Remove all filters' in page


def test_a_page_beyond_the_last_is_said_to_be_the_last(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "PAGE_SIZE", 2)
    for number in range(5):
        official(cast, "x", f"dinas_{number}")
    assert told({"page": "3"}) == []
    assert told({"page": "4"}) == [LAST]
    assert told({"page": "4", "search": "dinas_1"}) == [FIRST]


def test_it_is_said_in_the_language_of_the_agency_too(accounts: Accounts) -> None:
    assert len(told({"page": "9"}, "id")) == 1
    assert told({"platform": "x"}, "id") == []


def test_nothing_of_what_was_typed_is_in_the_page_or_kept(accounts: Accounts) -> None:
    answer = Client().get(reverse("official:register_list"), {"platform": "zzqq", "unit": "zzqq"})
    assert b"zzqq" not in answer.content
    snapshot = register.now().snapshot
    assert Wanted.read({"unit": "zz"}, snapshot) == Wanted.read({"unit": "qq"}, snapshot)


def test_random_links_fill_no_shelf(accounts: Accounts) -> None:
    for number in range(200):
        query = {"platform": f"p{number}", "unit": f"u{number}", "page": str(number)}
        Client().get(reverse("official:register_list"), query)
    assert len(caching.KNOWN) == 1
    assert len(caching.OTHER) == 0
