"""What is told apart in a report, and what meets: links with words of the platforms, shares of one
post, numbers of telephones as apps copy them."""

from __future__ import annotations

import time

import pytest

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.actions.impersonations import reported
from accounts.errors import AccountError
from accounts.phones import in_digits, in_plain_numbers, taken_out
from accounts.references import NO_ACCOUNT, PHONE, parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import verdicts
from tests.cast import Cast
from tests.gathering import each


def key(text: str, platform: str = "") -> str:
    return read_suspect(text, platform).key


@each(
    "start",
    [
        "https://web.telegram.org/k/#@penipu_",
        "https://web.telegram.org/a/#-100",
        "https://web.telegram.org/#/im?p=@penipu",
        "https://web.telegram.org/k/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dpenipu",
        *(f"https://t.me/{word}/" for word in (
            "addlist", "addemoji", "addtheme", "boost", "contact", "giftcode", "invoice", "m",
            "nft", "share", "c", "joinchat",
        )),
        "t.me/boost?c=",
        "t.me/+62 812-1111-22",
        "wa.me/+62 812-1111-22",
        "wa.me/+62%20812-1111-22",
        *(f"wa.me/{word}/ABCD" for word in ("message", "qr", "p/1")),
        *(f"https://instagram.com/{word}/" for word in ("channel", "j", "audio", "topics", "ar")),
        "ig.me/j/",
        *(f"https://m.me/{word}/" for word in ("ch", "j", "cm", "g")),
        *(f"https://facebook.com/{word}/" for word in ("share", "games", "messages", "live")),
        "fb.me/e/",
        *(f"https://x.com/{word}/" for word in ("i/communities", "statuses", "lists")),
        *(f"https://youtube.com/{word}/" for word in ("source", "show", "clip", "post")),
    ],
)  # fmt: skip
def test_what_differs_behind_a_word_of_the_platform_is_another_suspect(start: str) -> None:
    assert key(f"{start}11") != key(f"{start}22")
    again = read_suspect(f"{start}11", "")
    assert key(again.shown) == again.key


@each(
    "word", ["t.me/addlist/a1", "m.me/ch/a1", "ig.me/j/a1", "wa.me/message/A1", "wa.me/qr/A1",
             "wa.me/+62", "x.com/statuses/11", "youtube.com/c", "web.telegram.org/k/"]
)  # fmt: skip
def test_words_of_a_platform_are_no_account_and_no_number(word: str) -> None:
    (found,) = parse(word)
    assert (found.handle, found.note) == ("", NO_ACCOUNT)


def test_telegram_in_the_browser_shows_the_account_that_it_names(cast: Cast) -> None:
    official(cast, "telegram", "siaga_samudra")
    for text in ("web.telegram.org/k/#@siaga_samudra", "https://web.telegram.org/a/#@Siaga_Samudra",
                 "https://web.telegram.org/#/im?p=%40siaga_samudra"):  # fmt: skip
        assert verdicts(text) == ["official"]
    assert verdicts("web.telegram.org/k/#@siaga_samudra_2") != ["official"]
    assert verdicts("https://evil.example/k/#@siaga_samudra") != ["official"]
    with pytest.raises(AccountError, match="official"):
        reported("web.telegram.org/k/#@siaga_samudra", "")


def test_two_such_links_are_two_reports(cast: Cast) -> None:
    for first, other in (
        ("web.telegram.org/k/#@penipu_satu", "web.telegram.org/k/#@penipu_dua"),
        ("t.me/addlist/penipuA1", "t.me/addlist/penipuB2"),
        ("wa.me/+62 812-1111-2222", "wa.me/+62 813-9999-8888"),
    ):
        one, two, again = (
            actions.report_impersonation(
                actor=selectors.the_public(), channel="public", suspect=suspect, platform="",
                imitated="", happened="Meminta uang",
            )
            for suspect in (first, other, first)
        )  # fmt: skip
        assert one.report != two.report
        assert (again.report, again.joined) == (one.report, True)


SAME = {
    "https://x.com/penipu_z/status/99": [
        "https://x.com/penipu_z/status/99?s=20&t=aaa",
        "https://x.com/Penipu_Z/status/99/photo/1?s=46&t=bbb",
        "https://twitter.com/penipu_z/status/99#m",
        "https://mobile.twitter.com/penipu_z/statuses/99",
        "X.com/i/web/status/99",
    ],
    "https://youtu.be/zz9": [
        "https://youtu.be/zz9?si=AA&t=30",
        "https://www.youtube.com/watch?v=zz9&feature=share&list=1",
        "https://m.youtube.com/shorts/zz9?si=BB",
    ],
    "https://www.tiktok.com/@pz/video/77": [
        "https://www.tiktok.com/@pz/video/77?_t=ZS-1&_r=1",
        "https://m.tiktok.com/@pz/video/77/?is_from_webapp=1&sender_device=pc&_t=2",
    ],
    "https://vt.tiktok.com/ZS1/": ["vt.tiktok.com/ZS1?_t=1&_r=1", "https://VT.tiktok.com/ZS1"],
    "https://www.instagram.com/p/ABC/": [
        "https://instagram.com/p/ABC",
        "https://Instagram.com/p/ABC/?igsh=1",
        "https://m.instagram.com/penipu/reel/ABC/?hl=id",
    ],
    "https://www.facebook.com/share/p/1/": [
        "https://m.facebook.com/share/p/1?mibextid=a",
        "https://id-id.facebook.com/share/p/1/?rdid=b&share_url=c",
        "https://fb.com/share/p/1",
    ],
    "https://www.threads.com/@penipu/post/Ab?xmt=1": ["threads.net/@penipu/post/Ab?slof=1"],
    "https://t.me/addlist/Ab": ["https://telegram.me/addlist/Ab", "T.me/addlist/Ab/"],
}


@each(("link", "same"), [(k, one) for k, all_ in SAME.items() for one in all_])
def test_one_post_is_one_suspect_however_it_was_shared(link: str, same: str) -> None:
    assert key(same) == key(link)
    shown = read_suspect(same, "").shown
    assert key(shown) == key(link)
    assert not any(f"{sign}=" in shown for sign in ("si", "_t", "igsh", "?s", "rdid"))


@each(
    ("one", "other"),
    [
        ("https://x.com/a/status/1", "https://x.com/a/status/2"),
        ("https://www.instagram.com/p/ABC", "https://www.instagram.com/p/abc"),
        ("https://youtu.be/zz9", "https://youtu.be/zZ9"),
        ("https://evil.example/?s=1", "https://evil.example/?s=2"),
        ("https://evil.example/?t=1", "https://evil.example/?t=2"),
        ("https://evil-x.com/a/status/1?s=1", "https://evil-x.com/a/status/1?s=2"),
        ("https://bit.ly/a?si=1", "https://bit.ly/a?si=2"),
        ("https://bit.ly/Ab", "https://bit.ly/ab"),
        ("https://web.telegram.org/a/#-11", "https://web.telegram.org/a/#-12"),
        ("https://www.facebook.com/groups/a?multi_permalinks=1",
         "https://www.facebook.com/groups/a?multi_permalinks=2"),
        ("https://www.youtube.com/watch?v=a&v=b", "https://www.youtube.com/watch?v=a&v=c"),
    ],
)  # fmt: skip
def test_other_posts_and_pages_stay_others(one: str, other: str) -> None:
    assert key(one) != key(other)


@each(
    "written",
    [
        "\u202a+62 812\u20113456\u20117890\u202c",
        "hubungi \u202a+62 812\u20113456\u20117890\u202c ya",
        "0812\u20133456\u20137890",
        "0812 \u2013 3456 \u2013 7890",
        "_081234567890_",
        "*0812-3456-7890*",
        "WA:081234567890",
        "Telp.081234567890",
        "WA/Telp: 0812 3456 7890",
        "no.hp:081234567890",
        "tel:+6281234567890",
        "81234567890",
        "+62(0)81234567890",
        "+62 (0) 812-3456-7890",
        "62081234567890",
        "006281234567890",
        "(+62) 812-3456-7890",
    ],
)
def test_a_number_is_read_as_apps_and_people_write_it(written: str) -> None:
    suspect = read_suspect(written, "")
    assert (suspect.key, suspect.platform) == ("phone|6281234567890", "")
    assert key(suspect.shown) == suspect.key


@pytest.mark.parametrize(
    "link",
    [
        "whatsapp://send?phone=6281234567890&text=halo",
        "https://wa.me/+62 812-3456-7890",
        "https://wa.me/62 812 3456 7890 hubungi",
        "wa.me/c/6281234567890",
        "https://api.whatsapp.com/send/?phone=%2B62%20812-3456-7890&text=hai",
        "https://wa.me/+620812-3456-7890",
    ],
)
def test_a_link_to_a_number_holds_all_of_it(link: str) -> None:
    assert key(link) == key("wa.me/6281234567890") == "whatsapp|phone|6281234567890"


@each(
    "text", ["*_~" * 660 + "1", "(" * 1000 + "1" * 1000, "1 " * 1000, "wa." * 660 + "0812",
             "wa.me/1" + " 1" * 990, "0 ( ) " * 330, "hp:" * 660 + "1", "_wa:" * 500,
             "0812_" * 400, "@a," * 660, "0812-3456-7890," * 130, "1.0-" * 500]
)  # fmt: skip
def test_no_text_takes_long_to_search_for_numbers(text: str) -> None:
    before = time.process_time()
    taken_out(in_digits(in_plain_numbers(text)))
    assert time.process_time() - before < 0.3


def test_what_only_resembles_a_number_stays_what_it_is() -> None:
    assert key("81234567890", "facebook") == "facebook||81234567890"
    assert key("81234567890", "whatsapp") == "phone|6281234567890"
    assert parse("81234567890")[0].note != PHONE, "the check looks for the number of an account"
    assert key("https://evil.example/2020\u20132021") != key("https://evil.example/2020-2021")
    assert read_suspect("x.com/08123456789", "").platform == "x"
    for two in ("wa.me/+62 812-1111-2222 0813-9999-8888", "wa.me/6281211112222 0813 9999 8888"):
        with pytest.raises(AccountError, match="several"):
            key(two)
