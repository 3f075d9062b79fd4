"""Where imitations wait for a person: a card on the home page and a place in the navigation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpRequest
from django.urls import reverse

from accounts import impersonation_selectors as selectors
from accounts.requests import person
from accounts.waiting import waiting_for
from govsocial.web.home import Card
from govsocial.web.navigation import Entry

MOST = 5


def cards(request: HttpRequest) -> Iterable[Card]:
    user = person(request)
    counts = waiting_for(request)
    waiting, named = counts.imitations, counts.imitations_named
    if waiting or named:
        yield Card(
            template="accounts/_home_impersonations.html",
            context={
                "reports": list(selectors.reports_at_home(user)[:MOST]),
                "more": waiting + named > MOST,
                "waiting": waiting,
            },
            # Anybody can name any account: its unit is told, and has nothing to do.
            waiting=waiting,
            order=4,
            aside=True,
        )


def entries(request: HttpRequest) -> Iterator[Entry]:
    user = person(request)
    if not user.holds("accounts.view"):
        return
    waiting = waiting_for(request).imitations or None
    if waiting:
        yield Entry(key="home", url=reverse("home"), count=waiting)
    yield Entry(key="impersonations", url=reverse("impersonations:report_list"), count=waiting)
