"""Error pages: what happened, what was kept, what to do, and a reference number.

They draw no navigation and read no database, because either may be what is broken.
"""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER = 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Every role opens the home page: whoever is refused there has none, and it is no way on.
    is_home = request.path == "/"
    return render(request, "403.html", {"reason": str(exception), "is_home": is_home}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def method_not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """For an address that takes only other methods: nothing was lost, the way on is back.

    Django's own answer with a page in it: another one would be a second line in the log.
    """
    refused.content = render(request, "405.html").content
    return refused


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """What allauth answers (``handler429``) to too many attempts at signing in."""
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours, or 503 when the database does not answer: then trying again helps."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    return render(request, "500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = render(request, "503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For ``CSRF_FAILURE_VIEW``: mostly a page left open overnight, so say so."""
    return render(request, "403_csrf.html", status=403)
