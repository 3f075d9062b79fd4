"""System checks of what posts need from the installation. Ids govsocial.W201 and up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import ProgrammingError, transaction
from psycopg2 import errors

from govsocial.platforms.registry import limits


def register_checks() -> None:
    register(check_public_address, Tags.database)


def check_public_address(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W201: platforms that fetch pictures themselves can reach this installation. W202: who asks
    may not read which ones there are.

    Asked with ``check --database default`` and by ``migrate``, because it depends on which
    platforms have an application.
    """
    # Models can be imported only after the apps are ready.
    from accounts.models import PlatformApp
    from content.media_addresses import can_be_fetched

    if not databases or can_be_fetched():
        return []
    configured = PlatformApp.objects.filter(replaced_at=None, removed_at=None).order_by("platform")
    names = configured.values_list("platform", flat=True).distinct()
    try:
        with transaction.atomic():
            fetching = [name for name in names if limits(name).fetches_media]
    except ProgrammingError as exc:
        if isinstance(exc.__cause__, errors.InsufficientPrivilege):
            return [
                Warning(
                    "Whether platforms have to fetch pictures here is not known to this role.",
                    hint=f"Let it read {PlatformApp._meta.db_table}, or ask as one that may.",
                    id="govsocial.W202",
                )
            ]
        if not isinstance(exc.__cause__, errors.UndefinedTable | errors.UndefinedColumn):
            raise
        # ``migrate`` asks this before it has made the table, or a column of it.
        return []
    if not fetching:
        return []
    return [
        Warning(
            f"SITE_URL is no public https address; {', '.join(fetching)} cannot fetch pictures.",
            hint="Set SITE_URL to the address under which the Internet reaches this installation.",
            id="govsocial.W201",
        )
    ]
