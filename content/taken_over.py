"""Whether anything is left of a narrative that was put into a text: with nothing left, nobody's
words are in it. Rather too often than once too seldom: who wrote it does not decide on the post."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from content.documents import Document

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[#@]\w+")
# A narrative of which a third of the words is left is changed, not taken out.
SHARE = 3
# Digits of a year, a sum, a telephone number.
TELLING_DIGITS = 3


def is_left(narrative: str, document: Document) -> bool:
    """Whether two words that stand together in ``narrative`` do so in ``document``, in whichever of
    its fields, or a hashtag, a handle or a number of it is there, or a third of its words."""
    theirs, fields = _plain(narrative), [_plain(one) for one in _strings(document)]
    pairs = set(pairwise(_WORD.findall(theirs)))
    if any(pairs & set(pairwise(_WORD.findall(one))) for one in fields):
        return True
    if any(_telling(theirs) & _telling(one) for one in fields):
        return True
    words = set(_WORD.findall(theirs))
    there = {word for one in fields for word in _WORD.findall(one)}
    return len(words & there) * SHARE >= len(words)


def _plain(text: str) -> str:
    """Without what does not show: how it is spelled, and signs that take no room."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


def _telling(text: str) -> set[str]:
    numbers = {
        word
        for word in _WORD.findall(text)
        if sum(sign.isdigit() for sign in word) >= TELLING_DIGITS
    }
    return numbers | set(_NAME.findall(text))


def _strings(document: Document) -> Iterator[str]:
    """Every text in it, wherever it stands."""
    inside = [json.loads(document.canonical())]
    while inside:
        one = inside.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            inside.extend(one.values())
        elif isinstance(one, list):
            inside.extend(one)
