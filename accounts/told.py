"""What a server is told in an address: which page answers, with which values, and whether it leads
on to them.

Whoever looks for something in an address, for another site or for a program, looks at the same
values. Pure functions on text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from accounts import coded, parameters
from accounts.server_names import decoded, has_ending, plain_of

# Codes and versions are written as the numbers of servers are: 5.1.02.01.
CODE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
PIECES = re.compile(r"([?#&=;])")
# Before a parameter of a query.
_PARTED = frozenset("?&;")
# The name of a parameter, as programmes give it.
_NAME = re.compile(r"\w[\w.-]*")
# That of a field of a form: pegawai.id=5.
_FIELD = re.compile(r"\w+\.(?:id|name|no|date|email|tel)")
# As browsers read them in a page: only numbers do without the sign behind them.
_ENTITY = re.compile(r"&(?:#\d+;?|#x[\da-f]+;?|\w+;)", re.IGNORECASE)
# As programmes in pages write signs: \u002f, \x2f, \057.
_ESCAPE = re.compile(
    r"\\(?:u([\da-f]{4})|u\{0*([\da-f]{1,5})\}|x([\da-f]{2})|(?P<octal>[0-3][0-7]{2}))",
    re.IGNORECASE,
)
# To some servers all that is told them ends with such a sign, and to some a line does.
_BEHIND_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029][^?#&=;]*")
# Between what programmes hand on together: {"next":"evil.com"}, 5|evil.com.
_TOGETHER = re.compile(r"[\"'|,;&=(){}\[\]<>]+")
# Code has none of these in it: 5:ZXZpbC5jb20.
_SIGNED = re.compile(rf"(?:{_TOGETHER.pattern}|[.:])+")
# Two of these are a place on the map: -6.2,106.8167.
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# The parts of a path, and what may follow the name of a page in one: /redirect:evil.example.
_PAGE = re.compile(r"[^/\\:;,|&=\"]+")
_BEHIND_PAGE = re.compile(r"[^/\\;,|&=\"]+")
# The ending of agencies is no page that is called "go".
_OF_AGENCIES = re.compile(r"\.go\.id$", re.IGNORECASE)
# What may be the name of a page or of a part of a programme: no words that are searched for.
_CALLED = re.compile(r"[^\s+%]+")


class Value(NamedTuple):
    """``name``: of its parameter. What has none is no value, and may be the page that answers.
    ``leads_on``: whether the server is known to lead on to it."""

    name: str
    text: str
    leads_on: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What stands behind the server in an address, as it stands there or decoded. ``values``: those
    behind its path, in clear as well."""

    text: str
    values: tuple[Value, ...]

    @property
    def path(self) -> str:
        return re.split(r"[?#]", self.text, maxsplit=1)[0]


# One check looks at the same address several times.
@lru_cache(maxsize=32)
def of(rest: str) -> tuple[Told, ...]:
    """The ``rest`` of an address, which is as pasted, without scheme and server, as often decoded
    as servers may do."""
    # Entities have signs in them that part an address: whoever reads them does so before.
    texts = [text for one in dict.fromkeys((rest, _as_in_pages(rest))) for text in _texts(one)]
    # Programmes in the browser read both, whichever of them names the page.
    leads_all = any(_is_called_so(text) for text in texts)
    signs_in = any(parameters.signs_in(text) for text in texts)
    return tuple(Told(text, tuple(_values(text, leads_all, signs_in))) for text in texts)


def _texts(rest: str) -> Iterator[str]:
    page, sign, fragment = rest.partition("#")
    yield from texts_of(page)
    # What a browser is to mark on the page is no part of it for anything that runs there.
    yield from texts_of(f"{sign}{fragment.partition(':~:')[0]}")


def _values(text: str, leads_all: bool, signs_in: bool) -> Iterator[Value]:
    def leads_on(name: str) -> bool:
        # A server shows a file of its own, and leads to none.
        is_led_back = signs_in and parameters.came_from(name)
        is_page = parameters.lead_on(name) and not parameters.names_file(name)
        return leads_all or is_led_back or is_page

    clear = (
        (name, value)
        for name, piece, is_name in _pieces(text)
        if leads_all or not is_name
        for value in (piece, *coded.words(piece))
    )
    for name, value in (*clear, *coded.from_values(text)):
        is_led_to = leads_on(name)
        for one in _with_parts(value) if is_led_to else (value,):
            yield Value(name, one, is_led_to)


def _with_parts(value: str) -> Iterator[str]:
    """``value``, and what is handed on together in it, in clear as well."""
    yield value
    parts = dict.fromkeys(_TOGETHER.split(value))
    codes = dict.fromkeys(_SIGNED.split(value))
    for part in (*parts, *(word for code in codes for word in coded.words(code))):
        # Without a point or a colon it is no site and no program.
        if part != value and re.search("[.:]", part) and not _NUMBER.fullmatch(part):
            yield part


def is_told(rest: str) -> bool:
    """Whether ``rest`` of an address ends where a page leads on to what is told it there."""
    asked = of(f"{rest}|x")
    return any(below(one.path) or any(value.leads_on for value in one.values) for one in asked)


def texts_of(text: str) -> Iterator[str]:
    """``text`` as it stands, and as often decoded as servers may do, as browsers read it."""
    for one in decoded(text):
        # Pages that write it into themselves read these too: javascript&colon;alert(1).
        for read in dict.fromkeys((one, _as_in_pages(one))):
            if (cut := _BEHIND_CONTROL.sub("", read)) != read:
                yield plain_of(cut)
            yield plain_of(read)


def _as_in_pages(text: str) -> str:
    """``text`` as it is read in pages and by the programmes in them."""
    plain = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return _ESCAPE.sub(_unescaped, plain)


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[escape.lastindex or 0], 8 if escape["octal"] else 16))


@lru_cache(maxsize=32)
def below(path: str) -> tuple[tuple[str, int], ...]:
    """The parts of ``path``, in clear as well, and where each ends, behind one that is called as
    the pages that lead on are: /out/evil.example/login.

    Where letters are sent, codes stand that are written as the numbers of servers.
    """
    return tuple(_below(path))


def _below(path: str) -> Iterator[tuple[str, int]]:
    pages = (one for one in _PAGE.finditer(path) if one.end() < len(path))
    parts = ((one.end(), _OF_AGENCIES.sub("", one[0])) for one in pages)
    end = next((end for end, part in parts if parameters.leads_below(part)), len(path))
    if end == len(path):
        return
    for part in _BEHIND_PAGE.finditer(path, end):
        is_code = CODE.fullmatch(part[0].strip(" +:"))
        if is_code and not parameters.page_leads_on(path[: part.start()]):
            continue
        for value in (part[0].lstrip(":"), *coded.words(part[0])):
            yield from ((one, part.end()) for one in _with_parts(value))
    # A stroke is a sign of code too.
    for value in coded.words(path[end:].strip("/\\")):
        yield value, len(path)


def _pieces(text: str) -> Iterator[tuple[str, str, bool]]:
    """The parts behind the path of ``text``, each with the name of the parameter whose value it is,
    which is empty where it is none, and whether it is itself the name of one, written as that of a
    site: of a field, or of what only programmes in the browser read: #gsc.tab=0."""
    _page, *parts = PIECES.split(text)
    before, sign = "", ""
    in_fragment = False
    for place in range(0, len(parts), 2):
        is_value = parts[place] == "=" and sign in _PARTED
        sign, piece = parts[place], parts[place + 1]
        in_fragment = in_fragment or sign == "#"
        # The signs at the end of code fill it up.
        has_value = parts[place + 2 : place + 3] == ["="] and any(parts[place + 3 : place + 4])
        is_field = sign in _PARTED and _FIELD.fullmatch(piece)
        is_name = is_field or (in_fragment and _NAME.fullmatch(piece))
        yield before if is_value else "", piece, bool(is_name and has_value)
        before = piece


def _is_called_so(text: str) -> bool:
    """Whether the page, or the part of a programme that answers, is called as those that lead on.

    Every part of the path counts: behind it servers have index.php or the name of what was sought.
    """
    page, *parts = PIECES.split(text)
    if parameters.last_leads_on(page) or parameters.page_leads_on(page):
        return True
    signs, pieces = parts[::2], parts[1::2]
    # To a server "?go=" is "?go".
    told = [sign if piece or sign != "=" else "" for sign, piece in zip(signs, pieces, strict=True)]
    return any(
        _chooses_so(sign, piece, behind, before)
        for sign, piece, behind, before in zip(
            signs, pieces, [*told[1:], ""], ["", *pieces], strict=False
        )
    )


def _chooses_so(sign: str, piece: str, behind: str, before: str) -> bool:
    """Whether a ``piece`` of an address, between these signs, names a page that leads on."""
    if sign == "#":
        # Programmes in the browser have their pages there; else it is a place on the page.
        return (piece[:1] in {"/", "!"} or behind == "?") and parameters.page_leads_on(piece)
    if sign != "=":
        # What has a value is the name of a parameter; further on, what has none is a button. A
        # letter without a value is an empty field of a form.
        is_page = sign != "&" and behind != "=" and len(piece) > 1
        return is_page and parameters.page_leads_on(piece)
    # Wikis say "redirect=no" of the pages themselves.
    if parameters.redirects(before) and re.fullmatch(r"(?!no$)\w*", piece):
        return True
    is_sought = parameters.search(before) and not parameters.chooses(before)
    is_site = has_ending(re.split(r"[:/\\]", piece, maxsplit=1)[0])
    if is_sought or is_site or not _CALLED.fullmatch(piece.strip(" +")):
        return False
    if parameters.redirects(piece):
        return True
    return parameters.chooses(before) and parameters.page_leads_on(piece)
