"""What stands beside an address without a space: it is taken off, and what it hides is read."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from django.test import Client

from accounts import glued
from accounts.public import checking
from accounts.references import parse, parsed
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.cast import Cast
from tests.gathering import each

pytestmark = pytest.mark.usefixtures("published")

AROUND = [
    "👉{}", "Link:{}", "IG:{}", "•{}", "-{}", "=>{}", "~{}", "~{}~", "[IG]({})", "daftar={}",
    "(IG){}", "➡️{}", "{}👈", "Link:👉{}", "'{}'", "*IG:*{}", "1){}",
]  # fmt: skip


@each("around", AROUND)
@each("scheme", ["https://", "hxxps://", "HTTP:\\\\", ""])
@each(
    ("page", "verdict"),
    [("instagram.com/samudrakota", "official"), ("instagram.com/samudrakota.bantuan", "similar")],
)
def test_what_is_glued_to_an_address_is_no_part_of_it(
    around: str, scheme: str, page: str, verdict: str
) -> None:
    assert verdicts(around.format(f"{scheme}{page}")) == [verdict]
    # Beside the real one it does not go without a word.
    assert verdicts(f"Info resmi @samudrakota daftar {around.format(f'{scheme}{page}')}") == [
        "official",
        verdict,
    ]


@each(
    ("text", "shown"),
    [
        ("👉https://bansos.xyz", ["bansos.xyz"]),
        ("daftarhttps://bansos.xyz", ["bansos.xyz"]),
        ("👉bansos.xyz/daftar", ["bansos.xyz/daftar"]),
        ("daftar:bansos.xyz", ["bansos.xyz"]),
        ("samudrakota.go.id👉https://bansos.xyz", ["samudrakota.go.id", "bansos.xyz"]),
        ("@samudrakota:https://bansos.xyz", ["@samudrakota", "bansos.xyz"]),
        ("IG:@samudrakota", ["@samudrakota"]),
        ("👉@samudrakota🙏", ["@samudrakota"]),
        (".@samudrakota", ["@samudrakota"]),
        ("IG/FB:@samudrakota", ["@samudrakota"]),
        ("@samudrakota👉bansos.xyz", ["@samudrakota", "bansos.xyz"]),
        ("@samudrakota|@penipu", ["@samudrakota", "@penipu"]),
        ("@samudrakota(bansos.xyz)", ["@samudrakota", "bansos.xyz"]),
        # A mark over a letter makes another name.
        ("@samudrakota\u0338.x", ["@samudrakota\u0338.x"]),
        ("@samudrakota&kawan", ["@samudrakota&kawan"]),
        ("Email:humas@samudrakota.go.id", ["humas@samudrakota.go.id"]),
        ('href="https://bansos.xyz/x">klik</a>', ["bansos.xyz/x"]),
        ("<https://x.com/satu><https://bansos.xyz>", ["x.com/satu", "bansos.xyz"]),
        # A field of one line takes the line break between two addresses away.
        ("https://x.com/satu?s=20https://bansos.xyz", ["x.com/satu", "bansos.xyz"]),
        ("_https://samudrakota.go.id_", ["samudrakota.go.id"]),
    ],
)
def test_each_address_in_a_word_is_read(text: str, shown: list[str]) -> None:
    assert [one.shown for one in parse(text)] == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://web.archive.org/web/2020/https://instagram.com/samudrakota",
        "https://penipu.example/?u=https://instagram.com/samudrakota",
        "penipu.example/#https://instagram.com/samudrakota",
        "https://penipu.example/masuk?x=Cek%20https://instagram.com/samudrakota",
    ],
)
def test_an_address_within_the_page_of_another_is_not_where_it_leads(text: str) -> None:
    (one,) = parse(text)
    assert one.platform is None
    assert "official" not in verdicts(text)


@pytest.mark.parametrize(
    "unread",
    [
        # Browsers open a number as the address of a server, and what stands behind "@".
        "https://3232235777/masuk",
        "https://[::1]/masuk",
        "https://[::1",
        "http://x",
        "samudrakota.go.id:x@penipu.example/",
        "javascript:https://instagram.com/samudrakota",
        "https[:]//penipu.example",
    ],
)
def test_an_address_that_stays_unread_gets_an_answer_of_its_own(unread: str) -> None:
    assert verdicts(unread) == ["unreadable"]
    assert verdicts(f"Info @samudrakota {unread}") == ["official", "unreadable"]
    page = Client().get(CHECK, {"q": f"@samudrakota {unread}", "lang": "en"}).content.decode()
    assert "Do not open it, and report it." in page


@pytest.mark.parametrize(
    "text",
    [
        'https://samudrakota.go.id"@penipu.example/',
        "https://samudrakota.go.id<@penipu.example/",
        "samudrakota.go.id:👉https:x@penipu.example",
    ],
)
def test_what_a_browser_takes_for_the_name_of_a_person_is_not_the_site(text: str) -> None:
    assert verdicts(text)[-1] in {"unknown", "unreadable"}


@each(
    "text",
    [
        "instagram.com/samudrakota…",
        "x.com/samudrakota...",
        "https://x.com/samudrakota...”",
        "@samudrakota…",
        "cek @samudrakota… ya",
        "facebook.com/samudra…kota",
        "https://samudrakota.go.id/ban…",
        # Whether the underscore makes the text slanted or belongs to the name is not known.
        "_https://instagram.com/samudrakota_",
        "https://samudrakota.go.id/berita👈",
    ],
)
def test_what_is_cut_is_not_read_and_that_is_said(text: str) -> None:
    assert verdicts(text) == ["unreadable"]
    (one,) = parse(text)
    assert parse(one.again) == [replace(one, altered=False)]
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "It cannot be told where this ends" in page


@pytest.mark.parametrize(
    "page",
    ["youtube.com/@samudrakota/https://bansos.xyz", "x.com/samudrakota?u=https://bansos.xyz"],
)
def test_beside_an_account_an_address_in_its_page_is_told_to_be_unchecked(page: str) -> None:
    assert parsed(f"https://{page}").left_out
    assert not parsed(f"https://{page.partition('https')[0]}").left_out


def test_two_points_are_how_people_end_a_sentence() -> None:
    assert verdicts("cek @samudrakota..") == ["official"]
    assert verdicts("Halo... apa @samudrakota asli?") == ["official"]


def test_a_cut_address_is_not_that_which_is_published(cast: Cast) -> None:
    official(cast, "feed", "blog.example/dinkes", host="blog.example")
    assert verdicts("https://blog.example/dinkes") == ["official"]
    for text in ("https://blog.example/dinkes...", "https://blog.example/dinkes👈"):
        assert verdicts(text) == ["unreadable"]


def test_a_report_takes_an_address_with_its_label() -> None:
    assert read_suspect("Link:https://x.com/palsu9", "").shown == "x.com/palsu9"
    assert read_suspect("👉https://bansos.xyz", "").shown == "bansos.xyz"


@pytest.mark.parametrize(
    ("typed", "coded"),
    [
        ("https://youtube.com/@samudrakotª", "https://youtube.com/@samudrakot%C2%AA"),
        ("https://samudrakota.go.id/dinkeſ", "https://samudrakota.go.id/dinke%C5%BF"),
        ("https://blog.example/dinkeſ", "https://blog.example/dinke%C5%BF"),
        ("https://blog.example/dinkes？x", "https://blog.example/dinkes%EF%BC%9Fx"),
        ("https://blog.example／dinkes", "https://blog.example%EF%BC%8Fdinkes"),
        ("https://blog.example/din\u200bkes", "https://blog.example/din%E2%80%8Bkes"),
    ],
)
def test_unusual_signs_are_read_alike_typed_and_coded(cast: Cast, typed: str, coded: str) -> None:
    official(cast, "feed", "blog.example/dinkes", host="blog.example")
    assert verdicts(typed) == verdicts(coded)
    if "samudrakota.go.id" not in typed:
        assert "official" not in verdicts(typed)


@pytest.mark.parametrize(
    "text",
    [
        "\u2068https://blog.example/dinkes\u2069",
        "https://blog.example/dinkes？",
        "（https://blog.example/dinkes）",
        "ｂlog.example/dinkes",
    ],
)
def test_unusual_signs_around_the_page_change_nothing(cast: Cast, text: str) -> None:
    official(cast, "feed", "blog.example/dinkes", host="blog.example")
    assert verdicts(text) == ["official"]


@each(
    "part",
    [
        "a.",
        "x:",
        "👉",
        "https://",
        "a@",
        "@a|",
        "@a.",
        'x"a.id/',
        'https://a.id"',
        "https://a.id/go;",
        'a.id/go"',
        "https://a.id/go\t",
        "…/.",
        "é.com/",
        "_",
    ],
)
def test_a_long_word_is_taken_apart_at_once(part: str) -> None:
    word = part * (checking.LONGEST_ASKED * 2 // len(part))
    began = time.perf_counter()
    glued.apart(word)
    parse(word)
    verdicts(word)
    assert time.perf_counter() - began < 1
