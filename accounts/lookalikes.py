"""Names that look alike to a hurried reader: letters of other scripts, digits for letters, typos.

The table of look-alike letters is Unicode's (UTS 39), as ``confusable_homoglyphs`` carries it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
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
# Kinds of offices that every agency of its level has.
OFFICES = frozenset(
    {
        "dinas", "badan", "kantor", "bagian", "bidang", "balai", "biro", "inspektorat",
        "sekretariat", "pemerintah",
    }
)  # fmt: skip
# Levels of government, told apart only by the name that stands beside them.
LEVELS = frozenset(
    {
        "kota", "kabupaten", "kab", "provinsi", "prov", "kecamatan", "kec", "kelurahan", "kel",
        "desa", "daerah", "negeri",
    }
)  # fmt: skip
SHORTEST_CONTAINED = 6
# Letters beyond offices and levels that a part of a longer handle must have to mean this agency:
# of its display name, and of what people make of that. Kota Baru is in the names of many.
OWN_LETTERS, OWN_LETTERS_OF_SHORT = 5, 7
# What stands between the words of a display name.
_BETWEEN = re.compile(r"[\s/|\\·•&+,;:()\[\]{}\u2010-\u2015_-]+")


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


@lru_cache(maxsize=20_000)
def peeled(bones: str) -> frozenset[str]:
    """A skeleton, and what is left of it without some of what imitators add, or without a year."""
    found = newest = {bones}
    for _round in range(3):
        newest = {
            rest
            for text in newest
            for word in (*_added(), *_years())
            for rest in (text.removesuffix(word), text.removeprefix(word))
            if len(rest) >= SHORTEST_CONTAINED - 1
        }
        found = found | newest
    return frozenset(found)


@cache
def _years() -> tuple[str, ...]:
    return tuple(skeleton(str(year)) for year in range(2010, 2040))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What people write who know an account by its display name, as skeletons.

    ``exact`` is looked for as it is; of these ``added`` also with what imitators add, and
    ``near`` also with digits around it, and with as many slips as stand beside it; ``within`` also
    as a part of a longer handle. All are empty for a name that everybody has, such as Humas.
    """

    exact: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    near: tuple[tuple[str, int], ...] = ()
    within: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def spoken(name: str) -> Spoken:
    """How the display name is written in one word, that of two words also the other way round.

    One word that says something is a topic as often as a name (Info Kesehatan), and offices of
    one kind have one name everywhere (Dinas Kesehatan): another agency's handle may begin with it.
    """
    parts = (part.strip("!$") for part in _BETWEEN.split(unicodedata.normalize("NFKC", name)))
    words = [part for part in parts if skeleton(part)]
    said = [word for word in words if _says(word) and not word.isdigit()]
    if not said:
        return Spoken()
    inner = _inner(words)
    whole = _as_one(words)
    if any(sign.isdigit() for sign in name):
        # Of schools with a number, the number alone tells one from another: no slip, and nothing
        # behind a number at the end of the name.
        ends = inner[0] + inner[-1]
        is_told = len(said) > 1 and not any(sign.isdigit() for sign in ends)
        added = tuple(dict.fromkeys((*whole, *_as_one(inner))))
        return Spoken(added, added, within=_as_one(inner) if is_told else ())
    if len(said) == 1:
        is_name = len(words) == 2 and skeleton(words[1]) == skeleton("indonesia")
        parts_of = whole if is_name and words[0].casefold() not in OFFICES else ()
        added = whole if len(words) > 1 else ()
        return Spoken(whole, added, tuple((one, 1) for one in parts_of), parts_of)
    # With and without the words that imitators add, of which some are a part of the name: Badan
    # Pusat Statistik.
    shown = [words, inner, said]
    short = [said[1:], inner[1:]] if len(said) > 2 and said[0].casefold() == "pemerintah" else []
    near: dict[str, int] = {}
    for one in (*shown, *short):
        # People say Kota Samudra for Pemerintah Kota Samudra.
        near.update(dict.fromkeys(_as_one(one), slips_allowed(_own_letters(one))))
    is_common = len(said) == 2 and said[0].casefold() in OFFICES
    parts_of = () if is_common else (
        *(bones for one in (inner, said) if _is_telling(one) for bones in _as_one(one)),
        *(bones for one in short if _own_letters(one) >= OWN_LETTERS_OF_SHORT
          for bones in _as_one(one)),
    )  # fmt: skip
    return Spoken(tuple(near), tuple(near), tuple(near.items()), tuple(dict.fromkeys(parts_of)))


def _says(word: str) -> bool:
    return skeleton(word) not in _added()


def _inner(words: list[str]) -> list[str]:
    """The words from the first to the last that imitators do not add."""
    places = [place for place, word in enumerate(words) if _says(word)]
    return words[places[0] : places[-1] + 1]


def _own_letters(words: list[str]) -> int:
    own = (word for word in words if _says(word) and word.casefold() not in OFFICES | LEVELS)
    return len(skeleton("".join(own)))


def _is_telling(words: list[str]) -> bool:
    """Whether a longer handle that has this in it is about just this agency."""
    own = _own_letters(words)
    return own >= OWN_LETTERS or (own >= OWN_LETTERS - 2 and len(words) > 2)


def _as_one(words: list[str]) -> tuple[str, ...]:
    ways = [words, words[::-1]] if len(words) == 2 else [words]
    found = dict.fromkeys(skeleton("".join(way)) for way in ways)
    return tuple(one for one in found if len(one) >= SHORTEST_CONTAINED)


def slips_allowed(length: int) -> int:
    """How many letters may differ before two names of this length no longer look alike."""
    if length < 5:
        return 0
    return 1 if length < 10 else 2


def look_alike(mine: str, other: str, own: str | None = None) -> bool:
    """Whether two skeletons could be taken for one another. Not whether anybody means them to.

    ``own``: what of ``other`` is not the name of a server or a domain, which anybody's name may be
    a part of.
    """
    if same_but_for_slips(mine, other):
        return True
    shorter, longer = sorted((mine, other), key=len)
    part_of = own if own is not None and shorter == mine else longer
    return len(shorter) >= SHORTEST_CONTAINED and shorter in part_of


def same_but_for_slips(mine: str, other: str) -> bool:
    """Whether two skeletons differ by no more than slips, or by what imitators add."""
    if mine == other or (len(mine) >= SHORTEST_CONTAINED - 1 and core(mine) == core(other)):
        return True
    slips = slips_allowed(min(len(mine), len(other)))
    return slips > 0 and OSA.distance(mine, other, score_cutoff=slips) <= slips
