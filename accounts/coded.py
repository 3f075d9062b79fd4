"""What stands in an address in base64 or in hexadecimal numbers, as programmes hand things on.

Anything may be code for something: of a word without a scheme, or strokes for it, who asks says
whether it was meant. Pure functions on text.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from accounts.server_names import decoded, plain_of

# In both alphabets; behind a stroke it may begin anew, or go on. No longer one says more.
_RUN = re.compile(r"(?<![\w+-])[\w+-]{6,}", re.ASCII)
_GOES_ON = re.compile(r"[\w+/-]{,1000}", re.ASCII)
_PIECE = re.compile(r"[^?#&=;]{6,}")
# Behind a "%" the first two are a sign of the address itself. Some servers read no further than
# the first sign that is no number, or has none beside it.
_HEX = re.compile(r"(?<![\w%])(?:0[xX])?((?:[\da-fA-F]{2}){4,1000})", re.ASCII)
# Servers pass over what is not in their alphabet: some know both, some the older one alone, and to
# most a plus in an address is a blank.
_PASSED_OVER = tuple(re.compile(f"[^A-Za-z0-9/{others}]") for others in ("_+-", "+", "_-", ""))
_BASE64 = re.compile(r"[A-Za-z0-9_+/-]")
# At the beginning, or further on where programmes hand on more than that: {"url": "https://…"}.
# What is no text any more, as the signature of a token, ends it.
_ADDRESS = re.compile(r"(?:https?:|\A\s*[/\\]{2})[^\s\ufffd]+", re.IGNORECASE)
_ONE_ALPHABET = str.maketrans("-_", "+/")
# What is code again, in lines as mail has them; nobody hands an address on in more layers than
# these.
_AGAIN = re.compile(r"[\w+/=\r\n-]{6,1000}", re.ASCII)
_MOST_LAYERS = 3
# What browsers take out of an address, wherever it stands in it.
_TAKEN_OUT = str.maketrans("", "", "\t\r\n")
# And what they take away from its beginning.
_TAKEN_AWAY = "".join(map(chr, range(0x21)))


def addresses(text: str) -> Iterator[str]:
    """The addresses with a scheme in ``text``, in clear and as far as they can be read."""
    for clear in _in_clear(text, _runs):
        for found in _ADDRESS.finditer(plain_of(clear)):
            yield found[0].strip()


def words(piece: str) -> list[str]:
    """What ``piece``, the whole of a value or of a part of a path, may say in clear."""
    return [plain_of(one).strip() for one in _in_clear(piece, _whole) if _is_typed(one)]


def from_values(raw: str) -> Iterator[tuple[str, str]]:
    """What the values in a ``raw`` part of an address, with signs in code as they stand in it, may
    say in clear, each with the name of its parameter: a sign that parts values may be in code too,
    and be passed over there."""
    for part in re.split(r"[?#&]", raw):
        name, _sign, value = part.partition("=")
        whole = unquote(value)
        # Without such signs in it the value is read as it stands.
        if re.search("[?#&=;]", whole.rstrip("=")):
            yield from ((name, one) for one in words("".join(_BASE64.findall(whole))))


def _is_typed(text: str) -> bool:
    """Whether people or programmes wrote it, so that it was code. A control sign, or bytes that are
    no text, stand in what was none."""
    return all(
        unicodedata.category(sign) not in {"Cc", "Co", "Cn"} and sign != "\ufffd"
        for sign in text.translate(_TAKEN_OUT).lstrip(_TAKEN_AWAY)
    )


def _in_clear(
    text: str, runs: Callable[[str], Iterator[str]], layers: int = _MOST_LAYERS
) -> Iterator[str]:
    """What each of the ``runs`` of ``text`` says, and what that says where it is code again."""
    for read in dict.fromkeys((*map(_of_hex, _HEX.findall(text)), *map(_of_base64, runs(text)))):
        for clear in decoded(read):
            yield clear
            if layers > 1 and _AGAIN.fullmatch(clear.strip()):
                yield from _in_clear(clear.strip(), _whole, layers - 1)


def _of_hex(code: str) -> str:
    return bytes.fromhex(code).decode("utf-8", "replace")


def _of_base64(code: str) -> str:
    plain = code.translate(_ONE_ALPHABET)
    # Without the signs that fill it up, and cut where no byte ends.
    whole = plain[: len(plain) - (len(plain) % 4 == 1)]
    return b64decode(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")


def _whole(piece: str) -> Iterator[str]:
    """The code that ``piece`` is, or begins with, in each of the alphabets."""
    first = _RUN.match(piece)
    if first:
        yield first[0]
    for others in _PASSED_OVER:
        yield others.sub("", piece.strip(" +"))


def _runs(text: str) -> Iterator[str]:
    """All that may be code within ``text``."""
    for run in _RUN.finditer(text):
        yield run[0]
        yield from _GOES_ON.findall(text, run.start(), run.start() + 1000)[:1]
    for piece in _PIECE.findall(text):
        for others in _PASSED_OVER:
            yield others.sub("", piece.strip(" +"))
