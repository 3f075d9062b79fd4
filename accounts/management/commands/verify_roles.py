from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import proof


class Command(BaseCommand):
    # Proof must not wait for an unrelated check of the configuration.
    requires_system_checks = ()
    help = (
        "Hold every role that people hold or held, and the place of every unit, against the audit"
        " trail, and name what it does not bear out. Run verify_audit first: it proves the trail"
        " itself. Exit code 1 when something is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        counted, unproven = proof.counted(), list(proof.unproven())
        if options["json"]:
            found = [asdict(one) for one in unproven]
            self.stdout.write(json.dumps({**counted, "unproven": found}))
        else:
            self.stdout.write(f"Roles: {counted['roles']}\nUnits: {counted['units']}")
            for one in unproven:
                self.stdout.write(f"NOT PROVEN. {one}")
            said = f"Not proven: {len(unproven)}" if unproven else "All are borne out."
            self.stdout.write(said)
        if unproven:
            raise SystemExit(1)
