"""Accounts of a post that get another text than the one that a page shows: whoever decides sees all
that goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# A page stays light, whatever somebody writes for sixty accounts: the others are named.
MOST_SHOWN = 8
MOST_SIGNS = 12_000


@dataclass(slots=True)
class Apart:
    """``number`` counts the texts, ``ids`` are of the accounts whose text is another one than the
    one shown. ``told`` are previews of these texts, each once, with all its accounts by name;
    ``left`` are previews for which there is no room."""

    number: int = 1
    ids: set[int] = field(default_factory=set)
    told: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)


def texts_apart(
    previews: Sequence[dict[str, Any]], shown: int | None, texts: Mapping[int, str]
) -> Apart:
    """``texts`` are those that were written, by the id of the account: what a platform changes in
    one is said beside its preview."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in previews:
        groups.setdefault(texts.get(one["account"].pk, ""), []).append(one)
    found = Apart(number=len(groups))
    room = MOST_SIGNS
    for text, same in groups.items():
        if any(one["account"].pk == shown for one in same):
            continue
        found.ids |= {one["account"].pk for one in same}
        room -= len(text)
        if room >= 0 and len(found.told) < MOST_SHOWN:
            found.told.append((same[0], ", ".join(one["name"] for one in same)))
        else:
            found.left.extend(same)
    return found
