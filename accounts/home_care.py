"""What attestation and handover put on the home page: what waits for this person's own word."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone

from accounts import selectors_attestation, selectors_handover
from accounts.models import User
from accounts.requests import person
from govsocial.web.home import Card

MOST = 5


def waiting_care(user: User) -> int:
    """How many accounts and handovers wait for ``user``, for the count in the navigation."""
    if not user.holds("accounts.view"):
        return 0
    accounts = selectors_attestation.accounts_to_attest(user).count()
    return accounts + selectors_handover.handovers_waiting_for(user).count()


def cards(request: HttpRequest) -> Iterable[Card]:
    user = person(request)
    if not user.holds("accounts.view"):
        return
    accounts = list(selectors_attestation.accounts_to_attest(user).select_related("unit"))
    if accounts:
        period = selectors_attestation.current_period()
        today = selectors_attestation.agency_today()
        late = (today - period.due_on).days if period else 0
        yield Card(
            template="accounts/_home_attest.html",
            context={
                "accounts": accounts[:MOST],
                "number": len(accounts),
                "period": period,
                "late": max(late, 0),
            },
            waiting=len(accounts),
            order=4,
            aside=True,
        )
    handovers = list(selectors_handover.handovers_waiting_for(user))
    if handovers:
        yield Card(
            template="accounts/_home_handovers.html",
            context={
                "handovers": handovers[:MOST],
                "more": len(handovers) > MOST,
                "today": timezone.localdate(),
            },
            waiting=len(handovers),
            order=6,
            aside=True,
        )
