from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.founding import found_agency
from accounts.errors import AccountError
from accounts.mail import invitation_link
from accounts.models.unit import IndonesianZone


class Command(BaseCommand):
    help = "Set up a new installation: the agency and its first administrator. Works once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="full name of the agency")
        parser.add_argument("--short-name", default="", help="as shown in lists")
        parser.add_argument(
            "--time-zone", default=IndonesianZone.WIB, choices=IndonesianZone.values
        )
        parser.add_argument("--email", required=True, help="of the first administrator")
        parser.add_argument("--full-name", required=True, help="of the first administrator")
        parser.add_argument("--decree", default="", help="decree (SK) the role rests on")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("name", "short_name", "time_zone", "email", "full_name", "decree")
        try:
            administrator = found_agency(**{name: options[name] for name in names})
        except AccountError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{administrator.full_name} chooses a password here, once:")
        self.stdout.write(invitation_link(administrator))
