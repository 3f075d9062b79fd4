"""Length and links as X counts them, held against an implementation that we did not write."""

from __future__ import annotations

import unicodedata
import warnings
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govsocial.platforms import weighted
from govsocial.platforms.registry import limits
from govsocial.platforms.text import measure
from tests.gathering import each


@cache
def other() -> Any:
    """The other implementation, loaded by the one worker that needs it: it takes its time."""
    with warnings.catch_warnings():
        # The library reads its own data in a way that setuptools gave up.
        warnings.simplefilter("ignore")
        import twitter_text
    return twitter_text


FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
WORDS = st.sampled_from(
    [
        "Banjir",
        "kota",
        "e\u0301",
        "\u00e9",
        "日本語",
        "한국어",
        "ไทย",
        "русский",
        "العربية",
        "#siaga",
        "@samudrakota",
        "surat@samudrakota.go.id",
        "example.com",
        "contoh.go.id/layanan?a=1",
        "www.example.co.id.",
        "(https://id.wikipedia.org/wiki/Banjir_(peristiwa))",
        "https://example.com:8080/a_b/c-d#e",
        "http://日本語.jp/道",
        "HTTPS://Example.ID",
        "pagi.Semoga",
        "pagi.id",
        "13.400/kg",
        "08.00-13.00",
        "Rp13.400",
        "https://t.co/abc123",
        "localhost",
        "https://localhost/x",
        "10.0.0.1",
        FAMILY,
        "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}",
        "\N{REGIONAL INDICATOR SYMBOL LETTER I}\N{REGIONAL INDICATOR SYMBOL LETTER D}",
        "1\ufe0f\u20e3",
        "\N{HEAVY BLACK HEART}\ufe0f",
        "\N{SPARKLES}",
        "“kutip” – ya…",
        "½",
        "€",
        "\N{ZERO WIDTH JOINER}",
    ]
)
TEXTS = st.lists(
    st.tuples(WORDS, st.sampled_from([" ", "\n", "\r\n", ", ", ". ", "! ", " / "])), max_size=12
).map(lambda parts: "".join(word + gap for word, gap in parts))
# Letters and marks of many scripts; no dots, which only make links of unknown top-level domains,
# and no emoji beyond those above, of which the two know different editions.
ANY_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cn", "Co", "So", "Sk"],
        exclude_characters=".。．｡#*0123456789‼⁉〰〽㊗㊙↔↕↖↗↘↙↩↪",
    ),
    max_size=60,
)


@given(st.one_of(TEXTS, ANY_TEXT))
@settings(max_examples=300, deadline=None)
def test_a_text_is_as_long_as_the_other_implementation_says(body: str) -> None:
    assert weighted.weighted_length(body) == other().parse_tweet(body).weightedLength


@given(TEXTS)
@settings(deadline=None)
def test_links_are_those_that_the_other_implementation_finds(body: str) -> None:
    normal = unicodedata.normalize("NFC", body).replace("\r\n", "\n")
    found = list(weighted.links(normal))
    assert [link for _, _, link in found] == other().extract_urls(normal)
    assert all(normal[start:end] == link for start, end, link in found)


@each(
    ("body", "length"),
    [
        ("", 0),
        ("Selamat pagi", 12),
        ("x" * 280, 280),
        ("日本語", 6),
        (FAMILY, 2),
        (FAMILY * 3 + "a", 7),
        ("1\ufe0f\u20e3", 2),
        ("e\u0301", 1),
        ("a\r\nb", 3),
        ("example.com", 23),
        ("Lihat example.com.", 30),
        ("https://samudrakota.example/" + "a" * 300, 23),
        ("surat@example.com", 17),
        ("pagi.Semoga sehat", 17),
        # Twitter's own library counts these signs once; the other one takes them for emoji.
        ("\N{COPYRIGHT SIGN} 2026", 6),
        ("\N{COPYRIGHT SIGN}\ufe0f 2026", 7),
    ],
)
def test_length_on_x(body: str, length: int) -> None:
    assert measure(body, limits("x")) == length


def test_only_names_that_nobody_can_have_are_counted_otherwise_than_x_counts_them() -> None:
    address = "https://bank-palsu.example/masuk"
    assert (measure(address, limits("x")), other().parse_tweet(address).weightedLength) == (23, 32)
    assert (
        measure("bank.example", limits("x")),
        other().parse_tweet("bank.example").weightedLength,
    ) == (
        23,
        12,
    )
    for real in ("bank.example.id", "https://example.com/masuk", "surat@bank.example"):
        assert measure(real, limits("x")) == other().parse_tweet(real).weightedLength


@each(
    ("body", "length"),
    [
        ("", 0),
        ("Selamat pagi", 12),
        ("日本語", 3),
        ("https://samudrakota.example/mpp", 31),
        ("\N{SPARKLES}", 3),
        ("\N{GRINNING FACE}!", 5),
        (FAMILY, 18),
        ("1 # *", 5),
        ("e\u0301", 1),
    ],
)
def test_length_on_threads(body: str, length: int) -> None:
    assert measure(body, limits("threads")) == length
    assert limits("threads").text == 500


@pytest.mark.parametrize(
    "body",
    [
        "https://example.com/" + "!" * 20_000,
        "a." * 10_000,
        "https://" + "a." * 10_000,
        "https://example.com/" + "(" * 5_000,
        "http://" + "-" * 9_000 + ".id",
        "\N{GRINNING FACE}\u200d" * 5_000,
    ],
    ids=["path", "labels", "scheme", "brackets", "hyphens", "emoji"],
)
def test_no_text_takes_long_to_count(body: str) -> None:
    """A hostile text: linear time, or the suite would stand here for minutes."""
    weighted.weighted_length(body)
    weighted.emoji_bytes_length(body)
