"""An old page of an attestation period or an assignment takes back nothing that is newer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.errors import AccountChanged, AccountError
from accounts.models import Administrator, AttestationPeriod, OfficialAccount
from accounts.seen import mark, marks_of_period
from tests.accounts.conftest import trail
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
_INPUT = re.compile(r'<input type="(?:hidden|text|date|number)" name="(\w+)" value="([^"]*)"')
DAY = timedelta(days=1)


def filled(page: str) -> dict[str, str]:
    """What a browser would send back of the fields of one line."""
    return {name: unescape(value) for name, value in _INPUT.findall(page)}


def change(cast: Cast, period: AttestationPeriod, **changes: object) -> AttestationPeriod:
    wanted: dict[str, object] = {
        "name": period.name,
        "due_on": period.due_on,
        "remind_days_before": period.remind_days_before,
        "escalate_after_days": period.escalate_after_days,
        **changes,
    }
    return actions.change_attestation_period(actor=cast.bayu, period_id=period.pk, **wanted)  # type: ignore[arg-type]  # test keywords


def test_an_old_page_that_changes_the_name_does_not_put_the_due_day_back(
    cast: Cast, period: AttestationPeriod, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    page = reverse("accounts:attestation_period_edit", args=[period.pk])
    old = filled(client.get(page).content.decode()) | {"name": "Semester II"}
    later = period.due_on + 5 * DAY
    change(cast, period, due_on=later, escalate_after_days=3)
    refused = client.post(page, old)
    told = refused.content.decode()
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"__all__", "due_on", "escalate_after_days"}
    assert "Changed meanwhile to: 3. This stands here now." in told
    assert AttestationPeriod.objects.get().due_on == later
    again = filled(told)
    assert (again["name"], again["due_on"]) == ("Semester II", later.isoformat())
    assert client.post(page, again).status_code == 302
    saved = AttestationPeriod.objects.get()
    assert (saved.name, saved.due_on, saved.escalate_after_days) == ("Semester II", later, 3)


def test_a_newer_value_is_replaced_once_it_was_told(
    cast: Cast, period: AttestationPeriod, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    page = reverse("accounts:attestation_period_edit", args=[period.pk])
    old = filled(client.get(page).content.decode()) | {"remind_days_before": "5, 2"}
    change(cast, period, remind_days_before=[9])
    refused = client.post(page, old)
    assert refused.status_code == 422
    assert "Changed meanwhile to: 9. What you typed" in refused.content.decode()
    assert client.post(page, filled(refused.content.decode())).status_code == 302
    assert AttestationPeriod.objects.get().remind_days_before == [5, 2]


def test_the_action_asks_again_under_the_lock(cast: Cast, period: AttestationPeriod) -> None:
    shown = marks_of_period(period)
    change(cast, period, name="Lain")
    with pytest.raises(AccountChanged) as refused:
        change(cast, period, name="Semester II", seen=shown)
    assert refused.value.fields == {"name": True}
    assert change(cast, period, name="Lain", due_on=period.due_on + DAY, seen=shown)


def test_the_trail_keeps_what_a_period_was_before(cast: Cast, period: AttestationPeriod) -> None:
    change(cast, period, name="Semester II", remind_days_before=[9, 2], escalate_after_days=3)
    (entry,) = trail("accounts.attestation_period.changed")
    assert [str(one) for one in entry.changes] == [
        "Name: 2026 → Semester II",
        "Remind, days before: 14, 7, 1 → 9, 2",
        "Tell the unit's administrators, days after: 14 → 3",
    ]


def test_an_old_page_does_not_take_back_a_newer_last_day(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    work = Administrator.objects.get(official_account=account)
    client, page = client_as("bayu"), reverse("accounts:administrator_end", args=[work.pk])
    today = timezone.localdate()
    old = filled(client.get(page).content.decode()) | {
        "ends_on": (today + 90 * DAY).isoformat(), "reason": "Kontrak"
    }  # fmt: skip
    actions.end_administrator(
        actor=cast.bayu, administrator_id=work.pk, ends_on=today + 3 * DAY, reason="Mutasi"
    )
    assert client.post(page, {**old, "reason": ""}).status_code == 422, "tells nothing of the day"
    refused = client.post(page, old)
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "The last day has changed since you opened this page" in told
    assert "Kontrak" in told
    assert Administrator.objects.get(pk=work.pk).ends_on == today + 3 * DAY
    with pytest.raises(AccountError):
        actions.end_administrator(
            actor=cast.bayu, administrator_id=work.pk, ends_on=today, reason="x", seen=mark(None)
        )
    assert client.post(page, {**filled(told), "reason": "Kontrak"}).status_code == 302
    assert Administrator.objects.get(pk=work.pk).ends_on == today + 90 * DAY
