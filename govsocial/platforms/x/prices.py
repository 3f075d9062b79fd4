"""What X charges for each call, as reference data with a date: lists are added, never changed.

Amounts are US dollars. A thing that is read again on the same UTC day is usually not charged again,
and the meter counts it once: each read is set aside in full, and settled without what was met that
day already. Where that is not known, it counts again: rather more than the bill than less.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from govsocial.platforms.budget import PriceList


class Item(StrEnum):
    POST_READ = "post read"
    OWNED_READ = "owned read"
    """A read of the account that owns the developer application itself."""
    USER_READ = "user read"
    CREATE_POST = "create post"
    CREATE_POST_WITH_URL = "create post with URL"
    DELETE_POST = "delete post"
    MEDIA_METADATA = "media metadata"


PRICE_LISTS: Sequence[PriceList] = (
    PriceList(
        effective_from=date(2026, 4, 20),
        amounts={
            Item.POST_READ: "0.005",
            Item.OWNED_READ: "0.001",
            Item.USER_READ: "0.010",
            Item.CREATE_POST: "0.015",
            Item.CREATE_POST_WITH_URL: "0.200",
            Item.DELETE_POST: "0.010",
            Item.MEDIA_METADATA: "0.005",
        },
        # xdevplatform/docs at 28713281.
        source="X API documentation, pricing",
        read_on=date(2026, 8, 22),
    ),
)
"""Oldest first. One may be entered ahead of its day: it counts from then on, and not before."""
