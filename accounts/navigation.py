from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from accounts.requests import person
from accounts.waiting import waiting_for
from govsocial.web.navigation import Entry

CONSENTS = "/connect/"
"""Where platforms send people back after a consent, which is always about an official account."""


def entries(request: HttpRequest) -> Iterator[Entry]:
    """Where this app lets the person go."""
    user = person(request)
    waiting = waiting_for(request).total or None
    if waiting:
        yield Entry(key="home", url=reverse("home"), count=waiting)
    if user.holds("accounts.view"):
        yield Entry(
            key="accounts",
            url=reverse("accounts:official_account_list"),
            count=waiting,
            also=(CONSENTS,),
        )
    if user.holds("people.manage"):
        yield Entry(key="people", url=reverse("people:user_list"))
    if user.holds("home.view"):
        yield Entry(key="settings", url=reverse("people:profile_edit"))
