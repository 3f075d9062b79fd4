"""Files that are two things at once: a picture with an archive, a document or a script in it.

Whoever gets such a file from us could open it as the other thing. What compression made is not
searched: among millions of its bytes any four can come by chance. What is searched are the parts
that hold words, and everything behind the end of the picture.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from typing import BinaryIO

ARCHIVE, DOCUMENT, SCRIPT = "archive", "document", "script"

_PNG = b"\x89PNG\r\n\x1a\n"
# The chunks of a PNG that hold the picture itself, compressed or of fixed size.
_PNG_PICTURE = frozenset({b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"fdAT", b"fcTL", b"acTL"})
_PNG_DEFLATED = frozenset({b"zTXt", b"iTXt", b"iCCP"})
_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_SCRIPTS = re.compile(
    rb"<\s*(?:script|html|svg|iframe|body|!doctype)[\s>/]|<\?php\s|javascript:|^#!/", re.I
)
# A ZIP is known by its end, which ``zipfile`` looks for.
_ARCHIVES = re.compile(rb"^PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_PDF = b"%PDF-"
# Readers look for the beginning of a PDF so far into a file.
_PDF_WITHIN = 1024
_MOST_INFLATED = 1024 * 1024
_EDGE = 64 * 1024


def found_in_picture(data: bytes) -> str:
    """What else this JPEG, PNG or WebP is: one of the names above, or "" when nothing."""
    if _PDF in data[:_PDF_WITHIN]:
        return DOCUMENT
    for part in _parts(data):
        if found := _found(part):
            return found
    return ARCHIVE if zipfile.is_zipfile(io.BytesIO(data)) else ""


def found_in_film(file: BinaryIO) -> str:
    """The same of a film. It is written anew from its packets; this says why it is not taken."""
    file.seek(0)
    head = file.read(_PDF_WITHIN)
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - _EDGE))
    tail = file.read(_EDGE)
    if _PDF in head:
        return DOCUMENT
    if _SCRIPTS.search(head):
        return SCRIPT
    is_archive = zipfile.is_zipfile(file)
    return ARCHIVE if is_archive else SCRIPT if _SCRIPTS.search(tail) else ""


def _found(part: bytes) -> str:
    if _PDF in part:
        return DOCUMENT
    if _SCRIPTS.search(part):
        return SCRIPT
    return ARCHIVE if _ARCHIVES.search(part) else ""


def _parts(data: bytes) -> Iterator[bytes]:
    if data.startswith(_PNG):
        yield from _of_png(data)
    elif data.startswith(b"RIFF"):
        yield from _of_webp(data)
    elif data.startswith(b"\xff\xd8"):
        yield from _of_jpeg(data)


def _of_png(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        at += length + 12
        if kind == b"IEND":
            yield body
            break
        if kind in _PNG_PICTURE:
            continue
        if kind in _PNG_DEFLATED:
            yield from _inflated(body)
        yield body
    yield data[at:]


def _inflated(body: bytes) -> Iterator[bytes]:
    """Whatever of it can be unpacked; where it begins depends on the kind of chunk."""
    for start in (place.start() for place in re.finditer(rb"x[\x01\x5e\x9c\xda]", body[:512])):
        try:
            yield zlib.decompressobj().decompress(body[start:], _MOST_INFLATED)
        except zlib.error:
            continue


def _of_webp(data: bytes) -> Iterator[bytes]:
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    at = 12
    while at + 8 <= end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind not in _WEBP_PICTURE:
            yield data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    yield data[end:]


def _of_jpeg(data: bytes) -> Iterator[bytes]:
    """The words of the picture, of further ones that phones put behind it, and what is between."""
    at = 0
    while (start := data.find(b"\xff\xd8\xff", at)) >= 0:
        yield data[at:start]
        at = yield from _segments(data, start + 2)
    yield data[at:]


def _segments(data: bytes, at: int) -> Generator[bytes, None, int]:
    """Segments with words of the JPEG whose first one stands ``at``; returns where it ends."""
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return at + 2
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            yield data[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xDA:
            at = _end_of_scan(data, at)
    return min(at, len(data))


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next segment begins. Within a scan 0xFF is followed by 0 or a restart mark."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        follower = data[at + 1]
        if follower == 0 or 0xD0 <= follower <= 0xD7:
            at += 2
        elif follower == 0xFF:
            at += 1
        else:
            return at


def has_more_behind(data: bytes) -> bool:
    """Whether bytes lie behind the end of the picture."""
    if data.startswith(_PNG):
        end = data.rfind(b"IEND")
        return len(data) > end + 8
    if data.startswith(b"RIFF"):
        length = int.from_bytes(data[4:8], "little")
        return len(data) > 8 + length + length % 2
    parts = _segments(data, 2)
    try:
        while True:
            next(parts)
    except StopIteration as stop:
        return bool(data[stop.value :].strip(b"\0"))
