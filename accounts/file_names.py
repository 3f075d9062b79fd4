"""Names of files that are kept and given back: they end as what was found in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from govsocial.web.hidden_signs import JOINERS, without_hidden

LONGEST = 150
# What a message about a file takes of its name: the beginning, and the ending.
_TOLD_FIRST, _TOLD_LAST = 40, 12
# Most file systems take 255 bytes; a browser may put a number behind the name.
_MOST_BYTES = 240
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
}
"""What a name may end in, by media type; the first where it ends otherwise."""
# What Windows takes in no name: it would cut the name off there, or not keep the file.
_RESERVED = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE)
# What looks like the ending of a file. A number ("SK 800.41.2026") or a longer word is part of what
# the file is called: it stays, and the right ending comes behind it.
_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,3}|7z)$", re.IGNORECASE)


def file_name(typed: str, media_type: str) -> str:
    """``typed`` as the name of a file of this kind, at most 150 signs, never empty.

    A file that says of itself what it is not, ``decree.bat``, would be run by whoever opens it.
    """
    right = ENDINGS.get(media_type, ("",))
    stem = _plain(typed)
    ending = next((stem[-len(one) :] for one in right if one and stem.lower().endswith(one)), "")
    if ending:
        stem = stem[: -len(ending)]
    else:
        # "decree.pdf.exe" was to look like what it is.
        stem, ending = _without(right, _ENDING.sub("", stem)), right[0]
    stem = _short(stem.strip(" ."), LONGEST - len(ending) - 1, _MOST_BYTES)
    stem = f"_{stem}" if _DEVICE.match(stem) else stem
    return (stem or "document") + ending


def told_name(typed: str) -> str:
    """What a message calls a file that is not kept: a short line, with nothing hidden in it."""
    name = _plain(typed)
    if len(name) <= _TOLD_FIRST + _TOLD_LAST:
        return name or _("File without a name")
    return f"{name[:_TOLD_FIRST].rstrip()}…{name[-_TOLD_LAST:].lstrip()}"


def _plain(typed: str) -> str:
    base = typed.replace("\\", "/").rpartition("/")[2]
    shown = " ".join(without_hidden(base).split())
    # Joiners that are left are part of an emoji.
    kept = "".join(sign for sign in shown if sign.isprintable() or sign in JOINERS)
    return _RESERVED.sub("-", kept).rstrip(" .")


def _without(endings: tuple[str, ...], stem: str) -> str:
    for one in endings:
        if one and stem.lower().endswith(one):
            return stem[: -len(one)]
    return stem


def _short(stem: str, most: int, most_bytes: int) -> str:
    return stem[:most].encode()[:most_bytes].decode(errors="ignore").strip(" .")
