"""Whose display name a handle is written like: agencies are known by name more than by handle.

Asked on every check, so that nothing here goes through all the names: parts of the handle are
looked up, and only names of nearly its length are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from accounts.lookalikes import Spoken, core, peeled, slips_allowed

One = TypeVar("One")
MOST_SLIPS = 2
_MOST_NEAR = 20


@dataclass(init=False)
class Namesakes(Generic[One]):
    """Those who have a display name, by what people write for it."""

    _exact: Mapping[str, list[One]]
    _added: frozenset[str]
    _near: Mapping[str, int]
    _within: frozenset[str]
    _lengths: Sequence[int]
    _by_length: Mapping[int, list[str]]

    def __init__(self, named: Iterable[tuple[Spoken, One]]) -> None:
        exact: dict[str, list[One]] = defaultdict(list)
        added: set[str] = set()
        near: dict[str, int] = {}
        within: set[str] = set()
        for name, one in named:
            for bones in name.exact:
                exact[bones].append(one)
            added.update(name.added)
            for bones, slips in name.near:
                near[bones] = max(slips, near.get(bones, 0))
            within.update(name.within)
        by_length: dict[int, list[str]] = defaultdict(list)
        # In an order that is the same in every process.
        for bones in sorted(bones for bones, slips in near.items() if slips):
            by_length[len(bones)].append(bones)
        self._exact, self._by_length = dict(exact), dict(by_length)
        self._added, self._near, self._within = frozenset(added), near, frozenset(within)
        self._lengths = sorted({len(bones) for bones in within})

    def of(self, mine: str) -> list[One]:
        """Those whose names ``mine``, a skeleton, is written like, the nearest first."""
        names = {*self._parts(mine), *self._slips(mine), *(peeled(mine) & self._added)}
        if mine in self._exact:
            names.add(mine)
        if (bare := core(mine)) in self._near:
            names.add(bare)
        order = sorted(names, key=lambda bones: (OSA.distance(mine, bones), bones))
        # Two spellings of one name lead to the same account.
        return list({id(one): one for bones in order for one in self._exact[bones]}.values())

    def _parts(self, mine: str) -> Iterator[str]:
        """The names that are a part of ``mine``."""
        for length in self._lengths:
            for start in range(len(mine) - length + 1):
                part = mine[start : start + length]
                if part in self._within:
                    yield part

    def _slips(self, mine: str) -> Iterator[str]:
        """The names from which ``mine`` differs by no more than a slip or two."""
        for length in range(len(mine) - MOST_SLIPS, len(mine) + MOST_SLIPS + 1):
            names = self._by_length.get(length)
            slips = slips_allowed(min(length, len(mine)))
            if names and slips:
                near = process.extract(
                    mine, names, scorer=OSA.distance, score_cutoff=slips, limit=_MOST_NEAR
                )
                yield from (str(one) for one, far, _index in near if far <= self._near[str(one)])
