"""Monthly partitions of the snapshot tables.

A row of a month that has no partition lands in the default partition, so nothing is ever lost;
``ensure_partitions`` makes the missing ones and moves such rows over.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from psycopg2 import sql

TABLES = ("kpi_accountsnapshot", "kpi_postsnapshot")
# Any number that is ours: two workers must not make the same partition at once.
_LOCK = 7_402_231
_AHEAD = timedelta(days=62)


def ensure_partitions(first: datetime, last: datetime | None = None) -> list[str]:
    """Make the partitions of every month (UTC) from ``first`` to ``last``; return the new names."""
    months = _months(first, last or first)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        present = existing()
        wanted = [(table, month) for table in TABLES for month in months]
        made = [(table, month) for table, month in wanted if _name(table, month) not in present]
        for table, month in made:
            _make(cursor, table, month)
    return [_name(table, month) for table, month in made]


def ensure_ahead(now: datetime) -> list[str]:
    """Make the partitions of this month and the next two, when one of them is missing."""
    months = _months(now, now + _AHEAD)
    wanted = {_name(table, month) for table in TABLES for month in months}
    return [] if wanted <= existing() else ensure_partitions(now, now + _AHEAD)


def existing() -> set[str]:
    """Names of the partitions that are attached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = ANY(%s)",
            [list(TABLES)],
        )
        return {row[0] for row in cursor.fetchall()}


def _make(cursor: object, table: str, month: date) -> None:
    names = {
        "table": sql.Identifier(table),
        "part": sql.Identifier(_name(table, month)),
        "rest": sql.Identifier(f"{table}_default"),
        "first": sql.Literal(_start(month)),
        "next": sql.Literal(_start(_following(month))),
    }
    # The rows move before the partition is attached: attaching checks that the default has none.
    statements = (
        "CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        "WITH moved AS (DELETE FROM {rest} WHERE captured_at >= {first} AND captured_at < {next} "
        "RETURNING *) INSERT INTO {part} SELECT * FROM moved",
        "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({first}) TO ({next})",
    )
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**names))  # type: ignore[attr-defined]  # cursor


def _months(first: datetime, last: datetime) -> list[date]:
    month, end = _month(first), _month(last)
    found = []
    while month <= end:
        found.append(month)
        month = _following(month)
    return found


def _month(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def _following(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _start(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def _name(table: str, month: date) -> str:
    return f"{table}_{month:%Y_%m}"
