"""The migrated database that the workers of one run copy: migrating takes longer than most files.

Whoever needs a database first migrates it, under a lock of the server; the others wait and copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg2
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

NAME = "test_template"
# Any number will do, as long as nothing else on the server asks for this lock.
_LOCK = 7_402_611


def migrated(run: str) -> str:
    """The name of a database with every migration applied in ``run``, made if it is not there."""
    with _server() as cursor:
        # Kept until the connection is closed.
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [NAME],
        )
        if cursor.fetchone() != (run,):
            _drop(cursor)
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
            _migrate()
            # Only now: what was given up half-way is not this run's.
            cursor.execute(
                sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(NAME)), [run]
            )
    return NAME


def forget() -> None:
    """Drop it; the copies stay. Without a server nothing was made."""
    with suppress(psycopg2.OperationalError), _server() as cursor:
        _drop(cursor)


def _drop(cursor: psycopg2.extensions.cursor) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME)))


def _migrate() -> None:
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = NAME
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


@contextmanager
def _server() -> Iterator[psycopg2.extensions.cursor]:
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    with closing(psycopg2.connect(**parameters)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            yield cursor
