"""Record keys of the AT Protocol: 13 characters that sort by time."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


def new_tid(at: datetime) -> str:
    """Make a key for a post of the second ``at``.

    Everything below the second is random (30 bits): many posts are planned for the same full
    minute, and two posts with one key would overwrite each other.
    """
    if at.tzinfo is None:
        raise ValueError("A key is made from a moment with a time zone.")
    microseconds = int(at.timestamp()) * 1_000_000 + secrets.randbelow(1_000_000)
    number = (microseconds << 10) | secrets.randbits(10)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def is_tid(key: str) -> bool:
    return _TID.fullmatch(key) is not None
