"""The role that the application has in production: docs/howto/protect-the-trail.md."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from psycopg2 import sql

from govsocial.audit.models import Entry
from kpi.actions import record_accounts_export
from tests.cast import Cast


def test_the_applications_role_adds_to_the_trail_and_can_take_nothing_from_it(
    cast: Cast, app_role: str
) -> None:
    with connection.cursor() as cursor:
        for grant in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(grant).format(sql.Identifier(app_role)))
    call_command("protect_trail", app_role, verbosity=0)
    before = Entry.objects.count()

    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(app_role)))
    try:
        record_accounts_export(actor=cast.dwi, rows=1)
        for statement in (
            "UPDATE audit_entry SET event = event",
            "DELETE FROM audit_seal",
            "TRUNCATE audit_entry",
            "TRUNCATE audit_verification",
            "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        ):
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")

    assert Entry.objects.count() == before + 1
