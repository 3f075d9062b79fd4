"""Fetching a document of a website: small, in time, politely, and nowhere private."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from govsocial.platforms.errors import (
    BadAnswer,
    HostRefused,
    NotFound,
    PermissionMissing,
    PlatformError,
    Refused,
)
from govsocial.platforms.http import Answer, Effect, Session

MOST_BYTES = 2_000_000
"""Of a feed or a page, unpacked. Feeds of agencies have some 100 kB."""
MOST_SECONDS = 20.0
MOST_REDIRECTS = 4
_FEEDS = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/rdf+xml, "
    "application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5"
)
_PERMANENT = {301, 308}
_TEMPORARY = {302, 303, 307}


@dataclass(frozen=True, slots=True)
class Document:
    """What came. ``body`` is None when nothing changed since ``etag`` and ``last_modified``."""

    url: str
    """Where it is to be fetched from now on: the address asked for, or the one that it moved to
    for good on the same site."""
    base: str
    """Where it came from in the end: what relative addresses in it are relative to."""
    body: bytes | None = field(repr=False)
    media_type: str = ""
    etag: str = ""
    last_modified: str = ""


def fetch(session: Session, url: str, *, etag: str = "", last_modified: str = "") -> Document:
    """Get ``url``. A redirect is followed to the same host, and to another one that the guard lets
    through: no secret goes along.

    Raises ``NotFound`` when it is gone (404, 410), ``HostRefused``, or another ``PlatformError``.
    """
    headers = {"Accept": _FEEDS}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    lasting, here, for_good = url, url, True
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(session, here, headers)
        if answer.status not in _PERMANENT | _TEMPORARY:
            return _document(answer, lasting, here)
        here = _target(session, here, answer)
        # Elsewhere it is read only as long as the site itself says so: whoever had hold of the site
        # for an hour would be read as the agency for ever.
        for_good = for_good and answer.status in _PERMANENT and _site(here) == _site(url)
        lasting = here if for_good else lasting
    raise BadAnswer(f"{answer.where}: redirects without end.", status=answer.status)


def _site(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _get(session: Session, url: str, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(url)
    return session.send(
        "GET",
        parts.path or "/",
        effect=Effect.READ,
        base=url,
        total=MOST_SECONDS,
        headers=headers,
        follow=False,
        # Not in the path: that is told in messages and logs.
        params=parts.query,
    )


def _target(session: Session, here: str, answer: Answer) -> str:
    target = safe_link(session, joined(here, answer.headers.get("Location") or ""))
    same_host = urlsplit(target).netloc == urlsplit(here).netloc
    if not target or not (same_host or session.guard.permits(target)):
        raise HostRefused(
            f"{answer.where}: redirects to where this server does not go.", status=answer.status
        )
    return target


def joined(base: str, address: str) -> str:
    """``address`` as it is meant in a document from ``base``; nothing when it is no address."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def safe_link(session: Session, url: str) -> str:
    """``url`` without its fragment when a request to it may be thought of, else nothing."""
    try:
        base = session.guard.base_url(url)
    except HostRefused:
        return ""
    parts = urlsplit(url)
    return f"{base}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


def _document(answer: Answer, url: str, base: str) -> Document:
    if answer.status == 304:
        return Document(url, base, None)
    if not answer.ok:
        raise _failure(answer)
    content_type = answer.headers.get("Content-Type", "")
    return Document(
        url,
        base,
        answer.body,
        media_type=content_type,
        etag=answer.headers.get("ETag", "")[:500],
        last_modified=answer.headers.get("Last-Modified", "")[:100],
    )


def _failure(answer: Answer) -> PlatformError:
    status, where = answer.status, answer.where
    # No secret is sent, so that none can have been revoked; and any page may stand in between.
    if status == 401:
        return PermissionMissing(f"{where}: the website asks for a password.", status=status)
    if status == 403:
        return PermissionMissing(f"{where}: the website does not let us read it.", status=status)
    if status in {404, 410}:
        return NotFound(f"{where}: there is no feed at this address.", status=status)
    if 300 <= status < 400:
        return BadAnswer(f"{where}: unexpected answer {status}.", status=status)
    return Refused(f"{where}: the website refuses this call ({status}).", status=status)
