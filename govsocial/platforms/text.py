"""Text as platforms see it: what counts, what is a link, and what their HTML said."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from govsocial.platforms import markup, weighted
from govsocial.platforms.base import LengthUnit, Limits

_LINK = regex.compile(r"(?<![\p{L}\p{N}_])https?://[^\s<>\"“”]+", regex.IGNORECASE)
_REMOTE_MENTION = regex.compile(
    r"(?<![\p{L}\p{N}_/@.])(@[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)@[\p{L}\p{N}.-]+[\p{L}\p{N}]"
)
_HANDLE = regex.compile(
    r"(?<![^\s(])@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?![A-Za-z0-9@_-])"
)
_ANY_MENTION = regex.compile(
    r"(?<![\p{L}\p{N}_/@.])@[\p{L}\p{N}_](?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?"
)
_INVISIBLE = r"\u00AD\u2060\u200A\u200B\u200C\u200D\u20E2"
_HASHTAG = regex.compile(
    rf"(?<!\S)[#＃](?!\uFE0F)([^\s{_INVISIBLE}]*[^\d\s\p{{P}}{_INVISIBLE}][^\s{_INVISIBLE}]*)"
)
_TAG_LENGTH = 64
LONGEST_HTML = 200_000


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, in characters of that text."""

    start: int
    end: int
    value: str


def graphemes(text: str) -> int:
    """How many characters a reader sees: an emoji made of several code points is one."""
    return len(regex.findall(r"\X", text))


def links(text: str) -> Iterator[Span]:
    """Links written with their scheme, without the punctuation of the sentence around them."""
    for match in _LINK.finditer(text):
        url = match.group()
        while url and (url[-1] in ".,;:!?'’*_~" or _closes_nothing(url)):
            url = url[:-1]
        if len(url) > len("https://"):
            yield Span(match.start(), match.start() + len(url), url)


def _closes_nothing(url: str) -> bool:
    return any(
        url.endswith(closing) and url.count(closing) > url.count(opening)
        for opening, closing in ("()", "[]", "{}")
    )


def handles(text: str) -> Iterator[Span]:
    """Mentions such as ``@name.example``; the value is the handle without the sign."""
    for match in _HANDLE.finditer(text):
        yield Span(match.start(), match.end(), match.group(1).lower())


def mentions(text: str) -> int:
    """How many accounts a text names with an at sign, whatever the platform makes of them."""
    return len(_ANY_MENTION.findall(text))


def hashtags(text: str) -> Iterator[Span]:
    """Hashtags by the rules of Bluesky; the value is the tag without the sign."""
    for match in _HASHTAG.finditer(text):
        tag = regex.sub(r"\p{P}+$", "", match.group(1))
        if tag and graphemes(tag) <= _TAG_LENGTH:
            yield Span(match.start(), match.start() + 1 + len(tag), tag)


def measure(text: str, limits: Limits) -> int:
    """Length of ``text`` in ``limits.unit``, as the platform with these limits counts it."""
    if limits.unit is LengthUnit.GRAPHEMES:
        return graphemes(text)
    if limits.unit is LengthUnit.BYTES:
        return len(text.encode())
    if limits.unit is LengthUnit.UTF16:
        return len(text.encode("utf-16-le")) // 2
    if limits.unit is LengthUnit.WEIGHTED:
        return weighted.weighted_length(text, per_link=limits.url_length or weighted.PER_LINK)
    if limits.unit is LengthUnit.EMOJI_BYTES:
        return weighted.emoji_bytes_length(text)
    if limits.url_length is not None:
        return mastodon_length(text, per_link=limits.url_length)
    return len(unicodedata.normalize("NFC", text))


def mastodon_length(text: str, *, per_link: int) -> int:
    """Length as a Mastodon server counts it: every link alike, mentions without their server."""
    position = total = 0
    for link in links(text):
        total += graphemes(_without_servers(text[position : link.start])) + per_link
        position = link.end
    return total + graphemes(_without_servers(text[position:]))


def _without_servers(text: str) -> str:
    return _REMOTE_MENTION.sub(r"\1", text)


def canonical(text: str) -> str:
    """The form in which a sent text and the same text read back are equal.

    Servers rearrange white space and show mentions without their server.
    """
    return " ".join(_without_servers(unicodedata.normalize("NFC", text)).split())


def html_to_text(content: str) -> str:
    """The plain text of a status: paragraphs, line breaks, and links as they were written.

    Of no text more than ``LONGEST_HTML`` characters are read.
    """
    reader = _Reader()
    reader.read(content[:LONGEST_HTML])
    return reader.text()


_BLOCKS = {"p", "div", "blockquote", "ul", "ol", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_LINES = {"li", "tr"}
_UNREAD = {"script", "style", "template", "title"}
_VOID = {"br", "img", "hr", "wbr", "input", "meta", "link", "source"}


class _Reader(markup.Reader):
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._skipped: list[str] = []
        self._open = Counter[str]()
        """How often each name stands in ``_skipped``."""
        self._link: tuple[str, int] | None = None

    def starts(self, tag: str, attributes: markup.Attributes) -> None:
        if tag in _VOID:
            if tag == "br" and not self._skipped:
                self._parts.append("\n")
            return
        classes = attributes.get("class", "").split()
        # Servers put a link to a quoted status into the text for readers who know no quotes.
        if self._skipped or tag in _UNREAD or "quote-inline" in classes:
            self._skipped.append(tag)
            self._open[tag] += 1
            return
        if tag in _BLOCKS:
            self._break("\n\n")
        elif tag in _LINES:
            self._break("\n")
        elif tag == "a":
            named = {"mention", "hashtag", "u-url"} & set(classes)
            self._link = None if named else (attributes.get("href", ""), len(self._parts))

    def ends(self, tag: str) -> None:
        if self._skipped:
            self._close(tag)
            return
        if tag == "a" and self._link is not None:
            href, start = self._link
            self._link = None
            shown = "".join(self._parts[start:])
            # Some servers shorten what they show; Mastodon only hides parts of it.
            if shown.endswith(("…", "...")) or (href and shown and href.endswith(f"//{shown}")):
                self._parts[start:] = [href]
        elif tag in _BLOCKS:
            self._break("\n\n")

    def _close(self, tag: str) -> None:
        if self._open[tag]:
            while (closed := self._skipped.pop()) != tag:
                self._open[closed] -= 1
            self._open[tag] -= 1

    def says(self, words: str) -> None:
        if not self._skipped:
            self._parts.append(words)

    def _break(self, wanted: str) -> None:
        if self._parts and self._parts[-1] != "\n\n":
            if self._parts[-1] == "\n" and wanted == "\n":
                return
            self._parts.append(wanted)

    def text(self) -> str:
        return "".join(self._parts).strip()
