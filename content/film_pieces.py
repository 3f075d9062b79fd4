"""The bytes of a film, compared piece by piece as they are read.

A film is too large to be held in memory while it is compared as a whole and sent. So each of its
pieces has a digest of its own, taken while the whole was compared: what is exchanged on the disk
afterwards is found before a byte of it leaves.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from govsocial.platforms.errors import PlatformError

logger = logging.getLogger(__name__)

PIECE = 1024 * 1024
"""Bytes of each piece but the last. It never changes: digests are kept of pieces of this length."""
_DIGEST = hashlib.sha256().digest_size
FILM_CHANGED = gettext_noop("The video is not the video that was approved.")


class BytesChanged(PlatformError):
    """A piece on the disk is not the one that was compared, or is gone. It was not handed out."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Pieces:
    """A file of ``size`` bytes, and the SHA-256 of its pieces, one after another."""

    path: Path
    size: int
    digests: bytes

    def read(self, offset: int, length: int) -> bytes:
        """A part of the bytes, as ``govsocial.platforms.base.Video`` is read. Raises
        ``BytesChanged``; gives less where the file ends."""
        return b"".join(self.blocks(offset, length))

    def blocks(self, offset: int, length: int) -> Iterator[bytes]:
        """``read`` bit by bit, each compared before it is handed out."""
        end = min(offset + length, self.size)
        while offset < end:
            start = offset - offset % PIECE
            block = self._piece(start)[offset - start : end - start]
            yield block
            offset += len(block)

    def _piece(self, start: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                data = file.read(min(PIECE, self.size - start))
        except OSError:
            data = b""
        at = start // PIECE * _DIGEST
        if hashlib.sha256(data).digest() != self.digests[at : at + _DIGEST]:
            told = {"sha256": self.path.name, "offset": start}
            logger.error("A piece of a stored file is not what was compared", extra=told)
            raise BytesChanged(FILM_CHANGED)
        return data


def pieces_of(path: Path) -> tuple[str, Pieces]:
    """The SHA-256 of a whole file and its pieces, read once to the end. Raises ``OSError``."""
    whole, digests, size = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while data := file.read(PIECE):
            whole.update(data)
            digests.append(hashlib.sha256(data).digest())
            size += len(data)
    return whole.hexdigest(), Pieces(path, size, b"".join(digests))
