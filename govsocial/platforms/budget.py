"""What calls cost, and who counts them. The counting itself needs a store and is not done here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    APP = "app"
    """Shared by every account that is connected through the agency's application."""
    ACCOUNT = "account"


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


class Budget(Protocol):
    """The calls left for one account, shared by all workers."""

    def take(self, costs: Mapping[str, int], *, publishing: bool) -> None:
        """Note so many units of each quota named before a call. Raises ``BudgetSpent`` with the
        seconds to wait when any of them has too few left; then none of them is used up.
        ``publishing`` may use the reserve."""

    def learn(self, headers: Mapping[str, str], *, status: int) -> None:
        """Note what the platform itself says about what is left (its usage headers)."""


class Meter(Protocol):
    """The money spent on calls that are billed one by one."""

    def reserve(self, item: str, count: int) -> Decimal:
        """Set aside the price of ``count`` items before the call and return it, in US dollars.

        Raises ``BudgetSpent`` when the month's cap would be passed."""

    def settle(
        self, item: str, *, reserved: Decimal, count: int, resources: Collection[str] = ()
    ) -> None:
        """Replace what was set aside by the price of what was really delivered.

        ``resources`` name what was delivered where the platform charges for each thing once on a
        day of UTC, however often it is read; what is not named is charged each time."""


class Unlimited:
    """Takes note of nothing: for tests and for platforms without quotas."""

    def take(self, costs: Mapping[str, int], *, publishing: bool) -> None:
        return None

    def learn(self, headers: Mapping[str, str], *, status: int) -> None:
        return None
