from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DataError, ProgrammingError, connection, transaction
from psycopg2 import sql

from accounts.models import OfficialAccount
from kpi import actions, partitions
from kpi.models import AccountSnapshot
from tests import factories
from tests.cast import Cast

OCTOBER = datetime(2026, 10, 15, 3, tzinfo=UTC)
LATER = datetime(2031, 5, 15, 3, tzinfo=UTC)


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


def test_a_role_that_owns_no_table_makes_partitions_and_claims(
    account: OfficialAccount, app_role: str
) -> None:
    """As in docs/howto/protect-the-trail.md."""
    capture(account, OCTOBER)
    with connection.cursor() as cursor:
        for grant in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "SET LOCAL ROLE {}",
        ):
            cursor.execute(sql.SQL(grant).format(sql.Identifier(app_role)))
    try:
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE public.not_allowed ()")
        made = partitions.ensure_ahead(OCTOBER)
        actions.claim_due_pulls()
        capture(account, OCTOBER + timedelta(hours=1))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")

    assert {"kpi_accountsnapshot_2026_10", "kpi_postsnapshot_2026_12"} <= set(made)
    assert {table_of(one) for one in AccountSnapshot.objects.all()} == {
        "kpi_accountsnapshot_2026_10"
    }


@pytest.mark.parametrize(
    ("table", "month"),
    [
        ("audit_entry", date(2026, 10, 1)),
        ("kpi_postsnapshot", date(2026, 10, 2)),
        ("kpi_postsnapshot", date(1990, 1, 1)),
        (None, date(2026, 10, 1)),
    ],
)
@pytest.mark.django_db
def test_the_function_makes_months_of_the_two_tables_and_nothing_else(
    table: str | None, month: date
) -> None:
    with pytest.raises(DataError, match="Not "), connection.cursor() as cursor:
        cursor.execute("SELECT kpi_make_month_partition(%s, %s)", [table, month])


@pytest.mark.django_db(transaction=True)
def test_a_pull_under_way_is_never_stopped_by_a_new_partition_which_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made: list[list[str]] = []
    caplog.set_level("WARNING", "kpi.partitions")

    def make() -> None:
        made.append(partitions.ensure_ahead(LATER))
        connection.close()

    maker = threading.Thread(target=make)
    with transaction.atomic(), connection.cursor() as cursor:
        # What a pull does: it adds posts, and reads captures afterwards.
        cursor.execute("LOCK TABLE kpi_platformpost IN ROW EXCLUSIVE MODE")
        maker.start()
        time.sleep(0.3)
        cursor.execute("SELECT count(*) FROM kpi_accountsnapshot")
        cursor.execute("SELECT count(*) FROM kpi_postsnapshot")
        maker.join(20)

    assert made == [[f"kpi_accountsnapshot_2031_{month}" for month in ("05", "06", "07")]]
    assert "Partition not made: LockNotAvailable" in caplog.text
    again = partitions.ensure_ahead(LATER)
    assert again == [f"kpi_postsnapshot_2031_{month}" for month in ("05", "06", "07")]
    with connection.cursor() as cursor:
        # Partitions outlive the emptying of tables between tests.
        for name in (*made[0], *again):
            cursor.execute(f"DROP TABLE {name}")
