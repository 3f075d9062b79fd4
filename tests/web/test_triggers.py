"""What holds in the database cannot be switched off by whoever speaks to it."""

from __future__ import annotations

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.db.models.signals import pre_migrate

from accounts.models import OfficialAccount
from govsocial.audit.models import Entry
from govsocial.web import triggers
from kpi.actions import record_accounts_export
from tests import factories
from tests.cast import Cast
from tests.meta.test_code import name, python_files

IGNORE_ALL = (
    "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true)"
    " FROM pg_trigger WHERE NOT tgisinternal"
)


def delete_all(table: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IGNORE_ALL)
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", ["accounts_officialaccount", "audit_entry"])
def test_no_session_has_triggers_ignored(cast: Cast, table: str) -> None:
    factories.official_account(cast.diskominfo)
    record_accounts_export(actor=cast.dwi, rows=1)
    with pytest.raises(InternalError, match="pgtrigger"):
        delete_all(table)
    with (
        pytest.raises(InternalError, match="pgtrigger"),
        pgtrigger.ignore("audit.Entry:append_only", "accounts.OfficialAccount:never_deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
    assert OfficialAccount.objects.exists()
    assert Entry.objects.exists()


def test_a_migration_may_and_closes_the_way_behind_it(cast: Cast) -> None:
    record_accounts_export(actor=cast.dwi, rows=1)
    assert not warned()
    triggers.open_to_migrations(using="default")
    assert warned()
    with transaction.atomic():
        delete_all("audit_entry")
        assert not Entry.objects.exists()
        transaction.set_rollback(True)
    call_command("migrate", verbosity=0)
    assert not warned()
    with pytest.raises(InternalError, match="pgtrigger"):
        delete_all("audit_entry")


def test_a_migrate_that_fails_closes_the_way_as_well(
    cast: Cast,
) -> None:
    def fail(**more: object) -> None:
        raise CommandError("These rows stand in the way.")

    app = apps.get_app_config("content")
    pre_migrate.connect(fail, sender=app)
    try:
        with pytest.raises(CommandError, match="in the way"):
            call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(fail, sender=app)
    assert not warned()


def warned() -> bool:
    return [one.id for one in triggers.check_closed(databases=["default"])] == ["web.W001"]


def test_only_migrations_and_tests_ignore_triggers() -> None:
    users = [
        name(path)
        for path in python_files()
        if "pgtrigger.ignore(" in path.read_text(encoding="utf-8")
    ]
    assert users == []
