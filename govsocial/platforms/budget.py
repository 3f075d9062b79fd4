"""What calls cost, and who counts them. The counting itself needs a store and is not done here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    APP = "app"
    """Shared by every account that is connected through the agency's application."""
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The headers in which a platform says what is left, as its documentation names them.

    No other header is heard from it: any server may send the ones of somebody else. That a call is
    refused (429) and for how long (``Retry-After``) is said alike everywhere.
    """

    windows: str = ""
    """What stands before ``limit``, ``remaining`` and ``reset`` of a window."""
    usage: bool = False
    """Whether it tells percentages, as Meta does (``X-App-Usage``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """So many units in so many seconds. ``reserve`` of them are kept for publishing.

    ``zone`` names the time zone at whose midnight the platform begins anew, where it counts
    calendar days; else the window moves. ``source`` says where the number is from.
    """

    name: str
    amount: int
    seconds: int
    scope: Scope
    reserve: int = 0
    zone: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """US dollars of each item as decimal text, in force from ``effective_from``, a day of UTC:
    platforms bill by days and months of UTC."""

    effective_from: date
    amounts: Mapping[str, str]
    source: str
    read_on: date | None = None
    """The day on which the list was read in its source."""


class Budget(Protocol):
    """The calls left for one account, shared by all workers."""

    def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        """Note so many units of each quota named before a call. Raises ``BudgetSpent`` with the
        seconds to wait when any of them has too few left; then none of them is used up.
        ``publishing`` may use the reserve. ``server`` is an address at the server called."""

    def learn(self, headers: Mapping[str, str], *, status: int, server: str) -> None:
        """Note what ``server`` itself says about what is left there (its usage headers)."""


class Meter(Protocol):
    """The money spent on calls that are billed one by one."""

    def reserve(self, item: str, count: int, *, publishing: bool = False) -> Decimal:
        """Set aside the price of ``count`` items before the call and return it, in US dollars.

        ``publishing`` may use what is kept for it, whatever the item: so does a read that finds out
        whether a post is out.
        Raises ``BudgetSpent`` when the month's cap would be passed."""

    def settle(
        self, item: str, *, reserved: Decimal, count: int, resources: Collection[str] = ()
    ) -> None:
        """Replace what was set aside by the price of what was really delivered.

        ``resources`` name what was delivered where the platform charges for each thing once on a
        day of UTC, however often it is read; what is not named is charged each time."""


class Unlimited:
    """Takes note of nothing: for tests and for platforms without quotas."""

    def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        return None

    def learn(self, headers: Mapping[str, str], *, status: int, server: str) -> None:
        return None
