"""Pictures of the history, drawn when somebody asks for them: a coloured card with the topic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from govsocial.training.ids import blob_cid

WIDTH, HEIGHT = 960, 540
VARIANTS = 3

_COLOURS = {
    "layanan": (31, 95, 191),
    "pendidikan": (88, 71, 163),
    "lalu_lintas": (138, 90, 0),
    "lingkungan": (28, 122, 74),
    "ekonomi": (150, 68, 30),
    "budaya": (156, 52, 98),
    "kesehatan": (10, 120, 128),
    "cuaca": (52, 84, 122),
    "siaga": (176, 58, 30),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a post. ``name`` finds its bytes; ``cid`` is what Bluesky calls them."""

    name: str
    cid: str
    size: int
    media_type: str
    alt: str
    width: int
    height: int


def is_film(media_type: str) -> bool:
    """Whether media are a film, of which posts hold the same facts as of an image."""
    return media_type.startswith("video/")


def name_of(topic: str, variant: int) -> str:
    return f"{topic}-{variant % VARIANTS}"


@cache
def drawn(name: str) -> bytes | None:
    """The PNG called ``name``, or None when the story has no such picture."""
    topic, _, variant = name.rpartition("-")
    if topic not in _COLOURS or variant not in {str(n) for n in range(VARIANTS)}:
        return None
    red, green, blue = _COLOURS[topic]
    step = int(variant)
    image = Image.new("RGB", (WIDTH, HEIGHT), (red, green, blue))
    draw = ImageDraw.Draw(image)
    for band in range(5):
        lift = 14 + band * 9
        shade = (min(red + lift, 255), min(green + lift, 255), min(blue + lift, 255))
        top = HEIGHT - 60 - band * 46 - step * 18
        draw.ellipse((-200 + band * 190, top, 520 + band * 190, top + 420), fill=shade)
    draw.text((56, 54), "Kota Samudra", font=ImageFont.load_default(30), fill=(255, 255, 255))
    title = topic.replace("_", " ").capitalize()
    draw.text((56, 100), title, font=ImageFont.load_default(76), fill=(255, 255, 255))
    draw.text((56, 480), "Gambar latihan", font=ImageFont.load_default(24), fill=(255, 255, 255))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@cache
def _facts(name: str) -> tuple[str, int]:
    data = drawn(name)
    if data is None:
        raise KeyError(name)
    return blob_cid(data), len(data)


def picture(name: str, alt: str) -> Picture:
    """The picture called ``name`` with its alternative text."""
    cid, size = _facts(name)
    return Picture(name, cid, size, "image/png", alt, WIDTH, HEIGHT)


def drawn_by_cid(cid: str) -> bytes | None:
    """The bytes that have this CID, if the story draws them."""
    for topic in _COLOURS:
        for variant in range(VARIANTS):
            name = name_of(topic, variant)
            if _facts(name)[0] == cid:
                return drawn(name)
    return None
