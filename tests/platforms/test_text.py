from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsocial.platforms import text
from govsocial.platforms.bluesky.client import facets
from govsocial.platforms.bluesky.tid import is_tid, new_tid
from govsocial.platforms.registry import limits, new_key
from tests.gathering import each

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
WORDS = st.sampled_from(
    [
        "Banjir",
        "kota",
        "é",
        FAMILY,
        "日本語",
        "#siaga",
        "#2026",
        "@kota.example",
        "@kota@server.example",
        "https://example.org/a?b=1#c",
        "http://contoh.example/berita_(baru)",
        "&amp;",
        "<b>",
        "\N{SPARKLES}",
    ]
)
TEXTS = st.lists(
    st.tuples(WORDS, st.sampled_from([" ", "\n", "\n\n", ", ", ". "])), max_size=15
).map(lambda parts: "".join(word + gap for word, gap in parts))
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@each(
    ("body", "found"),
    [
        ("Lihat https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a)", ["https://example.org/a"]),
        ("https://id.example/x_(y), lalu", ["https://id.example/x_(y)"]),
        ("HTTP://Example.org!", ["HTTP://Example.org"]),
        ("xhttps://example.org", []),
        ("https:// kosong", []),
        ("example.org tanpa skema", []),
        ("a https://a.example b http://b.example", ["https://a.example", "http://b.example"]),
    ],
)
def test_links_end_before_the_punctuation_of_the_sentence(body: str, found: list[str]) -> None:
    assert [span.value for span in text.links(body)] == found


@each(
    ("body", "found"),
    [
        ("#Samudra, #banjir2026!", ["Samudra", "banjir2026"]),
        ("#2026 # #!", []),
        ("a#b", []),
        ("#" + "x" * 65, []),
        ("#日本語", ["日本語"]),
    ],
)
def test_hashtags_follow_the_rules_of_bluesky(body: str, found: list[str]) -> None:
    assert [span.value for span in text.hashtags(body)] == found


@each(
    ("body", "found"),
    [
        ("@Kota.example halo", ["kota.example"]),
        ("(@kota.example)", ["kota.example"]),
        ("@kota.example.", ["kota.example"]),
        ("surat@kota.example", []),
        ("@kota", []),
        ("@kota.1", []),
        ("@kota@server.example", []),
    ],
)
def test_mentions_are_domain_names(body: str, found: list[str]) -> None:
    assert [span.value for span in text.handles(body)] == found


@given(st.one_of(TEXTS, ANY_TEXT))
def test_facets_cut_the_bytes_that_their_feature_names(body: str) -> None:
    spans = [
        *((span, {"uri": span.value}) for span in text.links(body)),
        *((span, {"did": span.value}) for span in text.handles(body)),
        *((span, {"tag": span.value}) for span in text.hashtags(body)),
    ]
    encoded = body.encode()
    end = 0
    for facet in facets(body, spans):
        place = facet["index"]
        assert end <= place["byteStart"] < place["byteEnd"] <= len(encoded)
        end = place["byteEnd"]
        part = encoded[place["byteStart"] : end].decode()
        (feature,) = facet["features"]
        shown = {"uri": part, "did": part[1:].lower(), "tag": part[1:]}
        assert all(shown[kind] == value for kind, value in feature.items())


def as_mastodon_writes(body: str) -> str:
    """The HTML that Mastodon makes of a text, with links partly hidden and mentions shortened."""
    pieces: list[str] = []
    position = 0
    for link in text.links(body):
        pieces.append(plain_html(body[position : link.start]))
        scheme, rest = link.value.split("://", 1)
        shown, hidden = rest[:10], rest[10:]
        pieces.append(
            f'<a href="{html.escape(link.value)}" target="_blank" rel="nofollow noopener">'
            f'<span class="invisible">{scheme}://</span>'
            f'<span class="ellipsis">{html.escape(shown)}</span>'
            f'<span class="invisible">{html.escape(hidden)}</span></a>'
        )
        position = link.end
    pieces.append(plain_html(body[position:]))
    lines = "".join(pieces).strip()
    return "<p>" + lines.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"


def plain_html(part: str) -> str:
    return html.escape(part).replace(
        "@kota@server.example",
        '<span class="h-card" translate="no"><a href="https://server.example/@kota" '
        'class="u-url mention">@<span>kota</span></a></span>',
    )


@given(TEXTS)
def test_a_text_read_back_from_html_is_the_text_that_was_sent(body: str) -> None:
    assert text.canonical(text.html_to_text(as_mastodon_writes(body))) == text.canonical(body)


@given(ANY_TEXT)
def test_html_to_text_never_fails_and_keeps_escaped_text(body: str) -> None:
    text.html_to_text(body)
    kept = " ".join(body.split())
    read = text.html_to_text(f"<p>{html.escape(kept)}</p>")
    assert text.canonical(read) == text.canonical(html.unescape(html.escape(kept)))


@each(
    ("content", "read"),
    [
        ("<p>Satu</p><p>Dua<br>Tiga</p>", "Satu\n\nDua\nTiga"),
        ("<p>A &amp; B &lt;c&gt; &#39;d&#39;</p>", "A & B <c> 'd'"),
        ('<p class="quote-inline">RE: <a href="https://x.example">x</a></p><p>Isi</p>', "Isi"),
        ("<script>x()</script>Isi", "Isi"),
        ("<ul><li>Satu</li><li>Dua</li></ul>", "Satu\nDua"),
        (
            '<a href="https://example.org/panjang/sekali">example.org/panj…</a>',
            "https://example.org/panjang/sekali",
        ),
        ('<a href="https://example.org/a">example.org/a</a>', "https://example.org/a"),
        ('<a href="https://s.example/tags/x" class="mention hashtag">#<span>x</span></a>', "#x"),
        ("tanpa tag", "tanpa tag"),
        ("<p>tidak ditutup", "tidak ditutup"),
        ("", ""),
    ],
)
def test_html_of_many_servers_becomes_plain_text(content: str, read: str) -> None:
    assert text.html_to_text(content) == read


@each(
    ("platform", "body", "length"),
    [
        ("bluesky", FAMILY + "a", 2),
        ("bluesky", "https://example.org/abcdefghijklmnopqrstuvwxyz", 46),
        ("mastodon", FAMILY + "a", 2),
        ("mastodon", "https://example.org/abcdefghijklmnopqrstuvwxyz", 23),
        ("mastodon", "http://a.example", 23),
        ("mastodon", "a https://a.example, b https://b.example", 23 * 2 + 6),
        ("mastodon", "@kota@server.example halo", 10),
        ("mastodon", "surat@kota.example", 18),
        ("mastodon", "", 0),
    ],
)
def test_length_is_counted_as_the_platform_does(platform: str, body: str, length: int) -> None:
    assert text.measure(body, limits(platform)) == length


def test_the_default_limits_are_those_of_the_platforms() -> None:
    assert (limits("bluesky").text, limits("bluesky").text_bytes) == (300, 3000)
    assert (limits("mastodon").text, limits("mastodon").url_length) == (500, 23)


MOMENTS = st.integers(631_152_000, 7_258_118_400).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(MOMENTS, st.integers(1, 10_000))
def test_record_keys_sort_by_the_second_of_their_post(at: datetime, seconds: int) -> None:
    early, late = new_tid(at), new_tid(at + timedelta(seconds=seconds))
    assert early < late
    assert is_tid(early)
    assert is_tid(late)


def test_posts_of_one_moment_have_different_keys() -> None:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    for platform in ("bluesky", "mastodon"):
        assert len({new_key(platform, at) for _ in range(500)}) == 500


def test_a_key_needs_a_moment_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        new_key("bluesky", datetime(2026, 11, 23))  # noqa: DTZ001 - what must be refused
