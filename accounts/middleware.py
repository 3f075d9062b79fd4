from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.capabilities import CAPABILITIES


class RequireSecondStepMiddleware:
    """With ``REQUIRE_MFA``, send people who can change something to set up a second step.

    Until they have one they reach nothing but sign-in, sign-out, the set-up, and public pages.
    """

    CHANGES = tuple(name for name in CAPABILITIES if not name.endswith(".view"))

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.REQUIRE_MFA or not request.user.is_authenticated:
            return None
        if view.__module__.startswith("allauth.") or getattr(view, "public", False):
            return None
        if not any(request.user.holds(capability) for capability in self.CHANGES):
            return None
        if is_mfa_enabled(request.user):
            return None
        messages.info(
            request, _("Your role can change things: set up a second step of signing in first.")
        )
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
