"""Data of people among words: what is found, in the one spelling that lists of contacts have.

False alarms cost as much as misses: who is asked about every date justifies everything unread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from accounts import bank_numbers, phones

# Codes of provinces of the Ministry of Home Affairs: 9x are those in Papua.
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 20), (21, 22), (31, 37), (51, 54), (61, 66), (71, 77), (81, 83), (91, 98))
    for code in range(*codes)
)
# As people part it; within a longer number it is none.
_SIXTEEN = re.compile(r"(?<![\d.,/-])\d(?:[ .-]?\d){15}(?![\d/]|[.,-]\d)")
# What is called one is asked about, whatever its digits: a mistyped one is one of somebody too.
_CALLED_IDENTITY = re.compile(
    r"(?<!\w)(?:NIK|KTP|KK)(?:-?nya)?\b\.?(?:[ :=(.]{1,3}(?:no(?:mor|mer)?|adalah|yaitu)\b\.?){0,2}"
    r"[ :=(.]{1,3}\Z",
    re.I,
)
_LONGEST_CALL = 40
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+")
_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+%-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![\w@-])",
    re.ASCII,
)
# Only in brackets: “rapat at” and “di titik” are words.
_SPELLED_AT = re.compile(r"[ \t]?[\[({<][ \t]?(?:at|et|@)[ \t]?[\])}>][ \t]?", re.I)
_SPELLED_DOT = re.compile(r"[ \t]?[\[({<][ \t]?(?:dot|titik|\.)[ \t]?[\])}>][ \t]?", re.I)
# The account of a fediverse server is no mailbox: @nama@server.
_IN_LINK = re.compile(
    r"(?:wa\.me/|whatsapp\.com/send/?\?(?:[^\s#]*&)?phone=|\btel:)(\+?\d{8,15})", re.I
)
_CALLED_ACCOUNT = re.compile(
    r"(?<![\w@./-])(?:no(?:mor|mer)?\.? ?)?(?:rekening|rek)\b\.?"
    r"(?:[ .:=(]{1,3}(?:(?:bank|atas nama|a\.?n\.?|bpd|no(?:mor)?|tujuan|giro|tabungan)\b\.?|"
    r"[A-Z][A-Za-z]{1,12})){0,4}[ .:=(]{1,3}(\d(?:[ .-]?\d){7,17})(?![\w@])",
    re.IGNORECASE,
)
# Street, house, and the neighbourhood unit, which offices leave out of their addresses.
_HOUSE = r"(?:jl|jln|jalan|gg|gang|dusun|dsn|blok|perum(?:ahan)?|komplek[s]?|kp|kampung)\b\.?"
# What is said to all who live there is no address of one of them.
_BETWEEN = r"(?:(?!\bwarga\b)[^\n;!?]){1,70}?"
_NEIGHBOURHOOD = r"RT[ .:]{0,2}0?\d{1,3}[ ,/]{0,3}(?:RW[ .:]{0,2})?0?\d{1,3}"
_HOME = re.compile(rf"(?<!\w){_HOUSE}{_BETWEEN}(?<!\w)({_NEIGHBOURHOOD})(?!\d)", re.I)
_LIVES = re.compile(
    r"(?<!\w)(?:beralamat|tinggal|berdomisili|domisili|alamat(?: rumah)?|rumah(?:nya)?)\b"
    rf"{_BETWEEN}(?<!\w)({_NEIGHBOURHOOD})(?!\d)",
    re.I,
)
# As much as a long post has: reading takes the square of it.
LONGEST_READ = 1_000
_URL = re.compile(r"https?://\S+", re.I)


def identity_numbers(words: str) -> Iterator[str]:
    """NIK and numbers of family cards: a province, and the day of birth or of issue; or what is
    called one."""
    words = _usual(words)
    for match in _SIXTEEN.finditer(words):
        number = bank_numbers.digits(match.group())
        before = words[max(match.start() - _LONGEST_CALL, 0) : match.start()]
        is_one = _is_identity(number) or _CALLED_IDENTITY.search(before)
        if is_one and not _AMOUNT.fullmatch(match.group()):
            yield number


def _usual(words: str) -> str:
    """With the usual digits and letters for those that only look otherwise: those of full width."""
    return words if words.isascii() else unicodedata.normalize("NFKC", words)


def _is_identity(number: str) -> bool:
    if (
        len(number) != 16
        or number[:2] not in _PROVINCES
        or number[2:4] == "00"
        or number[4:6] == "00"
    ):
        return False
    day, month, year = (int(number[at : at + 2]) for at in (6, 8, 10))
    # Women have forty more in the place of the day.
    day -= 40 if day > 40 else 0
    try:
        # A year that is a leap year in either century.
        date(2000 + year, month, day)
    except ValueError:
        return False
    return number[12:] != "0000"


def phone_numbers(words: str) -> Iterator[str]:
    """Numbers as ``0812…``: those of people and landlines; short service numbers are for all."""
    words = _usual(words)
    for match in _IN_LINK.finditer(words):
        yield national(match.group(1))
    accounts = list(account_numbers(words))
    for part in _parts(_URL.sub(" ", words)):
        plain = phones.in_digits(phones.in_plain_numbers(part))
        # A text that is nothing but a number is read less strictly there than one among words.
        for number in phones.taken_out(f"{plain} x")[0]:
            # Behind "nomor" a number may be an account's, and be read as a telephone's from its
            # middle.
            if not any(bank_numbers.digits(number) in account for account in accounts):
                yield national(number)


def _parts(words: str) -> Iterator[str]:
    """Lines with digits: no number goes on in the next. Of a long one it is read a piece at a time,
    because what looks where numbers begin and end looks at all of it each time."""
    for line in words.splitlines():
        while len(line) > LONGEST_READ:
            cut = line.rfind(" ", 0, LONGEST_READ) + 1 or LONGEST_READ
            yield line[:cut]
            line = line[cut:]
        if any(sign.isdigit() for sign in line):
            yield line


def national(number: str) -> str:
    """A telephone number in digits, as it is called within the country."""
    digits = bank_numbers.digits(number)
    if digits.startswith("620"):
        return digits[2:]
    if digits.startswith("62") and len(digits) > 9:
        return f"0{digits[2:]}"
    return f"0{digits}" if digits.startswith("8") and 9 <= len(digits) <= 12 else digits


def account_numbers(words: str) -> Iterator[str]:
    """Of banks, where words say so: digits alone do not tell."""
    words = _usual(words)
    found = {bank_numbers.digits(match.group(1)) for match in _CALLED_ACCOUNT.finditer(words)}
    found |= bank_numbers.beside_banks(words)
    yield from sorted(number for number in found if not _is_identity(number))


def email_addresses(words: str) -> Iterator[str]:
    """Those that are spelled out too: ``nama [at] dinas [titik] go.id``."""
    words = _SPELLED_DOT.sub(".", _SPELLED_AT.sub("@", _usual(words)))
    for match in _EMAIL.finditer(words):
        if words[match.start() - 1 : match.start()] != "@":
            yield match.group().lower()


def home_addresses(words: str) -> Iterator[str]:
    for pattern in (_HOME, _LIVES):
        for match in pattern.finditer(words):
            yield re.sub(r"\W+", " ", match.group(1)).strip().lower()


def shortened(words: str, most: int = 60) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def masked(rule: str, thing: str) -> str:
    """Enough of ``thing`` to find it in one's own text, too little to use it."""
    if rule == "email":
        name, _at, host = thing.partition("@")
        return f"{name[:1]}•••@{host}"
    if rule == "address":
        return thing.upper()
    kept = 2 if rule == "nik" else 3
    return f"{thing[:kept]}{'•' * max(len(thing) - 2 * kept, 3)}{thing[-kept:]}"
