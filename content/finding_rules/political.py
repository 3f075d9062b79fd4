"""Words that an election window is careful with, however a text bends or joins them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from govsocial.platforms import text as texts

# As people part what they write together in a hashtag: #CoblosNomor2 is three words.
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_SPOKEN = re.compile(r"[^\W_]+")
# A shorter word begins or ends others by chance.
SHORTEST_JOINED = 5


def political_words(wanted: Sequence[str], words: str, stems: Mapping[str, str]) -> Iterator[str]:
    """Those of ``wanted`` that ``words`` have, as they stand or with the same stem: in the text,
    among the parts of a hashtag, or at either end of one that is written in small letters.

    ``stems`` are those of the words, by the dictionary of the search.
    """
    plain = _line(_SPOKEN.findall(words))
    bent = _line(stems.get(word, word) for word in spoken(words))
    tags = [tag.value.casefold().strip("0123456789") for tag in texts.hashtags(words)]
    for one in wanted:
        parts = spoken(one)
        if not parts:
            continue
        said, stem = _line(parts), _line(stems.get(word, word) for word in parts)
        if said in plain or stem in bent or _is_joined("".join(parts), tags):
            yield one


def spoken(words: str) -> list[str]:
    """The words in small letters, with hashtags in their parts."""
    parts: list[str] = []
    at = 0
    for tag in texts.hashtags(words):
        parts += _SPOKEN.findall(words[at : tag.start])
        parts += _PARTS.findall(tag.value)
        at = tag.end
    return [part.casefold() for part in (*parts, *_SPOKEN.findall(words[at:]))]


def _line(parts: Iterable[str]) -> str:
    return f" {' '.join(parts)} ".casefold()


def _is_joined(word: str, tags: Sequence[str]) -> bool:
    return len(word) >= SHORTEST_JOINED and any(
        tag.startswith(word) or tag.endswith(word) for tag in tags
    )
