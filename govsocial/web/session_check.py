"""Whether a page may still send what was typed into it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from govsocial.web.permissions import public


@public
@require_safe
@never_cache
def session_check(request: HttpRequest) -> JsonResponse:
    """Who is signed in, 0 for nobody, and the token that a form needs now: another one than the
    page was opened with, where somebody signed in again since."""
    person = request.user.pk if request.user.is_authenticated else 0
    return JsonResponse({"person": person, "token": get_token(request) if person else ""})
