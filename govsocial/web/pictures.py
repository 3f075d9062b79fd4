"""Pictures that people upload: which kinds are taken, and what reading a damaged one may raise."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# A JPEG with an index of further pictures behind the first one, as many phones write it. Every
# program that reads JPEG shows the first.
_SAME = {"MPO": "JPEG"}
# Pillow tells of a damaged file in whatever way its reader failed: found by changing thousands of
# files at random.
_DAMAGED = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError,
    AttributeError, OverflowError, UnboundLocalError, struct.error, zlib.error,
)  # fmt: skip
_TOO_LARGE = (Image.DecompressionBombWarning, Image.DecompressionBombError)


class Unreadable(Exception):
    """These bytes are no picture of ours, or a damaged one."""


class TooManyPixels(Unreadable):
    pass


@contextmanager
def refusing_damaged() -> Iterator[None]:
    """Whatever Pillow raises inside is ``Unreadable``; unpacking what is far too large as well."""
    try:
        with warnings.catch_warnings():
            # That a damaged file is read as well as it can be is for nobody here to mend.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except _TOO_LARGE as exc:
        raise TooManyPixels from exc
    except _DAMAGED as exc:
        raise Unreadable from exc


def opened(data: bytes, *, most_pixels: int) -> tuple[Image.Image, str]:
    """The picture, not unpacked yet, and its kind, one of ``KINDS``. Raises ``Unreadable``."""
    with refusing_damaged():
        picture = Image.open(io.BytesIO(data), formats=tuple(KINDS))
        kind = _SAME.get(str(picture.format), str(picture.format))
    if kind not in KINDS:
        raise Unreadable
    if picture.width * picture.height > most_pixels:
        raise TooManyPixels
    return picture, kind
