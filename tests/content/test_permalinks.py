"""The address of a post on an account, in the one spelling in which it is found again."""

from __future__ import annotations

import re

import pytest

from accounts.models import OfficialAccount
from content.permalinks import NotThatPost, hides_account, is_under_another, permalink_of
from tests.gathering import each

HANDLES = {
    "bluesky": "humas.samudrakota.example",
    "facebook": "Samudra.Kota",
    "whatsapp": "whatsapp.com/channel/0029VaSamudra1",
}


def account(platform: str) -> OfficialAccount:
    host = "sosial.example" if platform == "mastodon" else ""
    return OfficialAccount(
        platform=platform, host=host, handle=HANDLES.get(platform, "samudrakota")
    )


TAKEN = [
    (
        "x",
        "https://twitter.com/SamudraKota/status/1790000000000000001?s=20",
        "https://x.com/samudrakota/status/1790000000000000001",
    ),
    (
        "instagram",
        "http://instagram.com/samudrakota/p/C_a-1x/",
        "https://www.instagram.com/p/C_a-1x/",
    ),
    (
        "instagram",
        "https://www.instagram.com/reel/Cabc12/?igsh=x",
        "https://www.instagram.com/reel/Cabc12/",
    ),
    (
        "threads",
        "https://www.threads.net/@samudrakota/post/DAbc",
        "https://www.threads.com/@samudrakota/post/DAbc",
    ),
    (
        "bluesky",
        "https://bsky.app/profile/HUMAS.samudrakota.example/post/3kabc",
        "https://bsky.app/profile/humas.samudrakota.example/post/3kabc",
    ),
    (
        "mastodon",
        "https://sosial.example/@samudrakota/11223344#x",
        "https://sosial.example/@samudrakota/11223344",
    ),
    (
        "tiktok",
        "https://www.tiktok.com/@samudrakota/video/7300000000001?_r=1",
        "https://www.tiktok.com/@samudrakota/video/7300000000001",
    ),
    ("youtube", "https://youtu.be/dQw4w9WgXcQ?si=x", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    (
        "youtube",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    ),
    (
        "facebook",
        "https://m.facebook.com/samudrakota/posts/pfbid02abc?_rdr",
        "https://www.facebook.com/samudrakota/posts/pfbid02abc",
    ),
    (
        "facebook",
        "https://www.facebook.com/photo.php?fbid=12345&set=a.1",
        "https://www.facebook.com/photo.php?fbid=12345",
    ),
    ("telegram", "https://t.me/s/samudrakota/415", "https://t.me/samudrakota/415"),
    (
        "whatsapp",
        "https://www.whatsapp.com/channel/0029VaSamudra1/128",
        "https://whatsapp.com/channel/0029VaSamudra1/128",
    ),
    (
        "linkedin",
        "https://www.linkedin.com/feed/update/urn:li:activity:7123/?x=1",
        "https://www.linkedin.com/feed/update/urn:li:activity:7123",
    ),
]
REFUSED = [
    ("x", "https://x.com/oranglain/status/1790000000000000001", "of oranglain"),
    ("x", "https://x.com/samudrakota", "one post"),
    ("x", "https://x.com.evil.example/samudrakota/status/1790000000000000001", "no address on X"),
    ("x", "https://evil.example/https://x.com/samudrakota/status/179", "no address on X"),
    ("x", "https://x.com@evil.example/samudrakota/status/179", "whole address"),
    ("instagram", "https://www.instagram.com/samudrakota/", "one post"),
    ("instagram", "https://www.instagram.com/oranglain/p/Cabc12/", "of oranglain"),
    ("bluesky", "https://bsky.app/profile/lain.example/post/3kabc", "of lain.example"),
    ("mastodon", "https://lain.example/@samudrakota/11223344", "own server"),
    ("mastodon", "https://sosial.example/@samudrakota@lain.example/112", "of samudrakota@lain"),
    ("youtube", "https://www.youtube.com/watch?list=1", "one post"),
    ("youtube", "https://www.youtube.com/samudrakota", "one post"),
    ("facebook", "https://www.facebook.com/samudrakota/posts/../../lain/posts/1234", "one post"),
    ("facebook", "https://www.facebook.com/permalink.php?story_fbid=1&id=999999", "of 999999"),
    ("facebook", "https://www.facebook.com/share/p/1A2b3C/?mibextid=x", "made for sharing"),
    ("facebook", "https://m.facebook.com/share/1A2b3C", "made for sharing"),
    ("telegram", "https://t.me/oranglain/415", "of oranglain"),
    ("whatsapp", "https://whatsapp.com/channel/0029VaOrangLain/1", "0029VaOrangLain"),
    ("linkedin", "https://www.linkedin.com/company/samudrakota/", "one post"),
    ("x", "javascript:alert(1)", "whole address"),
    ("x", "https://[x.com/", "whole address"),
    ("x", "https://x.com:99999999/samudrakota/status/179", "whole address"),
    ("x", "https://x.com/samudra\u202ekota/status/179", "whole address"),
    ("x", "https://x.com/samudrakota/status/179\x00", "whole address"),
    ("x", "https://x.com/samudrakota/status/\ud800", "whole address"),
    ("x", "x" * 5000, "whole address"),
]


@each("platform, typed, kept", TAKEN)
def test_what_people_copy_becomes_one_spelling(platform: str, typed: str, kept: str) -> None:
    assert permalink_of(account(platform), typed) == kept
    assert permalink_of(account(platform), kept) == kept


HIDING = [
    ("facebook", "https://www.facebook.com/reel/123456", True),
    ("facebook", "https://www.facebook.com/watch?v=123456", True),
    ("facebook", "https://www.facebook.com/Samudra.Kota/posts/1234", False),
    ("facebook", "https://www.facebook.com/permalink.php?story_fbid=1234&id=61550", False),
    ("instagram", "https://www.instagram.com/reel/Cabc12/", True),
    ("instagram", "https://www.instagram.com/samudrakota/p/Cabc12/c/17858/", False),
    ("youtube", "https://youtu.be/abc-123", True),
    ("mastodon", "https://sosial.example/@samudrakota/11223344", False),
]


def test_what_does_not_say_whose_post_it_is_is_told_apart() -> None:
    for platform, address, hides in HIDING:
        assert hides_account(account(platform), address) is hides, address


@each("platform, typed, why", REFUSED)
def test_what_is_no_post_of_the_account_is_refused_in_words(
    platform: str, typed: str, why: str
) -> None:
    with pytest.raises(NotThatPost, match=re.escape(why)):
        permalink_of(account(platform), typed)


@each(
    "platform, typed, address",
    [
        (
            "instagram",
            "https://www.instagram.com/samudrakota/p/C_a-1x/c/17858/?igsh=x",
            "https://www.instagram.com/p/C_a-1x/c/17858/",
        ),
        (
            "youtube",
            "https://youtu.be/dQw4w9WgXcQ?lc=UgzK-1_a.b2345",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=UgzK-1_a.b2345",
        ),
        (
            "facebook",
            "https://www.facebook.com/Samudra.Kota/posts/122100?comment_id=4711000",
            "https://www.facebook.com/Samudra.Kota/posts/122100?comment_id=4711000",
        ),
    ],
)
def test_a_comment_has_the_address_of_its_post_and_its_own(
    platform: str, typed: str, address: str
) -> None:
    assert permalink_of(account(platform), typed, comment=True) == address
    without = re.sub(r"c/17858/|[?&](lc|comment_id)=[^&]*", "", typed)
    for wrong in (without, typed.replace("Samudra.Kota", "lain").replace("samudrakota/", "lain/")):
        if wrong != typed:
            with pytest.raises(NotThatPost):
                permalink_of(account(platform), wrong, comment=True)


@each(
    "platform, comment, post, is_another",
    [
        ("facebook", "/Kota/posts/2222?comment_id=4711", "/Kota/posts/1111", True),
        ("facebook", "/Kota/posts/1111?comment_id=4711", "/61550/posts/jadwal/1111", False),
        (
            "facebook",
            "/permalink.php?story_fbid=1111&id=61550&comment_id=4711",
            "/Kota/posts/1111",
            False,
        ),
        # Another id of the same post, as far as anybody can tell.
        ("facebook", "/Kota/posts/pfbid02ab?comment_id=4711", "/Kota/posts/1111", False),
        ("instagram", "/reel/C8xyz/c/17858/", "/p/C8xyz/", False),
        ("instagram", "/p/C8xyw/c/17858/", "/p/C8xyz/", True),
        ("youtube", "/watch?v=abc&lc=Ugz1234567", "/watch?v=abd", True),
        ("bluesky", "/profile/kota/post/3k1", "/profile/kota/post/3k2", False),
    ],
)
def test_a_comment_under_another_post_is_told_where_both_are_named_in_one_way(
    platform: str, comment: str, post: str, is_another: bool
) -> None:
    account = OfficialAccount(platform=platform, handle="kota")
    site = "https://www.example.org"
    assert is_under_another(account, f"{site}{comment}", f"{site}{post}") is is_another
