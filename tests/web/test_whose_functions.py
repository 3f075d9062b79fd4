"""What migrations made is seen to whichever role ran them; what strangers made stays as it is."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction

from content.models import Publication
from govsocial.web import search_paths, triggers

SECOND, MEMBER = (f"{name}_{os.getpid()}" for name in ("migrates_too", "has_its_rights"))
HELPER, OTHERS = "content_wrote(bigint,bigint)", "content_summary(text)"
PINNED = "search_path=pg_catalog, public, pg_temp"
LOGS = "CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
LOGGED = (
    LOGS,
    "CREATE TRIGGER logged AFTER INSERT ON content_post FOR EACH ROW EXECUTE FUNCTION logs()",
)


def sql(*statements: str, using: str = "default") -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def settings_of(*names: str, using: str = "boss") -> list[list[str] | None]:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT proconfig FROM unnest(%s) WITH ORDINALITY AS one(name, nr)"
            " JOIN pg_proc ON pg_proc.oid = name::regprocedure ORDER BY nr",
            [list(names)],
        )
        return [said for (said,) in cursor.fetchall()]


@pytest.fixture
def boss(db: None) -> Iterator[str]:
    """A superuser's connection. Nothing of what is done there is ever committed."""
    server = connection.copy("boss")
    server.settings_dict["USER"] = "postgres"
    connections["boss"] = server
    try:
        try:
            server.ensure_connection()
        except OperationalError:
            pytest.skip("No superuser is reachable here.")
        with transaction.atomic(using="boss"):
            yield "boss"
            transaction.set_rollback(True, using="boss")
    finally:
        server.close()
        del connections["boss"]


@pytest.fixture
def gate(boss: str) -> str:
    """The function behind the gate, made by a second role, like a helper that it calls. A stranger
    has one with a name that begins like ours."""
    with connections[boss].cursor() as cursor:
        cursor.execute(
            "SELECT tgfoid::regprocedure::text FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_gate%%'",
            [Publication._meta.db_table],
        )
        (name,) = cursor.fetchone()
    sql(
        f"CREATE ROLE {SECOND}",
        f"CREATE ROLE {MEMBER} IN ROLE {SECOND}",
        f"CREATE FUNCTION {OTHERS} RETURNS text LANGUAGE sql AS 'SELECT $1'",
        f"ALTER FUNCTION {OTHERS} OWNER TO {SECOND}",
        *(f"ALTER FUNCTION {one} RESET search_path" for one in (name, HELPER)),
        *(f"ALTER FUNCTION {one} OWNER TO {SECOND}" for one in (name, HELPER)),
        using=boss,
    )
    return str(name)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    sql(f"SET LOCAL ROLE {role}", using="boss")
    try:
        yield
    finally:
        sql("RESET ROLE", using="boss")


@pytest.mark.parametrize("role", [MEMBER, "postgres"], ids=["member", "superuser"])
def test_whoever_may_alter_what_another_role_made_sees_to_it_and_to_nothing_of_strangers(
    gate: str, role: str
) -> None:
    assert search_paths.loose("boss") == sorted([HELPER, gate])
    (warned,) = search_paths.check_pinned(databases=["boss"])
    assert SECOND in warned.msg
    assert gate in warned.msg
    assert HELPER in warned.msg
    assert warned.hint
    assert f"“{SECOND}” say for each: ALTER ROUTINE" in warned.hint
    with acting_as(role):
        search_paths.pin("boss")
    assert search_paths.loose("boss") == []
    assert settings_of(gate, HELPER, OTHERS) == [[PINNED], [PINNED], None]


def test_what_a_role_may_not_alter_stays_without_an_error_and_is_told_with_its_owner(
    gate: str,
) -> None:
    sql(f"ALTER FUNCTION {HELPER} OWNER TO postgres", using="boss")
    with acting_as(MEMBER):
        search_paths.pin("boss")
        (warned,) = search_paths.check_pinned(databases=["boss"])
    assert settings_of(gate, HELPER) == [[PINNED], None]
    assert "of “postgres” in" in warned.msg
    assert HELPER in warned.msg
    assert gate not in warned.msg


def test_what_a_stranger_put_behind_a_table_of_ours_is_told_and_theirs_to_alter(gate: str) -> None:
    sql(*LOGGED, f"ALTER FUNCTION logs() OWNER TO {SECOND}", using="boss")
    search_paths.pin("boss")
    (warned,) = search_paths.check_pinned(databases=["boss"])
    assert "logs()" in warned.msg
    assert warned.hint
    assert "migrate leaves it" in warned.hint
    assert settings_of("logs()") == [None]
    sql("ALTER FUNCTION logs() SET search_path = elsewhere, pg_temp", using="boss")
    assert search_paths.check_pinned(databases=["boss"]) == []
    sql("ALTER FUNCTION logs() SET search_path = elsewhere", using="boss")
    assert search_paths.loose("boss") == ["logs()"]


def test_who_may_not_migrate_is_told_who_may(app_role: str, db: None) -> None:
    sql(f"GRANT SELECT ON django_migrations TO {app_role}")
    point = transaction.savepoint()
    sql(f"SET LOCAL ROLE {app_role}")
    with pytest.raises(CommandError) as refused:
        call_command("migrate", verbosity=0)
    transaction.savepoint_rollback(point)
    assert "may not change this database: permission denied" in str(refused.value)
    assert "Run migrate as the role that owns its tables" in str(refused.value)
    # Nothing was opened, and nothing is left to be closed.
    assert triggers.check_closed(databases=["default"]) == []
    call_command("migrate", verbosity=0)


def test_migrate_tells_only_what_it_could_not_mend(app_role: str, db: None) -> None:
    sql(
        f"ALTER FUNCTION {HELPER} RESET search_path",
        *LOGGED,
        f"GRANT CREATE ON SCHEMA public TO {app_role}",
        f"ALTER FUNCTION logs() OWNER TO {app_role}",
    )
    told = io.StringIO()
    call_command("migrate", verbosity=0, skip_checks=False, stderr=told)
    assert settings_of(HELPER, "logs()", using="default") == [[PINNED], None]
    assert told.getvalue().count("web.W") == 1
    assert "logs()" in told.getvalue()
    assert HELPER not in told.getvalue()
    # What is asked without a migrate is told at once.
    sql(f"ALTER FUNCTION {HELPER} RESET search_path")
    again = io.StringIO()
    call_command("check", databases=["default"], stderr=again)
    assert again.getvalue().count("web.W") == 2
    assert HELPER in again.getvalue()
