"""What official accounts put on the home page: what a person must connect, confirm,
mend or hand over."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from accounts import selectors_handover
from accounts.models import OfficialAccount, User
from accounts.models.attestation import Question
from accounts.named import WithARole
from accounts.requests import person
from accounts.selectors_attestation import accounts_to_care_for, agency_today
from accounts.waiting import Waiting, waiting_for
from govsocial.web.home import Card

MOST = 6


def cards(request: HttpRequest) -> Iterable[Card]:
    user, waiting = person(request), waiting_for(request)
    if waiting.to_connect or waiting.ending or waiting.accounts or waiting.findings:
        yield from _accounts(list(accounts_to_care_for(user, MOST)), waiting)
    if waiting.handovers:
        yield _handovers(user, waiting.handovers)
    if waiting.outsiders:
        yield Card(
            template="accounts/_home_outsiders.html",
            context={"number": waiting.outsiders, "elsewhere": waiting.outsiders_elsewhere},
            order=7,
            aside=True,
        )


def _accounts(accounts: list[OfficialAccount], waiting: Waiting) -> Iterable[Card]:
    """Up to four cards from one query."""
    to_connect = [one for one in accounts if one.waits_to_connect]  # type: ignore[attr-defined]  # annotated
    if to_connect:
        yield Card(
            template="accounts/_home_connect.html",
            context={"accounts": to_connect, "more": waiting.to_connect > MOST},
            waiting=waiting.to_connect,
            order=5,
            aside=True,
        )
    ending = [one for one in accounts if one.connection_ends]  # type: ignore[attr-defined]  # annotated
    if ending:
        yield Card(
            template="accounts/_home_ending.html",
            context={"accounts": ending},
            waiting=waiting.ending,
            order=6,
            aside=True,
        )
    to_attest = [one for one in accounts if one.waits_to_be_attested]  # type: ignore[attr-defined]  # annotated
    if to_attest:
        due_on = to_attest[0].due_on  # type: ignore[attr-defined]  # annotated
        yield Card(
            template="accounts/_home_attest.html",
            context={
                "accounts": to_attest,
                "number": waiting.accounts,
                "due_on": due_on,
                "late": max((agency_today() - due_on).days, 0),
            },
            waiting=waiting.accounts,
            order=4,
            aside=True,
        )
    found = [one for one in accounts if one.has_findings]  # type: ignore[attr-defined]  # annotated
    if found:
        yield _findings(found, waiting.findings)


def _findings(accounts: list[OfficialAccount], waiting: int) -> Card:
    asked: list[list[str]] = [one.open_questions for one in accounts]  # type: ignore[attr-defined]  # annotated
    rows = [
        {"account": account, "questions": [Question(key).label for key in keys]}
        for account, keys in zip(accounts, asked, strict=True)
    ]
    shown = sum(map(len, asked))
    return Card(
        template="accounts/_home_findings.html",
        context={"rows": rows, "more": waiting > shown},
        waiting=waiting,
        order=5,
        aside=True,
    )


def _handovers(user: User, waiting: int) -> Card:
    rows = selectors_handover.handovers_waiting_for(user).annotate(
        with_a_role=WithARole("official_account__unit_id")
    )
    return Card(
        template="accounts/_home_handovers.html",
        context={"handovers": rows[:MOST], "more": waiting > MOST},
        waiting=waiting,
        order=6,
        aside=True,
    )
