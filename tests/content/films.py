"""Films for tests, made here so that none has to be shipped."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
from PIL import Image

PLACE = "-06.2000+106.8167/"


def film(
    *,
    kind: str = "mp4",
    codec: str = "libx264",
    size: tuple[int, int] = (64, 48),
    seconds: int = 3,
    rotation: int = 0,
    sound: bool = True,
    further: int = 0,
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """A film of one colour after another, with silence. ``further`` picture tracks more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        options = {"movflags": "use_metadata_tags"} if metadata else {}
        with av.open(str(path), "w", format=kind, options=options) as out:
            out.metadata.update(metadata or {})
            tracks: list[Any] = [out.add_stream(codec, rate=10) for _number in range(1 + further)]
            for track in tracks:
                track.width, track.height = size
                track.pix_fmt = "yuv420p"
            if rotation:
                tracks[0].set_display_rotation(rotation)
            voice: Any = out.add_stream("aac", rate=44_100) if sound else None
            for number in range(seconds * 10):
                drawn = Image.new("RGB", size, (number * 8 % 256, 90, 160))
                for track in tracks:
                    out.mux(track.encode(_frame(drawn)))
            if voice is not None:
                for number in range(seconds * 44_100 // 1_024):
                    quiet = av.AudioFrame(format="fltp", layout="mono", samples=1_024)
                    quiet.rate = 44_100
                    for plane in quiet.planes:
                        plane.update(bytes(plane.buffer_size))
                    quiet.pts = number * 1_024
                    out.mux(voice.encode(quiet))
            for track in (*tracks, *([voice] if voice is not None else [])):
                out.mux(track.encode(None))
        return path.read_bytes()


def _frame(drawn: Image.Image) -> Any:
    return av.VideoFrame.from_image(drawn)  # type: ignore[no-untyped-call]  # untyped library


def phone_film(kind: str = "mov") -> bytes:
    """As a phone writes it: with the place, the camera and the time, held upright."""
    return film(
        kind=kind,
        rotation=90,
        metadata={
            "com.apple.quicktime.location.ISO6709" if kind == "mov" else "location": PLACE,
            "make" if kind == "mov" else "artist": "Kamera Made",
            "creation_time": "2026-11-20T08:00:00Z",
        },
    )
