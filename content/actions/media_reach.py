from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied

from content.documents import Document
from content.media_items import item_of
from content.models import MediaFile


def refuse_media_out_of_reach(unit_id: int, document: Document) -> None:
    """Raise ``PermissionDenied`` for media that the library of the unit does not have, or has no
    more, and for a film where a picture belongs."""
    named = [*document.media, *([document.film] if document.film else [])]
    known = MediaFile.objects.filter(
        unit_id=unit_id,
        sha256__in={item.sha256 for item in named},
        record__isnull=False,
        record__archived_at=None,
    )
    facts = {item_of(media, "") for media in known}
    if any(replace(item, alt="") not in facts for item in named):
        raise PermissionDenied
    if any(item.is_film for item in document.media) or (
        document.film is not None and not document.film.is_film
    ):
        raise PermissionDenied
