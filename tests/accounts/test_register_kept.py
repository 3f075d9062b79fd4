"""What the register of accounts cannot hold, whoever writes it there."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from accounts.models import OfficialAccount, Unit
from tests import factories
from tests.accounts.test_kept_by_the_database import refused, write
from tests.cast import Cast

ROW = "UPDATE accounts_officialaccount SET {}"
HIDDEN = [
    "\u2063",
    "Kota\u200bSamudra",
    "\u200f\u061c",
    "Kota\nSamudra",
    "\u3164",
    "Kota\U000e0041",
    "Kota\U000e0100",
    "Kota\u2065",
    "Kota\ufff0",
    "Kota\u180b",
]
UNSEEN = [
    "", " ", "\u00a0\u200d", "\u2003", "\ufe0f", "\u0300 \u0301", "\uffff", "\U0001d173",
    "\U0001bca0",
]  # fmt: skip
SEEN = [
    "Kota Samudra",
    "112",
    "ꦱꦶꦠꦶ",
    "नेत्र\u200dा",
    "Damkar 👩\u200d🚒",
    "\u2139\ufe0f Info",
    "Мэрия",
]


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return factories.official_account(cast.diskominfo)


@pytest.mark.parametrize(
    "news",
    [
        "closed_on = '2026-03-31'",
        "closed_reason = 'Digabung'",
        "status = 'suspended', closed_on = '2026-03-31', closed_reason = 'Digabung'",
        "handle = ''",
        "url = 'javascript:alert(1)'",
        "url = 'www.samudrakota.example'",
        "url = 'https://'",
        "two_step = 'perhaps', two_step_checked_on = '2026-03-31'",
        "two_step = ''",
        "status = 'gone'",
    ],
)
def test_the_register_does_not_take_what_makes_no_sense(
    account: OfficialAccount, news: str
) -> None:
    refused(ROW.format(news))
    for good in (
        "status = 'suspended'",
        "status = 'closed', closed_on = '2026-03-31', closed_reason = 'Digabung'",
        "status = 'active', closed_on = NULL, closed_reason = ''",
        "url = 'HTTPS://samudrakota.example', handle = 'kota'",
        "url = '', two_step = 'off', two_step_checked_on = '2026-03-31'",
    ):
        assert write(ROW.format(good)) == 1


def test_no_account_begins_with_a_status_that_is_none_or_with_its_release(cast: Cast) -> None:
    closed: dict[str, Any] = {"closed_on": "2026-03-31", "closed_reason": "Digabung"}
    made = factories.official_account(cast.diskominfo, status="closed", **closed)
    kept = {
        field.attname: getattr(made, field.attname)
        for field in OfficialAccount._meta.concrete_fields
        if field.attname not in {"id", "handle", "status"}
    }
    for status in ("released", "gone", ""):
        with pytest.raises(DatabaseError), transaction.atomic():
            OfficialAccount.objects.create(**kept, handle="lain", status=status)
    OfficialAccount.objects.create(**kept, handle="lain", status="closed")


@pytest.mark.parametrize("name", [*HIDDEN, *UNSEEN], ids=ascii)
def test_a_name_is_seen(account: OfficialAccount, name: str) -> None:
    accounts = OfficialAccount.objects.filter(pk=account.pk)
    units = Unit.objects.filter(pk=account.unit_id)
    for rows, field in ((accounts, "display_name"), (units, "name"), (units, "short_name")):
        if (field, name) == ("short_name", ""):
            continue
        with pytest.raises(IntegrityError, match="is_seen"), transaction.atomic():
            rows.update(**{field: name})


@pytest.mark.parametrize("name", SEEN, ids=ascii)
def test_names_of_every_script_and_with_emoji_are_kept(account: OfficialAccount, name: str) -> None:
    assert OfficialAccount.objects.filter(pk=account.pk).update(display_name=name) == 1
    Unit.objects.exclude(pk=account.unit_id).update(short_name="")
    assert Unit.objects.filter(pk=account.unit_id).update(name=name, short_name="") == 1


class Editor:
    connection = connection


def migrate() -> None:
    """Validate again, as the migration does."""
    module = importlib.import_module("accounts.migrations.0027_what_a_register_cannot_hold")
    module.validate(None, Editor)


def without_the_rule(name: str, news: str) -> None:
    """A row as it may be that is older than the rule, which holds for new ones only."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname=%s", [name]
        )
        (rule,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE accounts_officialaccount DROP CONSTRAINT {name}")
        cursor.execute(ROW.format(news))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE accounts_officialaccount ADD CONSTRAINT {name} {rule} NOT VALID"
        )


def is_valid(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT convalidated FROM pg_constraint WHERE conname = %s", [name])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("status", ["active", "closed"])
def test_the_migration_says_which_rows_stand_in_its_way_and_how_to_mend_them(
    cast: Cast, status: str
) -> None:
    rule = "official_account_url_is_of_the_web"
    closed: dict[str, Any] = (
        {"closed_on": "2026-03-31", "closed_reason": "x"} if status == "closed" else {}
    )
    account = factories.official_account(cast.diskominfo, status=status, **closed)
    without_the_rule(rule, "url = 'ftp://x'")
    assert not is_valid(rule)
    with pytest.raises(CommandError, match=rf"{rule}: UPDATE .* WHERE id IN \({account.pk}\)"):
        migrate()
    write(ROW.format("url = ''"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migrate()
    assert is_valid(rule)


def test_a_released_row_that_stays_as_it_is_does_not_stop_the_migration(cast: Cast) -> None:
    rule = "official_account_url_is_of_the_web"
    factories.official_account(
        cast.diskominfo, status="closed", closed_on="2026-03-31", closed_reason="x"
    )
    without_the_rule(rule, "url = 'ftp://x', status = 'released'")
    migrate()
    assert not is_valid(rule)
    refused(ROW.format("url = 'ftp://y'"))


def test_the_way_back_lets_old_names_be_as_the_way_there_did(cast: Cast) -> None:
    rule = "official_account_name_is_seen"
    factories.official_account(
        cast.diskominfo, status="closed", closed_on="2026-03-31", closed_reason="x"
    )
    without_the_rule(rule, "display_name = E'Kota\\u200bSamudra', status = 'released'")
    loader = MigrationExecutor(connection).loader
    name = "0028_names_without_hidden_signs"
    operation, *_others = loader.get_migration("accounts", name).operations
    before = loader.project_state(("accounts", "0027_what_a_register_cannot_hold"))
    after = loader.project_state(("accounts", name))
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE accounts_officialaccount DROP CONSTRAINT {rule}")
        operation.database_backwards("accounts", editor, after, before)
    assert not is_valid(rule)
    refused(ROW.format("display_name = E'Kota\\u200b'"))
