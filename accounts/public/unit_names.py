"""Which unit somebody means who knows it by name: BPBD, Dinkes, Diskominfo Kota Samudra."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from accounts.lookalikes import LEVELS, OFFICES, skeleton
from accounts.public.snapshot import PublicAccount, Snapshot

# A shorter name may be a part of any word: only alone is it the unit's.
_SHORTEST_BEGINNING = 4
_SHORTEST = 3
_NO_INITIAL = frozenset({"dan", "di", "ke", "untuk"})


@lru_cache(maxsize=5_000)
def _calls(name: str, short_name: str) -> frozenset[str]:
    """What people write for a unit, as skeletons: its names, its initials, and as offices are
    abbreviated, the beginnings of its words: Dinkes and Diskes for Dinas Kesehatan."""
    words = [word for word in re.split(r"\W+", name) if word]
    written = {name, short_name}
    if len(words) > 2:
        initials = [word[0] for word in words if word.casefold() not in _NO_INITIAL]
        written.add("".join(initials))
    if len(words) > 1 and words[0].casefold() == "dinas":
        written |= {f"{office}{words[1][:3]}" for office in ("din", "dis")}
    return frozenset(bones for one in written if len(bones := skeleton(one)) >= _SHORTEST)


def accounts_meant(snapshot: Snapshot, text: str) -> Sequence[PublicAccount]:
    """The active accounts of the unit whose name ``text`` is, begins with, or has for a word.

    Those of units below it come last. The agency itself is no unit: all accounts are its own.
    """
    mine = skeleton(text)
    words = {skeleton(word) for word in text.split()}
    best: tuple[bool, int] = (False, 0)
    found: list[str] = []
    for unit in snapshot.units:
        for bones in _calls(unit.name, unit.short_name) if unit.parent else ():
            begins = len(bones) >= _SHORTEST_BEGINNING and mine.startswith(bones)
            rank = (mine == bones, len(bones))
            if not (rank[0] or begins or bones in words) or rank < best:
                continue
            found = [*found, unit.slug] if rank == best else [unit.slug]
            best = rank
    if not found:
        return []
    within = [
        one
        for one in snapshot.accounts
        if one.is_active and any(slug in (one.unit.slug, *one.unit.above) for slug in found)
    ]
    return sorted(within, key=lambda one: one.unit.slug not in found)


@lru_cache(maxsize=5_000)
def _places(name: str, short_name: str) -> frozenset[str]:
    """What people write behind the name of an office for whose it is, as skeletons: Kota Samudra
    or Samudra for Pemerintah Kota Samudra."""
    found = {skeleton(name), skeleton(short_name)}
    for written in (name, short_name):
        words = [word for word in re.split(r"\W+", written) if word.casefold() not in OFFICES]
        found |= {
            skeleton("".join(words)),
            skeleton("".join(word for word in words if word.casefold() not in LEVELS)),
        }
    return frozenset(bones for bones in found if len(bones) >= _SHORTEST)


def wholly_meant(snapshot: Snapshot, text: str) -> Sequence[PublicAccount]:
    """The active accounts of the unit of whose name, alone or with what it belongs to behind it,
    nothing of ``text`` is left: Dinkes Kota Samudra."""
    mine = skeleton(text)
    found: set[str] = set()
    for unit in snapshot.units:
        calls = [one for one in _calls(unit.name, unit.short_name) if mine.startswith(one)]
        if not calls or not unit.parent:
            continue
        above = [one for slug in unit.above if (one := snapshot.unit(slug))]
        ends = {"", *(end for one in above for end in _places(one.name, one.short_name))}
        if any(mine.removeprefix(one) in ends for one in calls):
            found.add(unit.slug)
    return [
        one
        for one in snapshot.accounts
        if one.is_active and not found.isdisjoint((one.unit.slug, *one.unit.above))
    ]


def leading(
    snapshot: Snapshot, name: str, alike: Sequence[PublicAccount]
) -> Sequence[PublicAccount]:
    """The accounts of the unit that ``name`` begins with, unless what it is like is an account of
    that unit or begins as it does."""
    meant = accounts_meant(snapshot, name)
    slugs = {one.unit.slug for one in meant}
    is_told = any(
        one.unit.slug in slugs or accounts_meant(snapshot, one.handle) == meant for one in alike
    )
    return [] if is_told else meant
