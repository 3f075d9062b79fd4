"""What stands behind the "?" of a feed's address, told without what may be a key in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

HIDDEN = "…"
# A part without a name or without a value may be a key as a whole, and so may a long name.
_NAMED = re.compile(r"(?P<name>[A-Za-z][\w.\-\[\]]{0,19})=(?P<value>.*[^=].*)", re.ASCII)
# Under these websites write which of their feeds it is, and no secret.
_TELLING = frozenset(
    {
        "bidang", "cat", "catid", "category", "channel", "dinas", "feed", "format", "id",
        "instansi", "itemid", "kanal", "kategori", "kategori_id", "lang", "language", "menu",
        "opd", "p", "page", "paged", "post_type", "rss", "rubrik", "section", "skpd", "tag",
        "topic", "topik", "type", "unit", "unit_id", "view",
    }
)  # fmt: skip
_LONGEST = 20
_MOST_DIGITS = 6
# dinkes, IKP, Berita, and rss2; in mixed capitals or with digits within it may be anything.
_WORD = re.compile(r"(?P<letters>[a-z]+|[A-Z]+|[A-Z][a-z]+)?(?P<digits>[0-9]*)")
_LIKE_HEX = re.compile(r"(?=.*[a-f])[0-9a-f-]{7,}", re.IGNORECASE)
# What units are called by: DPMPTSP; and with a number SMPN3. Elsewhere rss2, xml.
_UNITS = frozenset({"bidang", "dinas", "instansi", "opd", "skpd", "unit", "unit_id"})
_LONGEST_INITIALS = 7
_LONGEST_ELSEWHERE = 4
_LONGEST_NUMBERED = 4
_LONGEST_WORD = 14
_UNSPOKEN = re.compile(r"[^aeiou]{4}|[aeiou]{4}|[qx]", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)


def without_keys(address: str) -> str:
    """``address`` with the names of its parameters, and of their values only those that say which
    feed it is and cannot be a key."""
    place, mark, query = address.partition("?")
    return place + mark + "&".join(_shown(part) for part in query.split("&") if part)


def _shown(part: str) -> str:
    named = _NAMED.fullmatch(part)
    if named is None:
        return HIDDEN
    name, value = named["name"], named["value"]
    longest = _LONGEST_INITIALS if name.lower() in _UNITS else _LONGEST_ELSEWHERE
    is_plain = name.lower() in _TELLING and _is_plain(value, longest)
    return f"{name}={value if is_plain else HIDDEN}"


def _is_plain(value: str, longest_initials: int) -> bool:
    """Whether it is a small number, or words and initials as people write them: what was drawn by
    lot is long, has digits among its letters, or cannot be spoken."""
    words = [_WORD.fullmatch(word) for word in value.split("-")]
    if len(value) > _LONGEST or _LIKE_HEX.fullmatch(value) or not all(words):
        return False
    found = [(word["letters"] or "", word["digits"]) for word in words if word]
    if sum(len(digits) for _letters, digits in found) > _MOST_DIGITS:
        return False
    initials = [one for one in found if not _can_be_spoken(one[0])]
    if any(len(digits) > 2 for letters, digits in found if letters):
        return False
    if any(len(letters) > _LONGEST_NUMBERED for letters, digits in initials if digits):
        return False
    return all(map(any, found)) and sum(len(one[0]) for one in initials) <= longest_initials


def _can_be_spoken(word: str) -> bool:
    vowels = len(_VOWEL.findall(word))
    return len(word) <= _LONGEST_WORD and not _UNSPOKEN.search(word) and vowels >= 0.3 * len(word)


def differing_names(one: str, other: str) -> Sequence[str]:
    """The parameters of two addresses that do not say the same in both, in their order; not those
    that have no name."""
    here, there = _values(one), _values(other)
    return [name for name in {**here, **there} if here.get(name) != there.get(name)]


def _values(address: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for part in address.partition("?")[2].split("&"):
        if named := _NAMED.fullmatch(part):
            values[named["name"]].append(named["value"])
    return values
