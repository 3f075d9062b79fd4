"""A film as the body of one request, which is never held in memory as a whole."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from urllib3.filepost import encode_multipart_formdata

from govsocial.platforms.base import Video
from govsocial.platforms.errors import PlatformError, Refused, Unavailable

logger = logging.getLogger("govsocial.platforms")

PART = 1024 * 1024
"""So many bytes are read at once, and whoever watches the sender is asked before each."""
STORED_IN = 90.0
"""How long a platform may take to store a film before it answers."""
SLOWEST = 250_000
"""Bytes a second of the slowest line that a film is still sent over."""


class Streamed:
    """Bytes and films in order. It can be sent again: each time it is read from the front.

    Reading raises what ``before_part`` raises, ``Refused`` for a film that has become shorter than
    it says, and ``Unavailable`` for one that cannot be read.
    """

    def __init__(self, *pieces: bytes | Video, before_part: Callable[[], None]) -> None:
        self._pieces: Sequence[bytes | Video] = pieces
        self._before_part = before_part

    def __len__(self) -> int:
        return sum(one.size if isinstance(one, Video) else len(one) for one in self._pieces)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            for start in range(0, piece.size, PART):
                yield self._part(piece, start)

    def _part(self, film: Video, start: int) -> bytes:
        wanted = min(PART, film.size - start)
        self._before_part()
        part = _read(film, start, wanted)
        if len(part) != wanted:
            raise Refused("The film is shorter than it was said to be.")
        return part


def _read(film: Video, start: int, wanted: int) -> bytes:
    """Part of ``film``. What goes wrong with our own copy is not taken for the platform's doing."""
    try:
        return film.read(start, wanted)
    except PlatformError:
        raise
    except Exception as exc:  # noqa: BLE001 - whatever the storage of films raises
        logger.error("A film could not be read: %s", type(exc).__name__)
    raise Unavailable("The film kept here cannot be read.")


def form(
    film: Video, fields: Mapping[str, str], *, before_part: Callable[[], None]
) -> tuple[Streamed, str]:
    """A multipart form with ``film`` as ``file``, and its ``Content-Type``."""
    name = f"film.{film.media_type.rpartition('/')[2]}"
    around, content_type = encode_multipart_formdata(
        [*fields.items(), ("file", (name, b"", film.media_type))]
    )
    # The film stands last, so that only the end of the form comes after it.
    end = around.rindex(b"\r\n--")
    return Streamed(around[:end], film, around[end:], before_part=before_part), content_type


def patience_for(size: int) -> dict[str, float]:
    """What ``Session.send`` is told of an upload of ``size`` bytes in one request."""
    return {"total": 120.0 + size / SLOWEST, "silence": STORED_IN}
