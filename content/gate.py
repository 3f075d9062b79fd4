"""What the gate says, asked of the database: the triggers ask the same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from content.models import Publication


def is_approved(version_id: int) -> bool:
    """Whether the decisions that this version needs exist and still count."""
    return _asked("SELECT content_is_approved(%s)", version_id)


def is_frozen(publication: Publication) -> bool:
    """Whether a freeze keeps it from going out now."""
    return _asked(
        "SELECT content_is_frozen(%s, %s)", publication.official_account_id, publication.version_id
    )


def _asked(question: str, *about: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        (answer,) = cursor.fetchone()
    return bool(answer)
