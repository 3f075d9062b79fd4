"""A film of made-up bytes, for whatever client sends it."""

from __future__ import annotations

from typing import Any

from govsocial.platforms.base import Video


def film(data: bytes, **changes: Any) -> Video:
    values: dict[str, Any] = {
        "size": len(data),
        "media_type": "video/mp4",
        "seconds": 42.0,
        "width": 1280,
        "height": 720,
        "read": lambda offset, length: data[offset : offset + length],
        **changes,
    }
    return Video(**values)
