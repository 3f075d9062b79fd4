"""What every request carries: a reference number, a language, an appearance, a time zone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from govsocial.web import errors, preferences

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a proxy in front may hand us; anything else could forge lines in a log.
_PROXY_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Give each request the number that an error page shows and logs and the trail carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _PROXY_ID.fullmatch(given) else secrets.token_hex(6)
        request.request_id = request_id  # type: ignore[attr-defined]  # ours
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class LocaleMiddleware:
    """The agency's language unless this browser chose another."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(preferences.language_from_cookie(request)):
            response = self.get_response(request)
        return response


class PreferencesMiddleware:
    """What the signed-in person chose, in the time zone of their unit.

    The user may have ``language``, ``theme`` and ``zone``; whatever is missing is taken from the
    browser's cookies or the settings.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        request.theme = preferences.theme_from_cookie(request)  # type: ignore[attr-defined]  # ours
        with ExitStack() as stack:
            if user.is_authenticated:
                request.theme = getattr(user, "theme", request.theme)  # type: ignore[attr-defined]  # ours
                if language := getattr(user, "language", ""):
                    stack.enter_context(translation.override(language))
                if zone := getattr(user, "zone", None):
                    stack.enter_context(timezone.override(zone))
            response = self.get_response(request)
            response.setdefault("Content-Language", translation.get_language() or "")
        return response


class MethodNotAllowedMiddleware:
    """A page in place of Django's empty 405, for whoever opens the address of a form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or not request.accepts("text/html"):
            return response
        return errors.method_not_allowed(request, response)
