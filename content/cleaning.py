"""An uploaded picture as it is kept: the picture alone, upright, with the meaning of its colours.

It is always encoded anew, so that nothing but the picture goes on. What is told of what stayed
behind are its kinds (``KINDS``), never what it said.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import ExifTags, Image, ImageCms

from content.errors import ContentError
from govsocial.web import pictures, polyglots

LARGEST_UPLOAD = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LARGEST_PROFILE = 1024 * 1024
QUALITY = 92

KINDS: Mapping[str, str | Promise] = {
    "place": gettext_lazy("the place where it was taken"),
    "camera": gettext_lazy("camera and program"),
    "time": gettext_lazy("the time when it was taken"),
    "author": gettext_lazy("author and copyright"),
    "words": gettext_lazy("titles, comments and other words"),
    "thumbnail": gettext_lazy("a small picture of the picture"),
    "further_pictures": gettext_lazy("further pictures in the same file"),
    "movement": gettext_lazy("movement (only the first picture is kept)"),
    "appended": gettext_lazy("further data in or behind the file"),
    "profile": gettext_lazy("a colour profile that cannot be read"),
    "timed_data": gettext_lazy("a track of data, such as the route of a flight"),
    "subtitles": gettext_lazy("subtitles"),
    "sound": gettext_lazy("further sound tracks"),
    "cover": gettext_lazy("cover pictures"),
    "other": gettext_lazy("other hidden data"),
}
"""What may be taken out of a picture or a film, in words."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = ExifTags.Base.Orientation
_CAMERA = frozenset({"Make", "Model", "Software", "HostComputer", "ProcessingSoftware"})
_TIMES = frozenset({"DateTime", "DateTimeOriginal", "DateTimeDigitized", "PreviewDateTime"})
_AUTHORS = frozenset({"Artist", "Copyright", "XPAuthor"})
_WORDS = frozenset(
    {"ImageDescription", "DocumentName", "XPTitle", "XPComment", "XPKeywords", "XPSubject"}
)
# What says how the picture is to be read, and nothing of anybody.
_HARMLESS = frozenset(
    {"Orientation", "XResolution", "YResolution", "ResolutionUnit", "YCbCrPositioning",
     "ImageWidth", "ImageLength", "BitsPerSample", "Compression", "PhotometricInterpretation",
     "ExifOffset", "SamplesPerPixel", "ColorSpace", "ExifVersion", "FlashPixVersion",
     "ComponentsConfiguration", "ExifImageWidth", "ExifImageHeight", "ExifInteroperabilityOffset"}
)  # fmt: skip
_ITS_OWN_INFO = frozenset(
    {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "adobe", "adobe_transform",
     "progressive", "progression", "icc_profile", "transparency", "gamma", "interlace", "aspect",
     "srgb", "chromaticity", "loop", "background", "timestamp", "duration", "mp", "mpoffset",
     "default_image", "bbox", "blend", "disposal"}
)  # fmt: skip
_WORDS_INFO = frozenset({"xmp", "comment", "photoshop", "XML:com.adobe.xmp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    data: bytes
    media_type: str
    width: int
    height: int
    removed: tuple[str, ...]
    """Keys of ``KINDS``, sorted."""


def cleaned(data: bytes) -> Clean:
    """The picture of ``data`` alone. Raises ``ContentError`` for what is not a usable picture."""
    if len(data) > LARGEST_UPLOAD:
        raise ContentError(_("The picture is larger than 10 MB."), field="images")
    try:
        image, kind = pictures.opened(data, most_pixels=MOST_PIXELS)
        # Said before it is unpacked: what else it is may be a bomb.
        _refuse_two_in_one(data)
        with pictures.refusing_damaged():
            image.load()
            removed = set(_hidden_in(image, data))
            upright = _upright(image)
            upright, profile = _with_meaning(upright, kind, removed)
            out = io.BytesIO()
            if kind == "JPEG":
                upright.save(out, "JPEG", quality=QUALITY, optimize=True, icc_profile=profile)
            else:
                upright.save(out, kind, icc_profile=profile)
    except pictures.TooManyPixels as exc:
        raise ContentError(_("The picture has too many pixels."), field="images") from exc
    except pictures.Unreadable as exc:
        raise ContentError(refusal_of(data), field="images") from exc
    return Clean(
        data=out.getvalue(),
        media_type=pictures.KINDS[kind],
        width=upright.width,
        height=upright.height,
        removed=tuple(sorted(removed)),
    )


def refusal_of(data: bytes) -> str:
    """Why these bytes, which are no picture that is taken, are refused: in words of what they are,
    by their first ones."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if b"<svg" in head:
        return _(
            "This is an SVG drawing, which can carry programs. Export it as PNG and choose that."
        )
    if head.startswith((b"<!doctype html", b"<html", b"<script", b"<?php")):
        return _("This is a web page and no picture. Choose a JPEG, PNG or WebP.")
    if head.startswith(b"%pdf-"):
        return _("This is a PDF. Export the page as a picture: a JPEG, PNG or WebP.")
    if head.startswith((b"pk\x03\x04", b"rar!", b"7z\xbc\xaf")):
        return _("This is an archive. Unpack it and choose the pictures: JPEG, PNG or WebP.")
    if data[4:8] == b"ftyp":
        return _(
            "This is a HEIC or AVIF picture, which platforms do not take. Export it as JPEG, PNG "
            "or WebP; a phone can be set to write JPEG (“most compatible”)."
        )
    return _("This file is not a picture that can be used. Choose a JPEG, PNG or WebP.")


def two_in_one(found: str) -> str:
    """The refusal of a file in which ``polyglots`` found something else."""
    sentences = {
        polyglots.ARCHIVE: _("An archive is hidden in this file, so it is not taken."),
        polyglots.DOCUMENT: _("A PDF is hidden in this file, so it is not taken."),
        polyglots.SCRIPT: _("A program or web page is hidden in this file, so it is not taken."),
    }
    advice = _("Open it in a picture program, save it anew, and choose that.")
    return f"{sentences[found]} {advice}"


def _refuse_two_in_one(data: bytes) -> None:
    if found := polyglots.found_in_picture(data):
        raise ContentError(two_in_one(found), field="images")


def _upright(image: Image.Image) -> Image.Image:
    turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    return image if turn is None else image.transpose(turn)


def _with_meaning(
    image: Image.Image, kind: str, removed: set[str]
) -> tuple[Image.Image, bytes | None]:
    """The picture in a way of holding colours that its kind has, and the profile that says what
    they mean: that is no secret, and needed."""
    profile = image.info.get("icc_profile")
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    elif "transparency" in image.info and image.mode in {"L", "RGB", "1"}:
        image = image.convert("RGBA" if image.mode == "RGB" else "LA")
    meant = _read(profile)
    if profile and meant is None:
        removed.add("profile")
        profile = None
    if image.mode == "CMYK" or (meant is not None and meant.profile.xcolor_space.strip() == "CMYK"):
        image, profile = _from_ink(image, meant), None
    if kind == "JPEG" and image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")
    if profile and meant is not None and meant.profile.xcolor_space.strip() != _space(image):
        profile = None
    image.info.clear()
    return image, profile


def _read(profile: bytes | None) -> ImageCms.ImageCmsProfile | None:
    if not profile or len(profile) > LARGEST_PROFILE:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (OSError, TypeError, ImageCms.PyCMSError):
        return None


def _from_ink(image: Image.Image, meant: ImageCms.ImageCmsProfile | None) -> Image.Image:
    """A picture for print as one for screens; by its profile where it has one."""
    if image.mode == "CMYK" and meant is not None:
        try:
            turned = ImageCms.profileToProfile(
                image, meant, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except ImageCms.PyCMSError:
            turned = None
        if turned is not None:
            return turned
    return image.convert("RGB")


def _space(image: Image.Image) -> str:
    return "GRAY" if image.mode in {"L", "LA", "1", "I;16", "I"} else "RGB"


def _hidden_in(image: Image.Image, data: bytes) -> Iterator[str]:
    """The kinds of data that stay behind."""
    exif = image.getexif()
    # Of XMP the camera's programs write the place as well.
    if exif.get_ifd(ExifTags.IFD.GPSInfo) or b"exif:GPS" in data:
        yield "place"
    if exif.get_ifd(ExifTags.IFD.IFD1):
        yield "thumbnail"
    yield from _of_tags([*exif, *exif.get_ifd(ExifTags.IFD.Exif)])
    yield from _of_info(image.info)
    if image.format == "MPO":
        yield "further_pictures"
    elif getattr(image, "is_animated", False):
        yield "movement"
    elif polyglots.has_more_behind(data):
        yield "appended"


def _of_info(info: Mapping[str | tuple[int, int], Any]) -> Iterator[str]:
    for name, value in info.items():
        if not value or name in _ITS_OWN_INFO or name == "exif":
            continue
        yield "words" if isinstance(value, str) or name in _WORDS_INFO else "other"


def _of_tags(tags: list[int]) -> Iterator[str]:
    for tag in tags:
        name = ExifTags.TAGS.get(tag, "")
        if name in _HARMLESS or name == "GPSInfo":
            continue
        if name in _CAMERA or name.startswith(("Lens", "Camera", "Body")) or name == "MakerNote":
            yield "camera"
        elif name in _TIMES or name.startswith(("SubsecTime", "OffsetTime")):
            yield "time"
        elif name in _AUTHORS:
            yield "author"
        elif name in _WORDS or name in {"UserComment", "ImageUniqueID"}:
            yield "words"
        else:
            yield "other" if not name else "camera"
