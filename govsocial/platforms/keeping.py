"""What of a platform's answer can be kept: texts, ids and addresses are a stranger's words.

Clients go by this where they build addresses, and whoever stores what they give goes by it once
more for all of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

# As the columns of publications and of posts seen on platforms, and of applications.
LONGEST_ID = 300
LONGEST_LINK = 500
LONGEST_CLIENT_ID = 300


def fits(text: str, longest: int) -> bool:
    """Whether a column of ``longest`` characters takes it.

    PostgreSQL keeps neither NUL nor half a surrogate pair.
    """
    return len(text) <= longest and text == clean_text(text)


def kept_within(longest: int) -> Callable[[str], str]:
    """A check of a model's text that goes into a column of ``longest`` characters."""

    def check(text: str) -> str:
        if not fits(text, longest):
            raise ValueError("cannot be kept")
        return text

    return check


def web_link(address: str | None) -> str | None:
    """``address`` when it is one that may stand in a page and be kept."""
    if not address or not address.lower().startswith(("https://", "http://")):
        return None
    return address if fits(address, LONGEST_LINK) else None


def in_link(identity: str) -> str:
    """An id as part of an address that is only shown. The post is out or seen: nothing fails."""
    return quote(identity, safe="", errors="replace")


def storable(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``payload`` with what PostgreSQL cannot hold replaced: NUL, half a surrogate, and
    numbers so large (``1e400``) that they were read as infinite, which become null."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError:
        return dict(_clean(payload))
    return dict(_clean(payload)) if "\\u0000" in text else dict(payload)


def clean_text(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
