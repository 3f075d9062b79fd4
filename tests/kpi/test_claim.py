"""What beat claims, and who gets it."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Credential, OfficialAccount, User
from accounts.vault import seal
from kpi import actions
from kpi.models import PullState
from tests import factories
from tests.cast import Cast, the_cast


def connected(cast: Cast) -> OfficialAccount:
    account = factories.official_account(cast.diskominfo)
    sealed, version = seal(account.pk, {"password": "made up"})
    Credential.objects.create(
        official_account=account,
        sealed=sealed,
        key_version=version,
        connected_by=User.objects.system(),
        connected_at=timezone.now(),
    )
    return account


def test_a_connected_account_is_claimed_once_and_leased(cast: Cast) -> None:
    account = connected(cast)
    factories.official_account(cast.diskominfo)

    assert actions.claim_due_pulls() == [account.pk]
    assert actions.claim_due_pulls() == []


def test_a_lease_that_ran_out_is_claimed_again(cast: Cast) -> None:
    account = connected(cast)
    actions.claim_due_pulls()
    PullState.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert actions.claim_due_pulls() == [account.pk]


def test_a_closed_account_is_left_alone(cast: Cast) -> None:
    account = connected(cast)
    OfficialAccount.objects.filter(pk=account.pk).update(
        status="closed", closed_on=date(2026, 11, 1), closed_reason="Digabung"
    )

    assert actions.claim_due_pulls() == []


def test_what_is_not_due_waits_until_somebody_wants_it_soon(cast: Cast) -> None:
    account = connected(cast)
    later = timezone.now() + timedelta(hours=1)
    PullState.objects.create(official_account=account, next_pull_at=later)
    assert actions.claim_due_pulls() == []

    actions.pull_soon(official_account_id=account.pk)

    assert actions.claim_due_pulls() == [account.pk]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_never_claim_the_same_account() -> None:
    cast = the_cast()
    first, second = connected(cast), connected(cast)
    actions.claim_due_pulls()
    PullState.objects.update(leased_until=None)
    claimed: list[list[int]] = []

    def other_beat() -> None:
        claimed.append(actions.claim_due_pulls())
        connection.close()

    with transaction.atomic():
        mine = actions.claim_due_pulls(limit=1)
        thread = threading.Thread(target=other_beat)
        thread.start()
        thread.join(20)

    assert len(mine) == 1
    assert sorted(mine + claimed[0]) == sorted([first.pk, second.pk])
