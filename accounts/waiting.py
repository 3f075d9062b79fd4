"""How much of accounts waits for who asks: in the navigation everywhere, and on the home page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import (
    impersonation_selectors,
    selectors,
    selectors_attestation,
    selectors_findings,
    selectors_handover,
)
from accounts.models import User
from accounts.requests import person
from govsocial.web.counting import counts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many accounts to connect, connections that end, accounts to confirm, findings, handovers
    and imitations wait for one person; and how many imitations they are told of besides, as an
    account of theirs was named, and accounts, as these name somebody without a role."""

    to_connect: int = 0
    ending: int = 0
    accounts: int = 0
    findings: int = 0
    handovers: int = 0
    imitations: int = 0
    imitations_named: int = 0
    outsiders: int = 0
    outsiders_elsewhere: int = 0

    @property
    def total(self) -> int:
        """What the navigation says of accounts; imitations have a place of their own there."""
        return self.to_connect + self.ending + self.accounts + self.findings + self.handovers


def waiting_for(request: HttpRequest) -> Waiting:
    """What waits for who asks: the navigation of every page shows it."""
    if not person(request).holds("accounts.view"):
        return Waiting()
    counts = counts_of(request)
    return Waiting(**{one.name: counts[one.name] for one in fields(Waiting)})


def waiting_rows(user: User, is_home: bool) -> Mapping[str, QuerySet[Any] | None]:
    """The rows behind each number of ``Waiting``; see ``govsocial.web.counting.Provider``."""
    if not user.holds("accounts.view"):
        return {}
    follows_up = user.holds("impersonation.handle")
    reports = impersonation_selectors
    keeps = is_home and user.holds("accounts.manage")
    others = keeps and user.units_with("accounts.view") - user.units_with("accounts.manage")
    return {
        "to_connect": selectors.accounts_to_connect(user),
        "ending": selectors.connections_that_end(user),
        "accounts": selectors_attestation.accounts_to_attest(user),
        "findings": selectors_findings.findings_waiting_for(user),
        "handovers": selectors_handover.handovers_waiting_for(user),
        "imitations": reports.waiting_reports(user) if follows_up else None,
        # They wait for nobody: only the home page tells of them.
        "imitations_named": reports.naming_reports(user) if follows_up and is_home else None,
        # Nor do these: whoever keeps the account may know of it, and wait for a role to be given.
        "outsiders": selectors.accounts_naming_outsiders(user) if keeps else None,
        "outsiders_elsewhere": (
            selectors.accounts_naming_outsiders(user, elsewhere=True) if others else None
        ),
    }
