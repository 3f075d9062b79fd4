"""``migrate``, which leaves no trigger open to being ignored however it ends, and says what to do
where its role may not change the tables."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import ProgrammingError
from psycopg2.errors import InsufficientPrivilege

from govsocial.web import triggers

_MAY_NOT = """\
The role of DATABASE_URL may not change this database: {}
Run migrate as the role that owns its tables, always the same: docs/howto/protect-the-trail.md"""


class Command(migrate.Command):
    def check(self, *args: Any, **options: Any) -> None:
        with triggers.asked_when_mended():
            super().check(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except ProgrammingError as exc:
            if isinstance(exc.__cause__, InsufficientPrivilege):
                raise CommandError(_MAY_NOT.format(str(exc).strip())) from exc
            raise
        finally:
            triggers.close_again(options["database"])
        if not options["skip_checks"]:
            # What is left is what this role could not mend.
            super().check(databases=[options["database"]], tags=[triggers.ASKED])
