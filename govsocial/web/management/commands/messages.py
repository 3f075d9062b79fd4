from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from govsocial.web import messages


class Command(BaseCommand):
    help = (
        "Bring the Indonesian catalogue up to what code and templates say, and compile it. "
        "With --check: change nothing, and fail when something is missing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            messages.save(messages.updated(messages.load()))
        problems = messages.problems(messages.load())
        if options["check"] and problems:
            raise CommandError("\n".join(problems), returncode=1)
        for problem in problems:
            self.stdout.write(problem)
        self.stdout.write(f"{messages.SOURCE.relative_to(messages.ROOT)}: {len(problems)} to do")
