"""What a platform takes for one and the same account is in the register once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor

from accounts import actions, importing
from accounts.errors import AccountError
from accounts.models import OfficialAccount
from tests import factories
from tests.accounts.register_stage import register
from tests.cast import Cast

Apart = tuple[dict[str, Any], dict[str, Any], bool]
CODE = "whatsapp.com/channel/0029VaAbCdEf"
CASES: list[Apart] = [
    ({"platform": "facebook", "handle": "pemkot.samudra"},
     {"platform": "facebook", "handle": "PemkotSamudra"}, False),
    ({"platform": "facebook", "handle": "pem.kot.samudra"},
     {"platform": "facebook", "handle": "pemkot.sam.udra"}, False),
    ({"platform": "facebook", "handle": "pemkot.samudra"},
     {"platform": "facebook", "handle": "pemkot.samudera"}, True),
    ({"platform": "facebook", "handle": "104958162837465"},
     {"platform": "facebook", "handle": "104958162837466"}, True),
    ({"platform": "instagram", "handle": "pemkot.samudra"},
     {"platform": "instagram", "handle": "pemkotsamudra"}, True),
    ({"platform": "feed", "handle": "samudrakota.go.id", "host": "samudrakota.go.id"},
     {"platform": "feed", "handle": "samudrakota.go.id", "host": "www.samudrakota.go.id"}, False),
    ({"platform": "other", "handle": "medium.com/kota", "host": "medium.com"},
     {"platform": "other", "handle": "medium.com/dinas", "host": "medium.com"}, True),
    ({"platform": "feed", "handle": "samudrakota.go.id", "host": "samudrakota.go.id"},
     {"platform": "wiki", "handle": "samudrakota.go.id", "host": "samudrakota.go.id"}, True),
    ({"platform": "whatsapp", "handle": CODE}, {"platform": "whatsapp", "handle": CODE}, False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "apart"), CASES)
def test_form_file_and_table_agree_on_what_is_the_same(
    cast: Cast, one: dict[str, Any], other: dict[str, Any], apart: bool
) -> None:
    def row(number: int, account: dict[str, Any]) -> tuple[int, dict[str, str]]:
        return number, {"unit": "Diskominfo", "display_name": "Kota", "host": "", **account}

    twice = importing.check(cast.bayu, [row(2, one), row(3, other)])
    assert [set(found.errors) for found in twice] == [set(), set() if apart else {"handle"}]
    first = register(cast, **one)
    (checked,) = importing.check(cast.bayu, [row(2, other)])
    assert set(checked.errors) == (set() if apart else {"handle"})
    with (
        nullcontext() if apart else pytest.raises(AccountError, match="registered already"),
        transaction.atomic(),
    ):
        register(cast, **other)
    OfficialAccount.objects.exclude(pk=first.pk).update(handle="lain.example/lain")
    with nullcontext() if apart else pytest.raises(IntegrityError), transaction.atomic():
        factories.official_account(cast.dinkes, **{"host": "", **other})


def test_a_name_with_points_can_be_written_another_way_and_is_free_when_released(
    cast: Cast,
) -> None:
    account = register(cast, platform="facebook", handle="pemkotsamudra")
    same: dict[str, Any] = {"unit_id": account.unit_id, "host": "", "display_name": "Kota"}
    actions.change_official_account(
        actor=cast.bayu, official_account_id=account.pk, handle="Pemkot.Samudra", **same
    )
    other = register(cast, platform="facebook", handle="dinas.samudra")
    with pytest.raises(AccountError, match="registered already"):
        actions.change_official_account(
            actor=cast.bayu, official_account_id=other.pk, handle="pem.kotsamudra", **same
        )
    closed = {"closed_on": "2026-03-31", "closed_reason": "Digabung"}
    OfficialAccount.objects.filter(pk=account.pk).update(status="closed", **closed)
    OfficialAccount.objects.filter(pk=account.pk).update(status="released")
    assert register(cast, platform="facebook", handle="pemkotsamudra").pk != account.pk


@pytest.fixture
def before_the_migration() -> Callable[[], None]:
    """The table as it was before 0017; calling it runs what looks for clashes."""
    migration = MigrationExecutor(connection).loader.get_migration(
        "accounts", "0017_one_row_a_page"
    )
    look = migration.operations[0]
    assert isinstance(look, RunPython)
    apps = MigrationExecutor(connection).loader.project_state().apps
    with connection.cursor() as cursor:
        for name in ("facebook_name", "site"):
            cursor.execute(f"DROP INDEX official_account_{name}_once")

    def run() -> None:
        with connection.schema_editor() as editor:
            look.code(apps, editor)

    return run


@pytest.mark.django_db
def test_the_migration_names_the_accounts_that_clash(
    cast: Cast, before_the_migration: Callable[[], None]
) -> None:
    make = factories.official_account
    facebook: dict[str, Any] = {"platform": "facebook", "host": ""}
    first = make(cast.diskominfo, handle="pemkot.samudra", **facebook)
    make(cast.diskominfo, handle="dinas.samudra", **facebook)
    make(cast.dinkes, platform="feed", handle="kota.go.id", host="kota.go.id")
    before_the_migration()
    second = make(cast.dinkes, handle="PemkotSamudra", **facebook)
    third = make(cast.dinkes, platform="feed", handle="kota.go.id", host="penipu.example")
    with pytest.raises(CommandError) as told:
        before_the_migration()
    for part in (
        f"pemkot.samudra (number {first.pk}, unit {cast.diskominfo.pk})",
        f"PemkotSamudra (number {second.pk}, unit {cast.dinkes.pk})",
        f"kota.go.id (number {third.pk}",
    ):
        assert part in str(told.value)
    assert "dinas" not in str(told.value)
