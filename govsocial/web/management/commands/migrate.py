"""``migrate``, which leaves no trigger open to being ignored however it ends."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from govsocial.web import triggers


class Command(migrate.Command):
    def check(self, *args: Any, **options: Any) -> None:
        with triggers.asked_when_mended():
            super().check(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        finally:
            triggers.close_again(options["database"])
        if not options["skip_checks"]:
            # What is left is what this role could not mend.
            super().check(databases=[options["database"]], tags=[triggers.ASKED])
