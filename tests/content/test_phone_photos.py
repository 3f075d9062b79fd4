"""A photo as a phone writes it becomes a plain JPEG without place, owner and further pictures."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from content import actions
from content.errors import ContentError
from tests.cast import Cast
from tests.web.test_pictures import drawn, phone_photo


def test_a_phone_photo_is_kept_as_its_first_picture_and_tells_nothing_of_its_owner(
    cast: Cast,
) -> None:
    data = phone_photo()
    assert b"Rumah Made" in data
    assert b"rahasia" in data
    media = actions.store_image(actor=cast.dwi, unit_id=cast.diskominfo.pk, data=data)
    kept = media.path.read_bytes()
    picture = Image.open(io.BytesIO(kept))
    assert (media.media_type, picture.format) == ("image/jpeg", "JPEG")
    # Held upright, as the phone says that it is.
    assert (media.width, media.height) == picture.size == (30, 40)
    assert not picture.getexif()
    assert b"Rumah Made" not in kept
    assert b"rahasia" not in kept


def test_a_palette_that_is_missing_and_a_format_of_others_are_refused(cast: Cast) -> None:
    for data in (drawn("TIFF"), drawn("GIF"), _without_palette()):
        with pytest.raises(ContentError, match="JPEG, PNG or WebP"):
            actions.store_image(actor=cast.dwi, unit_id=cast.diskominfo.pk, data=data)


def _without_palette() -> bytes:
    out = io.BytesIO()
    Image.new("P", (4, 4)).save(out, "PNG")
    data = out.getvalue()
    start = data.index(b"PLTE") - 4
    length = int.from_bytes(data[start : start + 4], "big") + 12
    return data[:start] + data[start + length :]
