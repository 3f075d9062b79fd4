"""Where a number ends among digits that may be a part of it.

Spaces, points and dashes stand within a number as often as behind it. Digits behind a whole one are

1. another number or no number at all where a sign parts them that stands in none, a bracket opens,
   they begin a number and are long enough for it, they are written as an amount, a day or an hour,
   the next word says what they count, or with them it would be longer than any. The shortest
   numbers are rare: before more digits they are whole only where the sign changes;
2. else a part of it: nobody's digits are dropped without a word;
3. unclear where they are written otherwise than what is before them: behind a number in one piece,
   after another sign than before, behind a space in a group that is not as long as the one before
   it, or as what may as well be an amount. Read with them or without, it could be the number of
   somebody else, so that who reports it is asked. So is who writes them behind a number that is
   over and may go on nevertheless, or before one that begins as numbers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from accounts import everyday

SHORTEST = 9
# From abroad, the country with it (E.164).
LONGEST = 15
# How another one begins, behind the end of one or behind what is none.
_NEXT = re.compile(r"0[2-9]|62|8")
# The first digits of one, which may be all of its first group; no day, street or ordinal.
_BEGINNING = re.compile(r"\D|00?$|0[2-9]\d|62|8\d\d")
# Of Indonesian numbers, without the 0 or 62 before them: the least and the most.
_MOBILE, _LANDLINE = (9, 12), (8, 11)
# No country begins with 0: there the sign says "and".
_GROUP = re.compile(r"(?:\+(?!0)|\()*\d+\)?")
_ENDS = re.compile(r"[,:;&=|/]")
_HERE = re.compile(r"(?:00)?620?|0(?!0)|(?=8)")
_HERE_FROM_ABROAD = re.compile(r"(?:00)?620?")
_COUNTRY = re.compile(r"^(?:00 ?|\(?\+ ?|\(?(?=62))\d{1,3}(?!\d)\)?")
_GROUPS_BEFORE = re.compile(r"(?<![\w@/.,:=&?#+-])\d[\d .()-]{0,30} [ .()-]{0,2}$")
# From here on they are asked about themselves where nothing says what they are.
_FIRST_THAT_IS_NONE = 7
_COUNTED = (
    "kali|jam|menit|hari|minggu|bulan|tahun|orang|korban|ribu|rb|juta|jt|miliar|rupiah|persen|pagi"
    "|siang|sore|malam|wib|wita|wit|times|hours|days"
)
_MONTHS = (
    "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|jan|feb"
    "|mar|apr|jun|jul|agu|ags|agt|sep|sept|okt|nov|des"
)
# Amounts, also with the word for what is counted, and days with the name of the month.
_COUNT = re.compile(
    rf"[( -]*\s(?:\d{{1,7}}(?:[.,]\d{{3}})* (?:(?:hari|jam|menit) (?:yang )?lalu"
    rf"|(?:{_COUNTED})(?!\w| (?:\d|ini|itu|tadi|lalu)))"
    rf"|\d{{1,3}}(?:[.,]\d{{3}})+(?!\d)|\d{{1,2}} (?:{_MONTHS})(?!\w))",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"[( -]*\s(?:(?:[01]?\d|2[0-4])[.:][0-5]\d|\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d)(?!\d)"
)
# The only mobile numbers here of which many have the least digits.
_OFTEN_SHORT = re.compile(r"(?:\D*(?:00)?620?|\D*0)\D*8\D*1\D*1")


def several(run: str, behind: str = "") -> Iterator[tuple[int, int]]:
    """Where each of the numbers in ``run``, which may be one, begins and ends. ``behind`` is what
    stands behind all of it."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    start = 0
    for place, (_begin, end) in enumerate(groups):
        is_last = place + 1 == len(groups)
        if is_last or _is_over(run[groups[start][0] : end], run[end:], behind):
            yield groups[start][0], end
            start = place + 1


def is_unclear(number: str, behind: str = "") -> bool:
    """Whether ``number``, with ``behind`` behind it, may be over before its end or go on there."""
    for found in re.finditer(r"(?<=\d)(\D+)(\d+)", number):
        before, sign = number[: found.start()], found[1].strip("()")
        if not _is_whole(before):
            continue
        is_odd = (sign.isspace() and _is_odd(before, found[2])) or sign != _sign_within(before)
        if is_odd or _COUNT.match(f"{number[found.start() :]}{behind}"):
            return True
    digits, least, most = _counted(number)
    if digits > most and _sign_within(number):
        return True
    further = re.match(r"([ .()-]{1,3})(\d+)", behind)
    if further is None or digits < least:
        return False
    if not further[1].strip(".-"):
        return True
    may_belong = digits == least or digits + len(further[2]) <= most
    return may_belong and _begins_another(number, behind)


def _is_odd(before: str, group: str) -> bool:
    """Whether ``group`` is no regular one behind a space after ``before``, which is whole."""
    groups = re.findall(r"\d+", _own(before))
    if _counted(before)[2] == LONGEST:
        return len(group) < min(3, *(len(one) for one in groups))
    return _OFTEN_SHORT.match(before) is not None or len(group) != len(groups[-1])


def beginning_before(number: str, before: str) -> str:
    """The digits at the end of ``before`` that may be a part of ``number`` behind them, or another
    one, as they are written: few enough for a group of it, too many for an ordinal, and neither a
    day nor an amount. Empty where there are none. A number begins at its "+"."""
    found = _GROUPS_BEFORE.search(before)
    if found is None or ("+" in number[:2] and len(re.sub(r"\D", "", found[0])) < SHORTEST):
        return ""
    may_be_part = any(
        2 < len(re.sub(r"\D", "", group)) < _FIRST_THAT_IS_NONE and not everyday.is_by_itself(group)
        for group in found[0].strip(" .()-").split(" ")
    )
    return found[0] if may_be_part else ""


def _is_over(number: str, rest: str, behind: str) -> bool:
    found = re.match(r"([^\d+]*)\+?(\d*)", rest)
    between, more = found.groups() if found else ("", "")
    if _ENDS.search(between) or rest.lstrip(" (.-").startswith("+"):
        return True
    if _begins_another(number, rest) or _is_before_one(number, rest):
        return True
    digits, least, most = _counted(number)
    if digits < least:
        return False
    behind = f"{rest}{behind}"
    # Where it is as short as any, who wrote one digit too many is asked which it is.
    is_too_long = digits + len(more) > most + (digits == least)
    if "(" in between or _TIME.match(behind) or is_too_long:
        return True
    is_sure = digits > least or _sign_within(number) not in {"", between.strip("()")}
    return is_sure and _COUNT.match(behind) is not None


def _own(number: str) -> str:
    """``number`` without its country, where that stands apart."""
    return _COUNTRY.sub("", number, count=1)


def _sign_within(number: str) -> str:
    """What stands before the last group of it; nothing where it is in one piece."""
    found = re.search(r"\d(\D+)\d+\D*$", _own(number))
    return found[1].strip("()") if found else ""


def _begins_another(number: str, rest: str) -> bool:
    return _is_whole(number) and _has_number(rest)


def _has_number(rest: str) -> bool:
    # Without a space before it, it is what stands there to the next one.
    ends = r"[+,:;&=|/ ]" if rest[:1] in {".", "-"} and rest[1:2].isdigit() else r"[+,:;&=|/]"
    following = re.sub(r"\D", "", re.split(ends, rest)[0])
    return len(following) >= SHORTEST and _NEXT.match(following) is not None


def _is_before_one(digits: str, rest: str) -> bool:
    """Whether ``digits`` begin no number, but what stands apart behind them does."""
    is_apart = re.match(r"[.)-]{0,2} [ (-]{0,2}(?:0[2-9]|62)", rest) is not None
    begins = _BEGINNING.match(digits) and not everyday.is_by_itself(digits)
    return is_apart and not begins and _has_number(rest)


def _is_whole(number: str) -> bool:
    digits, least, _most = _counted(number)
    return digits >= least


def _counted(number: str) -> tuple[int, int, int]:
    """The digits of ``number`` that count, and how many there must be and may be."""
    digits = re.sub(r"\D", "", number)
    is_from_abroad = "+" in number[:3] or digits.startswith("00")
    here = (_HERE_FROM_ABROAD if is_from_abroad else _HERE).match(digits)
    if here is None:
        return len(digits), SHORTEST, LONGEST
    own = digits[here.end() :]
    return len(own), *(_MOBILE if own.startswith("8") else _LANDLINE)
