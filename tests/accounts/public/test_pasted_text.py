"""Text as it is pasted: with tabs, line breaks, letters of other languages and words around."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from accounts import importing
from accounts.addresses import same_handle
from accounts.public import checking
from accounts.references import DOUBTFUL, parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.accounts.register_stage import register
from tests.cast import Cast
from tests.gathering import each

pytestmark = pytest.mark.usefixtures("published")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tolong cek https://x.com/‥/evil", "x.com/../evil"),
        ("tolong cek https://x.com/samudrakota/\t../evil", "x.com/samudrakota/../evil"),
        ("tolong cek https://bit.ly/AbC ya", "bit.ly/AbC"),
        ("tolong cek (https://www.instagram.com/p/Cabc/).", "www.instagram.com/p/Cabc"),
    ],
)
def test_the_suspect_is_the_address_and_not_a_word_beside_it(text: str, shown: str) -> None:
    assert read_suspect(text, "").shown == shown


@each(
    "text",
    [
        "https://x.com/samudrakota/\t../evil",
        "https://x.com/samudrakota\t/\t../evil",
        "https://x.com/samudrakota/\n../evil",
        "https://x.com/samudrakota/\r\n%2e%2e/evil",
        "https://x.com/samudrakota/\u200b\t..\u200b/evil",
        "cek\u00a0https://x.com/samudrakota/\t../evil",
        "https://x.com/samudrakota\tpalsu",
        "https://instagram.com\t@evil.example/samudrakota",
        "\t".join(["https://x.com/a/"] * 30 + ["https://x.com/samudrakota", "palsu"]),
    ],
)
def test_what_a_browser_reads_on_behind_a_tab_is_never_official(text: str) -> None:
    assert "official" not in verdicts(text)
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "is official" not in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://x.com/samudrakota\nhttps://mas.to/@samudrakota", ["official", "official"]),
        ("https://x.com/samudrakota\r\n\r\nini asli?", ["official"]),
        ("https://x.com/samudrakota\n@samudrakota", ["official", "official"]),
        ("\thttps://x.com/samudrakota\t", ["official"]),
        ("https://x.com/samudra\nkota https://x.com/samudrakota", ["similar", "official"]),
    ],
)
def test_lines_below_one_another_are_several(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


@each("site", ["https://samudrakota.go.id", "samudrakota.go.id"])
@each("sign", ["\n", "\r\n"])
@each(
    ("below", "expected"),
    [
        ("@evil.example/masuk", "unreadable"),
        (":x@evil.example/masuk", "unreadable"),
        ("x@evil.example/masuk", "unreadable"),
        ("a:b@evil.example", "unreadable"),
        (":443@evil.example", "unreadable"),
        # Names and addresses of mail below one another are a list.
        ("@samudra.kota", "official"),
        ("humas@samudrakota.go.id", "official"),
        ("https://x.com/a@b", "official"),
        ("Alamat: Jalan Kota 1", "official"),
    ],
)
def test_behind_the_name_of_a_site_the_next_line_may_say_that_it_was_that_of_a_person(
    site: str, sign: str, below: str, expected: str
) -> None:
    assert verdicts(f"{site}{sign}{below}")[0] == expected
    # Behind a page it is no part of the name any more.
    assert verdicts(f"{site}/{sign}{below}")[0] == "official"


def test_long_text_full_of_tabs_is_read_at_once() -> None:
    began = time.process_time()
    for text in ("a.b\t", "https://a.b/\t/", "a.b\n/", "a\t"):
        parse(text * 10_000)
    assert time.process_time() - began < 2
    (one,) = parse("https://x.com/samudrakota/\t../evil")
    assert one.note == DOUBTFUL


def test_one_letter_is_not_taken_for_two(cast: Cast) -> None:
    official(cast, "youtube", "straße.kota")
    assert verdicts("https://www.youtube.com/@straße.kota") == ["official"]
    assert verdicts("https://www.youtube.com/@STRAßE.kota") == ["official"]
    assert verdicts("https://www.youtube.com/@strasse.kota") != ["official"]
    assert "official" not in verdicts("@strasse.kota")
    assert not same_handle("youtube", "straße.kota", "strasse.kota")
    # The database tells them apart as well.
    register(cast, platform="youtube", handle="strasse.kota")
    row = {"unit": "Diskominfo", "platform": "youtube", "display_name": "Kota"}
    typed = ("straße.baru", "strasse.baru", "STRAßE.baru")
    numbered = [(line, row | {"handle": handle}) for line, handle in enumerate(typed, start=2)]
    checked = importing.check(cast.bayu, numbered)
    assert [set(one.errors) for one in checked] == [set(), set(), {"handle"}]


def test_a_server_of_one_letter_is_not_that_of_two(cast: Cast) -> None:
    official(cast, "mastodon", "humas", host="strasse.example")
    assert verdicts("https://strasse.example/@humas") == ["official"]
    assert verdicts("https://straße.example/@humas") == ["similar"]


ADDRESS = "https://instagram.com/samudrakota"


@pytest.mark.parametrize(
    ("filler", "length"), [("a", 1_000), ("\U0001f600", 1_000), ("a", 2_000), (" ", 20_000)]
)
def test_an_address_that_may_be_cut_off_is_not_read_as_that_of_another(
    filler: str, length: int
) -> None:
    """A swindler writes so much that the field ends behind the part that is the agency's name."""
    room = length - len(f" {ADDRESS}")
    text = f"@dapurbunda {filler * 100_000}"
    units = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    asked = f"{units} {ADDRESS}{'' if length == 1_000 else '_bantuan'}"
    question = checking.read(asked, "")
    assert [one.shown for one in question.references] == ["@dapurbunda"]
    assert question.left_out


def test_an_address_within_the_field_is_read_to_its_end() -> None:
    text = f"{'a ' * 400} {ADDRESS}"
    assert verdicts(text) == ["official"]
    # A shorter field would cut where nobody sees that it did.
    for address in (CHECK, "/official/"):
        page = Client().get(address).content.decode()
        fields = re.findall(r'<input[^>]* name="q"[^>]*>', page)
        assert [f'maxlength="{checking.LONGEST_ASKED}"' in one for one in fields] == [True]
    assert verdicts(f"{ADDRESS}/{'x' * 1_200}") == []


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("linkedin.com/company/%EF%BD%8Bota-samudra", "unreadable"),
        ("linkedin.com/company/kota%E2%80%8B-samudra", "unreadable"),
        ("youtube.com/@%EF%BD%93amudrakota", "unreadable"),
        ("linkedin.com/company/%6Bota-samudra", "official"),
        # Further signs there are of no account.
        ("linkedin.com/company/kota-samudra/%E2%9D%A4%EF%B8%8F", "official"),
    ],
)
def test_coded_signs_that_nobody_sees_make_it_another_name(
    cast: Cast, path: str, verdict: str
) -> None:
    official(cast, "linkedin", "kota-samudra")
    assert verdicts(f"https://www.{path}") == [verdict]
