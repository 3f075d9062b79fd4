"""A correction takes the place of the answers that its page showed, and of no newer ones."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import Attestation, AttestationPeriod, OfficialAccount
from tests.accounts.care.conftest import ALL_RIGHT, attest, seen
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
NO = {
    "still_ours": "yes", "still_needed": "no", "administrators_right": "yes", "two_step_on": "yes",
    "problem": "Sepi", "note": "Salah pilih",
}  # fmt: skip
_CARRIED = re.compile(r'name="(seen|said|period)" value="([^"]*)"')


def carried_by(page: str) -> dict[str, str]:
    return dict(_CARRIED.findall(page))


def add_page(account: OfficialAccount) -> str:
    return reverse("accounts:attestation_add", args=[account.pk])


@pytest.fixture
def first(cast: Cast, account: OfficialAccount, period: AttestationPeriod) -> Attestation:
    return attest(cast.sari, account)


def test_an_old_page_undoes_no_newer_answers_until_it_told_them(
    cast: Cast, account: OfficialAccount, first: Attestation, client_as: ClientAs
) -> None:
    client = client_as("sari")
    old = carried_by(client.get(add_page(account)).content.decode())
    newer = actions.correct_attestation(
        actor=cast.bayu, attestation_id=first.pk, seen_sha256=seen(account), reason="Diretas",
        answers={**ALL_RIGHT, "still_ours": False}, problem="Diambil orang",
    )  # fmt: skip
    for stale in (old, {**old, "said": ""}, {**old, "said": "0"}):
        refused = client.post(add_page(account), {**NO, **stale})
        page = refused.content.decode()
        assert refused.status_code == 422
        assert "Bayu Pratama has answered since you opened this page" in page
        assert "Diambil orang" in page
        assert "Salah pilih" in page, "what was typed stays"
    assert Attestation.objects.count() == 2
    again = client.post(add_page(account), {**NO, **carried_by(page)})
    assert again.status_code == 302
    assert Attestation.objects.get(superseded_by=None).supersedes == newer


def test_another_mistake_does_not_hide_that_there_are_newer_answers(
    cast: Cast, account: OfficialAccount, first: Attestation, client_as: ClientAs
) -> None:
    client = client_as("sari")
    old = carried_by(client.get(add_page(account)).content.decode())
    wrong = client.post(add_page(account), {**NO, **old, "note": ""})
    assert carried_by(wrong.content.decode())["said"] == str(first.pk)


def test_the_same_page_sent_several_times_makes_one_correction(
    account: OfficialAccount, first: Attestation, client_as: ClientAs
) -> None:
    client = client_as("sari")
    sent = {**NO, **carried_by(client.get(add_page(account)).content.decode())}
    answers = [client.post(add_page(account), sent).status_code for _time in range(3)]
    assert answers == [302, 422, 422]
    assert Attestation.objects.count() == 2


def test_a_page_opened_before_anybody_answered_corrects_nothing(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    client = client_as("sari")
    old = carried_by(client.get(add_page(account)).content.decode())
    attest(cast.bayu, account)
    refused = client.post(add_page(account), {**NO, **old})
    assert refused.status_code == 422
    assert "yes to all four questions" in refused.content.decode()
    assert Attestation.objects.count() == 1
