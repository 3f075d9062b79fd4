"""Addresses that stand in an address in base64, as programmes hand them on. Pure functions on text.

Only what has the scheme of an address, or begins with strokes for it, is one: of a word without
them nobody could say whether it was meant.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import unquote

# In both alphabets; behind a stroke it may begin anew, or go on. No longer one says more.
_RUN = re.compile(r"(?<![\w+-])[\w+-]{10,}", re.ASCII)
_GOES_ON = re.compile(r"[\w+/-]{,1000}", re.ASCII)
_PIECE = re.compile(r"[^?#&=;]{10,}")
# Servers pass over what is not in their alphabet: some know both, some the older one alone, and to
# most a plus in an address is a blank.
_PASSED_OVER = tuple(re.compile(f"[^A-Za-z0-9/{others}]") for others in ("_+-", "+", "_-", ""))
# At the beginning, or further on where programmes hand on more than that: {"url": "https://…"}.
_ADDRESS = re.compile(r"(?:https?:|\A\s*[/\\]{2})[!-~]+", re.IGNORECASE)
_ONE_ALPHABET = str.maketrans("-_", "+/")


def addresses(text: str) -> Iterator[str]:
    """Those in ``text``, in clear and as far as they can be read."""
    for coded in dict.fromkeys(_candidates(text)):
        plain = coded.translate(_ONE_ALPHABET)
        # Without the signs that fill it up, and cut where no byte ends.
        whole = plain[: len(plain) - (len(plain) % 4 == 1)]
        clear = b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")
        for found in _ADDRESS.finditer(unquote(clear)):
            yield found[0].strip()


def _candidates(text: str) -> Iterator[str]:
    for run in _RUN.finditer(text):
        yield run[0]
        yield from _GOES_ON.findall(text, run.start(), run.start() + 1000)[:1]
    for piece in _PIECE.findall(text):
        for others in _PASSED_OVER:
            yield others.sub("", piece.strip(" +"))
