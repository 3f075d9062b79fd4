"""Monthly partitions of the snapshot tables.

A row of a month that has no partition lands in the default partition, so nothing is ever lost; the
partition of its month, made later, takes it over. They are made by a function of the database that
has the rights of the tables' owner (migration 0003), because the application has not.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

TABLES = ("kpi_accountsnapshot", "kpi_postsnapshot")
_AHEAD = timedelta(days=62)


def ensure_partitions(first: datetime, last: datetime | None = None) -> list[str]:
    """Make the partitions of every month (UTC) from ``first`` to ``last``; return the new names.

    Each in a transaction of its own, unless the caller has one open.
    """
    return [_name(table, month) for table, month in _missing(first, last) if _make(table, month)]


def ensure_ahead(now: datetime) -> list[str]:
    """Make the partitions of this month and the next two; what cannot be made now waits.

    Never raises: the default partition takes the rows, and the next beat tries again.
    """
    made = []
    for table, month in _missing(now, now + _AHEAD):
        try:
            if _make(table, month):
                made.append(_name(table, month))
        except DatabaseError as exc:
            logger.warning(
                "Partition not made: %s",
                type(exc.__cause__ or exc).__name__,
                extra={"partition": _name(table, month), "reason": str(exc).splitlines()[0]},
            )
            # The same locks stand before the next one.
            break
    return made


def existing() -> set[str]:
    """Names of the partitions that are attached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = ANY(%s)",
            [list(TABLES)],
        )
        return {row[0] for row in cursor.fetchall()}


def _missing(first: datetime, last: datetime | None) -> list[tuple[str, date]]:
    present = existing()
    wanted = [(table, month) for table in TABLES for month in _months(first, last or first)]
    return [(table, month) for table, month in wanted if _name(table, month) not in present]


def _make(table: str, month: date) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT kpi_make_month_partition(%s, %s)", [table, month])
        return bool(cursor.fetchone()[0])


def _months(first: datetime, last: datetime) -> list[date]:
    month, end = _month(first), _month(last)
    found = []
    while month <= end:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _month(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def _name(table: str, month: date) -> str:
    return f"{table}_{month:%Y_%m}"
