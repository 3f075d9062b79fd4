"""Signs that nobody sees, in what people type."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

# Breaks, controls and what only steers the text around it: a name must neither rewrite what stands
# beside it nor look like another one to the eye and like none to a search.
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Zl", "Zp"})
# Letters, numbers, punctuation and symbols.
_SEEN_KINDS = frozenset("LNPS")
# Letters and marks by their kind, or kept free for signs to come, and blank all the same.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2065\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))))
)
# Joiners and choices of a shape: emoji and some scripts are not written without them, Latin is.
JOINERS = frozenset("\u200c\u200d")
_SHAPES = frozenset(map(chr, range(0xFE00, 0xFE10)))
_JOINED_KINDS = frozenset({"So", "Sk", "Sm", "Po", "Pd", "Lo", "Mn", "Mc", "Me"})
_SHAPED_LETTER = "\u2139"


def without_hidden(text: str) -> str:
    """``text`` without line breaks, tabs and other signs that nobody sees."""
    return "".join(sign for sign, hidden in zip(text, _hidden(text), strict=True) if not hidden)


def has_hidden(text: str) -> bool:
    return any(_hidden(text))


def readable(text: str) -> str:
    """What people can read of a text of several lines: without signs that nobody sees, and "" where
    nothing is left but spaces, marks and joiners."""
    lines = [without_hidden(line.replace("\t", " ")).rstrip() for line in text.splitlines()]
    left = "\n".join(lines).strip()
    return left if any(unicodedata.category(sign)[0] in _SEEN_KINDS for sign in left) else ""


def pieces_of(text: str) -> Iterator[tuple[str, str]]:
    """``text`` in pieces, each with a name where it is a hidden sign: ``("\u202e", "U+202E")``. The
    same sign several times over is one piece."""
    for name, group in groupby(zip(text, _hidden(text), strict=True), _name_of):
        yield "".join(sign for sign, _is_hidden in group), name


def _name_of(sign: tuple[str, bool]) -> str:
    return f"U+{ord(sign[0]):04X}" if sign[1] else ""


def _hidden(text: str) -> Iterator[bool]:
    before = ""
    for sign in text:
        if sign in JOINERS or sign in _SHAPES:
            yield not _takes(sign, before)
            # A digit has the shape of a key cap, and is never joined to anything.
            before = "" if before.isdecimal() else sign
        else:
            yield sign in _BLANK or unicodedata.category(sign) in _HIDDEN_KINDS
            before = sign


def _takes(sign: str, before: str) -> bool:
    """Whether ``sign`` changes how ``before`` is written."""
    is_joined = bool(before) and unicodedata.category(before) in _JOINED_KINDS
    is_shaped = before == _SHAPED_LETTER or before.isdecimal()
    return is_joined or (is_shaped and sign in _SHAPES)
