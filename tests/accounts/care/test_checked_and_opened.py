"""Items, findings, periods and handovers that say who, what and when as it was."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import (
    Attestation,
    AttestationPeriod,
    Finding,
    Handover,
    OfficialAccount,
    User,
)
from accounts.selectors_attestation import agency_today
from tests.accounts.care.conftest import account_of, attest
from tests.accounts.care.test_signed_when import lately
from tests.accounts.care.test_written_past import LONG_AGO, refused
from tests.cast import Cast


def test_each_side_checks_its_own_items_now(cast: Cast, handover: Handover) -> None:
    theirs = handover.items.filter(key="devices")
    done = {"state": "done", "checked_at": LONG_AGO}
    refused(partial(theirs.update, **done, checked_by=cast.rina), "Whose side")
    refused(
        partial(handover.items.filter(key="password").update, **done, checked_by=cast.sari),
        "Whose side",
    )
    refused(partial(theirs.update, **{**done, "state": "zzz"}, checked_by=cast.sari), "is_known")
    theirs.update(**done, checked_by=cast.sari)
    assert lately(theirs.get().checked_at)
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    refused(partial(theirs.update, note="x"), "Whose side")
    theirs.update(**done, checked_by=cast.bayu)


def test_a_finding_rests_on_a_no_about_its_account_and_begins_now(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    said = attest(cast.sari, account, "Sepi", still_needed=False)
    opened = Finding.objects.get()
    assert lately(opened.opened_at)
    other = account_of(cast, cast.sari)
    row: dict[str, Any] = {"attestation": said, "opened_at": LONG_AGO}
    for about, question in ((other, "still_needed"), (account, "still_ours"), (account, "note")):
        refused(
            partial(Finding.objects.create, **row, official_account=about, question=question),
            "rests on a no",
        )
    assert Attestation.objects.count() == 1


@pytest.mark.parametrize("days", [-3000, 3000])
def test_a_year_is_counted_from_now_whatever_the_writer_says(
    cast: Cast, account: OfficialAccount, days: int
) -> None:
    then, day = timezone.now() + timedelta(days=days), agency_today() + timedelta(days=days)
    period = AttestationPeriod(
        unit=cast.city, name="x", created_by=cast.bayu, starts_on=day,
        due_on=day + timedelta(days=9),
    )  # fmt: skip
    handover = Handover(
        official_account=account, outgoing=cast.sari, incoming=cast.rina, reason="x",
        due_on=day, checklist=2, started_by=cast.bayu,
    )  # fmt: skip
    with time_machine.travel(then, tick=False):
        refused(period.save, "begins within a year")
        refused(handover.save, "due within a year")
    assert not Handover.objects.exists()
