from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Fill a training instance with the made-up agency and say who can sign in. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRAINING:
            raise CommandError("Only a training instance is seeded; set TRAINING=1 for one.")
        for dotted in settings.DEMO_SEEDERS:
            import_string(dotted)(self.stderr.write)
        help_text = import_string(settings.TRAINING_SIGN_IN_HELP)()
        people = help_text["training_people"]
        width = max(len(person["email"]) for person in people)
        self.stdout.write(f"Password of everybody: {help_text['training_password']}")
        for person in people:
            self.stdout.write(f"  {person['email']:<{width}}  {person['name']} ({person['role']})")
