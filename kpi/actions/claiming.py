"""Which accounts are pulled next. PostgreSQL is the only memory: the queue may be emptied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from govsocial.platforms.registry import Platform, spec
from govsocial.transactions import whole
from kpi import partitions
from kpi.models import PullState

_ADD_NEW = """
    INSERT INTO kpi_pullstate (
        official_account_id, next_pull_at, failures, listed, list_cursors, zone, problem)
    SELECT a.id, %(now)s, 0, false, '[]', '', ''
    FROM accounts_officialaccount a
    WHERE a.status = 'active' AND a.platform = ANY(%(platforms)s) AND NOT EXISTS (
        SELECT 1 FROM kpi_pullstate s WHERE s.official_account_id = a.id)
    ON CONFLICT DO NOTHING
"""

# A publication that went live since the last capture is wanted at once; one that the platform's
# list does not show yet is asked for again a few times. Accounts that fail wait for their turn.
# Materialized: a subquery that locks may be run again for every row, past its limit.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT s.official_account_id
        FROM kpi_pullstate s
        JOIN accounts_officialaccount a ON a.id = s.official_account_id
        JOIN accounts_credential c ON c.official_account_id = a.id
        WHERE a.status = 'active' AND c.status = 'good'
        AND (s.leased_until IS NULL OR s.leased_until <= %(now)s)
        AND (
            s.next_pull_at <= %(now)s
            OR (s.failures = 0 AND EXISTS (
                SELECT 1 FROM content_publication p
                WHERE p.official_account_id = s.official_account_id AND p.status = 'published'
                AND p.published_at > %(lately)s
                -- Comments, and answers where they are in no list, are not waited for.
                AND (p.part = 0 OR a.platform = ANY(%(listing)s))
                AND (
                    s.captured_at IS NULL OR p.published_at > s.captured_at
                    OR (s.captured_at < %(again)s AND NOT EXISTS (
                        SELECT 1 FROM kpi_platformpost x WHERE x.publication_id = p.id))
                )
            ))
        )
        ORDER BY s.next_pull_at
        LIMIT %(limit)s
        FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE kpi_pullstate s SET leased_until = %(until)s
    FROM due WHERE s.official_account_id = due.official_account_id
    RETURNING s.official_account_id
"""


def make_room() -> list[str]:
    """Make the tables of the months to come; before claiming, and never in its transaction."""
    return partitions.ensure_ahead(timezone.now())


@whole
def claim_due_pulls(*, limit: int = 200) -> list[int]:
    """Lease the accounts that are due and return their ids; call the tasks after the commit."""
    now = timezone.now()
    values: dict[str, Any] = {
        "now": now,
        "until": now + timedelta(seconds=settings.PULL_LEASE_SECONDS),
        "lately": now - timedelta(minutes=10),
        "again": now - timedelta(seconds=20),
        "limit": limit,
        # Others have no client: what is kept by hand is not waited for.
        "platforms": [str(platform) for platform in Platform],
        "listing": [str(one) for one in Platform if spec(one).lists_answers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD_NEW, values)
        cursor.execute(_CLAIM, values)
        return sorted(row[0] for row in cursor.fetchall())


def pull_soon(*, official_account_id: int) -> None:
    """Let the next beat claim this account, whatever its turn."""
    now = timezone.now()
    PullState.objects.update_or_create(
        official_account_id=official_account_id,
        defaults={"next_pull_at": now, "leased_until": None},
        create_defaults={"next_pull_at": now},
    )
