from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.models import OfficialAccount
from kpi import partitions
from kpi.models import AccountSnapshot
from tests import factories
from tests.conftest import Cast

OCTOBER = datetime(2026, 10, 15, 3, tzinfo=UTC)


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return factories.official_account(cast.diskominfo)


def table_of(snapshot: AccountSnapshot) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM kpi_accountsnapshot "
            "WHERE official_account_id = %s AND captured_at = %s",
            [snapshot.official_account_id, snapshot.captured_at],
        )
        return str(cursor.fetchone()[0])


def capture(account: OfficialAccount, at: datetime) -> AccountSnapshot:
    return AccountSnapshot.objects.create(official_account=account, captured_at=at, followers=7)


def test_a_row_without_a_partition_of_its_month_is_kept_and_moved_over_later(
    account: OfficialAccount,
) -> None:
    snapshot = capture(account, OCTOBER)
    assert table_of(snapshot) == "kpi_accountsnapshot_default"

    made = partitions.ensure_partitions(OCTOBER)

    assert made == ["kpi_accountsnapshot_2026_10", "kpi_postsnapshot_2026_10"]
    assert table_of(snapshot) == "kpi_accountsnapshot_2026_10"
    assert AccountSnapshot.objects.get().followers == 7


def test_the_edges_of_a_month_are_in_utc(account: OfficialAccount) -> None:
    partitions.ensure_partitions(OCTOBER, datetime(2026, 11, 1, tzinfo=UTC))

    last = capture(account, datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC))
    first = capture(account, datetime(2026, 11, 1, tzinfo=UTC))

    assert table_of(last) == "kpi_accountsnapshot_2026_10"
    assert table_of(first) == "kpi_accountsnapshot_2026_11"


def test_making_partitions_again_does_nothing(cast: Cast) -> None:
    partitions.ensure_ahead(OCTOBER)

    assert {"kpi_postsnapshot_2026_10", "kpi_postsnapshot_2026_12"} <= partitions.existing()
    assert partitions.ensure_ahead(OCTOBER) == []
    assert partitions.ensure_partitions(OCTOBER) == []
