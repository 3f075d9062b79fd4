"""What the pictures and the film of a version still lack before it may be submitted: rights, their
proof, and the consent of who can be recognised.

The same rule stands in the database as ``content_media_is_complete``; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit
from content.documents import Document, MediaItem
from content.media_rules import shortcomings
from content.models import MediaRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """One medium of a version and what is missing: ``name`` as the composer calls it, ``field`` the
    input beside which it is told, ``url`` its page in the library."""

    name: str
    field: str
    sentences: Sequence[str]
    url: str

    def __str__(self) -> str:
        return " ".join([f"{self.name}:", *self.sentences])


def incomplete(document: Document, unit: Unit) -> list[Incomplete]:
    """In the order of the form; one query, and none for a version without media.

    What needs words as an alternative text is left to ``content.preflight``, which asks it account
    by account.
    """
    shown = _shown(document)
    if not shown:
        return []
    rows = MediaRecord.objects.filter(
        media__unit=unit, media__sha256__in=[item.sha256 for _name, _field, item in shown]
    )
    records = {record.media.sha256: record for record in rows.select_related("media")}
    day = timezone.localdate(
        max(document.planned_at or timezone.now(), timezone.now()), timezone=unit.zone
    )
    found = []
    for name, field, item in shown:
        record = records.get(item.sha256)
        if record is None:
            continue
        # An empty text is told by the preflight.
        sentences = shortcomings(record, item.alt.strip() or name, on=day)
        if sentences:
            url = reverse("content:media_detail", args=[record.media_id])
            found.append(Incomplete(name=name, field=field, sentences=sentences, url=url))
    return found


def _shown(document: Document) -> list[tuple[str, str, MediaItem]]:
    film = [(_("Video"), "film", document.film)] if document.film else []
    pictures = [
        (_("Picture %(number)s") % {"number": number + 1}, f"alt_{number}", item)
        for number, item in enumerate(document.media)
    ]
    return [*pictures, *film]
