"""The page around the answers: what they come to, and where each leads."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils.http import urlencode

from accounts.models import OfficialAccount
from accounts.public import caching
from accounts.suspects import read_suspect
from tests.accounts.public.test_reports import _stamp_of
from tests.gathering import each

CHECK, REPORT = "/official/check/", "/official/report/"
pytestmark = pytest.mark.usefixtures("published")


def page(**query: str) -> str:
    text = Client().get(CHECK, {"lang": "en", **query}).content.decode()
    return html.unescape(" ".join(text.split()))


def report_links(text: str) -> list[str]:
    return re.findall(r'class="button" href="([^"]*/report/[^"]*)"', text)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("@samudrakota @dapurbunda", "2 accounts checked: 1 official, 1 not registered"),
        ("@samudrakota\n@samudrak0ta\n@dapurbunda",
         "3 accounts checked: 1 official, 1 similar to an official account, 1 not registered"),
        ("t.me/samudralama threads.net/@samudrakota_siaga https://bit.ly/x",
         "3 entries checked: 1 no longer official, 1 suspended for now, 1 cannot be told"),
        ("budi@gmail.com @dapurbunda", "2 entries checked: 1 cannot be told, 1 not registered"),
    ],
)  # fmt: skip
def test_several_answers_are_summed_up_first_with_a_way_to_each(text: str, summary: str) -> None:
    found = page(q=text)
    assert summary in found
    anchors = re.findall(r'class="item" href="#(answer-\d)"', found)
    assert anchors == [f"answer-{number}" for number in range(1, len(text.split()) + 1)]
    for anchor in anchors:
        assert found.index(summary) < found.index(f'id="{anchor}"')


def test_one_answer_needs_no_sum() -> None:
    assert "checked:" not in page(q="@samudrakota")


def test_hostile_names_are_shown_as_text_in_the_sum() -> None:
    text = Client().get(CHECK, {"q": "@<script>alert(1)</script> @a<b>"}).content.decode()
    assert "<script" not in text
    assert "<b>" not in text


def test_each_answer_leads_to_a_report_about_itself_alone() -> None:
    links = report_links(page(q="@dapurbunda https://instagram.com/samudrak0ta @samudrakota"))
    assert links == [
        f"{REPORT}?{urlencode({'suspect': suspect, 'lang': 'en'})}"
        for suspect in ("@dapurbunda", "instagram.com/samudrak0ta")
    ]


def test_the_platform_that_was_chosen_goes_along_with_a_name_without_its_server() -> None:
    (link,) = report_links(page(q="dapurbunda", platform="mastodon"))
    form = Client().get(link).content.decode()
    assert 'value="@dapurbunda"' in form
    assert '<option value="mastodon" selected>' in form
    forged = Client().get(REPORT, {"platform": "<script>alert(1)"})
    assert (forged.status_code, "<script>alert" in forged.content.decode()) == (200, False)


@pytest.mark.parametrize(
    "number", ["0812-3456-7890", "+62 812 3456 7890", "https://wa.me/6281234567890?text=halo"]
)
def test_a_number_is_warned_of_and_can_be_reported(number: str) -> None:
    text = page(q=number)
    assert "do not send money, codes or personal data to this number" in text
    (link,) = report_links(text)
    assert "Report this number" in text
    form = html.unescape(Client().get(link).content.decode())
    typed = re.findall(r'name="suspect" value="([^"]*)"', form)[0]
    assert read_suspect(typed, "").shown == read_suspect(number, "").shown


@pytest.mark.parametrize(
    ("suspect", "words", "others"),
    [
        ("0812-3456-7890", "report the number to its provider", "to the platform"),
        ("https://wa.me/6281234567890", "report the number to WhatsApp", "provider"),
        ("https://t.me/penipu", "report the account to the platform", "the provider"),
    ],
)
@pytest.mark.usefixtures("accounts")
def test_the_page_of_a_report_says_to_whom_it_goes(suspect: str, words: str, others: str) -> None:
    data = {"suspect": suspect, "happened": "Minta uang", "stamp": _stamp_of(60)}
    made = Client().post(f"{REPORT}?lang=en", data)
    text = Client().get(made.headers["Location"]).content.decode()
    assert words in text
    assert others not in text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("samudrakota.go.id", "samudrakota.go.id is an official website"),
        ("www.samudrakota.go.id/", "samudrakota.go.id is an official website"),
        ("https://samudrakota.go.id/berita/1", "is a page of an official website"),
        ("https://samudrakota.go.id/?id=1", "official website"),
        ("@samudrakota", "is official on the platforms below"),
    ],
)
def test_a_website_is_called_one(text: str, title: str) -> None:
    found = page(q=text)
    assert title in found
    assert (">Official website<" in found) is ("website" in title)


def test_a_platform_that_is_not_known_is_told_of() -> None:
    words = "A filter in the address is not known here, so it was left out."
    assert words in page(platform="zzz")
    assert words in page(q="@samudrakota", platform="<script>")
    assert words not in page(q="@samudrakota", platform="x")
    # However many are made up, they are kept as one.
    before = len(caching.KNOWN)
    for number in range(5):
        page(q="@samudrakota", platform=f"zzz{number}")
    assert len(caching.KNOWN) == before


def test_a_mistake_is_told_above_the_field() -> None:
    found = page(q="")
    assert found.index('id="q-error"') < found.index('<input id="q"')


@each(
    ("text", "title", "button"),
    [
        ("https://samudrakota-go.id", "The website samudrakota-go.id is not official", "website"),
        ("https://lain.example/x", "The website lain.example/x is not in", "website"),
        ("https://lnstagram.com/x", "The website lnstagram.com/x is not", "website"),
        ("budi@gmail.com", "budi@gmail.com is an e-mail address", "e-mail address"),
        ("0812-3456-7890", "0812-3456-7890 is a telephone number", "number"),
        ("https://bit.ly/x", "does not say which account it is", "address"),
        ("https://instagram.com/p/C1", "does not say which account it is", "address"),
        ("@dapurbunda", "@dapurbunda is not known", "account"),
        ("t.me/samudralama", "was an official account", "account"),
    ],
)
def test_each_is_called_what_it_is(text: str, title: str, button: str) -> None:
    found = page(q=text)
    assert title in re.sub(r"</?mark[^>]*>", "", found)
    assert re.findall(r">(Report this [^<]*)<", found) == [f"Report this {button}"]
    if button == "website":
        assert "private account" not in found
        assert "report this website" in found or "this website pretends" in found


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("suspended", "samudrakota.go.id is an official website that is suspended for now"),
        ("closed", "samudrakota.go.id was an official website and is not used now"),
    ],
)
def test_a_website_that_rests_is_called_one(
    accounts: dict[str, OfficialAccount], status: str, title: str
) -> None:
    closed = {"closed_on": "2026-03-31", "closed_reason": "Digabung"}
    OfficialAccount.objects.filter(pk=accounts["feed"].pk).update(
        status=status, **(closed if status == "closed" else {})
    )
    found = page(q="https://samudrakota.go.id")
    assert title in found
    assert "Report this website" in found


def test_an_address_that_is_mail_as_well_vouches_for_no_mail() -> None:
    found = page(q="samudrakota@mas.to")
    assert "is the address of an official account on Mastodon" in found
    assert "says nothing about mail" in found
    assert "You may trust" not in found
    assert "You may trust" in page(q="@samudrakota@mas.to")


@pytest.mark.parametrize("text", ["humas samudra", "zzz qqq"])
def test_words_that_name_no_account_lead_to_a_report_too(text: str) -> None:
    assert report_links(page(q=text)) == [f"{REPORT}?lang=en"]


def test_the_sum_has_the_badges_of_the_cards_with_a_sign_each() -> None:
    asked = (
        "samudrakota.go.id @samudrak0ta @dapurbunda t.me/samudralama https://bit.ly/x",
        "https://x.com/samudrakota/status/1 threads.net/@samudrakota_siaga @samudrakota budi@a.id",
    )
    for text in asked:
        found = page(q=text)
        summary, cards = re.split(r"</nav>", found.partition("<main")[2], maxsplit=1)
        badges = re.findall(r'<span class="badge.*?</svg>[^<]+</span>', summary)
        assert len(badges) == len(text.split())
        heads = re.findall(r'<h2>\s*(<span class="badge.*?</svg>[^<]+</span>)', cards)
        assert badges == heads
