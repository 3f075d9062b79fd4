"""A form that is sent after its session has ended: what was typed is not lost without a word.

Pages ask ``web.session_check`` before they send a form (``static/js/session.js``). Where no script
runs, the answer to the form shows what was typed, to be copied before somebody signs in.
"""

from __future__ import annotations

import re
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from govsocial.web.htmx import wants_fragment

# What is never shown again, whoever sent it.
_SECRET = re.compile(r"csrf|password|secret|token|key", re.IGNORECASE)
# Typed by hand, also where it is a single word.
_WORDS = frozenset({"title", "text", "note", "reason", "name", "description"})
MOST_SHOWN = 80


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in, and back to the same address; for a form with words in it, these first.

    Never as a part of the page that a script asked for: the whole page goes there, or, where
    something may be typed in it, stays as it is and tells of the session itself.
    """
    if wants_fragment(request):
        return HttpResponse(status=401) if request.method == "POST" else _page_to_sign_in(request)
    typed = _typed(request)
    if not typed:
        return redirect_to_login(request.get_full_path())
    sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    context = {"typed": typed, "sign_in": sign_in}
    return render(request, "signed_out.html", context, status=403)


def _page_to_sign_in(request: HttpRequest) -> HttpResponse:
    try:
        page = cast(Any, request).htmx.current_url_abs_path
    except ValueError:  # no address at all
        page = None
    return HttpResponseClientRedirect(redirect_to_login(page or request.get_full_path()).url)


def _typed(request: HttpRequest) -> list[str]:
    """The words that a browser sent with a form. A script shows no page: it is led to the sign-in,
    and has the words still."""
    if request.method != "POST" or "text/html" not in request.headers.get("Accept", ""):
        return []
    found = [
        value
        for name, values in request.POST.lists()
        for value in values
        if _is_typed(name, value.strip())
    ]
    return found[:MOST_SHOWN]


def _is_typed(name: str, value: str) -> bool:
    if not value or _SECRET.search(name):
        return False
    return name in _WORDS or len(value.split(maxsplit=1)) > 1
