"""Length and links of a text as X counts them (twitter-text, configuration 3), and emoji.

X takes ``example.com`` for a link as well as ``https://example.com``: any name that ends in a
top-level domain in use. What is counted here decides what a post costs, not only whether it fits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import idna
import regex

PER_LINK = 23
_PER_EMOJI = 2


def top_level_domains() -> frozenset[str]:
    """Names as they are written: in ASCII, and in their own script where they have one.

    X makes no link of ``.example``; texts of the training platforms do. No address there leads
    anywhere (RFC 2606, section 2), so that a real post names one at most to show what a false one
    looks like. It is then counted as a link: a short one as longer and as dearer than X has it,
    which stops nothing that X takes but a text that just fits; one beyond 23 characters as
    shorter, and where that makes the text too long, X says so and posts nothing.
    """
    lines = (files("govsocial.platforms") / "tlds.txt").read_text("ascii").splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    names.add("example")
    return frozenset(names | {idna.decode(name) for name in names if name.startswith("xn--")})


_LATIN = (
    r"\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268"
    r"\u026F\u0272\u0289\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
# Neither white space nor punctuation of ASCII, nor marks that only steer the direction of writing.
_NAME = r"[^\s\p{Cc}!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]"
_ASCII_NAME = rf"[a-z0-9{_LATIN}]"
_TOP = r"(?:\L<tops>|xn--[-0-9a-z]+)(?=[^0-9a-z@+-]|$)"
_IN_PATH = rf"[a-z0-9\u0400-\u04FF{_LATIN}!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_IN_PARENTHESES = rf"\((?:{_IN_PATH}+|{_IN_PATH}*\({_IN_PATH}+\){_IN_PATH}*)\)"
_PATH_END = rf"(?:[a-z0-9\u0400-\u04FF{_LATIN}+\-=_#/]|{_IN_PARENTHESES})"
_REST = (
    r"(?P<port>:[0-9]+)?"
    rf"(?P<path>/(?:{_IN_PATH}*(?:{_IN_PARENTHESES}{_IN_PATH}*)*{_PATH_END}|@{_IN_PATH}+/)*)?"
    r"(?P<query>\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?"
)


@cache
def _link() -> regex.Pattern[str]:
    """Made when it is first asked for: with so many names it takes a tenth of a second."""
    return regex.compile(
        r"(?<![A-Za-z0-9@＠$#＃\uFFFE\uFEFF\uFFFF])(?:"
        r"https?://t\.co/[a-z0-9]{1,40}(?![a-z0-9])"
        rf"|https?://(?:(?:{_NAME}(?:[_-]|{_NAME})*)?{_NAME}\.)*"
        rf"(?:{_NAME}(?:-|{_NAME})*)?{_NAME}\.{_TOP}{_REST}"
        rf"|(?<![-_./])(?:{_ASCII_NAME}(?:[-a-z0-9{_LATIN}]*{_ASCII_NAME})?\.)+{_TOP}{_REST}"
        r")",
        regex.IGNORECASE,
        tops=top_level_domains(),
    )


_ONE_EMOJI = (
    r"(?:\p{Emoji_Presentation}|(?![0-9#*\u00A9\u00AE\u2122])\p{Emoji}\uFE0F?"
    r"|[\u00A9\u00AE\u2122]\uFE0F)\p{Emoji_Modifier}?\uFE0F?"
)
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}"
    r"|\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]+\U000E007F"
    r"|[0-9#*]\uFE0F?\u20E3"
    rf"|{_ONE_EMOJI}(?:\u200D{_ONE_EMOJI})*"
)

# Code points that count once; all others count twice.
_COUNTED_ONCE = regex.compile(r"[\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037]")


def links(text: str) -> Iterator[tuple[int, int, str]]:
    """What X makes a link of: where it begins, where it ends, and how it is written."""
    for match in _link().finditer(text):
        yield match.start(), match.end(), match.group()


def weighted_length(text: str, *, per_link: int = PER_LINK) -> int:
    """Length as X counts it: links alike, an emoji of any length two, most scripts one."""
    position = total = 0
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    for start, end, _ in links(text):
        total += _weight(text[position:start]) + per_link
        position = end
    return total + _weight(text[position:])


def _weight(text: str) -> int:
    shown, emoji = _EMOJI.subn("", text)
    once = len(_COUNTED_ONCE.findall(shown))
    return _PER_EMOJI * emoji + once + 2 * (len(shown) - once)


def emoji_bytes_length(text: str) -> int:
    """Length as Threads counts it: an emoji as many as its bytes in UTF-8, all else one each."""
    text = unicodedata.normalize("NFC", text)
    emoji = [match.group() for match in _EMOJI.finditer(text)]
    return len(text) - sum(map(len, emoji)) + sum(len(one.encode()) for one in emoji)
