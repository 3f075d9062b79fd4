"""What official accounts put on the home page: those that nothing can be published from."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from accounts import selectors
from accounts.requests import person
from govsocial.web.home import Card

MOST = 6


def cards(request: HttpRequest) -> Iterable[Card]:
    waiting = selectors.accounts_to_connect(person(request))
    accounts = list(waiting[: MOST + 1])
    if accounts:
        yield Card(
            template="accounts/_home_connect.html",
            context={"accounts": accounts[:MOST], "more": len(accounts) > MOST},
            waiting=len(accounts) if len(accounts) <= MOST else waiting.count(),
            order=5,
            aside=True,
        )
    ending = list(selectors.connections_that_end(person(request)))
    if ending:
        yield Card(
            template="accounts/_home_ending.html",
            context={"accounts": ending[:MOST]},
            waiting=len(ending),
            order=6,
            aside=True,
        )
