"""What X charges for each call, as reference data with a date: lists are added, never changed.

Amounts are US dollars. A thing that is read again on the same UTC day is usually not charged again;
the meter counts it all the same, so that what it shows is never less than the bill.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Item(StrEnum):
    POST_READ = "post read"
    OWNED_READ = "owned read"
    """A read of the account that owns the developer application itself."""
    USER_READ = "user read"
    CREATE_POST = "create post"
    CREATE_POST_WITH_URL = "create post with URL"
    DELETE_POST = "delete post"
    MEDIA_METADATA = "media metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """US dollars of each item as decimal text, in force from ``effective_from``."""

    effective_from: date
    amounts: Mapping[str, str]
    source: str
    read_on: date
    """The day on which the list was read in its source."""


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
"""Oldest first. What was charged before the first list is not known."""


def prices_on(day: date) -> PriceList:
    """The list in force on ``day``. Raises ``ValueError`` for a day before the first list."""
    in_force = [one for one in PRICE_LISTS if one.effective_from <= day]
    if not in_force:
        raise ValueError(f"No price list of X is known for {day:%Y-%m-%d}.")
    return in_force[-1]


def price(item: str, count: int, day: date) -> Decimal:
    """US dollars for ``count`` times ``item`` on ``day``. Raises ``ValueError``, ``KeyError``."""
    return Decimal(prices_on(day).amounts[item]) * count
