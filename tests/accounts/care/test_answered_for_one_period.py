"""Answers count for the period that their page named, and for no other."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.models import Attestation, Grant, OfficialAccount
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
_CARRIED = re.compile(r'name="([0-9]*-?(?:seen|said|period))" value="([^"]*)"')
BEGUN = "Kini has just begun. Look at the questions again and answer them for it."


def carried_by(page: str) -> dict[str, str]:
    return dict(_CARRIED.findall(page))


@pytest.mark.parametrize("door", ["mine", "add", "correct"])
def test_answers_for_a_period_that_is_over_are_told_of_the_new_one_first(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, door: str
) -> None:
    make_period(cast.bayu, starts=-40, due=-9, name="Lalu")
    if door == "correct":
        attest(cast.sari, account)
    said_before = set(Attestation.objects.values_list("pk", flat=True))
    client, start = client_as("sari"), f"{account.pk}-" if door == "mine" else ""
    page = reverse("accounts:attestation_add", args=[account.pk])
    page = reverse("accounts:attestation_mine") if door == "mine" else page
    words = "problem" if door == "mine" else "note"
    typed = {f"{start}all_right": "on", f"{start}{words}": "Yang saya ketik"}
    old = carried_by(client.get(page).content.decode())
    make_period(cast.bayu, starts=0, name="Kini")
    without = {name: value for name, value in old.items() if not name.endswith("period")}
    for sent in (old, without, *({**old, f"{start}period": forged} for forged in ("\0", "9" * 40))):
        refused = client.post(page, typed | sent)
        told = refused.content.decode()
        assert refused.status_code == 422
        assert told.count(BEGUN) == 1
        assert "Yang saya ketik" in told, "what was typed stays"
    assert set(Attestation.objects.values_list("pk", flat=True)) == said_before
    assert client.post(page, typed | carried_by(told)).status_code == 302
    assert Attestation.objects.exclude(pk__in=said_before).get().period.name == "Kini"


def test_who_lost_the_role_is_not_told_that_all_their_accounts_are_confirmed(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    make_period(cast.bayu)
    client, page = client_as("sari"), reverse("accounts:attestation_mine")
    factories.grant(cast.sari, Role.DRAFTER, cast.dinkes)
    confirmed = "Every account that you are in charge of is confirmed for this period."
    lost = "1 account names you as the person in charge, but you no longer have a role in its unit."
    assert confirmed not in client.get(page).content.decode()
    Grant.objects.filter(user=cast.sari, unit=cast.diskominfo).update(ends_at=timezone.now())
    told = client_as("sari").get(page).content.decode()
    assert lost in told
    assert confirmed not in told
    OfficialAccount.objects.filter(pk=account.pk).update(person_in_charge=None)
    told = client_as("sari").get(page).content.decode()
    assert lost not in told
    assert confirmed in told


def test_what_was_typed_about_the_next_accounts_stays_though_the_first_are_asked_about_again(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.sheets.MOST_CARDS", 1)
    last = account_of(cast, cast.sari, display_name="Samudra Sehat")
    make_period(cast.bayu, starts=-40, due=-9, name="Lalu")
    attest(cast.sari, account)
    client, page = client_as("sari"), reverse("accounts:attestation_mine")
    old = carried_by(client.get(page).content.decode())
    make_period(cast.bayu, starts=0, name="Kini")
    typed = {f"{last.pk}-still_ours": "no", f"{last.pk}-problem": "Diambil orang"}
    told = client.post(page, old | typed).content.decode()
    assert BEGUN in told
    assert "Diambil orang" in told
    assert "no longer waits" not in told


def test_what_else_is_missing_hides_no_new_period(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    make_period(cast.bayu, starts=-40, due=-9, name="Lalu")
    client, page = client_as("sari"), reverse("accounts:attestation_mine")
    old = carried_by(client.get(page).content.decode())
    make_period(cast.bayu, starts=0, name="Kini")
    told = client.post(page, old | {f"{account.pk}-still_ours": "yes"}).content.decode()
    assert "Answer yes or no." in told
    assert BEGUN in told


def test_answers_for_a_period_that_was_withdrawn_say_nothing_about_the_one_before(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    make_period(cast.bayu, starts=-40, due=-9, name="Lalu")
    wrong = make_period(cast.bayu, starts=0, name="Salah")
    client, page = client_as("sari"), reverse("accounts:attestation_mine")
    old = carried_by(client.get(page).content.decode())
    actions.withdraw_attestation_period(actor=cast.bayu, period_id=wrong.pk, reason="Salah")
    refused = client.post(page, old | {f"{account.pk}-all_right": "on"})
    assert refused.status_code == 422
    assert "This period has been withdrawn." in refused.content.decode()
    assert not Attestation.objects.exists()
