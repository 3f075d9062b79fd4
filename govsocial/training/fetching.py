"""How a training platform fetches media itself: for real, but only from this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

MAX_BYTES = 24 * 1024 * 1024
SECONDS = 10.0


def fetched(url: str) -> tuple[bytes, str] | None:
    """The bytes at ``url`` and their media type; None when it is not on this machine, not there,
    too large or not a picture or film."""
    if not _on_this_machine(url):
        return None
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=SECONDS, allow_redirects=False, stream=True)
            media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if answer.status_code != 200 or not media_type.startswith(("image/", "video/")):
                return None
            body = bytearray()
            for chunk in answer.iter_content(65_536):
                body += chunk
                if len(body) > MAX_BYTES:
                    return None
    except (requests.RequestException, OSError):
        return None
    return bytes(body), media_type


def _on_this_machine(url: str) -> bool:
    """Whether the address names this machine itself; no other name is looked up."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
    return here and parts.scheme in {"http", "https"}
