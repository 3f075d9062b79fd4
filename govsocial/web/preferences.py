"""Language and appearance: in a cookie, and with the person when signed in.

``settings.KEEP_PREFERENCES`` names the action that keeps what a signed-in person chose.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from govsocial.web.permissions import public
from govsocial.web.way_back import way_back

SYSTEM = "system"
THEMES = (SYSTEM, "light", "dark")
THEME_COOKIE = "govsocial_theme"
COOKIE_AGE = timedelta(days=365)


def language_from_cookie(request: HttpRequest) -> str:
    """The language chosen in this browser, else the agency's. The browser's own is not asked:
    the interface is Indonesian until a person says otherwise."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def theme_from_cookie(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else SYSTEM


@public
@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Remember a language and go back."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("This language is not available."))
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, "language", language)


@public
@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Remember an appearance and go back."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(_("This appearance is not available."))
    return _remember(request, THEME_COOKIE, "theme", theme)


def _remember(request: HttpRequest, cookie: str, field: str, value: str) -> HttpResponse:
    if request.user.is_authenticated:
        keep: Callable[..., object] = import_string(settings.KEEP_PREFERENCES)
        keep(actor=request.user, **{field: value})
    response = HttpResponseRedirect(way_back(request) or "/")
    response.set_cookie(
        cookie,
        value,
        max_age=COOKIE_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response
