"""The money that billed calls cost: set aside before a call, settled after it, never past the cap.

Every statement here is one that PostgreSQL decides as a whole: calls of all workers queue at the
row of the month's total, so that together they cannot pass what an administrator allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from accounts.counters import first_today
from accounts.models.spending import TOTAL
from govsocial.platforms.budget import Meter
from govsocial.platforms.errors import BudgetSpent
from govsocial.platforms.registry import spec
from govsocial.platforms.spec import Spec

WAIT = 3600.0
"""Seconds until a pull asks again: an administrator may raise the cap at any time."""

_RESERVE = """
    WITH allowed AS (
        SELECT monthly - CASE WHEN %(publishing)s THEN 0 ELSE kept END AS most
        FROM accounts_spendingcap WHERE platform = %(platform)s
    ), total AS (
        INSERT INTO accounts_platformspending AS s (platform, month, item, count, amount)
        SELECT %(platform)s, %(month)s, %(total)s, %(count)s, %(price)s
        FROM allowed WHERE %(price)s <= most
        ON CONFLICT (platform, month, item) DO UPDATE
        SET count = s.count + excluded.count, amount = s.amount + excluded.amount
        WHERE s.amount + excluded.amount <= (SELECT most FROM allowed)
        RETURNING 1
    )
    INSERT INTO accounts_platformspending AS s (platform, month, item, count, amount)
    SELECT %(platform)s, %(month)s, %(item)s, %(count)s, %(price)s FROM total
    ON CONFLICT (platform, month, item) DO UPDATE
    SET count = s.count + excluded.count, amount = s.amount + excluded.amount
    RETURNING 1
"""

_SETTLE = """
    UPDATE accounts_platformspending
    SET count = greatest(count + %(count)s, 0), amount = greatest(amount + %(price)s, 0)
    WHERE platform = %(platform)s AND month = %(month)s AND item IN (%(item)s, %(total)s)
"""


class PostgresMeter:
    """The ``Meter`` of one platform. An instance belongs to one client: calls follow one another,
    and each is settled in the month in which its price was set aside, by the list of that day."""

    def __init__(self, platform: str, known: Spec, *, connecting: bool = False) -> None:
        self._platform, self._known, self._connecting = platform, known, connecting
        self._prices = self._prices_now()
        self._publishing = frozenset(known.publishing_items)
        self._month = _this_month()

    def reserve(self, item: str, count: int, *, publishing: bool = False) -> Decimal:
        """Raises ``LookupError`` for an item without a price."""
        self._prices, self._month = self._prices_now(), _this_month()
        price = self._prices[item] * count
        values = {
            **self._row(item),
            "count": count,
            "price": price,
            "publishing": publishing or self._connecting or item in self._publishing,
        }
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE, values)
            taken = cursor.fetchone() is not None
        if not taken:
            raise BudgetSpent(
                f"The monthly cap of spending on {self._platform} does not allow this call.",
                retry_after=WAIT,
            )
        return price

    def settle(
        self, item: str, *, reserved: Decimal, count: int, resources: Collection[str] = ()
    ) -> None:
        price = self._prices[item]
        if resources:
            count -= len(resources) - first_today(self._platform, item, resources)
        # What was set aside stands for so many.
        expected = int(reserved / price) if price else count
        more, dearer = count - expected, price * count - reserved
        if not more and not dearer:
            return
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, {**self._row(item), "count": more, "price": dearer})

    def _prices_now(self) -> Mapping[str, Decimal]:
        found = self._known.prices_at(datetime.now(UTC))
        return {item: Decimal(price) for item, price in found.amounts.items()} if found else {}

    def _row(self, item: str) -> dict[str, str | date | int | Decimal]:
        return {"platform": self._platform, "month": self._month, "item": item, "total": TOTAL}


def meter_for(platform: str, *, connecting: bool = False) -> Meter | None:
    """The meter of a platform; None where calls cost nothing. ``connecting``: nothing is published
    without a connection, so that it may use what is kept for publishing."""
    known = spec(platform)
    return PostgresMeter(platform, known, connecting=connecting) if known.price_lists else None


def _this_month() -> date:
    """Platforms bill by months of UTC."""
    return datetime.now(UTC).date().replace(day=1)
