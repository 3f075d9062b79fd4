"""In which signs a handle differs from the official one that it looks like, for people to see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz.distance import Levenshtein

from accounts import web_pages
from accounts.lookalikes import look_alike, skeleton
from accounts.public import hosts

MOST_TOLD = 5
# How much is quoted of what stands before a difference.
LONGEST_BEFORE = 16
# Shorter parts of an address, such as /p/ or /id/, are nobody's name.
SHORTEST_PART = 3
# With less in common it may be like two parts together, and how it differs from one says nothing.
LEAST_ALIKE = 0.6

_SCRIPTS: dict[str, str | Promise] = {
    "CYRILLIC": gettext_lazy("a Cyrillic letter"),
    "GREEK": gettext_lazy("a Greek letter"),
    "ARMENIAN": gettext_lazy("an Armenian letter"),
    "CHEROKEE": gettext_lazy("a Cherokee letter"),
}
_OTHER_SCRIPT = gettext_lazy("a letter of another alphabet")
# Between quotes nobody sees them.
_SIGNS: dict[str, str | Promise] = {
    "_": gettext_lazy("the underscore (_)"),
    ".": gettext_lazy("the full stop (.)"),
    "-": gettext_lazy("the hyphen (-)"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """``typed`` stands at ``start`` of the handle asked about, where the real one has ``real``.

    Either may be empty: something was added, or left out. ``before``: the part of the handle that
    ends there; empty at its beginning.
    """

    start: int
    typed: str
    real: str
    before: str = ""

    @property
    def words(self) -> str:
        signs = {"typed": self.typed, "real": self.real, "number": self.start + 1}
        named = {"typed": _named(self.typed), "real": _named(self.real), "before": self.before}
        if not self.typed:
            if not self.before:
                return _("%(real)s at the beginning is missing") % named
            return _("%(real)s after “%(before)s” is missing") % named
        if not self.real:
            if not self.before:
                return _("%(typed)s is added at the beginning") % named
            return _("%(typed)s is added after “%(before)s”") % named
        if len(self.typed) == 2 and self.typed == self.real[::-1]:
            return _("“%(typed)s” is the wrong way round: it should be “%(real)s”") % signs
        if len(self.typed) == len(self.real) == 1:
            if not self.typed.isascii() and self.real.isascii() and self.real.isalpha():
                signs["script"] = str(_SCRIPTS.get(_script(self.typed), _OTHER_SCRIPT))
                return _("Sign %(number)s is not an ordinary letter %(real)s (%(script)s)") % signs
            if self.typed.isdigit() and self.real.isalpha():
                return _("the digit %(typed)s stands in place of the letter %(real)s") % signs
        return _("%(typed)s stands in place of %(real)s") % named


def _named(text: str) -> str:
    return str(_SIGNS.get(text) or f"“{text}”")


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _small(text: str) -> str:
    """Small letters, sign by sign: places in the answer are places in ``text``."""
    return "".join(low if len(low := sign.casefold()) == 1 else sign for sign in text)


def between(typed: str, real: str) -> list[Difference]:
    """Where ``typed`` differs from ``real``, from left to right. Capitals are no difference."""
    mine, other = _small(typed), _small(real)
    blocks: list[list[int]] = []
    for _tag, start, end, real_start, real_end in (
        (code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end)
        for code in Levenshtein.opcodes(mine, other)
        if code.tag != "equal"
    ):
        if blocks and (blocks[-1][1], blocks[-1][3]) == (start, real_start):
            blocks[-1][1], blocks[-1][3] = end, real_end
        else:
            blocks.append([start, end, real_start, real_end])
    found: list[Difference] = []
    for start, end, real_start, real_end in blocks:
        if end - start == real_end - real_start:
            found += [
                Difference(start + n, mine[start + n], other[real_start + n])
                for n in range(end - start)
            ]
        else:
            found.append(Difference(start, mine[start:end], other[real_start:real_end]))
    return [replace(one, before=_ending_at(typed, one.start)) for one in _with_swaps(found, mine)]


def from_page(typed: str, address: str) -> list[Difference]:
    """Where ``typed`` differs from the part of ``address`` that it could be taken for; nothing
    where it is like none of them."""
    parts = _names_in(address)
    alike = [part for part in parts if look_alike(skeleton(typed), skeleton(part))]
    near = alike or [part for part in parts if _likeness(typed, part) >= LEAST_ALIKE]
    best = max(near, key=partial(_likeness, typed), default=None)
    return [] if best is None else between(typed, best)


def _likeness(typed: str, real: str) -> float:
    return Levenshtein.normalized_similarity(_small(typed), _small(real))


def _names_in(address: str) -> list[str]:
    """What an address may be known by: names of its site, without the ending that others have too,
    of its pages, and of what it is asked for."""
    page, _mark, query = address.partition("#")[0].partition("?")
    site = web_pages.site(page)
    own = hosts.own_name(site.partition(":")[0])
    below = (part.removeprefix("@") for part in page[len(site) :].split("/"))
    asked = (value for _key, value in parse_qsl(query))
    found = (own, *own.split("."), *below, *asked)
    return [one for one in found if len(one) >= SHORTEST_PART]


def _ending_at(handle: str, place: int) -> str:
    """The last part of the handle before ``place``, without a sign between parts at its end."""
    part = re.split(r"[._-]", handle[:place].rstrip("._-"))[-1]
    return part[-LONGEST_BEFORE:] or handle[:place]


def _with_swaps(found: Sequence[Difference], mine: str) -> Iterator[Difference]:
    """Two neighbours that changed places as one difference, however it was counted."""
    waiting = list(found)
    while waiting:
        one, *rest = waiting
        pair = mine[one.start : one.start + 2]
        if rest and len(pair) == 2:
            two = (one.typed, one.real, rest[0].start - one.start, rest[0].typed, rest[0].real)
            ways = {
                (pair[0], pair[1], 1, pair[1], pair[0]),
                ("", pair[1], 1, pair[1], ""),
                (pair[0], "", 2, "", pair[0]),
            }
            if pair[0] != pair[1] and two in ways:
                one, rest = Difference(one.start, pair, pair[::-1]), rest[1:]
        yield one
        waiting = rest


def marked(shown: str, handle: str, found: Sequence[Difference]) -> list[tuple[str, bool]]:
    """``shown``, which holds ``handle``, in pieces: the text, and whether it differs."""
    at = shown.rfind(handle)
    if at < 0 or not found:
        return [(shown, False)]
    pieces, place = [], 0
    for one in found:
        start = at + one.start
        pieces += [(shown[place:start], False), (shown[start : start + len(one.typed)], True)]
        place = start + len(one.typed)
    return [piece for piece in [*pieces, (shown[place:], False)] if piece[0]]
