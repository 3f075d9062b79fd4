from __future__ import annotations

from typing import NamedTuple


class Ended(NamedTuple):
    """What a save took from a post that was submitted or approved."""

    number: int
    """Of the version that was submitted."""
    was_approved: bool
    called_back: int
    """How many publications were cancelled; what follows on an account counts with the post."""
