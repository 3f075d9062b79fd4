from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from content import proof

LABELS = {
    "versions": "Versions",
    "submissions": "Submissions",
    "decisions": "Decisions",
    "publications": "Publications that went out",
    "attempts": "Attempts after a first one, or that sent nothing",
    "releases": "Publications let go after a freeze",
    "freezes": "Freezes lifted",
    "policies": "Approval policies",
    "retrospectives": "Emergencies looked at afterwards",
    "ideas": "Ideas",
    "idea_editions": "Changes of the words of ideas",
    "bank_texts": "Texts of the message bank",
    "alternative_texts": "Alternative texts of the media library",
    "files": "Files of the media library",
}


class Command(BaseCommand):
    # Proof must not wait for an unrelated check of the configuration.
    requires_system_checks = ()
    help = (
        "Hold versions, submissions, decisions, policies, the ends of freezes, looks afterwards,"
        " everything that went out, and who wrote what posts begin with and show against the audit"
        " trail, and name what it does not bear out. Run"
        " verify_audit first: it proves the trail itself. Exit code 1 when something is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if self._told_as_json() if options["json"] else self._told():
            raise SystemExit(1)

    def _told_as_json(self) -> int:
        answer: dict[str, Any] = dict(proof.counted())
        answer["unproven"] = [asdict(one) for one in proof.unproven()]
        self.stdout.write(json.dumps(answer))
        return len(answer["unproven"])

    def _told(self) -> int:
        for key, number in proof.counted().items():
            self.stdout.write(f"{LABELS[key]}: {number}")
        found = 0
        for found, one in enumerate(proof.unproven(), start=1):  # noqa: B007  # counted
            self.stdout.write(f"NOT PROVEN. {one}")
        self.stdout.write(f"Not proven: {found}" if found else "All are borne out.")
        return found
