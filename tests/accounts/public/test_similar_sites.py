"""Websites beside registered ones: imitations, parts of them, and what only shares their words."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.errors import AccountError
from accounts.public import checking
from accounts.public.register import register
from accounts.references import parse
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.accounts.test_suspect_words import received
from tests.cast import Cast
from tests.gathering import each


@pytest.fixture
def site(cast: Cast) -> None:
    official(cast, "feed", "samudrakota.example", host="samudrakota.example")
    official(cast, "instagram", "samudrakota")


def answered(text: str) -> str:
    return Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "text",
    [
        "https://s\u0430mudrakota.example/bansos",
        "https://xn--smudrakota-zqi.example",
        "xn--smudrakota-zqi.example/bansos",
        "s\u0430mudrakota.example",
    ],
)
def test_a_site_in_letters_of_another_script_is_an_imitation(text: str) -> None:
    snapshot = register.now().snapshot
    assert verdicts(text) == ["similar"]
    # The report goes to the unit whose site it looks like.
    assert checking.resembled(snapshot, parse(text)[0])[0].handle == "samudrakota.example"
    assert "is not an ordinary letter a (a Cyrillic letter)" in answered(text)


@pytest.mark.usefixtures("site")
@each("ending", ["com", "net", "org", "xyz", "online", "web.id", "com.sg"])
@each("shape", ["{}", "https://www.{}", "{}/bansos?x=1", "bantuan.{}"])
def test_the_name_of_a_registered_site_with_another_ending_is_similar(
    ending: str, shape: str
) -> None:
    text = shape.format(f"samudrakota.{ending}")
    assert verdicts(text) == ["similar"]
    (one,) = checking.answer(register.now().snapshot, checking.read(text, "")).answers
    assert one.alike[0].handle == "samudrakota.example"
    assert f"“{ending}” stands in place of “example”" in answered(text)


@pytest.mark.parametrize(
    ("registered", "asked", "verdict"),
    [
        ("bps.go.id", "bps.com", "similar"),
        ("dinkes.samudrakota.go.id", "samudrakota.com", "similar"),
        ("samudrakota.example", "samudrakata.com", "similar"),
        ("samudrakota.example", "samudrakota.blogspot.com", "similar"),
        ("samudrakota.blogspot.com", "samudrakota.com", "similar"),
        # Who has the ending of the government is a public body.
        ("samudrakota.example", "samudrakota.go.id", "unknown"),
        # The site of others on which a page is, and the server of a blog, are nobody's name.
        ("blog.example/dinkes", "blog.com", "unknown"),
        ("dinkes.blogspot.com", "blogspot.xyz", "unknown"),
        ("samudrakota.example", "samudramotor.com", "unknown"),
    ],
)
def test_stems_are_compared_with_those_of_registered_sites(
    cast: Cast, registered: str, asked: str, verdict: str
) -> None:
    official(cast, "feed", registered, host=registered.partition("/")[0])
    assert verdicts(f"https://{asked}") == [verdict]


@pytest.mark.parametrize(
    "text",
    [
        "@whatsapp", "x.com/WhatsApp", "tiktok.com/@channel", "@latihan", "@example",
        "instagram.com/example", "@blogspot",
    ],
)  # fmt: skip
def test_nobody_is_similar_to_the_server_of_an_official_account(cast: Cast, text: str) -> None:
    official(cast, "whatsapp", "whatsapp.com/channel/0029VaSamudraKota")
    official(cast, "feed", "samudrakota.example", host="samudrakota.example")
    official(cast, "feed", "dinkes.blogspot.com", host="dinkes.blogspot.com")
    official(cast, "bluesky", "samudrakota.latihan.test", host="https://bsky.social")
    assert verdicts(text) == ["unknown"]
    # Their own parts still count.
    assert verdicts("instagram.com/samudrakota") == ["similar"]
    assert verdicts("https://whatsapp.com/channel/0029VaSamudraKotb") == ["similar"]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "text",
    [
        "bantuan.samudrakota.example",
        "https://bantuan.samudrakota.example/daftar",
        "https://samudrakota.example:8443/",
        "http://www.samudrakota.example:8080/layanan",
        "samudrakota.example/@humas",
        "https://samudrakota.example/@samudrakota",
        "@humas@samudrakota.example",
    ],
)
def test_a_part_of_a_registered_site_is_no_imitation_of_it(text: str) -> None:
    assert verdicts(text) == ["unknown"]
    page = answered(text)
    assert "It is a part of the official website samudrakota.example, which is." in page
    assert "does not represent the agency" not in page
    assert "pretends to be" not in page


@pytest.mark.usefixtures("site")
def test_what_only_ends_like_a_registered_site_is_no_part_of_it() -> None:
    assert verdicts("https://bantuan-samudrakota.example") == ["similar"]
    assert verdicts("https://instagram.com.samudrakota.example/samudrakota") == ["similar"]
    # Nothing is said about mail.
    assert "part of the official website" not in answered("humas@samudrakota.example")


@pytest.mark.parametrize("shared", ["wordpress.com", "web.id"])
def test_a_server_for_everybody_makes_nothing_a_part_of_the_agency(cast: Cast, shared: str) -> None:
    official(cast, "feed", shared, host=shared)
    assert "part of the official website" not in answered(f"https://toko-budi.{shared}")


@pytest.mark.parametrize("domain", ["instagram.com", "facebook.com", "mail.instagram.com"])
def test_mail_from_the_domain_of_a_platform_is_not_the_account(cast: Cast, domain: str) -> None:
    official(cast, "instagram", "samudrakota")
    official(cast, "facebook", "samudrakota")
    page = answered(f"From: Pemkot <samudrakota@{domain}>")
    assert verdicts(f"From: Pemkot <samudrakota@{domain}>") == ["unknown"]
    assert f"samudrakota@{domain} is an e-mail address" in page
    # With the sign in front it is how the fediverse names the account.
    assert verdicts("@samudrakota@instagram.com") == ["official"]


def test_the_code_of_a_channel_in_other_capitals_is_told_as_that(cast: Cast) -> None:
    official(cast, "whatsapp", "whatsapp.com/channel/0029VaSamudraKota")
    page = answered("https://whatsapp.com/channel/0029vasamudrakota")
    assert "Capital and small letters count here" in page
    assert "on another server" not in page


@pytest.mark.usefixtures("site")
@each(
    ("page", "other"),
    [
        ("samudrakota.example/redirect?url=https://penipu.example/login", "penipu.example"),
        ("samudrakota.example/r?url=https%3A%2F%2Fwww.penipu.example", "penipu.example"),
        ("samudrakota.example/r?url=https%253A%252F%252Fpenipu.example", "penipu.example"),
        ("samudrakota.example/r?u=//penipu.example", "penipu.example"),
        ("samudrakota.example/r?u=https://samudrakota.example@penipu.example", "penipu.example"),
        ("samudrakota.example/https://penipu.example", "penipu.example"),
        ("samudrakota.example/%2Fpenipu.example", "penipu.example"),
        ("samudrakota.example/%5Cpenipu.example", "penipu.example"),
        ("samudrakota.example/r?u=/%09/penipu.example", "penipu.example"),
        ("samudrakota.example/r?u=https:penipu.example", "penipu.example"),
        ("samudrakota.example/r?u=www.penipu.example", "penipu.example"),
        ("samudrakota.example/r?u=www.samudrakota.example/x", ""),
        ("samudrakota.example/r?q=http:&t=//", ""),
        ("samudrakota.example/r?u=https://samudrakota.example/x", ""),
        ("samudrakota.example/r?u=https://ppid.samudrakota.example", ""),
        ("samudrakota.example/berita/1", ""),
    ],
)
def test_of_an_official_page_with_the_address_of_another_site_that_is_said(
    page: str, other: str
) -> None:
    (answer,) = checking.answer(register.now().snapshot, checking.read(page, "")).answers
    assert answer.leads_on_to == other
    assert verdicts(page) == ["official"]
    shown = answered(page)
    assert ("The address of another website stands in this one" in shown) == bool(other)
    assert ("You may trust what stands there" in shown) == (not other)
    # Nor does it look like a page that may be trusted.
    assert ("verdict-official" in shown) == (not other)
    assert ("May lead on to another website" in shown) == bool(other)
    both = answered(f"https://{page} https://instagram.com/samudrakota")
    assert ("1 that may lead on to another website" in both) == bool(other)


@pytest.mark.usefixtures("site")
def test_a_page_that_leads_on_to_what_is_official_too_says_where_to_and_is_official() -> None:
    said = "The page may lead on to another official account or website: instagram.com."
    shown = answered("samudrakota.example/r?u=https://instagram.com/samudrakota")
    assert said in shown
    assert "The address of another website" not in shown
    assert said not in answered("samudrakota.example/r?u=https://instagram.com/penipu")


@pytest.mark.usefixtures("site")
def test_an_official_page_can_be_reported_only_if_it_leads_on_to_another_site(cast: Cast) -> None:
    page = "samudrakota.example/r?u=https://samudrakota.example/x"
    with pytest.raises(AccountError):
        received(page)
    assert "Report this" not in answered(page)
    page = "samudrakota.example/r?u=https://penipu.example/x"
    shown = answered(page)
    # The website is the agency's own.
    assert "Report this address" in shown
    assert "Report this website" not in shown
    report = received(page).report
    assert (report.unit, report.official_account) == (cast.diskominfo, None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0812 3456 7890 (a.n. Budi)", ["0812 3456 7890"]),
        ("Budi, S.Kom dan Sari, M.Si", []),
        ("bayar Rp50.000 s.d Rp1.500.000 ya", []),
        ("bayar di bansos.click atau s.id", ["bansos.click", "s.id"]),
        ("buka 10.0.0.1 ya", ["10.0.0.1"]),
    ],
)
def test_abbreviations_and_sums_in_a_sentence_are_no_sites(text: str, shown: list[str]) -> None:
    assert [one.shown for one in parse(text)] == shown
