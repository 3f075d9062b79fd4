"""Campaigns and ideas for tests, made through the actions that people use."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from content import actions
from content.models import Campaign, Idea, Spending
from tests.cast import Cast


def values(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": "Bebas rabies 2026",
        "code": "IKU 3.2",
        "purpose": "Cakupan vaksinasi hewan naik.",
        "services": "Warga tahu ke mana membawa hewannya.",
        "voice": "",
        "cut_budget": "",
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2026, 12, 31),
        "budget": Decimal(10_000_000),
    }
    return said | changes


def campaign(cast: Cast, *, by: User | None = None, **changes: Any) -> Campaign:
    unit = changes.pop("unit", cast.diskominfo)
    return actions.plan_campaign(actor=by or cast.dwi, unit_id=unit.pk, values=values(**changes))


def spend(plan: Campaign, actor: User, **changes: Any) -> Spending:
    said: dict[str, Any] = {
        "key": uuid.uuid4(),
        "kind": "ads",
        "amount": Decimal(1_500_000),
        "spent_on": timezone.localdate() - timedelta(days=1),
        "payee": "PT Iklan Nusantara",
        "reference": "SPM 12/2026",
        "label": "iklan",
    }
    return actions.record_spending(actor=actor, campaign_id=plan.pk, **(said | changes))


def idea(cast: Cast, *, by: User | None = None, **changes: Any) -> Idea:
    said = {"title": "Jam buka puskesmas saat Natal", **changes}
    return actions.add_idea(actor=by or cast.dwi, unit_id=cast.diskominfo.pk, values=said)


def csv_of(answer: Any) -> str:
    """What a streamed list says."""
    return b"".join(answer.streaming_content).decode()
