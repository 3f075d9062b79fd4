"""Read one film and write it anew: ``python film_worker.py SOURCE TARGET POSTER LIMITS``.

A program of its own, which knows nothing of the application: what it reads comes from anybody, and
the library that reads it is large. It has few rights, little time and memory, and says in one JSON
line what it found: ``{"refused": code}`` or the facts of the film.

The pictures and the sound are copied as they are, packet by packet, into a new MP4; nothing else
is. Place, camera, further tracks and whatever lies between or behind the boxes stay behind.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.error import FFmpegError

VIDEO_CODECS = ("h264", "hevc")
AUDIO_CODECS = ("aac", "mp3")
POSTER_SIDE = 640
MEMORY = 1_500 * 1024 * 1024
CPU_SECONDS = 120
# Boxes that a film has at its top, and those that only fill.
_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra",
     b"sidx", b"styp", b"pnot", b"udta", b"prft", b"emsg"}
)  # fmt: skip
# What is told of metadata are its kinds, by words in its names; never what it says.
_KINDS = (
    ("place", ("location", "xyz", "gps", "loci")),
    ("camera", ("make", "model", "software", "camera", "lens", "encoder", "android", "device")),
    ("time", ("creation_time", "date", "year")),
    ("author", ("author", "artist", "copyright", "composer", "album_artist", "performer")),
)
# Of the container itself, in every film.
_ITS_OWN = frozenset(
    {"major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id",
     "encoder"}
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    shortest_side: int
    longest_side: int
    seconds: int


class Refused(Exception):
    """The code says why; the application has the words."""


def main() -> None:
    source, target, poster = map(Path, sys.argv[1:4])
    shortest_side, longest_side, longest = map(int, sys.argv[4:7])
    limits = Limits(shortest_side, longest_side, longest)
    try:
        answer = rewritten(source, target, poster, limits)
    except Refused as exc:
        answer = {"refused": str(exc)}
    except (FFmpegError, OSError, ValueError, OverflowError, MemoryError, LookupError, EOFError):
        # PyAV tells of a damaged film in whatever way its reader failed.
        answer = {"refused": "damaged"}
    sys.stdout.write(json.dumps(answer) + "\n")


def rewritten(source: Path, target: Path, poster: Path, limits: Limits) -> dict[str, Any]:
    removed = set(_behind_the_boxes(source))
    with av.open(str(source), format="mov", options={"enable_drefs": "0"}) as film:
        video, audio = _tracks(film, limits)
        removed |= set(_metadata(film)) | set(_further_tracks(film, video, audio))
        rotation = _poster(film, video, poster)
    with av.open(str(source), format="mov", options={"enable_drefs": "0"}) as film:
        video, audio = _tracks(film, limits)
        tracks = [one for one in (video, audio) if one is not None]
        seconds = _copied(film, target, tracks, limits)
        width, height = video.codec_context.width, video.codec_context.height
        codecs = [one.codec_context.name for one in tracks]
    if seconds <= 0:
        raise Refused("damaged")
    turned = rotation % 180 != 0
    return {
        "width": height if turned else width,
        "height": width if turned else height,
        "rotation": rotation % 360,
        "seconds": round(seconds, 3),
        "codecs": codecs,
        "removed": sorted(removed),
    }


def _tracks(film: Any, limits: Limits) -> tuple[Any, Any]:
    """The one picture track and the sound."""
    moving = [one for one in film.streams.video if not _is_still(one)]
    if len(moving) != 1:
        raise Refused("several_pictures" if moving else "no_pictures")
    video = moving[0]
    if video.codec_context.name not in VIDEO_CODECS:
        raise Refused("video_codec")
    sides = video.codec_context.width, video.codec_context.height
    if min(sides) < limits.shortest_side or max(sides) > limits.longest_side:
        raise Refused("sides")
    audio = film.streams.audio[0] if film.streams.audio else None
    if audio is not None and audio.codec_context.name not in AUDIO_CODECS:
        raise Refused("audio_codec")
    return video, audio


def _is_still(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _metadata(film: Any) -> Iterator[str]:
    for place in (film, *film.streams):
        for name, value in place.metadata.items():
            low = name.lower()
            if low in _ITS_OWN or not value:
                continue
            found = [kind for kind, words in _KINDS if any(word in low for word in words)]
            yield from found or ["words"]


def _further_tracks(film: Any, video: Any, audio: Any) -> Iterator[str]:
    for one in film.streams:
        if one in (video, audio):
            continue
        if one.type == "subtitle":
            yield "subtitles"
        elif one.type == "audio":
            yield "sound"
        elif one.type == "video":
            yield "cover"
        else:
            # Cameras and drones write where they were at each moment into such tracks.
            yield "timed_data"


def _poster(film: Any, video: Any, poster: Path) -> int:
    """Write a picture of the film for lists; return by how much players turn it."""
    video.codec_context.thread_count = 1
    frame = next(film.decode(video), None)
    if frame is None:
        raise Refused("damaged")
    later = min(2.0, float(film.duration or 0) / av.time_base / 4)
    if later > 0.2:
        # The first picture of many films is black.
        with suppress(FFmpegError):
            film.seek(int(later * av.time_base))
            frame = next(film.decode(video), frame)
    rotation = int(frame.rotation)
    if rotation % 90:
        raise Refused("rotation")
    picture = frame.to_image().rotate(rotation, expand=True)
    picture.thumbnail((POSTER_SIDE, POSTER_SIDE))
    picture.convert("RGB").save(poster, "JPEG", quality=80, optimize=True)
    return rotation


def _copied(film: Any, target: Path, tracks: list[Any], limits: Limits) -> float:
    """Copy the packets of ``tracks``; return how long the film is."""
    end = 0.0
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(target), "w", format="mp4", options=options) as out:
        copies = {track.index: out.add_stream_from_template(track) for track in tracks}
        for packet in film.demux(tracks):
            if packet.dts is None:
                continue
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if end > limits.seconds:
                raise Refused("too_long")
            packet.stream = copies[packet.stream_index]
            out.mux(packet)
    return end


def _behind_the_boxes(source: Path) -> Iterator[str]:
    """Whether something lies behind the last box, or in a box that no film has."""
    size = source.stat().st_size
    with source.open("rb") as file:
        at = 0
        while at < size:
            length, kind = _box(file, at, size)
            if kind not in _BOXES or length < 8 or at + length > size:
                yield "appended"
                return
            at += length


def _box(file: BinaryIO, at: int, size: int) -> tuple[int, bytes]:
    file.seek(at)
    head = file.read(16)
    length, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if length == 1 and len(head) == 16:
        length = int.from_bytes(head[8:16], "big")
    return (size - at if length == 0 else length), kind


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Its tables may name the same bytes a million times: what is written is no larger than it.
    largest = Path(sys.argv[1]).stat().st_size * 11 // 10 + 1024 * 1024
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    main()
