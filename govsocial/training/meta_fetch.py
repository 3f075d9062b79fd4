"""Fetching media as platforms do that take an address instead of bytes: from this machine only."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

LARGEST = 64 * 1024 * 1024
SECONDS = 10.0


class NotFetched(Exception):
    """The address gives no media; the message says why, without the address."""


def fetch(address: str, *, largest: int = LARGEST) -> tuple[bytes, str]:
    """The bytes at ``address`` and their media type. Raises ``NotFetched``.

    Only loopback by number or as ``localhost``, no redirects, ``largest`` bytes at most: the
    training server must not be a way into other networks.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise NotFetched("not an address") from None
    if parts.scheme not in {"http", "https"} or not _is_loopback(host):
        raise NotFetched("not on this machine")
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.get(
                address, stream=True, timeout=SECONDS, allow_redirects=False
            ) as response:
                return _body(response, largest), _type(response)
        except (requests.RequestException, OSError):
            raise NotFetched("no answer") from None


def _body(response: requests.Response, largest: int) -> bytes:
    if response.status_code != 200:
        raise NotFetched(f"answered {response.status_code}")
    body = bytearray()
    for chunk in response.iter_content(65_536):
        body += chunk
        if len(body) > largest:
            raise NotFetched("too large")
    if not body:
        raise NotFetched("empty")
    return bytes(body)


def _type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
