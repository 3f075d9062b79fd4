"""Films that people upload: read and written anew by a program with few rights.

See ``govsocial.web.film_worker`` for what is taken and what stays behind, and ADR 22 for why.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

MEDIA_TYPE = "video/mp4"
_WORKER = Path(__file__).with_name("film_worker.py")
TIMEOUT_SECONDS = 150
# Handed to the worker, which knows nothing of this module.
LONGEST_SIDE = 4096
SHORTEST_SIDE = 16
LONGEST_SECONDS = 2 * 3600
# What the worker says when it was ended, or has nothing to say.
DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What the film that was written anew is. Sides as players show it, turned or not."""

    width: int
    height: int
    rotation: int
    seconds: float
    codecs: tuple[str, ...]
    removed: tuple[str, ...]


class Refused(Exception):
    """This is no film to keep; ``code`` is one of the worker's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def looks_like_film(head: bytes) -> bool:
    """Whether these first bytes are those of an MP4 or MOV. Pictures of phones have such a box
    too, with other brands."""
    return head[4:8] == b"ftyp" and head[8:12] not in STILL_BRANDS


STILL_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


def rewrite(source: Path, *, target: Path, poster: Path) -> Film:
    """Write the film of ``source`` to ``target`` without anything but pictures and sound, and a
    picture of it to ``poster``. Raises ``Refused``."""
    limits = (SHORTEST_SIDE, LONGEST_SIDE, LONGEST_SECONDS)
    command = [sys.executable, "-I", *map(str, (_WORKER, source, target, poster, *limits))]
    try:
        # No environment: it needs none, and ours holds secrets.
        done = subprocess.run(  # noqa: S603  # our own program, on paths that we made
            command, env={}, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise Refused("too_slow") from exc
    try:
        answer = json.loads(done.stdout)
    except ValueError as exc:
        logger.warning("The film worker ended with %s and said nothing.", done.returncode)
        raise Refused(DAMAGED) from exc
    if "refused" in answer:
        raise Refused(answer["refused"])
    return Film(
        width=answer["width"],
        height=answer["height"],
        rotation=answer["rotation"],
        seconds=answer["seconds"],
        codecs=tuple(answer["codecs"]),
        removed=tuple(answer["removed"]),
    )
