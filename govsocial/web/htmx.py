"""One view, a page or the part of it that htmx swaps."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """False for boosted and history-restore requests: those want the whole page."""
    htmx = cast(Any, request).htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_fragment(request: HttpRequest, page: str, part: str = "results") -> str:
    """The template to render: ``page``, or its ``{% partialdef part %}``."""
    return f"{page}#{part}" if wants_fragment(request) else page
