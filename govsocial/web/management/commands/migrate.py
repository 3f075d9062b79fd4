"""``migrate``, which leaves no trigger open to being ignored however it ends."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from govsocial.web import triggers


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        finally:
            triggers.close_again(options["database"])
