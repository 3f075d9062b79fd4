"""Addresses that a platform hands out for an upload, followed only to its own servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlsplit

from govsocial.platforms.errors import HostRefused
from govsocial.platforms.guard import Guard


@dataclass(frozen=True, slots=True)
class Handed:
    """An address in the parts that ``Session.send`` takes. The query is a secret."""

    base: str
    path: str
    params: tuple[tuple[str, str], ...] = field(repr=False)


def handed(url: str, *, guard: Guard, base: str, domain: str) -> Handed:
    """Take ``url`` apart when it leads to ``base`` or, as ``base`` does, to a host of ``domain``.

    Raises ``HostRefused`` for any other host: what is uploaded there is not public yet.
    """
    parts, own = _split(url), urlsplit(base)
    if parts is None:
        raise HostRefused("The platform named no address for the upload.")
    if parts.netloc.lower() == own.netloc.lower():
        return _apart(base, parts)
    found = guard.base_url(url)
    if not (_below(parts.hostname, domain) and _below(own.hostname, domain)):
        raise HostRefused("The platform named a server for the upload that is not its own.")
    return _apart(found, parts)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _apart(base: str, parts: SplitResult) -> Handed:
    return Handed(base, parts.path or "/", tuple(parse_qsl(parts.query, keep_blank_values=True)))


def _below(host: str | None, domain: str) -> bool:
    return (host or "").lower().endswith(f".{domain}")
