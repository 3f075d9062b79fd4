"""A picture is a picture and nothing else: what hides in it is found, what belongs to it is not."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from PIL import Image, PngImagePlugin

from govsocial.web import polyglots
from tests.gathering import each
from tests.web.test_pictures import drawn, phone_photo


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("program.js", "x" * 200)
    return out.getvalue()


TAILS = {
    polyglots.ARCHIVE: archive(),
    polyglots.DOCUMENT: b"\n%PDF-1.7\n1 0 obj",
    polyglots.SCRIPT: b"<script src=x></script>",
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_lies_behind_a_picture_is_found(kind: str) -> None:
    assert polyglots.found_in_picture(drawn(kind)) == ""
    assert not polyglots.has_more_behind(drawn(kind))
    for what, tail in TAILS.items():
        assert polyglots.found_in_picture(drawn(kind) + tail) == what
    assert polyglots.found_in_picture(drawn(kind) + b"nothing of interest") == ""
    assert polyglots.has_more_behind(drawn(kind) + b"nothing of interest")


def test_what_lies_within_a_picture_is_found() -> None:
    for what, words in TAILS.items():
        assert polyglots.found_in_picture(drawn("JPEG", comment=words)) == what


def test_words_that_are_compressed_are_unpacked_and_read() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Title", "<script>alert(1)</script>", zip=True)
    assert polyglots.found_in_picture(drawn("PNG", pnginfo=words)) == polyglots.SCRIPT


def test_a_further_picture_of_a_phone_is_looked_into_as_well() -> None:
    assert polyglots.found_in_picture(phone_photo()) == ""
    out = io.BytesIO()
    further = Image.new("RGB", (40, 30))
    exif = Image.Exif()
    exif[0x010E] = "<?php system($_GET['x']);"
    further.encoderinfo = {"exif": exif.tobytes()}
    Image.new("RGB", (40, 30)).save(out, "MPO", save_all=True, append_images=[further])
    assert polyglots.found_in_picture(out.getvalue()) == polyglots.SCRIPT


@each("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_full_of_chance_is_a_picture(kind: str) -> None:
    """Millions of compressed bytes hold any few of them; they are not words."""
    noise = Image.frombytes("RGB", (900, 700), random.Random(kind).randbytes(900 * 700 * 3))
    out = io.BytesIO()
    noise.save(out, kind)
    assert polyglots.found_in_picture(out.getvalue()) == ""


@each("kind", ["JPEG", "PNG", "WEBP"])
def test_no_change_of_a_picture_makes_the_search_fail_or_run_on(kind: str) -> None:
    good, chance = drawn(kind) + archive(), random.Random(kind)
    for _ in range(300):
        data = bytearray(good)
        for _again in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(1, len(data))])
        assert polyglots.found_in_picture(cut) in {"", *TAILS}
        assert polyglots.has_more_behind(cut) in {True, False}
