from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.capabilities import CAPABILITIES
from accounts.second_step import Step, second_step


class RequireSecondStepMiddleware:
    """With ``REQUIRE_MFA``, people who can change something go on by their second step only.

    A session that did not pass it reaches public pages, and of allauth's what is named here: not
    the page that takes the second step away, nor the ones for recovery codes, address, password.
    """

    ALWAYS = frozenset(
        {
            "account_login",
            "account_logout",
            "account_inactive",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
        }
    )
    TO_SET_UP = ALWAYS | {"mfa_activate_totp", "account_reauthenticate"}
    TO_PASS = ALWAYS | {"mfa_reauthenticate"}

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
        if getattr(view, "public", False) or self._name(request) in self.ALWAYS:
            return None
        if not any(request.user.holds(capability) for capability in self.CHANGES):
            return None
        step = second_step(request)
        if step == Step.NOT_SET_UP:
            return self._set_up(request)
        return self._pass(request) if step == Step.NOT_PASSED else None

    def _set_up(self, request: HttpRequest) -> HttpResponse | None:
        if self._name(request) in self.TO_SET_UP:
            return None
        messages.info(
            request, _("Your role can change things: set up a second step of signing in first.")
        )
        return HttpResponseRedirect(reverse("mfa_activate_totp"))

    def _pass(self, request: HttpRequest) -> HttpResponse | None:
        if self._name(request) in self.TO_PASS:
            return None
        # An address that takes forms only is no place to come back to.
        back = request.get_full_path() if request.method == "GET" else reverse("home")
        return redirect_to_login(back, reverse("mfa_reauthenticate"))

    @staticmethod
    def _name(request: HttpRequest) -> str | None:
        return request.resolver_match.view_name if request.resolver_match else None
