"""Functions of the database find their tables in ``public``, whatever their session names or makes.

A function that does not say where it looks, looks where its session wants it to, and first of all
among the session's own temporary tables: one ``CREATE TEMP TABLE content_decision`` would speak to
the gate in the place of the decisions. So every function has a ``search_path`` of its own, with
temporary tables last. Whatever makes a function makes it without one, and what made it last may be
any migration: so it is ``migrate`` that sees to it, at its end, for all of them.

Ours is what our migrations make, whichever role ran them: what stands behind our triggers, and what
those call. So is whatever the owner of our tables made. Of what somebody else made, only that which
stands behind a trigger on a table of ours is of concern, and is theirs to alter.

Temporary functions and operators are of no concern: PostgreSQL never looks for those there. Who may
make some in ``public`` could; see docs/howto/protect-the-trail.md for a role that may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.apps import apps
from django.core.checks import CheckMessage, Warning
from django.db import connections

# What migrations make beside triggers. By these names, because the role that made them may be any,
# and another application in the same schema may begin its own names like ours.
MADE = (
    "_pgtrigger_should_ignore",
    "accounts_canonical",
    "accounts_digest_of",
    "accounts_roles_of",
    "content_acts_for",
    "content_can_be_looked_at",
    "content_folded",
    "content_frozen_by",
    "content_held_for",
    "content_holds_alone",
    "content_is_approved",
    "content_is_complete",
    "content_is_frozen",
    "content_is_labelled",
    "content_is_readable",
    "content_lexemes",
    "content_listed",
    "content_may_decide",
    "content_media_is_complete",
    "content_places",
    "content_policy_of",
    "content_posts_after",
    "content_said",
    "content_says_label",
    "content_stage_began",
    "content_stage_of",
    "content_units_above",
    "content_units_below",
    "content_units_of",
    "content_wait_began",
    "content_waits_since",
    "content_would_ask",
    "content_wrote",
    "content_wrote_how",
    "content_wrote_then",
    "kpi_make_month_partition",
)
# A trigger that was taken away leaves its function behind.
_OURS = """
    proowner = owner OR proname = ANY(%(made)s)
    OR (left(proname, 10) = 'pgtrigger_' AND (
        asked OR NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgfoid = routine.oid)
    ))
"""
# Those of extensions are not ours. A function may also look in fewer places, and what somebody else
# made in other ones, with temporary tables last. The one that each trigger asks for each row names
# nothing, and is quick only as long as it is taken up into what asks: that ends with a setting.
_LOOSE = f"""
    SELECT
        routine.oid::regprocedure::text, pg_get_userbyid(proowner), pg_get_userbyid(owner), ours,
        pg_has_role(proowner, 'USAGE')
    FROM pg_catalog.pg_proc routine
    CROSS JOIN (
        SELECT relowner FROM pg_catalog.pg_class WHERE oid = to_regclass('public.django_migrations')
    ) AS tables (owner)
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_class named ON named.oid = tgrelid
            WHERE tgfoid = routine.oid AND relname = ANY(%(tables)s)
            AND relnamespace = 'public'::regnamespace
        )
    ) AS behind (asked)
    CROSS JOIN LATERAL (SELECT {_OURS}) AS made (ours)
    WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p') AND (ours OR asked)
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = routine.oid AND deptype = 'e'
    )
    AND NOT EXISTS (
        SELECT FROM unnest(proconfig) AS said
        WHERE said IN ('search_path=pg_catalog, public, pg_temp', 'search_path=pg_catalog, pg_temp')
        OR (NOT ours AND said ~ '^search_path=(""|.+, pg_temp)$')
    )
    AND NOT (proname = '_pgtrigger_should_ignore' AND btrim(prosrc) = 'SELECT FALSE')
    ORDER BY proowner, ours, 1
"""  # noqa: S608  # our own words


class Routine(NamedTuple):
    """One that looks wherever its session wants it to."""

    name: str
    """With its arguments, in the database's own spelling."""
    owner: str
    owner_of_tables: str
    ours: bool
    alterable: bool
    """By the role of this session."""


def loose(using: str) -> list[str]:
    """The functions behind our rules that look wherever their session wants them to, with their
    arguments, whoever owns them."""
    return sorted(one.name for one in _routines(using))


def pin(using: str) -> None:
    """Have every function of ours that the role may alter look where its tables are."""
    each = "; ".join(
        f"ALTER ROUTINE {one.name} SET search_path = pg_catalog, public, pg_temp"
        for one in _routines(using)
        if one.ours and one.alterable
    )
    if each:
        with connections[using].cursor() as cursor:
            cursor.execute(each)


def check_pinned(databases: Sequence[str] | None = None, **more: Any) -> list[CheckMessage]:
    """web.W002: whoever speaks to the database can put tables of their own in the place of ours."""
    return [
        _warning(using, list(routines))
        for using in databases or ()
        for _whose, routines in groupby(_routines(using), key=lambda one: (one.owner, one.ours))
    ]


def _warning(using: str, routines: list[Routine]) -> Warning:
    first = routines[0]
    names = ", ".join(one.name for one in routines)
    return Warning(
        f"Functions of “{first.owner}” in the database “{using}” can be led to other tables:"
        f" {names}.",
        hint=_of_ours(first) if first.ours else _of_others(first),
        id="web.W002",
    )


def _of_ours(one: Routine) -> str:
    roles = " and ".join(f"“{role}”" for role in sorted({one.owner_of_tables, one.owner}))
    return (
        "A migrate was killed, a trigger installed by hand, or another role ran migrate. Run it"
        f" once more, as a role with the rights of {roles}; or have “{one.owner}” say for each:"
        " ALTER ROUTINE … SET search_path = pg_catalog, public, pg_temp"
    )


def _of_others(one: Routine) -> str:
    return (
        "It stands behind a trigger on a table of ours, and somebody else made it: migrate leaves"
        f" it as it is. Have “{one.owner}” say for each: ALTER ROUTINE … SET search_path = followed"
        " by the schemas that it needs, and pg_temp as the last."
    )


def _routines(using: str) -> list[Routine]:
    models = apps.get_models(include_auto_created=True)
    tables = [model._meta.db_table for model in models]
    with connections[using].cursor() as cursor:
        cursor.execute(_LOOSE, {"made": list(MADE), "tables": tables})
        return [Routine(*row) for row in cursor.fetchall()]
