"""Which pictures a platform does not take as they are, and what would have to be made of them.

Decided from ``Limits`` alone. A picture is made smaller or encoded otherwise; it is never cropped
and never enlarged: where that were needed, people are told instead.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _
from PIL import Image

from govsocial.platforms.base import Limits
from govsocial.web import pictures
from govsocial.web.pictures import KINDS

# Half a pixel of rounding is nobody's mistake.
_SLACK = 0.005
_QUALITIES = (88, 80, 72)
_SMALLER = 0.85
_TRIES = 12
_FORMATS = {media_type: kind for kind, media_type in KINDS.items()}
_JPEG, _PNG = "image/jpeg", "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a platform takes of a picture. Two platforms that take the same share what is made."""

    types: Sequence[str]
    most_bytes: int
    widest: int | None = None

    @property
    def name(self) -> str:
        kinds = "+".join(one.removeprefix("image/") for one in self.types)
        return f"{kinds};{self.most_bytes};{self.widest or ''}"

    @classmethod
    def of(cls, limits: Limits) -> Rule:
        widest = limits.image_width[1] if limits.image_width else None
        types = sorted(limits.image_types & _FORMATS.keys())
        return cls(types=types, most_bytes=limits.image_bytes, widest=widest)


class Medium(Protocol):
    """What is known of a picture or a film: a ``MediaFile``, or an item of a document."""

    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def is_film(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a platform takes a medium. ``obstacles`` are what nothing here can mend."""

    changes: Sequence[str] = field(default_factory=tuple)
    obstacles: Sequence[str] = field(default_factory=tuple)

    @property
    def as_it_is(self) -> bool:
        return not (self.changes or self.obstacles)


def fit(media: Medium, limits: Limits) -> Fit:
    """What must be done to ``media`` for a platform, and what keeps it from going there at all."""
    if media.is_film:
        return Fit(obstacles=tuple(_film_obstacles(media, limits)))
    if not Rule.of(limits).types or not limits.images:
        return Fit(obstacles=(_("takes no pictures"),))
    return Fit(
        changes=tuple(_changes(media, limits)), obstacles=tuple(_picture_obstacles(media, limits))
    )


def _changes(media: Medium, limits: Limits) -> Iterator[str]:
    rule = Rule.of(limits)
    if media.media_type not in rule.types:
        yield _("encoded as another kind of picture")
    if (rule.widest is not None and media.width > rule.widest) or media.size > rule.most_bytes:
        yield _("made smaller")


def _picture_obstacles(media: Medium, limits: Limits) -> Iterator[str]:
    if limits.image_width is not None and media.width < limits.image_width[0]:
        yield _("it is too narrow: at least %(least)s pixels") % {"least": limits.image_width[0]}
    yield from _ratio(media, limits.image_ratio)


def _film_obstacles(media: Medium, limits: Limits) -> Iterator[str]:
    taken = limits.video
    if taken is None:
        yield _("takes no films")
        return
    seconds = media.seconds or 0
    if media.media_type not in taken.types:
        yield _("takes no MP4")
    if media.size > taken.size:
        yield _("it is too large: at most %(most)s MB") % {"most": taken.size // 1_000_000}
    if seconds < taken.shortest:
        yield _("it is too short: at least %(least)s seconds") % {"least": taken.shortest}
    if taken.longest is not None and seconds > taken.longest:
        yield _("it is too long: at most %(most)s seconds") % {"most": int(taken.longest)}
    yield from _ratio(media, taken.ratio)


def _ratio(media: Medium, ratio: tuple[float, float] | None) -> Iterator[str]:
    if ratio is None:
        return
    narrowest, widest = ratio
    if not narrowest - _SLACK <= media.width / media.height <= widest + _SLACK:
        yield _("it is not between %(narrow)s and %(wide)s times as wide as high") % {
            "narrow": round(narrowest, 2),
            "wide": round(widest, 2),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    data: bytes
    media_type: str
    width: int
    height: int


def made(data: bytes, rule: Rule) -> Made | None:
    """The picture of ``data`` as ``rule`` wants it, as large and as good as fits; None where twelve
    steps were not enough, or nothing can read it.

    The same bytes and rule give the same picture with the same version of the libraries.
    """
    try:
        with pictures.refusing_damaged(), Image.open(io.BytesIO(data)) as image:
            image.load()
            kind = _kind_for(image, rule)
            return _fitted(image, kind, rule) if kind else None
    except pictures.Unreadable:
        return None


def _kind_for(image: Image.Image, rule: Rule) -> str:
    own = KINDS.get(str(image.format), "")
    if own in rule.types:
        return own
    is_clear = image.mode in {"RGBA", "LA", "PA"}
    wanted = (_PNG, _JPEG) if is_clear else (_JPEG, _PNG)
    return next((one for one in (*wanted, *rule.types) if one in rule.types), "")


def _fitted(image: Image.Image, media_type: str, rule: Rule) -> Made | None:
    profile = image.info.get("icc_profile")
    if rule.widest is not None and image.width > rule.widest:
        image = _scaled(image, rule.widest / image.width)
    for _try in range(_TRIES):
        for data in _encodings(image, media_type, profile):
            if len(data) <= rule.most_bytes:
                return Made(
                    data=data, media_type=media_type, width=image.width, height=image.height
                )
        if media_type == _PNG and _JPEG in rule.types and image.mode not in {"RGBA", "LA", "PA"}:
            # A photo that somebody saved as PNG: no smaller, but smaller in bytes.
            media_type = _JPEG
            continue
        image = _scaled(image, _SMALLER)
    return None


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    if image.mode in {"P", "1", "PA"}:
        image = image.convert("RGBA" if image.mode == "PA" else "RGB")
    return image.resize(size, Image.Resampling.LANCZOS)


def _encodings(image: Image.Image, media_type: str, profile: bytes | None) -> Iterator[bytes]:
    """The picture as bytes, the best first."""
    if media_type == _JPEG:
        image = _on_white(image)
    for quality in _QUALITIES if media_type != _PNG else (None,):
        out = io.BytesIO()
        options = {"quality": quality} if quality else {}
        if media_type != "image/webp":
            options["optimize"] = True
        image.save(out, _FORMATS[media_type], icc_profile=profile, **options)
        yield out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows nothing that can be seen through."""
    if image.mode in {"RGBA", "LA", "PA"}:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image if image.mode in {"RGB", "L"} else image.convert("RGB")
