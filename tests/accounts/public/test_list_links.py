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
from tests.conftest import Cast

Accounts = dict[str, OfficialAccount]
WHOLE = "The filter in the address is not known here, so the whole list is shown."
LEFT_OUT = "A filter in the address is not known here, so it was left out."
LAST = "The list has no such page, so its last page is shown."
FIRST = "The list has no such page, so its first page is shown."


def told(query: dict[str, str], language: str = "en") -> list[str]:
    """The sentences of the notice above the list, none where there is no notice."""
    answer = Client().get(reverse("official:register_list"), {**query, "lang": language})
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2]
    notice = re.search(r'<div class="notice notice-watch" role="status">(.*?)</div>', main, re.S)
    return re.findall(r"<p>(.*?)</p>", notice.group(1)) if notice else []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, []),
        ({"platform": "", "unit": "", "page": "", "search": ""}, []),
        ({"platform": "instagram", "unit": "dinkes", "page": "1"}, []),
        # A platform that is known, though the agency is not on it: the list says it is empty.
        ({"platform": "linkedin"}, []),
        ({"platform": "zzz"}, [WHOLE]),
        ({"platform": "Instagram"}, [WHOLE]),
        ({"unit": "zzz"}, [WHOLE]),
        ({"unit": " "}, [WHOLE]),
        ({"unit": "zzz", "platform": "zzz"}, [WHOLE]),
        ({"unit": "zzz", "platform": "x"}, [LEFT_OUT]),
        ({"unit": "zzz", "search": "samudra"}, [LEFT_OUT]),
        ({"page": "2"}, [FIRST]),
        ({"page": "0"}, [FIRST]),
        ({"page": "01"}, []),
        ({"page": "-1"}, [FIRST]),
        ({"page": "dua"}, [FIRST]),
        ({"page": "²"}, [FIRST]),
        ({"page": "9" * 9000}, [FIRST]),
        ({"page": "99", "unit": "zzz"}, [WHOLE, FIRST]),
        ({"plattform": "zzz"}, []),
        ({"unit": "\0<script>\u202e" * 99}, [WHOLE]),
    ],
)
def test_what_a_link_asks_for_in_vain_is_said(
    accounts: Accounts, query: dict[str, str], words: list[str]
) -> None:
    assert told(query) == words


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
    assert len(told({"platform": "zzz", "page": "9"}, "id")) == 2
    assert told({"platform": "x"}, "id") == []


def test_nothing_of_what_was_typed_is_in_the_page_or_kept(accounts: Accounts) -> None:
    answer = Client().get(reverse("official:register_list"), {"platform": "zzqq", "unit": "zzqq"})
    assert b"zzqq" not in answer.content
    snapshot = register.now().snapshot
    assert Wanted.read({"platform": "zz"}, snapshot) == Wanted.read({"unit": "qq"}, snapshot)


def test_random_links_fill_no_shelf(accounts: Accounts) -> None:
    for number in range(200):
        query = {"platform": f"p{number}", "unit": f"u{number}", "page": str(number)}
        Client().get(reverse("official:register_list"), query)
    # The pages 0, 1 and "beyond" of the whole list.
    assert len(caching.KNOWN) == 3
    assert len(caching.OTHER) == 0
