"""Functions of the database find their tables in ``public``, whatever their session names or makes.

A function that does not say where it looks, looks where its session wants it to, and first of all
among the session's own temporary tables: one ``CREATE TEMP TABLE content_decision`` would speak to
the gate in the place of the decisions. So every function has a ``search_path`` of its own, with
temporary tables last. Whatever makes a function makes it without one, and what made it last may be
any migration: so it is ``migrate`` that sees to it, at its end, for all of them.

Temporary functions and operators are of no concern: PostgreSQL never looks for those there. Who may
make some in ``public`` could; see docs/howto/protect-the-trail.md for a role that may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connections

# What somebody else put there is theirs: no rule of ours asks it.
_OWN = """
    ours.proowner = (
        SELECT relowner FROM pg_catalog.pg_class WHERE oid = to_regclass('public.django_migrations')
    )
"""
# Those of extensions are not ours. A function may also look in fewer places. The one that each
# trigger asks for each row names nothing, and is quick only as long as it is taken up into what
# asks: that ends with a setting.
_LOOSE = f"""
    SELECT ours.oid::regprocedure::text FROM pg_catalog.pg_proc ours
    WHERE ours.pronamespace = 'public'::regnamespace AND ours.prokind IN ('f', 'p') AND {_OWN}
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = ours.oid AND deptype = 'e'
    )
    AND NOT EXISTS (
        SELECT FROM unnest(ours.proconfig) AS said
        WHERE said IN ('search_path=pg_catalog, public, pg_temp', 'search_path=pg_catalog, pg_temp')
    )
    AND NOT (
        ours.proname = '_pgtrigger_should_ignore' AND btrim(ours.prosrc) = 'SELECT FALSE'
    )
    ORDER BY 1
"""  # noqa: S608  # our own words


def loose(using: str) -> list[str]:
    """Our functions that look wherever their session wants them to, with their arguments: those of
    whoever owns our tables."""
    with connections[using].cursor() as cursor:
        cursor.execute(_LOOSE)
        return [name for (name,) in cursor.fetchall()]


def pin(using: str) -> None:
    """Have every function look where its tables are. The role has to own them."""
    names = loose(using)
    if names:
        # The database's own spelling of its names.
        each = "; ".join(
            f"ALTER ROUTINE {name} SET search_path = pg_catalog, public, pg_temp" for name in names
        )
        with connections[using].cursor() as cursor:
            cursor.execute(each)


def check_pinned(databases: Sequence[str] | None = None, **more: Any) -> list[CheckMessage]:
    """web.W002: whoever speaks to the database can put tables of their own in the place of ours."""
    return [
        Warning(
            f"Functions of the database “{using}” can be led to other tables: {', '.join(names)}.",
            hint="A migrate was killed, or a trigger installed by hand. Run migrate once more.",
            id="web.W002",
        )
        for using in databases or ()
        if (names := loose(using))
    ]
