"""A medium of the library with whatever is to be said about it."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Unit, User
from content import actions
from content.models import MediaFile, MediaRecord
from content.models.media_record import Answer, Licence
from tests.content.stage import picture

COMPLETE: dict[str, Any] = {
    "alt": "Petugas menyuntik kucing oranye.",
    "licence": Licence.OWN,
    "people": Answer.NO,
}


def upload(actor: User, unit: Unit, data: bytes | None = None, name: str = "foto.jpg") -> MediaFile:
    file = SimpleUploadedFile(name, picture() if data is None else data)
    return actions.store_upload(actor=actor, unit_id=unit.pk, file=file).media


def say(actor: User, media: MediaFile, **values: Any) -> MediaRecord:
    edition = MediaRecord.objects.get(media=media).edition
    return actions.describe_media(actor=actor, media_id=media.pk, edition=edition, values=values)


def geotagged(color: str = "navy") -> bytes:
    """A JPEG that says where, when, with what and by whom it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0132] = "Kamera Made", "Made Wirawan", "2026:11:20 08:00:00"
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 7.0, 30.0)})
    out = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(out, "JPEG", exif=exif)
    return out.getvalue()


def ready(actor: User, unit: Unit, data: bytes | None = None, name: str = "foto.jpg") -> MediaFile:
    """A medium of which everything is said that a submission asks for."""
    media = upload(actor, unit, data, name)
    say(actor, media, **COMPLETE)
    return media
