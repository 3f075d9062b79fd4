"""A period that was made by mistake is taken back, as long as nobody has answered in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, selectors_attestation
from accounts.errors import AccountError
from accounts.models import Attestation, AttestationPeriod, OfficialAccount
from accounts.selectors_attestation import agency_today, attestation_state
from accounts.snapshots import digest_of, picture_of
from tests.accounts.care.conftest import attest, make_period
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.triggers import without_trigger

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]


def withdraw(period: AttestationPeriod, actor: object) -> AttestationPeriod:
    return actions.withdraw_attestation_period(
        actor=actor,  # type: ignore[arg-type]  # one of the cast
        period_id=period.pk,
        reason="Salah tahun",
    )


def test_a_withdrawn_period_is_as_if_it_had_never_begun(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    before = make_period(cast.bayu, starts=-60, due=-30, name="Semester I")
    wrong = make_period(cast.bayu, name="Semester I lagi")
    edit = reverse("accounts:attestation_period_edit", args=[wrong.pk])
    client, page = client_as("bayu"), edit.replace("edit", "withdraw")
    assert page in client.get(edit).content.decode()
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "Salah tahun"}).status_code == 302
    (entry,) = trail("accounts.attestation_period.withdrawn")
    assert "Bayu Pratama withdrew the attestation period Semester I lagi" in entry.sentence
    assert selectors_attestation.current_period() == before
    assert client.get(page).status_code == client.get(edit).status_code == 404
    listed = client.get(reverse("accounts:attestation_list")).content.decode()
    assert "Semester I lagi" not in listed.replace(entry.sentence, "")
    # Its days are free, and the period before takes answers again.
    assert attest(cast.sari, account).period == before
    assert make_period(cast.bayu, name="Semester II")


def test_a_period_in_which_somebody_answered_stays(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    attest(cast.sari, account)
    edit = reverse("accounts:attestation_period_edit", args=[period.pk])
    client, page = client_as("bayu"), edit.replace("edit", "withdraw")
    assert page not in client.get(edit).content.decode()
    shown = client.get(page).content.decode()
    assert "Somebody has answered in this period" in shown
    assert 'name="reason"' not in shown, "nothing is asked that is refused afterwards"
    refused = client.post(page, {"reason": "Salah tahun"})
    assert refused.status_code == 422
    assert "Somebody has answered in this period" in refused.content.decode()
    assert client_as("sari").get(page).status_code == 403
    with pytest.raises(AccountError):
        withdraw(period, cast.bayu)
    with pytest.raises(PermissionDenied):
        withdraw(period, cast.made)


def test_who_was_late_in_a_period_that_is_over_stays_on_record(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    # The table goes by the day of UTC, which is the one before for seven hours.
    over = make_period(cast.bayu, starts=-60, due=-2, name="Semester I")
    row = AttestationPeriod.every.filter(pk=over.pk)
    with without_trigger("accounts.AttestationPeriod:stays_itself"):
        row.update(created_at=timezone.now() - timedelta(days=61))
    edit = reverse("accounts:attestation_period_edit", args=[over.pk])
    client, page = client_as("bayu"), edit.replace("edit", "withdraw")
    assert page not in client.get(edit).content.decode()
    for answer in (client.get(page), client.post(page, {"reason": "Salah tahun"})):
        assert "The due day of this period has passed" in answer.content.decode()
        assert 'name="reason"' not in answer.content.decode()
    with pytest.raises(DatabaseError, match="has passed"), transaction.atomic():
        row.update(withdrawn_at=timezone.now(), withdrawn_by=cast.bayu, due_on=agency_today())
    (told,) = attestation_state(OfficialAccount.objects.filter(pk=account.pk), over)
    assert told.attestation_state == "overdue"  # type: ignore[attr-defined]  # annotated
    # Its due day is today, and nobody is late yet.
    row.update(due_on=agency_today())
    assert page in client.get(edit).content.decode()
    assert withdraw(over, cast.bayu)


def test_a_period_that_was_over_when_it_was_made_is_withdrawn(cast: Cast) -> None:
    assert withdraw(make_period(cast.bayu, starts=-365, due=-200), cast.bayu)


def test_who_comes_second_is_told(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdraw(period, cast.bayu)
    with pytest.raises(AccountError, match="has been withdrawn"):
        withdraw(period, cast.bayu)
    with pytest.raises(AccountError, match="has been withdrawn"):
        actions.change_attestation_period(
            actor=cast.bayu, period_id=period.pk, name="Lain", due_on=period.due_on,
            remind_days_before=[7], escalate_after_days=14,
        )  # fmt: skip
    # As it stood when the one who answers looked.
    monkeypatch.setattr("accounts.actions.attestations.current_period", lambda: period)
    with pytest.raises(AccountError, match="has been withdrawn"):
        attest(cast.sari, account)


def test_the_tables_hold_that_as_well(cast: Cast, account: OfficialAccount) -> None:
    period = make_period(cast.bayu, starts=-60, due=-30, name="Semester I")
    row = AttestationPeriod.every.filter(pk=period.pk)
    long_ago = timezone.now() - timedelta(days=900)

    def refused(match: str, **changes: object) -> None:
        with pytest.raises(DatabaseError, match=match), transaction.atomic():
            row.update(**changes)

    refused("whole agency", withdrawn_at=long_ago, withdrawn_by=cast.dwi)
    said = attest(cast.sari, account)
    refused("has answered", withdrawn_at=long_ago, withdrawn_by=cast.bayu)
    other = make_period(cast.bayu)
    row = AttestationPeriod.every.filter(pk=other.pk)
    assert row.update(withdrawn_at=long_ago, withdrawn_by=cast.bayu) == 1
    gone = row.get()
    assert gone.withdrawn_at is not None
    assert gone.withdrawn_at > timezone.now() - timedelta(minutes=5), "now, whatever is written"
    refused("is withdrawn", name="Lain")
    refused("Cannot update", withdrawn_at=None, withdrawn_by=None)
    said.pk, said.period = None, gone
    said.snapshot = picture_of(OfficialAccount.objects.get(pk=account.pk))
    said.snapshot_sha256 = digest_of(said.snapshot)
    with pytest.raises(DatabaseError, match="is withdrawn"), transaction.atomic():
        Attestation.objects.bulk_create([said])
