"""Pictures of people: what phones write is taken, whatever else Pillow knows is refused."""

from __future__ import annotations

import io
import random
from contextlib import suppress

import pytest
from PIL import Image

from govsocial.web import pictures

FIRST, SECOND = "red", "blue"


def drawn(kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), FIRST).save(out, kind, **how)
    return out.getvalue()


def phone_photo() -> bytes:
    """A JPEG with an index of two pictures, and where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "Rumah Made"
    exif[0x0112] = 6
    return drawn(
        "MPO",
        save_all=True,
        append_images=[Image.new("RGB", (40, 30), SECOND)],
        exif=exif,
        comment=b"rahasia",
    )


def test_a_photo_with_further_pictures_behind_it_is_the_jpeg_of_its_first() -> None:
    assert Image.open(io.BytesIO(phone_photo())).format == "MPO"
    picture, kind = pictures.opened(phone_photo(), most_pixels=2_000)
    assert (kind, picture.size) == ("JPEG", (40, 30))
    red, _green, blue = picture.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # three colours
    assert red > 200 > blue


@pytest.mark.parametrize("kind", sorted({*Image.SAVE} | {"MPO"}))
def test_every_kind_that_pillow_writes_is_taken_or_refused_and_nothing_else(kind: str) -> None:
    Image.init()
    try:
        data = drawn(kind)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError):
        pytest.skip("this kind is not written from a plain picture here")
    if kind in {*pictures.KINDS, "MPO"}:
        assert pictures.opened(data, most_pixels=2_000)[1] == {"MPO": "JPEG"}.get(kind, kind)
    else:
        with pytest.raises(pictures.Unreadable):
            pictures.opened(data, most_pixels=2_000)


def test_more_pixels_than_allowed_are_told_apart() -> None:
    with pytest.raises(pictures.TooManyPixels):
        pictures.opened(drawn("PNG"), most_pixels=1_199)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "MPO"])
def test_no_change_of_a_picture_is_more_than_a_refusal(kind: str) -> None:
    good = phone_photo() if kind == "MPO" else drawn(kind)
    chance, refusals = random.Random(kind), 0
    for _ in range(200):
        data = bytearray(good)
        for _again in range(chance.randint(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.choice([len(data), chance.randrange(1, len(data))])])
        with suppress(pictures.Unreadable):
            picture, _kind = pictures.opened(cut, most_pixels=2_000)
            with pictures.refusing_damaged():
                picture.load()
            continue
        refusals += 1
    assert refusals > 20
