"""Names that look alike to a hurried reader: letters of other scripts, digits for letters, typos.

The table of look-alike letters is Unicode's (UTS 39), as ``confusable_homoglyphs`` carries it.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]
from rapidfuzz.distance import OSA

# What readers take for one another within plain letters and digits.
_PLAIN = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "$": "s"})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# What imitators put before or after a name that people know.
ADDED = (
    "official", "resmi", "real", "asli", "admin", "info", "layanan", "cs", "help", "care",
    "bantuan", "pusat", "id", "indonesia", "ri", "the", "akun", "humas",
)  # fmt: skip
SHORTEST_CONTAINED = 6


@cache
def _letters() -> dict[int, str]:
    """For each sign that looks like a plain letter or digit, that one."""
    found: dict[int, str] = {}
    for sign, alike in confusables_data.items():
        plain = [one["c"] for one in alike if one["c"].isascii() and one["c"].isalnum()]
        if len(sign) == 1 and not sign.isascii() and plain:
            # The same letter in both sizes is in the table: the small one is the plain form.
            found[ord(sign)] = min(plain, key=lambda letter: (len(letter), letter.isupper()))
    return found


@lru_cache(maxsize=20_000)
def skeleton(name: str) -> str:
    """What is left of ``name`` for the eye; equal for names that look the same."""
    text = unicodedata.normalize("NFKC", name).translate(_letters()).casefold()
    text = unicodedata.normalize("NFD", text)
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Mn")
    text = text.translate(_letters()).translate(_PLAIN)
    text = "".join(sign for sign in text if sign.isalnum())
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text


@cache
def _added() -> tuple[str, ...]:
    return tuple(sorted({skeleton(word) for word in ADDED}, key=len, reverse=True))


@lru_cache(maxsize=20_000)
def core(bones: str) -> str:
    """A skeleton without digits at its ends and without what imitators add to a name."""
    text = bones.strip("0123456789")
    for _round in range(2):
        for word in _added():
            if text.endswith(word) and len(text) - len(word) >= SHORTEST_CONTAINED - 1:
                text = text.removesuffix(word)
            if text.startswith(word) and len(text) - len(word) >= SHORTEST_CONTAINED - 1:
                text = text.removeprefix(word)
    return text


def slips_allowed(bones: str) -> int:
    """How many letters may differ before two names of this length no longer look alike."""
    if len(bones) < 5:
        return 0
    return 1 if len(bones) < 10 else 2


def look_alike(mine: str, other: str) -> bool:
    """Whether two skeletons could be taken for one another. Not whether anybody means them to."""
    if mine == other or (len(mine) >= SHORTEST_CONTAINED - 1 and core(mine) == core(other)):
        return True
    shorter, longer = sorted((mine, other), key=len)
    if len(shorter) >= SHORTEST_CONTAINED and shorter in longer:
        return True
    slips = slips_allowed(shorter)
    return slips > 0 and OSA.distance(mine, other, score_cutoff=slips) <= slips
