"""What every public page carries, without a request: whoever asks, the page is the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from accounts.public.register import Seen


def with_language(path: str, query: Mapping[str, str] | None = None) -> str:
    """``path`` with the query and, unless it is the agency's own, the language of this page."""
    return _address(path, query or {}, get_language() or settings.LANGUAGE_CODE)


def _address(path: str, query: Mapping[str, str], language: str) -> str:
    kept = {name: value for name, value in query.items() if value}
    if language != settings.LANGUAGE_CODE:
        kept["lang"] = language
    return f"{path}?{urlencode(kept)}" if kept else path


def public_address(path: str) -> str:
    """The whole address of a page in the agency's language, for paper and for machines."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def frame(
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    seen: Seen | None = None,
    indexed: bool = False,
) -> dict[str, Any]:
    """Context of ``public.html``. ``query``: the part of it that the page answers to."""
    language = get_language() or settings.LANGUAGE_CODE
    changed_at: datetime | None = seen.snapshot.changed_at if seen else None
    return {
        "agency_name": settings.AGENCY_NAME,
        "training": settings.TRAINING,
        "language": language,
        "lang_query": "" if language == settings.LANGUAGE_CODE else f"?lang={language}",
        "languages": [
            {
                "code": code,
                "label": {"id": "Bahasa Indonesia", "en": "English"}.get(code, code),
                "url": _address(path, query or {}, code),
                "active": code == language,
            }
            for code, _name in settings.LANGUAGES
        ],
        "here": path,
        "canonical": public_address(_address(path, query or {}, language)),
        "indexed": indexed,
        "stale": seen.stale if seen else False,
        "changed_at": changed_at if seen and seen.snapshot.number else None,
        "places": {
            name: with_language(reverse(f"official:{view}"))
            for name, view in (
                ("directory", "register_list"),
                ("check", "account_check"),
                ("report", "report_make"),
            )
        },
    }


def render(template: str, context: Mapping[str, Any], path: str, **more: Any) -> str:
    return render_to_string(template, {**frame(path, **more), **context})


def not_found(path: str) -> HttpResponse:
    """``path``: what was asked for; the pages of reports are looked for with other words."""
    context = {"is_report": path.startswith(reverse("official:report_make"))}
    text = render("public/not_found.html", context, reverse("official:register_list"))
    return HttpResponse(text, status=404, headers={"Cache-Control": "no-store"})


def too_many(seconds: int) -> HttpResponse:
    """Short, because it is said to whoever asks too much."""
    text = render(
        "public/too_many.html",
        {"minutes": -(-seconds // 60)},
        reverse("official:register_list"),
    )
    return HttpResponse(
        text, status=429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"}
    )
