"""The door and the lock.

``requires`` is the door of a view: the person holds the capability somewhere. ``require`` is the
lock inside an action: the person holds it on this unit, now. A view without a door does not open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from govsocial.web.signed_out import to_sign_in

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Person(Protocol):
    def may(self, capability: str, unit_id: int) -> bool: ...


def requires(capability: str) -> Callable[[View], View]:
    """Open a view to people who hold ``capability`` on some unit; others get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not request.user.holds(capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]  # read by DefaultDeny
        return cast(View, guarded)

    return decorate


def public(view: View) -> View:
    """Open a view to everybody. Every use is listed in tests/meta/test_routes.py."""
    view.public = True  # type: ignore[attr-defined]  # read by DefaultDeny
    return view


def require(actor: Person, capability: str, unit_id: int) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` holds ``capability`` on the unit now."""
    if not actor.may(capability, unit_id):
        raise PermissionDenied(_("You do not have the right to do this here."))


class DefaultDenyMiddleware:
    """Refuse every view that states neither a capability nor that it is public.

    Views of sign-in and Django admin are named by module: they guard themselves.
    """

    GUARDED_BY_THEMSELVES = ("allauth.", "django.contrib.admin.", "govsocial.web.admin")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if hasattr(view, "capability") or getattr(view, "public", False):
            return
        # Admin wraps its views; unwrap to the module that wrote them.
        if getattr(view, "__module__", "").startswith(self.GUARDED_BY_THEMSELVES):
            return
        raise PermissionDenied
