"""The media library of the training agency: what is said about its poster, and a photo with a
consent that is missing, so that people see what the page says then."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from accounts.models import User
from content import actions
from content.models import MediaRecord
from content.models.media_record import Answer, Licence

PHOTO = "Posyandu Kelurahan Pesisir"


def seed(out: Callable[[str], None]) -> None:
    """Once; a second run finds the photo and changes nothing."""
    if MediaRecord.objects.filter(title=PHOTO).exists():
        return
    dwi = User.objects.get(email="dwi@samudrakota.example")
    unit_id = min(dwi.units_with("content.draft"))
    photo = SimpleUploadedFile("posyandu-pesisir.jpg", _photo())
    stored = actions.store_upload(actor=dwi, unit_id=unit_id, file=photo)
    _say(
        dwi,
        stored.media.record,
        title=PHOTO,
        alt="Kader posyandu menimbang balita di pangkuan ibunya.",
        licence=Licence.OWN,
        owner="Dwi Hartono",
        people=Answer.YES,
        minors=Answer.YES,
        consent_place="Arsip humas, map 12",
    )
    out(_("The training agency has a media library."))


def describe_poster(actor: User, record: MediaRecord, alt: str) -> None:
    """What is asked before a post that shows it is submitted."""
    _say(
        actor,
        record,
        title="Poster vaksinasi rabies keliling",
        alt=alt,
        licence=Licence.OWN,
        owner="Diskominfo Kota Samudra",
        people=Answer.NO,
        made_with_ai=Answer.NO,
    )


def _say(actor: User, record: MediaRecord, **values: object) -> None:
    actions.describe_media(
        actor=actor, media_id=record.media_id, edition=record.edition, values=values
    )


def _photo() -> bytes:
    """Two people and a scale, drawn: no photo of anybody has to be shipped. It has a place, which
    the upload removes."""
    image = Image.new("RGB", (1600, 1200), "#f2e6d0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 900, 1600, 1200), fill="#c9b48f")
    for left, top, shirt in ((420, 300, "#1f5fbf"), (900, 420, "#1c7a4a")):
        draw.ellipse((left + 60, top, left + 220, top + 160), fill="#8a5a3c")
        draw.rounded_rectangle((left, top + 170, left + 280, 920), 60, fill=shirt)
    draw.rectangle((1250, 700, 1450, 920), fill="#566072")
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 7.0, 30.0), 3: "E", 4: (106.0, 48.0, 0.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()
