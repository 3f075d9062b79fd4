"""What the public pages put back into their fields and links reads as it did the first time."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.public import caching, checking
from accounts.references import LONGEST_TYPED, parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.accounts.public.test_reports import send
from tests.accounts.public.test_reports import stamp as stamp  # a fixture
from tests.cast import Cast
from tests.gathering import each

pytestmark = pytest.mark.usefixtures("published")
POST = "https://x.com/samudrakota_/status/1861234567890"
NUMBERED = "104958162837465"

TEXTS = [
    "@samudrakota",
    "samudrakota",
    "samudrakota.id",
    "www.samudrakota.travel",
    "UC" + "a" * 22,
    "@UC" + "a" * 22,
    "@samudrakota@mas.to",
    "samudrakota@mas.to",
    "https://samudrakota.travel",
    "http://www.samudrakota.go.id/",
    "https://samudrakota.id?id=1",
    "https://x.example:8080",
    "https://x.example/profile.php?id=1",
    "https://bahagia.例え.jp/kota",
    "https://www.instagram.com/samudrakota/p/Cabc/?igsh=abc",
    f"https://www.facebook.com/permalink.php?story_fbid=1&id={NUMBERED}",
    f"https://www.facebook.com/profile.php?id={NUMBERED}",
    "https://x.com/samudrakota/status/1?s=20#foto",
    r"https:\\x.com\samudrakota\status\1",
    "https://tamu@x.com/samudrakota/status/1",
    f"https://x.com/{'%20' * 300}samudrakota/status/1",
    "https://www.threads.net/@samudrakota/post/abc",
    "https://www.tiktok.com/@samudrakota/video/1",
    "https://l.instagram.com/?u=https%3A%2F%2Fx.com%2Fsamudrakota%2Fstatus%2F1&e=AT0",
    "https://x.com/i/user/99120045",
    "https://mas.to/@samudrakota/111",
    "https://mas.to/@samudrakota@lain.example",
    "https://mas.to/@samudrakota@instagram.com",
    "https://mas.to/web/@samudrakota@lain.example",
    "https://mas.to/web/accounts/12",
    "https://www.youtube.com/user/Samudra",
    "https://www.instagram.com/p/Cabc",
    "https://bit.ly/abc",
    "0812 3456 7890",
    f"{POST} https://samudrakota.travel @samudrakota",
    "nama tanpa akun",
]


@each("text", TEXTS)
def test_what_is_put_back_reads_as_before(text: str) -> None:
    first = checking.read(text, "")
    assert checking.read(first.again, "") == first
    assert checking.read(first.again, "").again == first.again


@each("text", [one for one in TEXTS if len(one) < LONGEST_TYPED])
def test_a_report_of_what_is_put_back_is_about_the_same(text: str) -> None:
    for one in parse(text):
        (again,) = parse(one.again)
        assert again == replace(one, altered=False)
        if len(parse(text)) == 1:
            assert read_suspect(one.again, "x").key == read_suspect(text, "x").key


def page_of(query: dict[str, str]) -> str:
    answer = Client().get(CHECK, {"lang": "en", **query})
    return html.unescape(answer.content.decode())


def field(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page)
    assert found
    return html.unescape(found.group(1))


def test_the_address_of_a_post_stays_one_when_it_is_sent_again_or_in_another_language() -> None:
    warning = "This is the address of a post, and anybody can write a name into it"
    post = "https://x.com/samudrakota/status/1"
    first = page_of({"q": f"lihat {post}?utm_source=wa"})
    assert warning in first
    assert field(first, "q") == post
    assert warning in page_of({"q": field(first, "q")})
    (other,) = {
        link for link in re.findall(r'href="(/official/check/\?[^"]*)" hreflang="id"', first)
    }
    assert parse_qs(urlsplit(other).query)["q"] == [post]


def test_a_website_stays_one() -> None:
    page = page_of({"q": "https://toko-budi.travel"})
    assert "The website toko-budi.travel is not in this register" in page
    assert "The website toko-budi.travel is not in this register" in page_of(
        {"q": field(page, "q")}
    )


@pytest.mark.parametrize("text", [POST, "https://samudrakota_.travel"])
@pytest.mark.usefixtures("accounts")
def test_the_report_is_about_what_was_checked_also_after_a_mistake(stamp: str, text: str) -> None:
    link = re.findall(r'href="(/official/report/\?suspect[^"]*)"', page_of({"q": text}))[0]
    form = Client().get(link).content.decode()
    assert read_suspect(field(form, "suspect"), "") == read_suspect(text, "")
    refused = send(stamp, suspect=field(form, "suspect"), happened="")
    assert refused.status_code == 422
    again = field(refused.content.decode(), "suspect")
    assert read_suspect(again, "") == read_suspect(text, "")
    assert send(stamp, suspect=again).status_code == 302


def test_posts_of_one_account_are_answered_once_and_each_with_its_own_address() -> None:
    assert verdicts(f"{POST} {POST}1") == ["similar"]
    assert [field(page_of({"q": f"{POST}{n}"}), "q") for n in "12"] == [f"{POST}1", f"{POST}2"]


def test_made_up_posts_push_no_common_answer_out(cast: Cast) -> None:
    official(cast, "x", "akunresmi")
    Client().get(reverse("official:register_list"))
    for number in range(20):
        page_of({"q": f"https://x.com/akunresmi/status/{number}?igsh={number}"})
        page_of({"q": f"https://x.com/akunresmi/status/1?igsh={number}"})
    assert len(caching.KNOWN) == 1
    assert len(caching.OTHER) == 20
