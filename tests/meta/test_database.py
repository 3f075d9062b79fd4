"""What every function of the database has, whichever application it belongs to."""

from __future__ import annotations

import re

from django.db import connection

from govsocial.web import search_paths

ALL = """
    SELECT proname, coalesce(array_to_string(proconfig, '; '), '') FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
    AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
"""
# It names no table, type or function: SELECT FALSE.
NAMES_NOTHING = {"_pgtrigger_should_ignore"}
PINNED = "search_path=pg_catalog, public, pg_temp"
# Names its schema wherever it looks, so that it needs even less.
NARROWER = {
    "kpi_make_month_partition": "search_path=pg_catalog, pg_temp; lock_timeout=500ms",
}
RULES = """
    SELECT tgname, prosrc FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgname LIKE 'pgtrigger_%' AND prosrc LIKE '%RAISE%'
"""
READS = re.compile(r"\b(FROM|JOIN) (?!OLD|NEW)\w|\b(accounts|content|kpi)_\w+\(")
# PostgreSQL's own list of time zones.
ASK_NO_ROWS_OF_OURS = {"pgtrigger_zone_is_known_f4ef4"}


def test_every_function_looks_for_its_tables_where_they_are(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ALL)
        found = dict(cursor.fetchall())
    assert {"accounts_roles_of", "content_is_approved", *NAMES_NOTHING} <= found.keys()
    assert sum(name.startswith("pgtrigger_") for name in found) > 100
    loose = {
        name: said
        for name, said in found.items()
        if said != NARROWER.get(name, PINNED) and name not in NAMES_NOTHING
    }
    assert loose == {}


def test_what_migrations_make_has_a_name_by_which_it_is_known_as_ours(db: None) -> None:
    """Whichever role ran them: ``migrate`` and web.W002 know it by nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(ALL)
        found = {name for name, _settings in cursor.fetchall()}
    assert {one for one in found if not one.startswith("pgtrigger_")} == set(search_paths.MADE)


def test_every_rule_that_reads_other_rows_asks_what_is_committed_by_now(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        found = dict(cursor.fetchall())
    asking = {name for name, body in found.items() if READS.search(body)}
    assert len(asking) > 10
    assert {
        name for name in asking if "current_setting('transaction_isolation')" not in found[name]
    } == ASK_NO_ROWS_OF_OURS
