"""Word differences between two texts, for people who decide."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

# A word with the space after it: a run of changed words is one piece, and spaces, of which there
# are as many as words, do not make the comparison slow.
_WORDS = re.compile(r"\S+\s*|\s+")
# Beyond it, words that stand everywhere no longer count as anchors.
_MANY = 4_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: kept (""), "added" or "removed"."""

    change: str
    text: str


def words(old: str, new: str) -> list[Piece]:
    """Compare word by word; white space is compared too, since it is sent too."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    many = len(before) * len(after) > _MANY
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=many)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("", "".join(before[a1:a2])))
            continue
        if a2 > a1:
            pieces.append(Piece("removed", "".join(before[a1:a2])))
        if b2 > b1:
            pieces.append(Piece("added", "".join(after[b1:b2])))
    return pieces
