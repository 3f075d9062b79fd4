"""A picture or a film of the library as a document names it."""

from __future__ import annotations

from content.documents import MediaItem
from content.models import MediaFile


def item_of(media: MediaFile, alt: str) -> MediaItem:
    return MediaItem(
        sha256=media.sha256,
        media_type=media.media_type,
        alt=alt,
        width=media.width,
        height=media.height,
        size=media.size,
        seconds=media.seconds,
    )
