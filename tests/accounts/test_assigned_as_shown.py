"""An assignment takes the place of the one that its page showed, and of no newer one."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.errors import AccountChanged
from accounts.models import ImpersonationReport, PublicListing, User
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_impersonations import report
from tests.cast import Cast

ClientAs = Callable[[object], Client]
ASSIGNED = "accounts.impersonation.assigned"
PASSED_ON = "accounts.impersonation.passed_on"
_CARRIED = re.compile(r'name="seen" value="([^"]*)"')


@pytest.fixture
def made(cast: Cast) -> ImpersonationReport:
    """Kota looks into it; who and which account is not said yet."""
    User.objects.update(language="en")
    made: ImpersonationReport = report(cast).report
    return made


def assign_page(report: ImpersonationReport) -> str:
    return reverse("impersonations:report_assign", args=[report.pk])


def carried_by(page: str) -> dict[str, str]:
    return {"seen": unescape(_CARRIED.findall(page)[0])}


def test_an_untouched_page_undoes_no_newer_assignment(
    cast: Cast, made: ImpersonationReport, client_as: ClientAs
) -> None:
    client, page = client_as("bayu"), assign_page(made)
    old = carried_by(client.get(page).content.decode())
    assert client.post(page, old | {"assignee": cast.bayu.pk}).status_code == 302
    for stale in (old, {"seen": ""}, {"seen": "[1]"}):
        refused = client.post(page, stale)
        told = refused.content.decode()
        assert refused.status_code == 422
        assert "This report has changed since you opened it." in told
        assert "Changed meanwhile to: Bayu Pratama." in told
    made.refresh_from_db()
    assert made.assigned_to == cast.bayu
    assert f'<option value="{cast.bayu.pk}" selected>' in client.post(page, old).content.decode()
    # Nobody, and knowingly.
    assert client.post(page, carried_by(told)).status_code == 302
    made.refresh_from_db()
    assert made.assigned_to is None


def test_what_is_sent_back_as_it_stands_is_written_nowhere(
    cast: Cast, made: ImpersonationReport, client_as: ClientAs
) -> None:
    client, page = client_as("bayu"), assign_page(made)
    sent = carried_by(client.get(page).content.decode())
    assert client.post(page, sent).status_code == 302
    assert not trail(ASSIGNED)
    for _time in range(2):
        assert client.post(page, sent | {"assignee": cast.bayu.pk}).status_code == 302
    assert len(trail(ASSIGNED)) == 1
    assert not trail(PASSED_ON), "Kota has it as before"


def test_a_page_from_before_a_claim_takes_it_back_only_knowingly(
    cast: Cast, made: ImpersonationReport, client_as: ClientAs
) -> None:
    client, page = client_as("bayu"), assign_page(made)
    old = carried_by(client.get(page).content.decode())
    account = factories.official_account(cast.dinkes, platform="x", host="", handle="dinkes")
    code = PublicListing.objects.get(pk=account.pk).code
    report(cast, imitated=code)
    told = client.post(page, old | {"assignee": cast.bayu.pk}).content.decode()
    assert f"Changed meanwhile to: {account}." in told
    made.refresh_from_db()
    assert (made.official_account, made.claimed_from) == (account, cast.city)
    # The same as it stands is what agrees.
    agreed = carried_by(told) | {"official_account": account.pk}
    assert client.post(page, agreed).status_code == 302
    made.refresh_from_db()
    assert (made.unit, made.claimed_from) == (cast.dinkes, None)
    assert len(trail(ASSIGNED)) == 1
    (passed_on,) = trail(PASSED_ON)
    assert "made Dinas Kesehatan responsible for TR-" in passed_on.sentence


def test_what_was_not_read_off_a_page_is_wanted_as_it_is(
    cast: Cast, made: ImpersonationReport
) -> None:
    def assign(assignee: int | None, seen: dict[str, str] | None = None) -> ImpersonationReport:
        return actions.assign_report(
            actor=cast.bayu, report_id=made.pk, official_account_id=None, assignee_id=assignee,
            seen=seen,
        )  # fmt: skip

    assert assign(cast.bayu.pk).assigned_to == cast.bayu
    with pytest.raises(AccountChanged) as refused:
        assign(None, {})
    assert refused.value.fields == {"assignee": True}
    assert assign(None).assigned_to is None
