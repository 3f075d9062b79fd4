"""What the page of an official account shows of attestation and handover, read where it is shown:
whoever builds that page need not know of it."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.template import Context

from accounts import selectors_attestation, selectors_findings, selectors_handover
from accounts.models import Attestation, Finding, Handover, OfficialAccount
from accounts.waiting import Waiting, waiting_for

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    account: OfficialAccount
    said: Attestation | None
    findings: list[Finding]
    waits: bool


@register.simple_tag
def care_of(official_account: OfficialAccount) -> Care:
    """Four queries. Whoever may see the account may see this."""
    account = selectors_attestation.stated(official_account)
    return Care(
        account=account,
        said=selectors_attestation.last_said_of(official_account),
        findings=list(selectors_findings.open_findings_of(official_account)),
        waits=selectors_attestation.waits(account),
    )


@register.simple_tag
def handover_of(official_account: OfficialAccount) -> Handover | None:
    """The handover that is under way. One query."""
    return selectors_handover.open_handover_of(official_account)


@register.filter
def has_somebody_to_hand_over(official_account: OfficialAccount) -> bool:
    """As ``who_may_hand_over`` says; no query for an account of ``selectors.with_evidence``."""
    today = official_account.unit.today
    return official_account.person_in_charge_id is not None or any(
        one.runs_on(today) for one in official_account.administrators.all()
    )


@register.filter
def in_brackets(words: str) -> str:
    """What follows a name in brackets; nothing where there is nothing to say."""
    return f" ({words})" if words else ""


@register.simple_tag(takes_context=True)
def waits(context: Context) -> Waiting:
    """What waits for the reader. No query of its own: the navigation has asked already."""
    request: HttpRequest = context["request"]
    return waiting_for(request)
