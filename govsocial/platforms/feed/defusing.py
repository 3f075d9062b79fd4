"""Makes XML of strangers harmless before feedparser sees it, in the very bytes that it gets.

Entities of its own, external ones, and bottomless nesting end here; and so does what feedparser
needs time for that grows with the square of its size: attributes of one element, namespaces, long
words where it looks for the address of an author, long bases of addresses, blank lines before the
first element, and encodings that it guesses at.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MOST_PARTS = 100_000
"""Elements and attributes."""
MOST_ATTRIBUTES = 100
"""Of one element."""
MOST_PREFIXES = 100
DEEPEST = 60
LONGEST_VALUE = 20_000
"""Of an attribute, in characters."""
LONGEST_BASE = 300
LONGEST_WORD = 200
"""Of an author, in characters."""
MOST_BYTES_MALFORMED = 300_000
"""XML that is not well-formed is guessed at, which takes time that grows faster than its size."""
_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
_TOLD = re.compile(rb"""\s*<\?xml[^>]*?encoding=["']([A-Za-z0-9._:-]{1,40})["']""")
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0?\0": "utf-16-le",
    b"\0<\0?": "utf-16-be",
}
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"}
"""What Python decodes as well, some of it without end."""
_PEOPLE = ("author", "creator", "managingeditor", "webmaster", "publisher", "owner")
_PERSON = re.compile(rf"<(/?)(?:[\w.-]+:)?({'|'.join(_PEOPLE)})(?![-\w.:])".encode(), re.IGNORECASE)
_BASE = re.compile(rb"(?<![-\w.:])(?:xml:)?base(?=\s*=)", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel)(?![-\w.:])", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<\w")
_REFERENCE = re.compile(rb"&#(?:([0-9]+)|[xX]([0-9a-fA-F]+));?")
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}".encode()


class Harm(StrEnum):
    ENTITIES = "the feed defines entities, which none needs."
    NO_FEED = "this is not a feed."
    TOO_MUCH = "the feed is too large or too broken to be read."


def defused(body: bytes, media_type: str) -> bytes | Harm:
    """``body`` in UTF-8, looked over; or why nobody should read it."""
    clean = _in_utf8(body, media_type)
    counted = _Counted()
    parser = DefusedXMLParser(target=counted, encoding="utf-8", forbid_entities=True)
    well_formed = True
    try:
        for start in range(0, len(clean), 65_536):
            parser.feed(clean[start : start + 65_536])
            if counted.beyond:
                return Harm.TOO_MUCH
        parser.close()
    except DefusedXmlException:
        return Harm.ENTITIES
    except ParseError:
        well_formed = False
    if not well_formed and b"<!entity" in clean.lower():
        return Harm.ENTITIES
    if counted.beyond or (not well_formed and len(clean) > MOST_BYTES_MALFORMED):
        return Harm.TOO_MUCH
    if not well_formed and not _FEED.search(clean):
        # A page of HTML as a rule; there is nothing to guess at.
        return Harm.NO_FEED
    # Nobody could count what is guessed at; it does without authors and bases.
    return clean if well_formed else _BASE.sub(b"x-base", _PERSON.sub(rb"<\1x-\2", clean))


class _Counted:
    """Looks at nothing but how much there is and how deep."""

    def __init__(self) -> None:
        self.parts = self.depth = self._word = 0
        self.beyond = False
        self._prefixes: set[str] = set()
        self._people = 0

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        self.parts += 1 + len(attrs)
        self.depth += 1
        self._people += _is_person(tag)
        self._word = 0
        if self.parts > MOST_PARTS or self.depth > DEEPEST or len(attrs) > MOST_ATTRIBUTES:
            self.beyond = True
        for name, value in attrs.items():
            base = name.rpartition("}")[2].lower() == "base"
            if len(value) > (LONGEST_BASE if base else LONGEST_VALUE):
                self.beyond = True

    def end(self, tag: str) -> None:
        self.depth -= 1
        self._people -= _is_person(tag)
        self._word = 0

    def data(self, data: str) -> None:
        """Words do no harm, except where an address is looked for in them."""
        if not self._people:
            return
        first, *others = re.split(r"\s", data)
        self._word += len(first)
        longest = max((self._word, *map(len, others)))
        if others:
            self._word = len(others[-1])
        self.beyond = self.beyond or longest > LONGEST_WORD

    def start_ns(self, prefix: str | None, uri: str) -> None:
        self._prefixes.add(prefix or "")
        self.beyond = self.beyond or len(self._prefixes) > MOST_PREFIXES

    def close(self) -> None:
        """There is no tree to give back."""


def _is_person(tag: str) -> bool:
    return tag.rpartition("}")[2].lower() in _PEOPLE


def _in_utf8(body: bytes, media_type: str) -> bytes:
    for name in _charsets(body, media_type):
        try:
            if codecs.lookup(name).name.replace("_", "-") in _NO_CHARSETS:
                continue
            written = body.decode(name)
        # Bytes that are not of the charset, or a name that no charset can have: with a NUL in it.
        except (LookupError, ValueError):
            continue
        break
    else:
        written = body.decode("utf-8", "replace")
    written = written.lstrip("\ufeff \t\r\n")
    if written.startswith("<?xml"):
        written = written.partition("?>")[2]
    clean = _REFERENCE.sub(_character, written.encode("utf-8", "replace"))
    first = _FIRST_ELEMENT.search(clean)
    head = clean[: first.start()] if first else clean
    return _DECLARATION.encode() + b" ".join(head.split()) + clean[len(head) :]


def _character(reference: re.Match[bytes]) -> bytes:
    """The reference itself when it names a character that XML knows."""
    digits = reference[1] or reference[2]
    if len(digits) < 8:
        code = int(digits, 10 if reference[1] else 16)
        if code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE:
            return reference[0]
        if 0x10000 <= code <= 0x10FFFF:
            return reference[0]
    return _NO_CHARACTER


def _charsets(body: bytes, media_type: str) -> Iterator[str]:
    """Charsets to try, the most believable first."""
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            yield name
    for parameter in media_type.split(";")[1:]:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            yield value.strip().strip("\"'")
    told = _TOLD.match(body[:1000])
    if told is not None:
        name = told[1].decode()
        # What calls itself the smaller one is often the larger.
        yield "gb18030" if name.lower() == "gb2312" else name
    yield from ("utf-8", "windows-1252")
