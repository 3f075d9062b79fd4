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

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

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


def start() -> None:
    """Once in each ``migrate``: its signals come for every application that has models."""
    app = apps.get_app_config("audit")
    pre_migrate.connect(open_to_migrations, sender=app, dispatch_uid="govsocial.web.triggers")
    post_migrate.connect(close, sender=app, dispatch_uid="govsocial.web.triggers")


def open_to_migrations(*, using: str, **more: Any) -> None:
    """Let ``pgtrigger.ignore`` work, as it has to for some migrations."""
    _define(_AS_SET, using)


def close(*, using: str, **more: Any) -> None:
    """Have no trigger ignored, whatever a session sets."""
    _define(_NO, using)


def _define(answer: str, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(_FUNCTION.format(answer))
