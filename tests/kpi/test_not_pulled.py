"""Accounts without a client, or not in use: nothing is pulled, and no page says that it is late."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount
from kpi import actions, pages
from kpi.models import PullState
from tests import factories
from tests.accounts.secrets import give_credential
from tests.conftest import Cast


@pytest.fixture
def by_hand(cast: Cast) -> OfficialAccount:
    return factories.official_account(
        cast.diskominfo, platform="whatsapp", host="", handle="whatsapp.com/channel/1"
    )


def test_no_pull_is_planned_for_what_is_kept_by_hand(cast: Cast, by_hand: OfficialAccount) -> None:
    connected = factories.official_account(cast.diskominfo)
    give_credential(connected, cast.bayu)
    assert actions.claim_due_pulls() == [connected.pk]
    assert not PullState.objects.filter(official_account=by_hand).exists()


def test_no_suspended_account_is_claimed(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo, status="suspended")
    give_credential(account, cast.bayu)
    assert actions.claim_due_pulls() == []


def test_pages_say_why_nothing_is_pulled_and_count_nobody_as_late(
    cast: Cast, by_hand: OfficialAccount, client_as: Callable[[object], Client]
) -> None:
    suspended = factories.official_account(cast.diskominfo, status="suspended")
    assert pages.freshness_of(by_hand) == "by_hand"
    assert pages.freshness_of(suspended) == "idle"
    client = client_as(factories.reads_english(cast.ratna))
    answer = client.get(reverse("kpi:account_list"))
    assert answer.context["summary"]["behind"] == 0
    assert "Kept by hand" in answer.content.decode()
    for account in (by_hand, suspended):
        for name in ("kpi:account_detail", "kpi:account_collection"):
            page = client.get(reverse(name, args=[account.pk]))
            assert page.status_code == 200
            assert "not being updated" not in page.content.decode()
