"""What the register does not take for a handle, a text, a choice or a day, whoever writes it."""

from __future__ import annotations

import importlib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import OfficialAccount
from accounts.models.kinds import Audience, ChannelKind, MediaKind
from tests import factories
from tests.accounts.register_stage import register
from tests.accounts.test_kept_by_the_database import refused, write
from tests.accounts.test_register_kept import ROW, Editor, is_valid, without_the_rule
from tests.cast import Cast
from tests.triggers import without_trigger

FAR = "2999-01-01"


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return factories.official_account(cast.diskominfo)


@pytest.mark.parametrize(
    "news",
    [
        "handle = E'kota\u202esamudra'",
        "handle = ' '",
        "handle = 'kota samudra'",
        "handle = E'kota\u00a0samudra'",
        "purpose = E'Kabar\u202ewarga'",
        "purpose = E'Kabar\\nwarga'",
        "decree_number = E'800\u200b/41'",
        "recovery_email_holder = E'Kabid\\tHumas'",
        "recovery_phone_holder = E'Kabid\u2063'",
        "url = E'https://\\nx'",
        "url = 'https://samudrakota.example/a b'",
        "url = E'https://samudrakota.example/\u202e'",
        "language = 'zz'",
        "media_kinds = '{zz}'",
        "media_kinds = '{blog,NULL}'",
        "audiences = '{zz}'",
        "channel_kind = 'zz'",
        f"decree_date = '{FAR}'",
        f"two_step_checked_on = '{FAR}'",
        f"opened_on = '{FAR}'",
        f"status = 'closed', closed_reason = 'x', closed_on = '{FAR}'",
        "opened_on = current_date + 3",
        "decree_date = 'infinity'",
        "decree_date = '-infinity'",
        "opened_on = '0044-03-15 BC'",
        "host = E'samudra\u202e.example'",
        "host = E'samudra\\n.example'",
        "platform_id = E'12\u202e34'",
        "platform_id = E'12\\n34'",
        "media_kinds = '{{blog,wiki},{blog,wiki}}'",
        "audiences = '{{g2c},{g2b}}'",
    ],
)
def test_the_table_does_not_take_it(account: OfficialAccount, news: str) -> None:
    refused(ROW.format(news))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_date")
        today = cursor.fetchone()[0].isoformat()
    for good in (
        "purpose = 'Kabar dan layanan', handle = 'pemkot.samudra_1', language = 'en'",
        "url = 'https://samudrakota.example/berita?a=b', channel_kind = '', audiences = '{}'",
        f"opened_on = '{today}', decree_date = '{today}', two_step_checked_on = NULL",
        f"media_kinds = '{{{','.join(MediaKind.values)}}}'",
        f"audiences = '{{{','.join(Audience.values)}}}', channel_kind = '{ChannelKind.BLOG}'",
        "host = 'mastodon.example:8443', platform_id = 'did:plc:a 1', decree_date = '1945-08-17'",
        "media_kinds = '{}'",
    ):
        assert write(ROW.format(good)) == 1


def test_no_account_begins_with_a_day_to_come(cast: Cast) -> None:
    for name in ("decree_date", "two_step_checked_on", "opened_on"):
        day: dict[str, Any] = {name: FAR}
        with pytest.raises(DatabaseError, match="still to come"), transaction.atomic():
            factories.official_account(cast.diskominfo, **day)
    factories.official_account(cast.diskominfo, opened_on=timezone.localdate())


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *[("handle", typed) for typed in ("kota\u202esamudra", " ", "kota samudra", "kota\u200b")],
        ("purpose", "Kabar\u202ewarga"),
        ("purpose", "Kabar\nwarga"),
        ("decree_number", "800\u200b/41"),
        ("recovery_email_holder", "Kabid\tHumas"),
        ("url", "https://\nx"),
        ("url", "https://samudrakota.example/a b"),
        ("url", "https://samudrakota.example/\u202e"),
        ("language", "zz"),
        ("language", ""),
        ("media_kinds", ["zz"]),
        ("audiences", ["zz"]),
        ("channel_kind", "zz"),
        *[
            (name, timezone.localdate() + timedelta(days=2))
            for name in ("decree_date", "opened_on")
        ],
    ],
    ids=ascii,
)
def test_the_action_says_so_beside_the_field(cast: Cast, field: str, typed: Any) -> None:
    with pytest.raises(AccountError) as refusal, transaction.atomic():
        register(cast, **{field: typed})
    assert refusal.value.field == field
    assert not OfficialAccount.objects.exists()


@pytest.mark.parametrize(
    "platform",
    ["instagram", "facebook", "x", "youtube", "tiktok", "threads", "bluesky", "mastodon", "feed",
     "whatsapp", "telegram", "linkedin", "wiki", "other"],
)  # fmt: skip
def test_no_platform_has_hidden_signs_in_a_handle(cast: Cast, platform: str) -> None:
    for sign in "\u202e\u200b \n\u00a0\u3000\u3164\u2800\u115f\u034f":
        for typed in (f"kota{sign}samudra", f"https://samudra.example/kota{sign}samudra"):
            # What can be read otherwise, such as an address up to its space, may be.
            with suppress(AccountError), transaction.atomic():
                register(cast, platform=platform, handle=typed)
        assert not any(sign in one.handle for one in OfficialAccount.objects.all())


def test_a_day_to_come_from_before_keeps_nothing_else_from_being_changed(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    _write_anyway(f"decree_date = '{FAR}'")
    assert write(ROW.format("opened_on = '2020-01-01', purpose = 'Kabar'")) == 1
    with pytest.raises(CommandError, match=rf"decree_date: UPDATE .* WHERE id IN \({account.pk}\)"):
        _migrate()
    refused(ROW.format("decree_date = '2998-01-01'"))
    write(ROW.format("decree_date = '2020-01-01'"))
    _settle()
    _migrate()


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("official_account_handle_is_seen", "handle = 'kota samudra'", "handle = 'kota'"),
        ("official_account_url_is_seen", "url = E'https://\\nx'", "url = ''"),
        ("official_account_texts_hide_nothing", "purpose = E'a\\nb'", "purpose = 'a b'"),
        ("official_account_language_is_known", "language = 'zz'", "language = 'id'"),
        ("official_account_kinds_are_known", "audiences = '{zz}'", "audiences = '{}'"),
        ("official_account_audiences_are_a_list", "audiences = '{{g2c}}'", "audiences = '{g2c}'"),
    ],
)
def test_the_migration_names_the_rows_in_its_way(
    account: OfficialAccount, rule: str, bad: str, good: str
) -> None:
    without_the_rule(rule, bad)
    migrate = _migrate_lists if rule.endswith("a_list") else _migrate
    with pytest.raises(CommandError, match=rf"{rule}: UPDATE .* WHERE id IN \({account.pk}\)"):
        migrate()
    write(ROW.format(good))
    _settle()
    migrate()
    assert is_valid(rule)


def test_a_released_row_stays_as_it_is(cast: Cast) -> None:
    rule = "official_account_language_is_known"
    factories.official_account(
        cast.diskominfo, status="closed", closed_on="2026-03-31", closed_reason="x"
    )
    _write_anyway(f"decree_date = '{FAR}'")
    without_the_rule(rule, "language = 'zz', status = 'released'")
    _migrate()
    assert not is_valid(rule)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.official_account(cast.diskominfo, language="zz")


def _migrate() -> None:
    module = importlib.import_module("accounts.migrations.0032_days_and_choices_of_the_register")
    module.validate(None, Editor)


def _migrate_lists() -> None:
    module = importlib.import_module(
        "accounts.migrations.0045_lists_servers_and_days_of_the_register"
    )
    module.validate(None, Editor)


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _write_anyway(news: str) -> None:
    """A row as it may be that is older than the trigger."""
    with without_trigger("accounts.OfficialAccount:days_are_past"):
        write(ROW.format(news))
    _settle()
