"""Small pictures for lists: made from what is stored, and made again when they are missing."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from PIL import Image

from content.models import MediaFile
from govsocial.web import pictures

MEDIA_TYPE = "image/jpeg"
SIDE = 480
QUALITY = 72


def path_of(media: MediaFile) -> Path:
    return Path(settings.MEDIA_ROOT) / "previews" / media.sha256[:2] / f"{media.sha256}.jpg"


def preview_of(media: MediaFile) -> Path | None:
    """The file of the small picture; None where there is none, as of a film without its own."""
    path = path_of(media)
    if path.exists():
        return path
    if media.is_film or not media.path.exists():
        return None
    try:
        with pictures.refusing_damaged(), Image.open(media.path) as image:
            # Of a JPEG no more is unpacked than is needed.
            image.draft("RGB", (SIDE, SIDE))
            image.thumbnail((SIDE, SIDE))
            _write(_on_white(image), path, image.info.get("icc_profile"))
    except pictures.Unreadable:
        return None
    return path


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"}:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _write(image: Image.Image, path: Path, profile: bytes | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as partial:
        image.save(partial, "JPEG", quality=QUALITY, optimize=True, icc_profile=profile)
    os.replace(partial.name, path)
