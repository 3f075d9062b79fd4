"""The public pages take a short way: nothing of sign-in is asked, so nothing of it can be spent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.urls import resolve
from django.utils import translation

from accounts.public import frame, throttle
from govsocial.audit.middleware import AuditContextMiddleware
from govsocial.web.middleware import MethodNotAllowedMiddleware

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/official/"


class PublicPagesMiddleware:
    """Answer everything below ``/official/`` itself, past sessions, people and cookies.

    A signed-in person is nobody here: what they see is what everybody sees. Only views that are
    marked public are reached this way. The language stands in the address (``?lang=en``), so that
    one address has one content, for caches and for whoever gets the link.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        inner: Any = convert_exception_to_response(_answer)
        for middleware in (
            AuditContextMiddleware,
            CSPMiddleware,
            XFrameOptionsMiddleware,
            MethodNotAllowedMiddleware,
            CommonMiddleware,
        ):
            inner = convert_exception_to_response(middleware(inner))
        self.public: GetResponse = inner

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            return self.public(request)
        return self.get_response(request)


def language_of(request: HttpRequest) -> str:
    chosen = request.GET.get("lang", "")
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
        except Http404:
            return frame.not_found()
        except throttle.TooMany as refused:
            return frame.too_many(refused.seconds)
        return response
