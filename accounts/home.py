"""What official accounts put on the home page: those that nothing can be published from."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from accounts import selectors
from accounts.home_care import waiting_for
from accounts.requests import person
from govsocial.web.home import Card

MOST = 6


def cards(request: HttpRequest) -> Iterable[Card]:
    waiting = waiting_for(request)
    if not waiting.to_connect and not waiting.ending:
        return
    accounts = list(selectors.accounts_to_care_for(person(request), MOST))
    to_connect = [one for one in accounts if not one.is_connected]
    if to_connect:
        yield Card(
            template="accounts/_home_connect.html",
            context={"accounts": to_connect, "more": waiting.to_connect > MOST},
            waiting=waiting.to_connect,
            order=5,
            aside=True,
        )
    ending = [one for one in accounts if one.is_connected]
    if ending:
        yield Card(
            template="accounts/_home_ending.html",
            context={"accounts": ending},
            waiting=waiting.ending,
            order=6,
            aside=True,
        )
