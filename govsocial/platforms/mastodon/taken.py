"""What one server takes in a status, as it says itself; what it does not say is as usual."""

from __future__ import annotations

from dataclasses import replace

from govsocial.platforms import limits
from govsocial.platforms.base import Limits, VideoLimits
from govsocial.platforms.mastodon.answers import Attachments, Configuration

LIMITS = limits.LIMITS["mastodon"]


def taken_by(server: Configuration) -> Limits:
    statuses, media = server.statuses, server.media_attachments
    return replace(
        LIMITS,
        text=statuses.max_characters or LIMITS.text,
        url_length=statuses.characters_reserved_per_url or LIMITS.url_length,
        images=statuses.max_media_attachments or LIMITS.images,
        image_bytes=media.image_size_limit or LIMITS.image_bytes,
        alt_text=media.description_limit or LIMITS.alt_text,
        image_types=_kinds(media, "image/") or LIMITS.image_types,
        video=_films(media),
    )


def _films(media: Attachments) -> VideoLimits | None:
    usual = LIMITS.video
    types = _kinds(media, "video/") & limits.FILMS if media.supported_mime_types else None
    if usual is None or types == frozenset():
        return None
    return replace(usual, size=media.video_size_limit or usual.size, types=types or usual.types)


def _kinds(media: Attachments, start: str) -> frozenset[str]:
    return frozenset(kind for kind in media.supported_mime_types or () if kind.startswith(start))
