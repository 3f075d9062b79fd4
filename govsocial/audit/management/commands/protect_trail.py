from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg2 import sql

STATEMENTS = (
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_seal FROM {}",
    "REVOKE DELETE, TRUNCATE ON audit_verification FROM {}",
)


class Command(BaseCommand):
    help = (
        "Take from the application's database role what it must never do to the trail. "
        "Run as the owner of the tables, after each migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="The role that web, workers and beat connect as.")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(role)))
        self.stdout.write(f"{role} may add to the trail and read it.")
