"""No session puts tables of its own in the place of those that the rules are read from."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.checklists import Side
from accounts.models import Handover
from content.models import Publication
from govsocial.web import search_paths, triggers
from tests.accounts.care.conftest import account_of, settle, start
from tests.cast import Cast
from tests.content.stage import make_stage
from tests.content.test_gate import publication_row

LEFT_LOOSE = "CREATE FUNCTION left_loose(one text) RETURNS text LANGUAGE sql AS 'SELECT one'"


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def put_in_the_place_of(*tables: str) -> None:
    """Before all others are found: as any role may by default."""
    sql(*(f"CREATE TEMP TABLE {one} AS SELECT * FROM public.{one}" for one in tables))


def take_away(*tables: str) -> None:
    """So that the ORM reads the true ones again."""
    sql(*(f"DROP TABLE pg_temp.{one}" for one in tables))


def test_what_others_decided_is_not_read_from_a_table_of_the_writers_own(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    shadows = ("content_review", "content_decision")
    with transaction.atomic():
        put_in_the_place_of(*shadows)
        sql(
            "UPDATE pg_temp.content_review SET status = 'approved', closed_at = now()",
            "INSERT INTO pg_temp.content_decision SELECT 1, r.digest, 1, 'approve', '', now(),"
            f" now() + interval '1 day', {cast.sari.pk}, r.id FROM pg_temp.content_review r",
        )
        with pytest.raises(IntegrityError, match="right people"), transaction.atomic():
            publication_row(stage, status="scheduled").save()
        take_away(*shadows)
    assert not Publication.objects.exists()


def test_a_checklist_or_a_role_of_the_writers_own_lets_nobody_sign(cast: Cast) -> None:
    handover = start(cast, account_of(cast, cast.sari))
    row = Handover.objects.filter(pk=handover.pk)
    signed = {"state": "outgoing_signed", "outgoing_signed_at": handover.started_at}
    with transaction.atomic():
        put_in_the_place_of("accounts_handoveritem")
        sql("UPDATE pg_temp.accounts_handoveritem SET state = 'done'")
        with pytest.raises(IntegrityError, match="settled before"), transaction.atomic():
            row.update(**signed, outgoing_signed_by=cast.sari)
        take_away("accounts_handoveritem")
    settle(cast.sari, handover, Side.OUTGOING)
    with transaction.atomic():
        put_in_the_place_of("accounts_grant")
        sql(f"UPDATE pg_temp.accounts_grant SET user_id = {cast.dwi.pk} WHERE role='administrator'")
        with pytest.raises(IntegrityError, match="in their place"), transaction.atomic():
            row.update(**signed, outgoing_signed_by=cast.dwi, in_place_reason="x")
        take_away("accounts_grant")
    assert row.update(**signed, outgoing_signed_by=cast.sari) == 1


def test_a_function_made_anew_is_warned_of_until_migrate_has_seen_to_it(db: None) -> None:
    assert not search_paths.check_pinned(databases=["default"])
    sql(LEFT_LOOSE)
    (warned,) = search_paths.check_pinned(databases=["default"])
    assert warned.id == "web.W002"
    assert "left_loose(text)" in warned.msg
    call_command("migrate", verbosity=0)
    assert not search_paths.check_pinned(databases=["default"])


def test_what_migrate_only_shows_changes_nothing(db: None) -> None:
    sql(LEFT_LOOSE)
    call_command("migrate", plan=True, verbosity=0)
    assert search_paths.loose("default") == ["left_loose(text)"]


def test_what_each_trigger_asks_is_an_exception_only_while_it_says_no(db: None) -> None:
    triggers.open_to_migrations(using="default")
    try:
        assert search_paths.loose("default") == ["_pgtrigger_should_ignore(name)"]
    finally:
        triggers.close_again("default")
    assert not search_paths.loose("default")


def test_what_somebody_else_put_there_stays_as_it_is(app_role: str, db: None) -> None:
    sql(LEFT_LOOSE)
    sql(
        f"GRANT CREATE ON SCHEMA public TO {app_role}",
        f"ALTER FUNCTION left_loose(text) OWNER TO {app_role}",
    )
    assert search_paths.loose("default") == []
    search_paths.pin("default")
