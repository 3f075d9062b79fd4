from __future__ import annotations

import json
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from govsocial.audit.verification import Result, verify

_ANCHOR = re.compile(r"(\d+):([0-9a-f]{64})")


class Command(BaseCommand):
    # Proof must not wait for an unrelated check of the configuration.
    requires_system_checks = ()
    help = (
        "Read the audit trail and its seals from the first to the last, and name the first"
        " broken link. Exit code 1 when the trail is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            metavar="SEAL:SHA256",
            help="a seal noted earlier, which must still be in the chain; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify(dict(_anchor(text) for text in options["expect"]))
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json()))
        else:
            self.stdout.write(_report(result))
        if result.broken:
            raise SystemExit(1)


def _anchor(text: str) -> tuple[int, str]:
    match = _ANCHOR.fullmatch(text)
    if match is None:
        raise CommandError(f"--expect takes SEAL:SHA256, not {text!r}.")
    return int(match[1]), match[2]


def _report(result: Result) -> str:
    lines = [
        f"Entries: {result.entries}",
        f"Sealed and read: {result.sealed}, in {result.seals} seals",
        f"Not yet sealed: {result.unsealed}",
    ]
    if result.last_seal_id is not None:
        lines.append(f"Last good seal: {result.last_seal_id}:{result.last_sha256}")
    lines.append(f"BROKEN. {result.broken}" if result.broken else "Intact.")
    return "\n".join(lines)
