from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from content import proof


class Command(BaseCommand):
    # Proof must not wait for an unrelated check of the configuration.
    requires_system_checks = ()
    help = (
        "Hold every decision, and everything that went out, against the audit trail, and name what"
        " it does not bear out. Run verify_audit first: it proves the trail itself. Exit code 1"
        " when something is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        decisions, publications = proof.counted()
        found = list(proof.unproven())
        if options["json"]:
            rows = [asdict(one) for one in found]
            answer = {"decisions": decisions, "publications": publications, "unproven": rows}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"Decisions: {decisions}")
            self.stdout.write(f"Publications that went out: {publications}")
            for one in found:
                self.stdout.write(f"NOT PROVEN. {one}")
            self.stdout.write(f"Not proven: {len(found)}" if found else "All are borne out.")
        if found:
            raise SystemExit(1)
