"""Answers kept ready, whole: compressed once, named by the version of the register and the query.

A key holds only what was read from the query, never the query itself, and each shelf is bounded:
random queries can push out one another, not the answers that everybody asks for.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import get_language

from accounts.public import throttle
from accounts.public.register import Seen
from govsocial.web.compressing import takes_gzip

HTML = "text/html; charset=utf-8"
# A browser may keep an answer for a second; a shared cache may go on with it when we are down.
KEEP = "public, max-age=1, stale-if-error=86400"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, plain and compressed, each with an ETag of its own, as HTTP asks.

    ``common``: it is about the register and not about what somebody typed.
    """

    body: bytes
    packed: bytes
    digest: str
    content_type: str
    language: str
    status: int = 200
    common: bool = True
    changed_at: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, request: HttpRequest) -> HttpResponse:
        """The answer to this request: 304 when the client has it already."""
        packs = takes_gzip(request)
        etag = f'"{self.digest}-gzip"' if packs else f'"{self.digest}"'
        if self.status == 200 and self._is_known(request, etag):
            response = HttpResponse(status=304)
            del response.headers["Content-Type"]
        else:
            body = self.packed if packs else self.body
            response = HttpResponse(body, status=self.status, content_type=self.content_type)
            if packs:
                response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Language"] = self.language
        response.headers["ETag"] = etag
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = KEEP if self.status == 200 else "no-store"
        if self.changed_at is not None:
            response.headers["Last-Modified"] = http_date(self.changed_at.timestamp())
        for name, value in self.headers.items():
            response.headers[name] = value
        return response

    def _is_known(self, request: HttpRequest, etag: str) -> bool:
        """By its tag. A date does not tell: two changes may share a second, and the copy that was
        sent on a day may have been the one before the change of that day."""
        known = request.META.get("HTTP_IF_NONE_MATCH", "")
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return etag in tags or "*" in tags


def page_of(
    text: str | bytes,
    *,
    content_type: str = HTML,
    status: int = 200,
    common: bool = True,
    changed_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> Page:
    body = text.encode() if isinstance(text, str) else text
    return Page(
        body=body,
        # Without the time: equal pages of two processes are equal bytes.
        packed=gzip.compress(body, 6, mtime=0),
        digest=hashlib.sha256(body).hexdigest()[:32],
        content_type=content_type,
        language=get_language() or "",
        status=status,
        common=common,
        changed_at=changed_at,
        headers=headers or {},
    )


class Shelf:
    """The ``most`` answers that were asked for last."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > self.most:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


KNOWN = Shelf(1_000)
"""Pages about what is in the register: as many as are asked for again."""
OTHER = Shelf(500)
"""Answers about anything else that somebody typed, and searches."""


def answer(
    request: HttpRequest, seen: Seen, key: Hashable, make: Callable[[], Page]
) -> HttpResponse:
    """The kept answer for ``key`` at this version and language, else the one of ``make``.

    Raises ``TooMany`` when the address asks too often for what has to be worked out.
    """
    whole = (*seen.snapshot.version, seen.stale, get_language(), key)
    page = _kept(whole)
    if page is None:
        throttle.count_lookup(request)
        with _turn(whole):
            page = _kept(whole)
            if page is None:
                page = make()
                (KNOWN if page.common else OTHER).put(whole, page)
    return page.response(request)


def _kept(key: Hashable) -> Page | None:
    return KNOWN.get(key) or OTHER.get(key)


_turns: WeakValueDictionary[Hashable, threading.Lock] = WeakValueDictionary()
_turns_lock = threading.Lock()


def _turn(key: Hashable) -> threading.Lock:
    """Held by whoever works this answer out. The others who ask for it meanwhile wait: worked out
    by all of them at once, one answer takes as many times as long."""
    with _turns_lock:
        turn = _turns.get(key)
        if turn is None:
            turn = _turns[key] = threading.Lock()
        return turn
