"""Numbers and addresses as the cells of a list hold them: whole, or cut by commas and line breaks.

All texts here are those of ``custody.plain_of``.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from accounts.custody import ADDRESS, HARMLESS, TELEPHONE, YEAR

TELLING = 3
"""So many digits are a piece of a number; fewer count seats, floors and sections."""
_WHOLE = 6
_LONGEST, _MOST_GROUPS = 20, 4
# What stands beside a number or an address and says no more than that it is one.
_LABEL = re.compile(
    r"(?<![\w.@+-])(?:no|nomor|wa|whatsapp|hp|tel|telp|telepon|phone|e-?mail|mailto|surel)"
    r"(?![^\W\d_]|\S*@)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan|feb|mar|apr|mei|may|jun|jul|agu|agt|aug|sep|okt|oct|nov|nop|des|dec)"
    r"[^\W\d_]{0,6}\.?"
)
_D, _M = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_SEP = r"\s?[-/.,]\s?"
_DD = r"(?:0[1-9]|[12]\d|3[01])"
_SHAPES = (
    # In either order of days and months, which people mix up.
    rf"{_D}{_SEP}{_D}{_SEP}(?:{YEAR}|\d\d)",
    rf"{YEAR}{_SEP}{_D}{_SEP}{_D}",
    rf"{_D}\s{_D}\s{YEAR}|{YEAR}\s{_D}\s{_D}",
    rf"{YEAR}{_M}{_DD}|{_DD}{_M}{YEAR}",
    rf"(?:0?[1-9]|1[0-2]){_SEP}{YEAR}",
    rf"{_D}[\s.-]*{_MONTH}[\s,.-]*(?:{YEAR}|'?\d\d)",
)
_CLOCK = r"(?:[T\s]\s?[0-2]?\d[:.][0-5]\d(?:[:.][0-5]\d(?:\.\d{1,6})?)?Z?)?"
_DAY = re.compile(
    rf"(?<!\d)(?<!\d[-/.,])(?:{'|'.join(_SHAPES)}){_CLOCK}(?!\d|[-/.,]\d)", re.IGNORECASE
)
_YEARS = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_REFERENCE = re.compile(rf"(?!(?:0|62)8\d\d)\d[\d./-]*[./-]{YEAR}")
_SEPARATED = re.compile(r"\s*([./-])\s*")
# Such as “humas (at) samudra.go.id”.
_SPELLED_OUT = re.compile(rf"[\w.+-]*(?:{ADDRESS.pattern})", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
# As every number of a telephone does that is known by itself.
_BEGINS = re.compile(r"\D*[06]|[^\d+]*\+")
_PREFIX = re.compile(r"\+\d{1,3}|62|08?")
_PARTED = re.compile(r"\d[./]\d")
_NO_DIGITS = re.compile(r"[^\d+]")
_FIRST_DIGIT = re.compile(r"(?P<plus>\+)[^+\d]*\d|\d")
_BETWEEN = string.punctuation + string.whitespace + "·•"
_OF_NUMBERS = string.digits + _BETWEEN


class Piece(NamedTuple):
    """A text on one line, of which a number may be the whole, the end or the beginning."""

    tail: str
    head: str
    tail_tells: bool
    head_tells: bool
    is_whole: bool
    explained: bool
    """Whether a number of its own may stand there, such as that of a decree."""


@lru_cache(2048)
def weight(plain: str) -> int:
    """How many digits there are beside those of days, years and decrees."""
    left = plain
    for settled in (_DAY, HARMLESS, _YEARS):
        if _count(left) < TELLING:
            break
        left = settled.sub("§", left)
    return _count(left)


def has_words(plain: str) -> bool:
    """More than what says that this is a number or an address."""
    return any(map(str.isalpha, _bare(plain)))


def is_number(plain: str, *, explained: bool) -> bool:
    """Whether all of it is a number of six digits and more; where it may be ``explained``, one of
    a telephone."""
    if _count(plain) < _WHOLE or has_words(plain):
        return False
    if explained:
        return not is_reference(plain) and _is_telephone(_bare(plain))
    return weight(plain) >= _WHOLE


def is_reference(plain: str) -> bool:
    """Whether it is the number of a letter or decree, which names its year."""
    text = _SEPARATED.sub(r"\1", _bare(plain)).lstrip(" .:")
    return _REFERENCE.fullmatch(text) is not None


def is_address(plain: str) -> bool:
    """Whether all of it is an e-mail address, or several."""
    if not ADDRESS.search(plain):
        return False
    text = _bare(plain)
    return _SPELLED_OUT.fullmatch(text.strip(_BETWEEN)) is not None or all(
        ("@" in word and "://" not in word) or not any(map(str.isalpha, word))
        for word in text.split()
    )


@lru_cache(2048)
def piece_of(plain: str, *, explained: bool = False) -> Piece | None:
    """None where ``plain`` neither begins nor ends with digits, or tells of days: alone, or with
    words."""
    text = _bare(plain)
    tail = text[len(text.rstrip(_OF_NUMBERS)) :].strip()
    head = text[: len(text) - len(text.lstrip(_OF_NUMBERS))].strip()
    if not _count(tail + head) or _DAY.fullmatch(text):
        return None
    tail_tells = weight(tail) >= TELLING
    if head == text:
        return Piece(tail, head, tail_tells, tail_tells, True, explained)
    if not weight(plain):
        return None
    return Piece(tail, head, tail_tells, weight(head) >= TELLING, False, explained)


def spread(pieces: Sequence[Piece | None]) -> set[int]:
    """The places over which a number is spread; none goes over what is no piece."""
    return {
        place
        for start in range(len(pieces) - 1)
        for end in _ends(pieces, start)
        for place in range(start, end + 1)
    }


def _ends(pieces: Sequence[Piece | None], start: int) -> Iterator[int]:
    """Where the numbers end that begin at ``start``, or behind words there."""
    first = pieces[start]
    if first is None or pieces[start + 1] is None or not _count(first.tail):
        return
    groups = first.tail.split()[-_MOST_GROUPS:]
    beginnings = [
        " ".join(groups[place:]) for place in range(len(groups)) if _BEGINS.match(groups[place])
    ]
    if not beginnings and not first.tail_tells:
        return
    explained, more = first.explained, ""
    opening = _PREFIX.fullmatch(_NO_DIGITS.sub("", first.tail))
    for place in range(start + 1, len(pieces)):
        piece = pieces[place]
        if piece is None or not _count(piece.head) or len(more) > _LONGEST:
            return
        # “Loket 02” goes on in no decree or handle, “+62” does, “SDN 08” in what is not parted.
        is_opening = opening and (opening[0][0] == "+" or not _PARTED.search(piece.head))
        short = not first.tail_tells and not is_opening
        if short and (piece.explained or not piece.head_tells):
            return
        more += _digits(piece.head)
        explained = explained or piece.explained
        telling = first.tail_tells and piece.head_tells and not explained
        if telling or any(_is_telephone(begun + more) for begun in beginnings):
            yield place
        if not piece.is_whole:
            return


def _bare(plain: str) -> str:
    """Without the words that say that this is a number or an address."""
    return _LABEL.sub(" ", plain).strip()


def _is_telephone(text: str) -> bool:
    found = _FIRST_DIGIT.search(text)
    sign = "+" if found and found["plus"] else ""
    return TELEPHONE.fullmatch(sign + _digits(text)) is not None


def _count(text: str) -> int:
    return sum(map(text.count, string.digits))


def _digits(text: str) -> str:
    return "".join(_DIGITS.findall(text))
