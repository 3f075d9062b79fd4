"""Texts of the message bank within posts: which fixed words they have, and what was left open."""

from __future__ import annotations

import re
from collections.abc import Iterator

# {tanggal}, {nama layanan}: what whoever writes the post fills in.
PLACEHOLDER = re.compile(r"\{[^\W\d_][^{}\n]{0,39}\}")
# Fewer fixed words than these are in many posts by chance.
SHORTEST = 20


def plain_of(text: str) -> str:
    """The text as it is compared: in small letters, with one space between words."""
    return " ".join(text.casefold().split())


def placeholders(text: str) -> Iterator[str]:
    for found in PLACEHOLDER.finditer(text):
        yield found[0]


def fixed_pieces(text: str) -> list[str]:
    """What stands between the placeholders, as it is compared."""
    pieces = (plain_of(piece) for piece in PLACEHOLDER.split(text))
    return [piece for piece in pieces if any(sign.isalnum() for sign in piece)]


def mark_of(text: str) -> str:
    """The longest piece, by which the database looks for texts that a post may hold."""
    return max(fixed_pieces(text), key=len, default="")


def is_held(narrative: str, plain: str) -> bool:
    """Whether every fixed piece stands in ``plain``, in order, whatever was filled in between."""
    at = 0
    for piece in fixed_pieces(narrative):
        found = plain.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return at > 0
