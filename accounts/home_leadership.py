"""What leadership must know of the register: confirmations that are late, and fake accounts."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from accounts import impersonation_selectors, selectors, selectors_attestation
from accounts.capabilities import Role
from accounts.requests import person
from govsocial.web.home import Card


def cards(request: HttpRequest) -> Iterable[Card]:
    """Both numbers are of all units that this person sees, as are the lists that they lead to.
    Reports count where they are followed up; how many more the list has is told beside."""
    user = person(request)
    if Role.LEADERSHIP not in user.role_names():
        return
    accounts = selectors.official_accounts_visible_to(user)
    yield Card(
        template="accounts/_home_register.html",
        context={
            "attestation": selectors_attestation.standing_of(accounts),
            "imitations": impersonation_selectors.open_reports(user.units_with("accounts.view")),
        },
        order=2,
    )
