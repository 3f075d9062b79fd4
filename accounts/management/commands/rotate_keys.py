from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions, vault
from accounts.actions.keys import BATCH, Tally, all_kinds
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret (credentials, applications, pending consents and revocations, "
        "second steps, waiting letters, handles of publications) with the newest key of "
        "CREDENTIAL_KEYS. May run while the application is in use, be stopped and run again; each "
        "row is its own transaction. Afterwards the older keys can be taken out of the list."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="rows listed at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        system, newest = User.objects.system(), vault.newest_version()
        tallies = {kind.name: Tally() for kind in all_kinds()}
        for kind, tally in actions.rotate_keys(actor=system, batch=options["batch"]):
            tallies[kind] = tally
            self.stdout.write(f"{kind}: {tally.done} encrypted anew so far")
            self.stdout.flush()
        for kind, tally in tallies.items():
            self.stdout.write(f"{tally.done} {kind} encrypted anew.")
        broken = {kind: tally.broken for kind, tally in tallies.items() if tally.broken}
        if broken:
            told = ", ".join(f"{count} {kind}" for kind, count in broken.items())
            raise CommandError(f"Not opened with the configured keys, and left as it was: {told}.")
        self.stdout.write(f"Everything has key version {newest}.")
