"""Nobody's report is swallowed by that about another: addresses that only may be the same."""

from __future__ import annotations

import pytest

from accounts.errors import AccountError
from accounts.references import parse
from accounts.suspects import read_suspect
from tests.gathering import each


def key(text: str, platform: str = "") -> str:
    return read_suspect(text, platform).key


OLD = ("youtube.com/user/Evilchan", "youtube.com/c/Evilchan", "youtube.com/Evilchan")


def test_an_old_address_of_youtube_is_reported_by_itself() -> None:
    keys = {key(one) for one in (*OLD, "youtube.com/@evilchan")}
    assert len(keys) == 4
    assert key("https://www.youtube.com/user/EVILCHAN/videos?si=1") == key(OLD[0])


@pytest.mark.parametrize("address", OLD)
def test_an_old_address_is_shown_as_it_was_asked_for(address: str) -> None:
    (one,) = parse(f"https://www.{address}?si=1")
    assert (one.shown, one.again) == (address, address)
    assert parse(one.shown) == [one]
    suspect = read_suspect(f"https://{address}", "")
    assert suspect.shown == address
    assert key(suspect.shown) == suspect.key


NUMBER, OTHER = "0812-3456-7890", "0813-9876-5432"
FIRST, SECOND = "081234567890", "081398765432"


def read(text: str) -> list[str]:
    return [one.shown for one in parse(text)]


@each("sign", [",", ".", ":", "&", "+", "=", "/", ";", "|", ", ", " / ", " - "])
def test_numbers_are_told_apart_whatever_stands_between_them(sign: str) -> None:
    assert read(f"{FIRST}{sign}{SECOND}") == [FIRST, SECOND]
    assert read(f"WA {NUMBER}{sign}{OTHER} ya") == [NUMBER, OTHER]
    assert read(f"{FIRST}{sign}{SECOND}{sign}{FIRST[:-1]}1") == [FIRST, SECOND, f"{FIRST[:-1]}1"]


@each(
    ("text", "shown"),
    [
        (f"021-1234567, {NUMBER}", ["021-1234567", NUMBER]),
        (f"(021) 123 4567 atau {NUMBER}", ["(021) 123 4567", NUMBER]),
        (f"0211234567,{FIRST}", ["0211234567", FIRST]),
        (f"+1 202 555 0100 dan {NUMBER}", ["+1 202 555 0100", NUMBER]),
        (f"{NUMBER} 62 813 9876 5432", [NUMBER, "62 813 9876 5432"]),
        (f"{NUMBER} 813-9876-5432", [NUMBER, "813-9876-5432"]),
        (f"@evil,{FIRST}", [FIRST, "@evil"]),
        (f"@evil@mas.to:+62{FIRST[1:]}", [f"+62{FIRST[1:]}", "@evil@mas.to"]),
        (f"instagram.com/evil,{NUMBER}", [NUMBER, "instagram.com/evil"]),
        (f"WA:{FIRST}/{SECOND}", [FIRST, SECOND]),
        (f"0812 345 609 01 dan {OTHER}", ["0812 345 609 01", OTHER]),
        (f"812 345 678 90 dan {OTHER}", ["812 345 678 90", OTHER]),
        # Nor by the digits before it.
        (f"2 nomor: {NUMBER} dan {OTHER}", [NUMBER, OTHER]),
        (f"no 3 wa: {NUMBER} lalu wa {OTHER}", [NUMBER, OTHER]),
        (f"25/11/2026 {NUMBER} / {OTHER}", [NUMBER, OTHER]),
    ],
)
def test_a_number_beside_another_is_not_swallowed(text: str, shown: list[str]) -> None:
    found = parse(text)
    assert [one.shown for one in found] == shown
    assert parse(" ".join(one.again for one in found)) == found
    with pytest.raises(AccountError, match="several"):
        read_suspect(text, "x")


@each(
    ("text", "shown"),
    [
        ("rapat 08-11-2026 08:30, @evil", ["@evil"]),
        ("Rp1.500.000, @evil", ["@evil"]),
        ("NIK 6201010101010001 @evil", ["@evil"]),
        ("https://kota.example/a,081234567890", ["kota.example/a,081234567890"]),
        ("https://kota.example/?a=1;b=081234567890", ["kota.example?a=1%3Bb%3D081234567890"]),
        ("https://kota.example/0812/3456/7890", ["kota.example/0812/3456/7890"]),
        ("https://x.com/evil/status/081234567890", ["x.com/evil"]),
        ("@evil_0812_3456_7890", ["@evil_0812_3456_7890"]),
        ("@081234567890", ["@081234567890"]),
    ],
)
def test_digits_that_are_no_number_stay_what_they_are(text: str, shown: list[str]) -> None:
    assert len(read(text)) == 1
    assert read(text) == shown


@each(
    ("written", "is_altered"),
    [
        ("812-3456-7890", False),
        ("812 3456 7890", False),
        ("0812_3456_7890", False),
        ("0812/3456/7890", False),
        ("+62/812/3456/7890", False),
        ("0812 3456 789O", True),
        ("O812-3456-789o", True),
        ("hubungi 0812 3456 789O ya", True),
    ],
)
def test_a_number_is_read_in_unusual_spellings(written: str, is_altered: bool) -> None:
    suspect = read_suspect(written, "")
    assert (suspect.key, suspect.platform) == ("phone|6281234567890", "")
    assert key(suspect.shown) == suspect.key
    assert suspect.reference.altered is is_altered, "who reads it compares letter by letter"


def test_a_number_with_the_country_of_others_stays_there() -> None:
    assert key("+81 90-1234-5678") == "phone|819012345678"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x.com/evil dan evil2", "evil2"),
        ("x.com/evil, evil_dua", "evil_dua"),
        ("x.com/evil rekening 5271234567", "5271234567"),
        ("x.com/evil, 1500-5678", "1500-5678"),
    ],
)
def test_what_may_be_another_account_is_not_dropped_without_a_word(text: str, word: str) -> None:
    with pytest.raises(AccountError, match=word) as refused:
        read_suspect(text, "")
    assert refused.value.field == "suspect"


@pytest.mark.parametrize(
    "words",
    ["(dari grup warga)", "mengaku <b>bendahara</b> Budi", "minta Rp50.000 atau 1.500.000",
     "12/11/2026 jam 08.30 WIB", "2026-11-12 14:30", "RT05 RW02, ke-2 kali", "50rb/orang"]
)  # fmt: skip
def test_words_beside_an_account_are_welcome(words: str) -> None:
    assert key(f"x.com/evil {words}") == key("x.com/evil")


@pytest.mark.parametrize(
    "same",
    [
        (
            "https://m.facebook.com/story.php?story_fbid=11&id=22",
            "https://www.facebook.com/story.php?id=22&story_fbid=11&mibextid=a",
        ),
        (
            "https://www.facebook.com/photo/?fbid=33&set=a.1",
            "https://www.facebook.com/photo.php?set=a.1&fbid=33",
            "https://m.facebook.com/photo?fbid=33&set=a.1",
        ),
        (
            "tg://join?invite=AbCd",
            "tg:join?invite=AbCd",
            "https://t.me/+AbCd",
            "https://t.me/joinchat/AbCd",
        ),
    ],
)
def test_one_page_of_a_platform_is_one_suspect_however_its_address_is_built(
    same: tuple[str, ...],
) -> None:
    (only,) = {key(one) for one in same}
    assert {key(read_suspect(one, "").shown) for one in same} == {only}
    assert key(same[0].replace("1", "2").replace("3", "4").replace("AbCd", "abcd")) != only


def test_a_link_for_an_app_is_shown_as_one() -> None:
    assert read_suspect("tg://join?invite=AbCd", "").shown == "tg://join?invite=AbCd"
    assert key("https://kota.example/a?b=1&c=2") != key("https://kota.example/a?c=2&b=1")


@each(
    ("text", "numbers"),
    [
        ("081200123456", ["081200123456"]),
        ("0857-0012-3456", ["0857-0012-3456"]),
        ("+6282200123456", ["+6282200123456"]),
        ("+62 21 5001 2345", ["+62 21 5001 2345"]),
        ("021-5001234", ["021-5001234"]),
        ("(021) 3500123", ["(021) 3500123"]),
        ("0062 812 3456 7890", ["+62 812 3456 7890"]),
        ("WA 081234567890 500 ribu", ["081234567890"]),
        ("081234567890 (2 kali)", ["081234567890"]),
        ("081234567890 (1)", ["081234567890"]),
        ("081234567890 24 jam", ["081234567890"]),
        ("081234567890 (26 November 2026)", ["081234567890"]),
        ("081234567890 1000000", ["081234567890"]),
        ("0812 34567890 2026", ["0812 34567890"]),
        ("081234567890 12-11-2026", ["081234567890"]),
        ("081234567890 12.30 WIB", ["081234567890"]),
        ("0812 3456 7890 08.00-16.00", ["0812 3456 7890"]),
        ("0812-3456-7890 12/11/2026", ["0812-3456-7890"]),
        ("0812 345 678 901", ["0812 345 678 901"]),
    ],
)
def test_a_number_ends_where_an_amount_a_day_or_an_hour_begins(
    text: str, numbers: list[str]
) -> None:
    assert read(text) == numbers


@pytest.mark.parametrize(
    "words",
    ["CPNS2026", "PPID2026", "BUDI_S", "2024-2029", "COVID19"],
)  # fmt: skip
def test_words_of_everyday_beside_a_suspect_are_no_further_one(words: str) -> None:
    assert key(f"instagram.com/penipu {words}") == key("instagram.com/penipu")
    with pytest.raises(AccountError):
        read_suspect("instagram.com/penipu penipu2", "")
