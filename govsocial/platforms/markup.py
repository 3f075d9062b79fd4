"""HTML of others, read from its beginning to its end and never twice.

``html.parser`` goes back for every ``<`` that closes nowhere, which takes time that grows with the
square of what a stranger sent. Here, as in the HTML standard, nothing is looked at again: a tag
that closes nowhere is text to the very end, and a comment is a comment.
"""

from __future__ import annotations

import html
import re

_REFERENCE_BEYOND = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_OPENS = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]*+)|(!--)|([!?/]))")
# A comment also ends at "--!>", and one that begins with ">" or "->" has ended already.
_COMMENT_ENDS = re.compile(r"--!?>")
_COMMENT_EMPTY = re.compile(r"-?>")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)("?)|'([^']*+)('?)|([^\s>]*+)))?)"""
)
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title")
}
"""Elements in which nothing but their own end is a tag."""

Attributes = dict[str, str]


def unescaped(written: str) -> str:
    """``written`` without its character references; one that names no character is U+FFFD,
    however many digits it has (Python reads no number of more than 4,300)."""
    return html.unescape(_REFERENCE_BEYOND.sub("\N{REPLACEMENT CHARACTER}", written))


class Reader:
    """Tells its subclass what stands in an HTML text."""

    finished = False
    """Set by a subclass that has seen enough."""

    def read(self, written: str) -> None:
        position = 0
        while not self.finished and (found := _OPENS.search(written, position)) is not None:
            self._data(written[position : found.start()])
            after = self._after(written, found)
            if after is None:
                position = found.start() if found[2] else len(written)
                break
            position = after
        if not self.finished:
            self._data(written[position:])

    def _after(self, written: str, found: re.Match[str]) -> int | None:
        """Where reading goes on behind what ``found`` opens; None when it closes nowhere."""
        if not found[2]:
            return _past_comment(written, found.end(), is_whole=bool(found[3]))
        attributes, after = _attributes(written, found.end())
        if after is None:
            return None
        name = found[2].lower()
        if found[1]:
            self.ends(name)
            return after
        self.starts(name, attributes)
        if name not in _RAW:
            return after
        end = _RAW[name].search(written, after)
        stop = len(written) if end is None else end.start()
        if name in {"textarea", "title"}:
            self._data(written[after:stop])
        return stop

    def _data(self, written: str) -> None:
        if written:
            self.says(unescaped(written))

    def starts(self, tag: str, attributes: Attributes) -> None:
        """An opening tag."""

    def ends(self, tag: str) -> None:
        """A closing tag."""

    def says(self, words: str) -> None:
        """Text between tags."""


def _past_comment(written: str, position: int, *, is_whole: bool) -> int | None:
    """Where the comment ends whose text begins at ``position``. What only looks like one, such as
    ``<?`` or ``<!DOCTYPE``, ends at the next ``>``."""
    if not is_whole:
        return written.find(">", position) + 1 or None
    end = _COMMENT_EMPTY.match(written, position) or _COMMENT_ENDS.search(written, position)
    return None if end is None else end.end()


def _attributes(written: str, position: int) -> tuple[Attributes, int | None]:
    """The attributes of the tag whose name ends at ``position``, and where the tag ends."""
    found: Attributes = {}
    while (match := _ATTRIBUTE.match(written, position)) is not None:
        closes, name, double, double_end, single, single_end, bare = match.groups()
        if closes:
            return found, match.end()
        if (double is not None and not double_end) or (single is not None and not single_end):
            break
        found.setdefault(name.lower(), unescaped(double or single or bare or ""))
        position = match.end()
    return found, None
