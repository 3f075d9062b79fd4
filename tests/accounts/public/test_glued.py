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
    "page",
    [
        'x.com/samudrakota"/../evil',
        'x.com/samudrakota"x/.%2E/evil',
        'x.com/samudrakota"%2f..%2fevil',
        "x.com/samudrakota“/../evil",
        "instagram.com/samudrakota»\\..\\evil",
        "instagram.com/samudrakota</../evil",
        "instagram.com/samudrakota＂>/../evil",
        'x.com/samudrakota"x.id/status/1',
        'x.com/intent/user?screen_name=samudrakota"&screen_name=evil',
        'samudrakota.go.id/x"/../redirect/evil.ru',
        'samudrakota.go.id/berita"?next=javascript:alert(1)',
        'samudrakota.go.id/?a=x"&next=evil.ru',
        'samudrakota.go.id/a"?u=//evil.com',
        # Commas part names, and none of them has a page.
        "x.com/samudrakota,@x/../evil",
        "x.com/samudrakota;@x/%2e%2e/evil",
        "x.com/samudrakota，@x,@y/../evil",
        "x.com/samudrakota,@x/status/1",
        'x.com/samudrakota,@x"/../evil',
        "instagram.com/samudrakota,@x/../evil",
        "facebook.com/samudrakota,@x/../evil",
        "youtube.com/@samudrakota,@x/../@evil",
        "x.com/intent/user?screen_name=samudrakota,@x&screen_name=evil",
    ],
)
def test_where_a_browser_goes_on_with_an_address_it_does_not_end_for_people(page: str) -> None:
    for text in (f"https://{page}", page, f"cek https://{page} ya"):
        assert verdicts(text) == ["unreadable"]
        (one,) = parse(text)
        assert parse(one.again) == [replace(one, altered=False)]
    # Whole, for who looks into it.
    assert page[-4:] in read_suspect(f"https://{page}", "").shown


def test_an_address_in_a_list_may_go_on_behind_the_others() -> None:
    for text in (
        "https://x.com/samudrakota,https://t.me/a/../evil",
        "https://x.com/intent/user?screen_name=samudrakota,https://t.me/a&screen_name=evil",
        'https://x.com/samudrakota"penipu.id\t/../evil',
        'https://x.com/samudrakota"\t/../evil',
    ):
        assert "official" not in verdicts(text), text


def test_how_a_long_address_goes_on_is_not_shown_to_the_half() -> None:
    text = f'https://x.com/samudrakota"{"a" * 600}/../evil'
    (one,) = parse(text)
    assert one.shown == "https://x.com/samudrakota..."
    assert verdicts(text) == verdicts(one.again) == ["unreadable"]


@each(
    "text",
    [
        'Apakah "{}" asli?',
        "“{}”",
        "»{}«",
        "<{}>",
        "({})",
        'Cek {}".',
        'Cek {}", katanya',
        '"{}"?',
        '"{}"/',
        '"{}"-resmi',
        "{}</p>",
        '<a href="{}">x.com/samudrakota</a>',
        "<p>{}</p><p>{}</p>",
        '{{"url":"{}","situs":"{}"}}',
        '"{}","{}"',
        '"{}"/"{}"',
        "{},{}",
        "{},@samudrakota/",
        "{},instagram.com/samudrakota?igsh=1",
    ],
)
def test_marks_around_an_address_are_no_way_to_go_on_with_it(text: str) -> None:
    for address in ("https://x.com/samudrakota", "https://instagram.com/samudrakota?a=b&c"):
        assert set(verdicts(text.format(address, address))) == {"official"}


@pytest.mark.parametrize("mark", ['"', "“", "”", "«", "»", '","', "!"])
def test_marks_in_the_name_of_a_site_make_another_site_of_it(mark: str) -> None:
    for behind in (".evil.com/login", "evil.com", "-evil.com:443/"):
        assert verdicts(f"https://samudrakota.go.id{mark}{behind}") == ["similar"]
    assert verdicts(f'"https://samudrakota.go.id{mark}.Selanjutnya')[0] != "unknown"
    assert verdicts('"https://samudrakota.go.id","samudrakota.go.id"')[0] == "official"


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
        '"/',
        "/..",
        '"a.b-',
        "?x,@b",
        'https://a.id/?"',
        "https://a.id/go\t",
        "…/.",
        "é.com/",
        "_",
    ],
)
def test_a_long_word_is_taken_apart_at_once(part: str) -> None:
    word = part * (checking.LONGEST_ASKED * 2 // len(part))
    began = time.process_time()
    glued.apart(word)
    parse(word)
    verdicts(word)
    assert time.process_time() - began < 1
