"""What stands behind the "?" of a feed's address, told without what it says: it may be a key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

HIDDEN = "…"
# A part without a name or without a value may be a key as a whole, and so may a long name.
_NAMED = re.compile(r"(?P<name>[A-Za-z][\w.\-\[\]]{0,19})=(?P<value>.*[^=].*)", re.ASCII)


def without_values(address: str) -> str:
    """``address`` with the names of its parameters and none of their values."""
    place, mark, query = address.partition("?")
    named = [_NAMED.fullmatch(part) for part in query.split("&") if part]
    return place + mark + "&".join(f"{one['name']}={HIDDEN}" if one else HIDDEN for one in named)


def differing_names(one: str, other: str) -> Sequence[str]:
    """The parameters of two addresses that do not say the same in both, in their order; not those
    that have no name."""
    here, there = _values(one), _values(other)
    return [name for name in {**here, **there} if here.get(name) != there.get(name)]


def _values(address: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for part in address.partition("?")[2].split("&"):
        if named := _NAMED.fullmatch(part):
            values[named["name"]].append(named["value"])
    return values
