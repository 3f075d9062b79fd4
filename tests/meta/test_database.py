"""What every function of the database has, whichever application it belongs to."""

from __future__ import annotations

from django.db import connection

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
