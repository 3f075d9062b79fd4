"""Nobody switches a trigger off by a setting, outside of ``migrate``.

Each trigger of django-pgtrigger first asks a function whether the session wants it ignored, and
every role may set what that function reads: one ``SET`` would undo the approval gate, the trail
and the register. So the function answers no to all, except while ``migrate`` runs: there it reads
the setting, because some migrations correct what only a trigger keeps from being changed.
Installing a trigger puts the library's own function back, which also happens in ``migrate`` only.
It asks once for each row, so that the short answer saves time as well.

The owner of the tables can still alter them. See docs/howto/protect-the-trail.md for the role
that cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import ProgrammingError, connections
from django.db.models.signals import pre_migrate

from govsocial import clocks
from govsocial.web import search_paths

_FUNCTION = """
    CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name NAME)
    RETURNS BOOLEAN LANGUAGE sql {}
"""
_NO = "IMMUTABLE AS $$ SELECT FALSE $$"
_AS_SET = """STABLE AS $$
    SELECT trigger_name::text = ANY(
        NULLIF(current_setting('pgtrigger.ignore', true), '')::text[]
    )
$$"""
_IS_OPEN = """
    SELECT bool_or(btrim(prosrc) <> 'SELECT FALSE') FROM pg_proc
    WHERE proname = '_pgtrigger_should_ignore'
"""
ASKED = "govsocial.web.triggers"
"""The tag of the checks of this module."""
_opened: set[str] = set()
_mending: list[bool] = []


def start() -> None:
    """Once in each ``migrate``: its signals come for every application that has models."""
    app = apps.get_app_config("audit")
    pre_migrate.connect(open_to_migrations, sender=app, dispatch_uid="govsocial.web.triggers")
    register(check_database, Tags.database, ASKED)


def open_to_migrations(*, using: str, **more: Any) -> None:
    """Let ``pgtrigger.ignore`` work, as it has to for some migrations."""
    # Before it is open: whoever is stopped in between closes it as well.
    _opened.add(using)
    try:
        _define(_AS_SET, using)
    except ProgrammingError:
        _opened.discard(using)
        raise


def close_again(using: str) -> None:
    """Have no trigger ignored any more, whatever a session sets, where this process let it be; and
    have what was made meanwhile look for its tables where they are."""
    if using in _opened:
        _define(_NO, using)
        search_paths.pin(using)
        _opened.discard(using)


@contextmanager
def asked_when_mended() -> Iterator[None]:
    """Have the checks of all say nothing of what ``migrate`` is about to see to."""
    _mending.append(True)
    try:
        yield
    finally:
        _mending.pop()


def check_database(databases: Sequence[str] | None = None, **more: Any) -> list[CheckMessage]:
    """Whether whoever speaks to the database can go round its rules, and whether its clock and
    ours differ."""
    if _mending:
        return []
    found = [*check_closed(databases), *search_paths.check_pinned(databases)]
    return [*found, *clocks.check_clocks(databases)]


def check_closed(databases: Sequence[str] | None = None, **more: Any) -> list[CheckMessage]:
    """web.W001: whoever speaks to the database can have triggers ignored."""
    return [
        Warning(
            f"Triggers of the database “{name}” can be switched off by a setting.",
            hint="A migrate was killed, or a trigger installed by hand. Run migrate once more.",
            id="web.W001",
        )
        for name in databases or ()
        if _is_open(name)
    ]


def _is_open(using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute(_IS_OPEN)
        return bool(cursor.fetchone()[0])


def _define(answer: str, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(_FUNCTION.format(answer))
