from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import OfficialAccount, User
from kpi import actions
from kpi.models import CollectionRun
from tests import factories
from tests.cast import Cast
from tests.kpi.fakes import MONDAY, FakeClient

Pull = Callable[..., CollectionRun]


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    """An account of Diskominfo, registered a week before ``MONDAY``."""
    made = factories.official_account(cast.diskominfo, handle="samudrakota.example")
    OfficialAccount.objects.filter(pk=made.pk).update(created_at=MONDAY.replace(day=1))
    made.refresh_from_db()
    return made


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def pull(account: OfficialAccount, client: FakeClient) -> Pull:
    """Pull ``account`` through ``client`` at a moment."""

    def at(moment: datetime, *, through: FakeClient | None = None) -> CollectionRun:
        return actions.pull_account(
            official_account_id=account.pk,
            actor=User.objects.system(),
            at=moment,
            client=through or client,
        )

    return at
