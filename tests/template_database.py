"""The migrated database that the workers of one run copy: migrating takes longer than most files.

Whoever needs a database first migrates it, under a lock of the server; the others wait and copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress

import psycopg2
from django.core.management import call_command
from django.db import DatabaseError, connection
from psycopg2 import sql

# Any number will do, as long as nothing else on the server asks for this lock.
_LOCK = 7_402_611
_READY = "migrated"


def migrated(run: str) -> str:
    """The name of a database with every migration applied, made if ``run`` has none yet."""
    name = _name(run)
    with _server() as cursor:
        # Kept until the connection is closed.
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        if cursor.fetchone() != (_READY,):
            _drop(cursor, name)
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            _migrate(name)
            # Only now: what was given up half-way is not ready.
            comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
            cursor.execute(comment.format(sql.Identifier(name), sql.Literal(_READY)))
    return name


def make_early(run: str, unblocked: Callable[[], AbstractContextManager[None]]) -> None:
    """The same before anybody needs it. What goes wrong, whoever needs it first will tell."""
    with suppress(psycopg2.Error, DatabaseError), unblocked():
        migrated(run)


def forget(run: str) -> None:
    """Drop it; the copies stay. Without a server nothing was made."""
    with suppress(psycopg2.OperationalError), _server() as cursor:
        _drop(cursor, _name(run))


def _name(run: str) -> str:
    """Other runs beside this one have theirs. What a killed one leaves is cleared away like its
    other databases."""
    return f"test_template_{run}"


def _drop(cursor: psycopg2.extensions.cursor, name: str) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _migrate(name: str) -> None:
    own = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


@contextmanager
def _server() -> Iterator[psycopg2.extensions.cursor]:
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    with closing(psycopg2.connect(**parameters)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            yield cursor
