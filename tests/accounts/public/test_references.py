"""Whatever a citizen pastes is read as the account that it names, or as what it cannot say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import references
from accounts.addresses import clean_handle, clean_host, profile_url, same_handle
from accounts.errors import AccountError
from accounts.references import parse
from tests.gathering import each

CHANNEL = "UC" + "a" * 22
Read = tuple[str | None, str, str]


def read(text: str) -> list[Read]:
    return [(one.platform, one.host, one.handle) for one in parse(text)]


@each(
    ("text", "expected"),
    [
        ("@samudrakota", (None, "", "samudrakota")),
        ("  samudrakota ", (None, "", "samudrakota")),
        ("https://www.instagram.com/SamudraKota/?igsh=MzRlODBiNWFlZA==", "instagram"),
        ("instagram.com/samudrakota", "instagram"),
        ("HTTP://M.INSTAGRAM.COM/samudrakota/#top", "instagram"),
        ("https://instagram.com/samudrakota/reel/Cabc/?utm_source=x", "instagram"),
        ("https://www.instagram.com/stories/samudrakota/31245/", "instagram"),
        ("https://l.instagram.com/?u=https%3A%2F%2Finstagram.com%2Fsamudrakota", "instagram"),
        ("https://x.com/samudrakota/status/1861?s=20&t=abc", "x"),
        ("mobile.twitter.com/samudrakota", "x"),
        ("https://twitter.com/intent/user?screen_name=samudrakota", "x"),
        ("fb.com/samudrakota", "facebook"),
        ("https://m.facebook.com/samudrakota/posts/pfbid0?mibextid=9", "facebook"),
        ("https://id-id.facebook.com/pg/samudrakota/about", "facebook"),
        ("https://www.facebook.com/profile.php?id=104958162837465", "facebook:104958162837465"),
        ("https://www.facebook.com/pages/Kota/104958162837465", "facebook:104958162837465"),
        ("https://facebook.com/Kota-Samudra-104958162837465/", "facebook:104958162837465"),
        ("https://www.facebook.com/people/Kota/104958162837465/", "facebook:104958162837465"),
        ("https://m.facebook.com/story.php?story_fbid=1&id=104958162837465",
         "facebook:104958162837465"),
        ("https://youtube.com/@samudrakota/videos?si=x", "youtube"),
        (f"https://m.youtube.com/channel/{CHANNEL}/about", f"youtube:{CHANNEL}"),
        ("https://www.tiktok.com/@SamudraKota/video/73?_r=1", "tiktok"),
        ("https://www.threads.net/@samudrakota/post/C1", "threads"),
        ("threads.com/@samudrakota", "threads"),
        ("https://id.linkedin.com/company/samudrakota/about/", "linkedin"),
        ("https://t.me/s/samudrakota/12", "telegram"),
        ("samudrakota.t.me", "telegram"),
        ("tg://resolve?domain=samudrakota", "telegram"),
        ("https://bsky.app/profile/samudrakota.bsky.social/post/3k",
         "bluesky:samudrakota.bsky.social"),
        ("https://www.whatsapp.com/channel/0029VaAbCdEf",
         "whatsapp:whatsapp.com/channel/0029VaAbCdEf"),
        ("@samudrakota@mas.to", ("mastodon", "mas.to", "samudrakota")),
        ("https://mas.to/@samudrakota/1123", ("mastodon", "mas.to", "samudrakota")),
        ("https://mas.to/deck/@samudrakota", ("mastodon", "mas.to", "samudrakota")),
        ("tg:resolve?domain=samudrakota", "telegram"),
        ("@samudrakota@instagram.com", "instagram"),
        ("https://samudrakota.go.id/berita/?page=2", (None, "samudrakota.go.id",
                                                      "samudrakota.go.id/berita")),
        ("https://kota.example/a/b/../c/./d/../e", (None, "kota.example", "kota.example/a/c/e")),
        ("https://kota.example/../../a", (None, "kota.example", "kota.example/a")),
        ("https://кота.example/a", (None, "xn--80atmq.example", "xn--80atmq.example/a")),
        ("https://instagram.com@evil.example/samudrakota", (None, "evil.example",
                                                            "evil.example/samudrakota")),
        ("https://instagram.com.evil.example/samudrakota", (
            None, "instagram.com.evil.example", "instagram.com.evil.example/samudrakota")),
    ],
)  # fmt: skip
def test_what_is_pasted_names_its_account(text: str, expected: str | Read) -> None:
    if isinstance(expected, str):
        platform, _colon, handle = expected.partition(":")
        expected = (platform, "", handle or "samudrakota")
    assert read(text) == [expected]


@each(
    ("text", "note"),
    [
        ("https://t.co/AbC1", references.SHORTENED),
        ("bit.ly/bantuan-kota", references.SHORTENED),
        ("https://vt.tiktok.com/ZS1/", references.SHORTENED),
        ("https://www.tiktok.com/t/ZS1/", references.SHORTENED),
        ("https://www.instagram.com/p/Cabc/", references.NO_ACCOUNT),
        ("https://www.instagram.com/reel/Cabc/?igsh=1", references.NO_ACCOUNT),
        ("https://youtu.be/dQw4?si=1", references.NO_ACCOUNT),
        ("https://www.youtube.com/watch?v=dQw4", references.NO_ACCOUNT),
        ("https://www.facebook.com/watch/?v=12", references.NO_ACCOUNT),
        ("https://x.com/i/status/1861", references.NO_ACCOUNT),
        ("https://t.me/+AbCdEf", references.INVITATION),
        ("https://chat.whatsapp.com/AbC", references.INVITATION),
        ("https://wa.me/6281234", references.PHONE),
        ("0812 3456 7890", references.PHONE),
        ("(021) 345-6789", references.PHONE),
    ],
)
def test_what_names_no_account_says_why(text: str, note: str) -> None:
    (one,) = parse(text)
    assert (one.handle, one.note) == ("", note)
    assert parse(one.shown) == [one]


def test_an_old_address_of_youtube_is_not_taken_for_certain() -> None:
    (one,) = parse("https://www.youtube.com/c/samudrakota")
    assert (one.handle, one.note) == ("samudrakota", references.OLD_ADDRESS)
    assert parse(one.shown) == [one]


@pytest.mark.parametrize(
    "host", ["lnstagram.com", "іnstagram.com", "faceb00k.com", "twltter.com", "tlktok.com"]
)
def test_a_host_that_looks_like_a_platform_is_pointed_out(host: str) -> None:
    (one,) = parse(f"https://{host}/samudrakota")
    assert one.platform is None
    assert one.note == references.IMITATED_HOST


@pytest.mark.parametrize(
    "text",
    [
        "＠ｓａｍｕｄｒａｋｏｔａ",
        "sam\u200budra\u200dkota",
        "\u202e@samudrakota",
        "samudra\u00adkota",
        "𝐬𝐚𝐦𝐮𝐝𝐫𝐚𝐤𝐨𝐭𝐚",
        "@samudrakota\ufe0f",
    ],
)  # fmt: skip
def test_hidden_and_unusual_signs_are_taken_out_and_told(text: str) -> None:
    (one,) = parse(text)
    assert (one.handle, one.altered) == ("samudrakota", True)


@pytest.mark.parametrize(
    ("text", "note", "shown"),
    [
        ("https://x.com/i/user/123", references.NUMBER, "x.com/i/user/123"),
        ("humas@samudrakota.go.id", references.EMAIL, "humas@samudrakota.go.id"),
        ("http://127.0.0.1:30305/@humas", "", "@humas@127.0.0.1:30305"),
        ("https://mas.to/@humas/%20/1%2F2?a=b", "", "mas.to/@humas/1%2F2?a=b"),
        ("https://mas.to/web/accounts/12", references.NUMBER, "mas.to/web/accounts/12"),
    ],
)
def test_what_is_shown_reads_back_as_the_same(text: str, note: str, shown: str) -> None:
    (one,) = parse(text)
    assert (one.note, one.shown) == (note, shown)
    assert parse(one.shown) == [one]


def test_a_message_is_read_for_what_it_names() -> None:
    text = "Min, apa akun ini asli? (https://instagram.com/abc_1), katanya dari @def."
    assert read(text) == [("instagram", "", "abc_1"), (None, "", "def")]


def test_letters_of_other_scripts_are_kept_to_be_compared() -> None:
    (one,) = parse("https://instagram.com/%D1%95amudrakota")
    assert one.handle == "ѕamudrakota"


@pytest.mark.parametrize(
    "text",
    ["", " ", "@", "//", "https://", "Pemerintah Kota Samudra", "\0"],
)
def test_what_is_no_reference_is_none(text: str) -> None:
    assert parse(text) == []


def test_ten_megabytes_of_nothing_are_read_at_once() -> None:
    began = time.process_time()
    assert parse("\u200b" * 10_000_000 + "@samudrakota") == []
    assert len(parse(" ".join(f"@akun{n}" for n in range(100_000)))) == references.MOST
    assert parse("https://" + "a." * 1_000_000) == []
    assert time.process_time() - began < 2


@given(st.text(max_size=300))
def test_any_text_is_read_without_failing_and_within_bounds(text: str) -> None:
    for one in parse(text):
        assert one.shown == one.shown.strip()
        assert len(one.handle) <= references.LONGEST_NAME


@each(
    ("platform", "typed", "host", "stored"),
    [
        ("instagram", "@SamudraKota", "", ("samudrakota", "")),
        ("instagram", "https://www.instagram.com/samudrakota/?hl=id", "x.example",
         ("samudrakota", "")),
        ("facebook", "https://www.facebook.com/profile.php?id=104958162837465", "",
         ("104958162837465", "")),
        ("facebook", "Samudra.Kota", "", ("Samudra.Kota", "")),
        ("x", "https://twitter.com/SamudraKota", "", ("SamudraKota", "")),
        ("youtube", "@samudrakota", "", ("samudrakota", "")),
        ("youtube", f"youtube.com/channel/{CHANNEL}", "", (CHANNEL, "")),
        ("tiktok", "tiktok.com/@samudrakota", "", ("samudrakota", "")),
        ("threads", "samudra.kota", "", ("samudra.kota", "")),
        ("linkedin", "https://www.linkedin.com/company/samudra-kota/", "", ("samudra-kota", "")),
        ("telegram", "t.me/samudrakota", "", ("samudrakota", "")),
        ("whatsapp", "https://whatsapp.com/channel/0029VaAbCdEf", "",
         ("whatsapp.com/channel/0029VaAbCdEf", "")),
        ("feed", "https://www.samudrakota.go.id/", "",
         ("samudrakota.go.id", "www.samudrakota.go.id")),
        ("wiki", "https://wiki.samudrakota.go.id/Beranda", "",
         ("wiki.samudrakota.go.id/Beranda", "wiki.samudrakota.go.id")),
        ("mastodon", "@samudrakota@mas.to", "", ("samudrakota", "mas.to")),
    ],
)  # fmt: skip
def test_what_is_registered_gets_one_spelling(
    platform: str, typed: str, host: str, stored: tuple[str, str]
) -> None:
    handle, server = clean_handle(platform, typed, host)
    assert (handle, server) == stored
    assert clean_host(platform, server) == (stored[1] if stored[1] else "")
    # What is stored reads as itself, and its page leads back to it.
    assert clean_handle(platform, handle, server)[0] == handle
    url = profile_url(platform, server, handle)
    assert url.startswith("https://")
    assert any(one.handle == handle for one in parse(url))


@each(
    ("platform", "typed"),
    [
        ("instagram", "dua kata"),
        ("instagram", "a..b"),
        ("instagram", "ѕamudrakota"),
        ("instagram", "https://x.com/samudrakota"),
        ("instagram", "https://www.instagram.com/p/abc/"),
        ("facebook", "abc"),
        ("x", "a" * 16),
        ("x", "samudra-kota"),
        ("youtube", "@"),
        ("tiktok", "a"),
        ("telegram", "abc"),
        ("telegram", "https://t.me/+AbC"),
        ("whatsapp", "https://wa.me/62812"),
        ("linkedin", "dua kata"),
        ("feed", "bukan alamat"),
        ("feed", "javascript:alert(1)"),
        ("feed", "http://samudrakota.go.id"),
        ("feed", "https://10.0.0.1/"),
        ("wiki", "https://user:pass@wiki.example/"),
        ("other", ""),
        ("other", "https://contoh.example/" + "a" * 300),
        ("other", "https://medium.com/kota/../penipu"),
        ("wiki", "wiki.example/kota/%2E%2e/penipu"),
    ],
)
def test_what_a_platform_cannot_have_given_out_is_refused(platform: str, typed: str) -> None:
    with pytest.raises(AccountError) as refused:
        clean_handle(platform, typed, "")
    assert refused.value.field == "handle"


@pytest.mark.parametrize(
    ("platform", "registered", "seen", "same"),
    [
        ("facebook", "Samudra.Kota", "samudrakota", True),
        ("x", "SamudraKota", "@samudrakota", True),
        ("youtube", CHANNEL, CHANNEL.lower(), False),
        ("mastodon", "humas", "@humas@mas.to", True),
        ("instagram", "samudra.kota", "samudrakota", False),
    ],
)
def test_handles_are_the_same_as_their_platform_says(
    platform: str, registered: str, seen: str, same: bool
) -> None:
    assert same_handle(platform, registered, seen) is same


@pytest.mark.parametrize("name", ["ѕamudrakota", "a%3Fb", "%FFa"])
def test_an_address_is_shown_in_letters_and_reads_back_as_the_same(name: str) -> None:
    (one,) = parse(f"https://x.com/{name}")
    assert "%D1" not in one.shown
    assert [(found.platform, found.handle) for found in parse(one.shown)] == [("x", one.handle)]


@pytest.mark.parametrize(
    "text",
    [
        "tg://openmessage?user_id=5&domain=samudrakota",
        "tg://resolve?domain=samudrakota&domain=lain",
        "tg://resolve",
        "tg://[?domain=samudrakota",
    ],
)
def test_a_link_for_telegram_that_opens_something_else_names_nobody(text: str) -> None:
    assert [one.handle for one in parse(text)] == [""]


@pytest.mark.parametrize(
    "text",
    [
        "apps.facebook.com/samudrakota",
        "https://developers.facebook.com/samudrakota",
        "https://help.x.com/samudrakota",
        "https://about.instagram.com/samudrakota",
        "https://faq.whatsapp.com/channel/0029VaSamudraKota",
    ],
)
def test_where_a_platform_shows_no_profiles_nobody_is_named(text: str) -> None:
    (found,) = parse(text)
    assert (found.handle, found.note) == ("", references.NO_ACCOUNT)
