"""What the frame of every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from govsocial.web import navigation, notices, preferences


class Shell:
    """Navigation of one request, worked out when a template first asks for it.

    Fragments and error pages draw no navigation, so they must not pay for its counts.
    """

    def __init__(self, request: HttpRequest) -> None:
        found = navigation.links(request) if _signed_in(request) else []
        self.groups = navigation.grouped(found)
        self.bar = [link for place, link in found if place.short]
        self.search = next((link for place, link in found if place.key == "search"), None)
        self.bell = import_string(settings.BELL)(request) if found else None


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


def _sign_in_help() -> dict[str, Any]:
    found: dict[str, Any] = import_string(settings.TRAINING_SIGN_IN_HELP)()
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: agency, training banner, theme, navigation, notices, request id."""
    return {
        "agency_name": settings.AGENCY_NAME,
        "training": settings.TRAINING,
        # For the sign-in page: training_people (name, role, email), training_password.
        "sign_in_help": _sign_in_help if settings.TRAINING else None,
        "theme": getattr(request, "theme", preferences.SYSTEM),
        "printed_at": timezone.now(),
        "request_id": getattr(request, "request_id", ""),
        "page_notices": SimpleLazyObject(
            lambda: notices.of_page(request) if _signed_in(request) else []
        ),
        "shell": SimpleLazyObject(lambda: Shell(request)),
    }
