"""The public pages take a short way: nothing of sign-in is asked, so nothing of it can be spent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, is_valid_path, resolve
from django.utils import translation

from accounts.public import frame, throttle
from govsocial.audit.middleware import AuditContextMiddleware
from govsocial.web.middleware import MethodNotAllowedMiddleware

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/official/"
READS = frozenset({"GET", "HEAD"})


class PublicPagesMiddleware:
    """Answer everything below ``/official/`` itself, past sessions, people and cookies.

    A signed-in person is nobody here: what they see is what everybody sees. Only views that are
    marked public are reached this way. The language stands in the address (``?lang=en``), so that
    one address has one content, for caches and for whoever gets the link.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        guarded: Any = convert_exception_to_response(_answer)
        self.read: GetResponse = MethodNotAllowedMiddleware(guarded)
        self.write: GetResponse = AuditContextMiddleware(self.read)
        # The policy of every other page. It names no nonce, so it is the same for all requests.
        self.headers = {
            "Content-Security-Policy": build_policy(),
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        response = self.read(request) if request.method in READS else self.write(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if response.status_code != 304:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def language_of(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    chosen = request.GET.get("lang", "") if "lang" in query else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _answer(request: HttpRequest) -> HttpResponse:
    with translation.override(language_of(request)):
        try:
            throttle.count_request(request)
            match = resolve(request.path_info)
            request.resolver_match = match
            if not getattr(match.func, "public", False):
                raise PermissionDenied
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Resolver404:
            return _with_slash(request) or frame.not_found(request.path_info)
        except Http404:
            return frame.not_found(request.path_info)
        except throttle.TooMany as refused:
            return frame.too_many(refused.seconds)
        return response


def _with_slash(request: HttpRequest) -> HttpResponse | None:
    """For an address whose last stroke was lost on the way, as CommonMiddleware does it."""
    if request.path_info.endswith("/") or not is_valid_path(f"{request.path_info}/"):
        return None
    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
