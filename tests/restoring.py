"""How the database is put back after a test that committed something.

Django empties every table, with new files for each, and fills those of permissions again: a fifth
of a second. Most tables hold nothing, and the rows of the others are few.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from tests import cast

KEPT = {"django_content_type", "auth_permission", "django_migrations"}
"""What ``migrate`` wrote and no test changes."""

_ASKED_AT_ONCE = """
    SELECT conrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND NOT condeferrable AND conparentid = 0
"""


def restore(test: Any) -> None:
    """In place of ``TransactionTestCase._fixture_teardown``."""
    with transaction.atomic(), connection.cursor() as cursor:
        filled = _filled(cursor)
        # As for a truncated table, no rule of ours has a say in it.
        cursor.execute("".join(f"ALTER TABLE {one} DISABLE TRIGGER USER;" for one in filled))
        cursor.execute("".join(f"DELETE FROM {one};" for one in filled))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("".join(f"ALTER TABLE {one} ENABLE TRIGGER USER;" for one in filled))
    cast.commit()


def _filled(cursor: Any) -> list[str]:
    """Tables with rows in them. Those whose references are looked at row by row come first; the
    others are looked at when all are empty."""
    tables = connection.introspection.django_table_names(only_existing=False, include_views=False)
    names = sorted(set(tables) - KEPT)
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in names)
    )
    found = {name for (name,) in cursor.fetchall()}
    cursor.execute(_ASKED_AT_ONCE)
    first = {name for (name,) in cursor.fetchall()}
    return [*(found & first), *(found - first)]
