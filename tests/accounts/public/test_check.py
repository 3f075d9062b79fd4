"""Is this account official? The register answers, and says nothing that it does not know."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import OfficialAccount
from accounts.public import caching, checking, differences
from accounts.public.register import register
from tests.accounts.public.conftest import official
from tests.cast import Cast
from tests.gathering import each

Accounts = dict[str, OfficialAccount]
CHECK = "/official/check/"
pytestmark = pytest.mark.usefixtures("published")


def verdicts(text: str, platform: str = "") -> list[str]:
    snapshot = register.now().snapshot
    return [one.verdict for one in checking.answer(snapshot, checking.read(text, platform)).answers]


@each(
    ("text", "platform"),
    [
        ("https://instagram.com/SAMUDRAKOTA?igsh=1", ""),
        ("samudrakota", "instagram"),
        ("@samudrakota", ""),
        ("https://x.com/i/user/99120045", ""),
        ("https://facebook.com/samudrakota", ""),
        ("https://www.facebook.com/profile.php?id=104958162837465", ""),
        ("https://youtube.com/channel/UC" + "a" * 22, ""),
        ("https://samudrakota.go.id/berita/2026/banjir", ""),
        ("samudrakota.go.id", ""),
        ("@samudrakota@mas.to", ""),
    ],
)
def test_an_official_account_is_found_however_it_is_written(text: str, platform: str) -> None:
    assert verdicts(text, platform) == ["official"]


@each(
    ("text", "platform"),
    [
        ("https://instagram.com/samudrak0ta", ""),
        ("https://instagram.com/ѕаmudrаkоtа", ""),
        ("https://instagram.com/sarnudrakota", ""),
        ("https://instagram.com/samudrakota_official", ""),
        ("https://instagram.com/samudra.kota", ""),
        ("https://instagram.com/samudarkota", ""),
        ("https://instagram.com/cs.samudrakota2026", ""),
        ("https://tiktok.com/@samudrakota", ""),
        ("samudrakota", "tiktok"),
        ("@samudrakota@mastodon.social", ""),
        ("https://samudrakota-go.id", ""),
    ],
)
def test_what_could_be_taken_for_one_is_shown_beside_the_real_one(text: str, platform: str) -> None:
    assert verdicts(text, platform) == ["similar"]
    page = Client().get(
        reverse("official:account_check"), {"q": text, "platform": platform, "lang": "en"}
    )
    text = page.content.decode()
    assert "Not official, only similar" in text
    assert "/official/accounts/" in text
    # The way to a report is offered on every page; the answer itself says nothing of the kind.
    assert "fake" not in text.partition("<main")[2].lower()


@each(
    ("text", "verdict"),
    [
        ("https://instagram.com/dapurbunda", "unknown"),
        ("@kotalain", "unknown"),
        ("https://t.me/samudralama", "former"),
        ("https://threads.net/@samudrakota_siaga", "suspended"),
        ("https://bit.ly/x", "unreadable"),
        # Neither a number nor an e-mail address is a handle that looks like another.
        ("https://x.com/i/user/123", "unknown"),
        ("https://x.com/i/user/samudrakota", "unreadable"),
        ("https://youtube.com/channel/samudrakota", "unreadable"),
        ("samudrakota@gmail.com", "unknown"),
        ("samudrakota@mas.to", "official"),
        # Proposals and what was never more than one are nobody's business.
        ("https://tiktok.com/@usulanrahasia", "unknown"),
        ("https://t.me/takpernahdipakai", "unknown"),
    ],
)
def test_everything_else_is_told_apart(text: str, verdict: str) -> None:
    assert verdicts(text) == [verdict]


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ("ѕamudrakota", "@[ѕ]amudrakota",
         ["Sign 1 is not an ordinary letter s (a Cyrillic letter)"]),
        ("https://x.com/ѕamudrakota", "x.com/[ѕ]amudrakota",
         ["Sign 1 is not an ordinary letter s (a Cyrillic letter)"]),
        ("instagram.com/samudrak0ta", "instagram.com/samudrak[0]ta",
         ["the digit 0 stands in place of the letter o"]),
        ("instagram.com/sarnudrakota", "instagram.com/sa[rn]udrakota",
         ["“rn” stands in place of “m”"]),
        ("instagram.com/samudrakota_official", "instagram.com/samudrakota[_official]",
         ["“_official” is added after “samudrakota”"]),
        ("instagram.com/samudrkota", "instagram.com/samudrkota",
         ["“a” after “samudr” is missing"]),
        ("tiktok.com/@samudrakota", "tiktok.com/@samudrakota", []),
    ],
)  # fmt: skip
def test_the_sign_that_differs_is_marked_and_named(
    text: str, marked: str, words: list[str]
) -> None:
    with translation.override("en"):
        (answer,) = checking.answer(register.now().snapshot, checking.read(text, "")).answers
        assert answer.verdict == "similar"
        assert list(answer.told) == words
    plain = answer.shown.replace('<mark class="verdict-mark">', "[").replace("</mark>", "]")
    assert plain == marked
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert answer.shown in page
    assert "%D1" not in page.partition("<h2>")[2].partition("</h2>")[0]


@pytest.mark.parametrize(
    ("typed", "real", "words"),
    [
        ("bpbdsamudra", "bpbd_samudra", "the underscore (_) after “bpbd” is missing"),
        ("amudra", "samudra", "“s” at the beginning is missing"),
        ("samudra.kota", "samudrakota", "the full stop (.) is added after “samudra”"),
        ("_samudra", "samudra", "the underscore (_) is added at the beginning"),
        ("bpbd-samudra", "bpbd_samudra", "the hyphen (-) stands in place of the underscore (_)"),
        ("smaudra", "samudra", "“ma” is the wrong way round: it should be “am”"),
        ("samudraktoa", "samudrakota", "“to” is the wrong way round: it should be “ot”"),
    ],
)
def test_signs_are_named_in_words_with_what_stands_before_them(
    typed: str, real: str, words: str
) -> None:
    with translation.override("en"):
        assert [one.words for one in differences.between(typed, real)] == [words]


def test_a_suspended_account_is_the_agencys_own_and_not_to_be_followed_for_now() -> None:
    page = Client().get(CHECK, {"q": "https://threads.net/@samudrakota_siaga", "lang": "en"})
    text = page.content.decode()
    assert "is an official account that is suspended for now" in text
    assert "until it is active again" in text
    assert "somebody else today" not in text
    machine = Client().get(reverse("official:register_json")).json()
    states = {one["handle"]: one["status"] for one in machine["accounts"]}
    assert (states["samudrakota_siaga"], states["samudralama"]) == ("suspended", "closed")


def test_a_server_on_a_port_of_its_own_is_another_than_without(cast: Cast) -> None:
    official(cast, "mastodon", "kotaport", host="http://127.0.0.1:30305")
    assert verdicts("http://127.0.0.1:30305/@kotaport") == ["official"]
    assert verdicts("@kotaport@127.0.0.1:30305") == ["official"]
    assert verdicts("https://mas.to:443/@samudrakota") == ["official"]
    assert verdicts("http://127.0.0.1:30306/@kotaport") == ["similar"]
    assert verdicts("http://127.0.0.1/@kotaport") == ["similar"]


def test_a_number_of_x_is_no_handle_of_the_same_digits(cast: Cast) -> None:
    official(cast, "x", "123", platform_id="77")
    assert verdicts("x.com/123") == ["official"]
    assert verdicts("x.com/i/user/77") == ["official"]
    assert verdicts("x.com/i/user/123") == ["unknown"]


def test_the_name_of_the_agency_is_no_account_but_leads_to_its_accounts() -> None:
    page = Client().get(reverse("official:account_check"), {"q": "Kota Samudra", "lang": "en"})
    assert "neither a handle nor an address" in page.content.decode()
    assert "Kota Samudra instagram" in page.content.decode()


@pytest.mark.parametrize(("text", "shown", "more"), [("ѕamudrakota", 3, 3), ("Kota Samudra", 5, 1)])
def test_what_has_no_place_in_an_answer_is_counted_and_linked(
    text: str, shown: int, more: int
) -> None:
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert page.count('class="item"') == shown
    assert f"and {more} more official account" in page
    (link,) = re.findall(r'public-more">\s*<a href="([^"]*)"', page)
    listed = Client().get(html.unescape(link)).content.decode()
    assert listed.count('scope="row"') >= shown + more


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_an_empty_question_is_answered_beside_the_field(text: str) -> None:
    answer = Client().get(CHECK, {"q": text, "lang": "en"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Paste the address of an account, or write its name." in page
    assert 'aria-invalid="true"' in page
    fresh = Client().get(CHECK, {"lang": "en"})
    assert (fresh.status_code, "aria-invalid" in fresh.content.decode()) == (200, False)


@pytest.mark.parametrize("text", ["081234567890", "+62 812-3456-7890", "6281234567890"])
def test_a_telephone_number_is_no_account(text: str) -> None:
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert f"{text} is a telephone number" in page
    assert "The register holds accounts only" in page
    assert f'value="{text}"' in page


@pytest.mark.parametrize("text", ["humas@samudrakota.go.id", "samudrakota@gmail.com"])
def test_an_email_address_is_neither_confirmed_nor_said_to_be_a_strangers(text: str) -> None:
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert f"{text} is an e-mail address" in page
    assert "The register holds social media accounts and websites" in page
    assert "It does not represent the agency" not in page
    assert "is not known to the register" not in page


def test_an_address_of_the_fediverse_is_an_account() -> None:
    page = Client().get(CHECK, {"q": "@warga@mastodon.example", "lang": "en"}).content.decode()
    assert "is not known to the register" in page
    assert "e-mail address" not in page


def test_the_link_of_a_post_stays_in_the_field() -> None:
    link = "https://www.instagram.com/p/Cabc/?igsh=1"
    page = Client().get(CHECK, {"q": link}).content.decode()
    assert f'value="{link}"' in page


def test_a_handle_that_was_released_and_taken_again_is_official(cast: Cast) -> None:
    old = official(cast, "telegram", "kembali")
    OfficialAccount.objects.filter(pk=old.pk).update(
        status="closed", closed_on="2026-01-31", closed_reason="Ditutup"
    )
    OfficialAccount.objects.filter(pk=old.pk).update(status="released")
    official(cast, "telegram", "kembali")
    assert verdicts("t.me/kembali") == ["official"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "https://instagram.com/<img src=x onerror=alert(1)>",
        "@\"><svg/onload=alert(1)>",
        "https://evil.example/\"onmouseover=alert(1)",
        "a\r\nSet-Cookie: x=1",
        "{{ 7*7 }}{% load i18n %}",
        "\u202e" + "x" * 3000,
    ],
)  # fmt: skip
def test_hostile_text_is_shown_as_text(text: str) -> None:
    answer = Client().get(reverse("official:account_check"), {"q": text})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    for bad in ("<script", "<img src=x", "<svg/onload", '"onmouseover', "49"):
        assert bad not in page.replace("1490", "")
    assert "Set-Cookie" not in answer.headers


def test_random_questions_leave_the_kept_answers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.public import caching

    monkeypatch.setattr(caching, "OTHER", caching.Shelf(3))
    client, url = Client(), reverse("official:account_check")
    client.get(url, {"q": "@samudrakota"})
    known = len(caching.KNOWN)
    for number in range(20):
        client.get(url, {"q": f"@siapakah{number}xyz", "utm": str(number)})
    assert len(caching.OTHER) == 3
    assert len(caching.KNOWN) == known


@each(
    ("text", "host", "site", "marked"),
    [
        ("instagrarn.com/samudrakota", "instagrarn.com", "instagram.com",
         "instagra[rn].com/samudrakota"),
        ("https://lnstagram.com/samudrakota", "lnstagram.com", "instagram.com",
         "[l]nstagram.com/samudrakota"),
        ("faceb00k.com/Samudra.Kota/", "faceb00k.com", "facebook.com",
         "faceb[0][0]k.com/Samudra.Kota"),
        ("https://instagram.com.login-id.net/samudrakota", "instagram.com.login-id.net",
         "instagram.com", "instagram.com[.login-id.net]/samudrakota"),
        ("https://www.instagrarn.com/samudrak0ta/", "instagrarn.com", "instagram.com",
         "instagra[rn].com/samudrak[0]ta"),
        ("https://instagrarn.com/@samudrak0ta/", "instagrarn.com", "instagram.com",
         "@samudrak[0]ta@instagra[rn].com"),
        ("https://tikt0k.com/@samudrakota", "tikt0k.com", "tiktok.com",
         "@samudrakota@tikt[0]k.com"),
        ("https://lnstagram.com/dapurbunda", "lnstagram.com", "instagram.com",
         "[l]nstagram.com/dapurbunda"),
        ("https://\u0456nstagram.com/samudrakota", "\u0456nstagram.com", "instagram.com", None),
    ],
)  # fmt: skip
def test_the_site_is_named_that_is_written_like_a_platforms(
    text: str, host: str, site: str, marked: str | None
) -> None:
    (answer,) = checking.answer(register.now().snapshot, checking.read(text, "")).answers
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "is another website. Do not sign in there." in page
    assert f"The site is “{host}”, not “{site}”." in page
    assert "is added" not in page
    assert "is not in this register" in page or "official:" in page.lower()
    if marked:
        plain = answer.shown.replace('<mark class="verdict-mark">', "[").replace("</mark>", "]")
        assert plain == marked


@pytest.mark.parametrize(
    "text", ["https://instagram.com/samudrakota", "https://fox.com/samudrakota", "t.me.uk"]
)
def test_other_sites_are_not_said_to_be_written_like_a_platforms(text: str) -> None:
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "Do not sign in there" not in page


def test_a_handle_on_another_server_is_named_with_its_server() -> None:
    page = Client().get(CHECK, {"q": "@samudrakota@mastodon.social", "lang": "en"})
    text = page.content.decode()
    assert "The official account of this name is on another server: @samudrakota@mas.to." in text
    assert "on another platform" not in text
    code = register.now().snapshot.named("samudrakota")
    (mastodon,) = [one for one in code if one.platform == "mastodon"]
    detail = Client().get(f"/official/accounts/{mastodon.code}/").content.decode()
    assert "<dd>@samudrakota@mas.to</dd>" in detail.replace("<wbr>", "")


def test_only_a_handle_that_was_given_up_is_said_to_be_free(cast: Cast, accounts: Accounts) -> None:
    words = "may belong to somebody else today"
    assert (
        words not in Client().get(CHECK, {"q": "t.me/samudralama", "lang": "en"}).content.decode()
    )
    OfficialAccount.objects.filter(pk=accounts["closed"].pk).update(status="released")
    register.forget()
    caching.KNOWN.clear()
    assert words in Client().get(CHECK, {"q": "t.me/samudralama", "lang": "en"}).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "samudralaut.go.id",
        "www.SamudraLaut.go.id",
        "https://samudralaut.go.id/berita",
        "https://bpbd.samudralaut.go.id",
        "samudralaut.com",
        "kotalain.co.id",
    ],
)
def test_a_website_that_is_not_registered_is_answered_as_a_website(cast: Cast, text: str) -> None:
    official(cast, "instagram", "samudralaut")
    assert verdicts(text) == ["unknown"]
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    title = " ".join(page.partition("<h2>")[2].partition("</h2>")[0].split())
    name = text.removeprefix("https://")
    assert f"The website {name} is not in this register" in title
    assert "It does not represent the agency" not in page
    assert f'{name}" autocapitalize' in page


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("samudrakota-go.id", "similar"),
        ("https://samudralaut-bansos.com", "similar"),
        ("samudra1aut.com", "similar"),
        ("@samudralaut.id", "similar"),
        ("www.samudrakota.go.id", "official"),
        ("Laut.id", "official"),
        ("@laut.id", "official"),
    ],
)
def test_a_name_with_a_point_may_still_be_a_handle_or_an_imitation(
    cast: Cast, text: str, verdict: str
) -> None:
    official(cast, "instagram", "samudralaut")
    official(cast, "tiktok", "laut.id")
    assert verdicts(text) == [verdict]


@pytest.mark.parametrize("code", ["AAAA", "TR-" + "A" * 20])
@pytest.mark.usefixtures("accounts")
def test_a_report_that_is_not_there_is_not_looked_for_in_the_register(code: str) -> None:
    answer = Client().get(f"/official/report/{code}/", {"lang": "en"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "This report was not found" in page
    assert "Make a report" in page
    assert "not in the register" not in page
    other = Client().get("/official/accounts/tidakada/", {"lang": "en"}).content.decode()
    assert "cannot be found here is not in the register" in other
