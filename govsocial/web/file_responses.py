"""Files of people, given to a browser that must do nothing with them but show them.

Read bit by bit; of a film a part can be asked for, which is how players go forward.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

_BLOCK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The bytes behind such an address never change.
FOR_EVER = "private, max-age=31536000, immutable"


Blocks = Callable[[int, int], Iterator[bytes]]
"""Reads so many bytes from a place on, bit by bit."""


def file_response(request: HttpRequest, path: Path, media_type: str) -> HttpResponseBase:
    """The file, or the part of it that the request asks for. Raises ``Http404``."""
    return part_response(request, _size(path), media_type, partial(_read, path))


def part_response(
    request: HttpRequest, size: int, media_type: str, blocks: Blocks
) -> HttpResponseBase:
    """What is ``size`` bytes long, or the part of it that the request asks for. The first of
    ``blocks`` is read at once, so that what it raises is raised here."""
    asked = _asked(request.headers.get("Range", ""), size)
    headers = {**SAFE, "Cache-Control": FOR_EVER, "Accept-Ranges": "bytes"}
    if asked is None:
        response = StreamingHttpResponse(_begun(blocks(0, size)), media_type, headers=headers)
        response["Content-Length"] = str(size)
        return response
    first, last = asked
    if first > last:
        refused = HttpResponse(status=416, content_type=media_type, headers=headers)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    length = last - first + 1
    part = StreamingHttpResponse(
        _begun(blocks(first, length)), media_type, status=206, headers=headers
    )
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Length"] = str(length)
    return part


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None for the whole file, also where the header cannot be read. A first
    one behind the last says that there is no such part."""
    found = _RANGE.match(header)
    if found is None or found.group(1) == found.group(2) == "":
        return None
    first, last = found.groups()
    if first == "":
        return (max(0, size - int(last)), size - 1) if int(last) else (1, 0)
    end = min(int(last), size - 1) if last else size - 1
    if int(first) >= size:
        return (1, 0)
    # A range that ends before it begins is no range at all.
    return None if last and int(last) < int(first) else (int(first), end)


def _begun(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same with its first block read already."""
    return _after(next(blocks, b""), blocks)


def _after(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as exc:
        raise Http404 from exc


def _read(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (block := file.read(min(_BLOCK, length))):
            length -= len(block)
            yield block


def downloaded(size: int, media_type: str, name: str, blocks: Blocks) -> HttpResponseBase:
    """All of what is ``size`` bytes long, under ``name``, which a browser stores and does not show,
    and keeps no copy of."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {
        **SAFE,
        "Cache-Control": "private, no-store",
        "Content-Disposition": disposition or "attachment",
        "Content-Length": str(size),
    }
    return StreamingHttpResponse(_begun(blocks(0, size)), media_type, headers=headers)
