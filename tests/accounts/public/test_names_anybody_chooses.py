"""Addresses with the agency's name where anybody may write it: they make nobody official."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.addresses import clean_handle
from accounts.errors import AccountError
from accounts.models import OfficialAccount
from accounts.own_urls import refuse_foreign_url
from accounts.public import checking
from accounts.public.register import register
from accounts.references import CHOSEN_NAME, NO_ACCOUNT, POST, REMOTE, SHORTENED, parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.accounts.register_stage import register as register_account
from tests.cast import Cast

NUMBER = "104958162837465"
pytestmark = pytest.mark.usefixtures("published")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://mas.to/@samudrakota@evil.example", "evil.example"),
        ("https://mas.to/@samudrakota@evil.example/109876", "evil.example"),
        ("https://mas.to/web/@samudrakota@evil.example", "evil.example"),
        ("https://mas.to/users/samudrakota@evil.example", "evil.example"),
        ("https://www.mas.to/@samudrakota@evil.example", "evil.example"),
        # Whoever runs a server may show there what they like.
        ("https://evil.example/@samudrakota@mas.to", "mas.to"),
        ("https://evil.example/@samudrakota@mas.to/109876", "mas.to"),
        ("https://evil.example/@samudrakota@instagram.com", ""),
        ("https://evil.example/@samudrakota@www.threads.net", ""),
    ],
)
def test_what_a_server_shows_of_another_is_the_others_and_not_for_certain(
    text: str, host: str
) -> None:
    (one,) = parse(text)
    assert (one.host, one.handle, one.note) == (host, "samudrakota", REMOTE)
    assert parse(one.shown) == [one]
    assert verdicts(text) == ["similar"]
    assert checking.is_official(register.now().snapshot, one) is None
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "This address shows an account of another server" in page


@pytest.mark.parametrize(
    "text", ["https://mas.to/@samudrakota@mas.to", "https://mas.to/@samudrakota/1"]
)
def test_a_server_vouches_for_its_own(text: str) -> None:
    assert verdicts(text) == ["official"]
    (one,) = parse(text)
    assert parse(one.shown) == [one]


@pytest.mark.parametrize(
    "text",
    [
        "https://mas.to/@samudrakota@",
        "https://mas.to/@samudrakota@x",
        "https://mas.to/@a@b.id@mas.to",
    ],
)
def test_a_name_that_is_none_is_no_account(text: str) -> None:
    assert set(verdicts(text)) <= {"unknown", "similar"}


def test_an_account_shown_elsewhere_is_registered_on_its_own_server(cast: Cast) -> None:
    remote = "https://mastodon.social/@walikota@evil.example"
    assert clean_handle("mastodon", remote, "") == ("walikota", "evil.example")
    account = register_account(cast, platform="mastodon", handle=remote)
    assert (account.handle, account.host) == ("walikota", "evil.example")
    with pytest.raises(AccountError):
        clean_handle("mastodon", "https://mastodon.social/@walikota@threads.net", "")


@pytest.mark.parametrize("path", ["@humas@evil.example", "@humas@mas.to@evil.example", "@humas@x"])
def test_such_an_address_does_not_become_an_official_one(path: str) -> None:
    refuse_foreign_url("mastodon", "mas.to", "humas", "https://mas.to/@humas")
    with pytest.raises(AccountError):
        refuse_foreign_url("mastodon", "mas.to", "humas", f"https://mas.to/{path}")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("https://www.facebook.com/people/samudrakota/pfbid02AbCdEf/", CHOSEN_NAME),
        (f"https://www.facebook.com/people/{NUMBER}/pfbid02AbCdEf/", CHOSEN_NAME),
        (f"https://www.facebook.com/people/Kota-{NUMBER}/", CHOSEN_NAME),
        ("https://www.facebook.com/pages/samudrakota/category/evil", CHOSEN_NAME),
        ("https://www.facebook.com/pages/samudrakota", CHOSEN_NAME),
        ("https://www.facebook.com/p/samudrakota", CHOSEN_NAME),
        ("https://www.linkedin.com/posts/kota-samudra_bantuan-activity-7123", NO_ACCOUNT),
    ],
)
def test_a_display_name_is_no_account_and_the_answer_says_so(
    cast: Cast, text: str, note: str
) -> None:
    official(cast, "linkedin", "kota-samudra")
    (one,) = parse(text)
    assert (one.handle, one.note) == ("", note)
    assert verdicts(text) == ["unreadable"]
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    words = "anybody may choose" if note == CHOSEN_NAME else "This address names no account"
    assert words in page


@pytest.mark.parametrize(
    "text",
    [
        f"https://www.facebook.com/people/samudrakota/100000000000001/{NUMBER}",
        f"https://www.facebook.com/pages/{NUMBER}/100000000000001",
        f"https://www.facebook.com/p/Kota-{NUMBER}-100000000000001",
    ],
)
def test_only_the_number_that_facebook_reads_counts(text: str) -> None:
    assert [one.handle for one in parse(text)] == ["100000000000001"]
    assert verdicts(text) == ["unknown"]


@pytest.mark.parametrize(
    "path",
    [
        f"people/Siapa-Saja/{NUMBER}/",
        f"pages/Siapa/{NUMBER}",
        f"pages/category/Government/Siapa-{NUMBER}/",
        f"p/Siapa-{NUMBER}/",
        "pg/samudra.kota/about",
    ],
)
def test_a_page_is_told_by_its_number_whatever_it_is_called(
    accounts: dict[str, OfficialAccount], path: str
) -> None:
    assert verdicts(f"https://www.facebook.com/{path}") == ["official"]


@pytest.mark.parametrize(
    "text",
    [
        "https://www.facebook.com/pg/samudrakota/posts/123",
        "https://www.instagram.com/_u/samudrakota/p/Cabc/",
        "https://x.com/samudrakota/article/123",
        "https://www.threads.net/@samudrakota/post/C1",
        "https://www.tiktok.com/@samudrakota/video/73",
    ],
)
def test_a_post_is_known_for_one_however_its_address_is_written(text: str) -> None:
    (one,) = parse(text)
    assert one.note == POST


@pytest.mark.parametrize(
    "text",
    [
        "https://x.com/intent/post?screen_name=samudrakota&text=hi",
        "https://x.com/intent/user?screen_name=samudrakota&screen_name=evil",
    ],
)
def test_a_page_that_writes_for_somebody_names_no_account(text: str) -> None:
    assert [one.note for one in parse(text)] == [NO_ACCOUNT]


def test_a_post_under_the_agencys_name_can_be_reported(cast: Cast) -> None:
    (one,) = parse("https://x.com/samudrakota/status/1861234567890")
    assert checking.is_official(register.now().snapshot, one) is None
    suspect = read_suspect("https://x.com/samudrakota/status/1861234567890", "")
    assert suspect.key == "link|x.com/1861234567890", (
        "the number is the post, whatever name is there"
    )


def test_a_post_names_the_agency_by_its_published_number_too(cast: Cast) -> None:
    url = "https://www.facebook.com/profile.php?id=999888777666"
    official(cast, "facebook", "halaman.samudra", url=url)
    post = "https://m.facebook.com/story.php?story_fbid=1&id=999888777666"
    assert (verdicts(url), verdicts(post)) == (["official"], ["named"])


@pytest.mark.parametrize("host", ["abc.s.id", "m.bit.ly", "www.bit.ly", "vm.tiktok.com"])
def test_a_part_of_a_shortener_is_one_and_stops_nothing(cast: Cast, host: str) -> None:
    assert [one.note for one in parse(f"https://{host}/x")] == [SHORTENED]
    official(cast, "other", f"{host}/kota", url=f"https://{host}/kota")
    assert verdicts("https://instagram.com/samudrakota") == ["official"]


@pytest.mark.parametrize("coded", ["samu%E2%80%8Bdra", "sam%C2%ADudra", "%EF%BD%93amudra"])
def test_signs_that_nobody_sees_make_it_another_page(cast: Cast, coded: str) -> None:
    official(cast, "other", "sites.google.com/view/samudra", host="sites.google.com")
    assert verdicts("https://sites.google.com/view/samudra") == ["official"]
    assert verdicts(f"https://sites.google.com/view/{coded}") != ["official"]
