from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from accounts.models import User
from content.errors import ContentError
from content.events import MEDIA_UPLOADED
from content.models import MediaFile
from govsocial.audit.actions import record
from govsocial.web import pictures
from govsocial.web.permissions import require

LARGEST_UPLOAD = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def store_image(*, actor: User, unit_id: int, data: bytes) -> MediaFile:
    """Check a picture by its content, drop its hidden metadata, keep it by digest.

    Metadata goes because a camera writes the place and the owner into it. A picture that the unit
    already has is returned as it is. Raises ``ContentError`` for what is not a usable picture.
    """
    clean, media_type, width, height, removed = _cleaned(data)
    digest = hashlib.sha256(clean).hexdigest()
    with transaction.atomic():
        require(actor, "content.draft", unit_id)
        media, created = MediaFile.objects.get_or_create(
            unit_id=unit_id,
            sha256=digest,
            defaults={
                "media_type": media_type,
                "size": len(clean),
                "width": width,
                "height": height,
                "uploaded_by": actor,
            },
        )
        if not media.path.exists():
            _write(media.path, clean)
        if created:
            record(
                MEDIA_UPLOADED,
                actor=actor,
                target=media,
                sha256=digest,
                size=len(clean),
                metadata_removed=removed,
            )
    return media


def _cleaned(data: bytes) -> tuple[bytes, str, int, int, bool]:
    if len(data) > LARGEST_UPLOAD:
        raise ContentError(_("The picture is larger than 10 MB."), field="images")
    refusal = ContentError(
        _("This file is not a picture that can be used. Choose a JPEG, PNG or WebP."),
        field="images",
    )
    try:
        image, kind = pictures.opened(data, most_pixels=MOST_PIXELS)
        with pictures.refusing_damaged():
            image.load()
            # Re-encoded always: what follows the picture in the file (polyglots, the further
            # pictures of a phone, with the place each was taken) goes as well.
            exif = image.getexif()
            removed = bool(exif) or "xmp" in image.info or "comment" in image.info
            turn = _UPRIGHT.get(exif.get(_ORIENTATION, 1))
            upright = image if turn is None else image.transpose(turn)
            out = io.BytesIO()
            if kind == "JPEG":
                upright = upright.convert("RGB")
                # What its colours mean is no secret, and needed.
                profile = upright.info.get("icc_profile")
                upright.info.clear()
                upright.save(out, "JPEG", quality=92, optimize=True, icc_profile=profile)
            else:
                upright.info.clear()
                upright.save(out, kind)
    except pictures.TooManyPixels as exc:
        raise ContentError(_("The picture has too many pixels."), field="images") from exc
    except pictures.Unreadable as exc:
        raise refusal from exc
    return out.getvalue(), pictures.KINDS[kind], upright.width, upright.height, removed


def _write(path: Path, data: bytes) -> None:
    """Write under another name and rename: a killed worker leaves no half picture behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)
