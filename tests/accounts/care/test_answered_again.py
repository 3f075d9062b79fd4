"""An account that was said not to be ours is not confirmed by closing what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.errors import AccountError
from accounts.models import Attestation, AttestationPeriod, Finding, OfficialAccount
from accounts.models.attestation import confirmations
from accounts.reminding import people_with_unconfirmed
from accounts.selectors_attestation import (
    accounts_to_attest,
    attestation_state,
    counts_by_unit,
    standing_of,
    sum_of,
)
from tests.accounts.care.conftest import ALL_RIGHT, asked, attest, make_period, seen
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]


def state_of(account: OfficialAccount) -> str:
    stated: Any = attestation_state(OfficialAccount.objects.filter(pk=account.pk)).get()
    return str(stated.attestation_state)


def counted(account: OfficialAccount) -> tuple[int, int, int, int]:
    total = sum_of(counts_by_unit(attestation_state(OfficialAccount.objects.all())))
    return total.confirmed, total.denied, total.waiting, total.late


def close(cast: Cast, **more: bool) -> None:
    finding = Finding.objects.get(closed_at=None)
    actions.close_finding(actor=cast.sari, finding_id=finding.pk, outcome="Sudah kembali", **more)


@pytest.fixture
def denied(cast: Cast, account: OfficialAccount, period: AttestationPeriod) -> Attestation:
    return attest(cast.sari, account, "Diambil orang", still_ours=False)


def test_what_is_said_not_to_be_ours_is_not_counted_as_confirmed(
    cast: Cast, account: OfficialAccount, denied: Attestation
) -> None:
    assert state_of(account) == "denied"
    assert counted(account) == (0, 1, 0, 0)
    assert not confirmations().exists()
    # It is looked into: nobody is asked meanwhile.
    assert not accounts_to_attest(cast.sari).exists()
    assert people_with_unconfirmed(denied.period) == []
    with pytest.raises(AccountError, match="already"):
        attest(cast.sari, account)


def test_once_that_is_closed_the_account_waits_for_another_answer_everywhere(
    cast: Cast, account: OfficialAccount, denied: Attestation, client_as: ClientAs
) -> None:
    close(cast)
    assert state_of(account) == "again"
    assert counted(account) == (0, 0, 1, 0)
    assert not confirmations().exists()
    assert list(accounts_to_attest(cast.sari)) == [account]
    assert people_with_unconfirmed(denied.period) == [cast.sari]
    client = client_as("sari")
    listed = client.get(reverse("accounts:attestation_list"), {"state": "again"})
    assert listed.content.decode().count("Answer again") >= 2
    sent = client.get(reverse("accounts:attestation_export"), {"state": "again"})
    assert "Answer again" in sent.getvalue().decode()
    add = reverse("accounts:attestation_add", args=[account.pk])
    page = client.get(add).content.decode()
    assert f"when {cast.sari} answered." in page
    assert "confirmed it" not in page
    said = {name: "yes" for name in denied.answers}
    said |= {**asked(account), "said": str(denied.pk)}
    assert client.post(add, said).status_code == 302
    last = Attestation.objects.get(superseded_by=None)
    assert (last.supersedes, last.note) == (denied, "Sudah kembali")
    assert state_of(account) == "confirmed"
    assert counted(account) == (1, 0, 0, 0)
    assert confirmations().get() == last


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [("Sudah kembali", "Sudah kembali"), ("Kata sandi: Rahasia123!", "Answered again")],
)
@pytest.mark.parametrize("typed", ["", "\u200b"])
def test_a_note_left_empty_repeats_what_was_done_but_no_secret(
    cast: Cast, account: OfficialAccount, denied: Attestation, typed: str, outcome: str, kept: str
) -> None:
    # As it was written before anybody looked for secrets.
    closed = {"closed_at": timezone.now(), "closed_by": cast.sari, "outcome": outcome}
    Finding.objects.filter(closed_at=None).update(**closed)
    row = actions.attest_account(
        actor=cast.sari,
        official_account_id=account.pk,
        period_id=denied.period_id,
        seen_sha256=seen(account),
        answers=ALL_RIGHT,
        note=typed,
    )
    assert row.note == kept


def test_another_no_is_looked_into_anew(
    cast: Cast, account: OfficialAccount, denied: Attestation
) -> None:
    close(cast)
    attest(cast.sari, account, "Diambil lagi", still_ours=False)
    assert state_of(account) == "denied"
    assert Finding.objects.filter(closed_at=None).count() == 1


def test_a_closed_account_is_not_asked_again(
    cast: Cast, account: OfficialAccount, denied: Attestation
) -> None:
    close(cast)
    actions.close_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Diambil orang"
    )
    assert state_of(account) == "not_asked"
    assert people_with_unconfirmed(denied.period) == []


def test_after_the_due_day_it_is_late_like_any_other(cast: Cast, account: OfficialAccount) -> None:
    make_period(cast.bayu, due=-1)
    attest(cast.sari, account, "Diambil orang", still_ours=False)
    close(cast)
    assert state_of(account) == "overdue"
    standing = standing_of(OfficialAccount.objects.all())
    assert standing
    assert (standing.asked, standing.late) == (1, 1)


@pytest.mark.parametrize("question", ["still_needed", "administrators_right", "two_step_on"])
def test_the_other_answers_leave_the_account_confirmed_as_ours(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, question: str
) -> None:
    attest(cast.sari, account, "Salah", **{question: False})
    assert state_of(account) == "finding"
    close(cast, **({"two_step_is_on": True} if question == "two_step_on" else {}))
    assert state_of(account) == "confirmed"
    assert confirmations().count() == 1
