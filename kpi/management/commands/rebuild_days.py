from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kpi.actions import rebuild_days
from kpi.models import PullState


class Command(BaseCommand):
    help = "Compute the days of official accounts anew from the stored captures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", type=int, help="The id of one official account.")

    def handle(self, *args: Any, account: int | None = None, **options: Any) -> None:
        states = PullState.objects.order_by("pk")
        if account is not None:
            states = states.filter(pk=account)
        for state in states:
            days = rebuild_days(state.pk)
            self.stdout.write(f"Official account {state.pk}: {days} days")
