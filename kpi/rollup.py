"""``AccountDay``: what one account did on one local day, computed only from stored captures.

A pull recomputes the days that it touched; ``rebuild_days`` recomputes all of them, by the same
statements, with the same result. The rules stand in docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.models import OfficialAccount
from kpi.metrics import SUMMED
from kpi.models import AccountDay, PullState

# Growth is known when the capture before lies at most this many days back: the last rung of the
# ladder is a week, so a longer silence means that nobody looked.
LOOK_BACK_DAYS = 35


def _each(template: str) -> str:
    return ",\n".join(template.format(m=metric) for metric in SUMMED)


# Growth of a counter: its value at the end of the day less that of the captured day before, where
# both have one definition. A post that was made while the account was being collected started at
# zero; what a post had before collection began is not growth of any day.
_CAPTURED = f"""
WITH account AS (
    SELECT DISTINCT ON (day) day, followers, definition,
        count(*) OVER (PARTITION BY day) AS captures
    FROM (
        SELECT (captured_at AT TIME ZONE %(zone)s)::date AS day, captured_at, followers,
            definition
        FROM kpi_accountsnapshot
        WHERE official_account_id = %(account)s
        AND captured_at >= %(from_before)s AND captured_at < %(until)s
    ) s
    ORDER BY day, captured_at DESC
), by_day AS (
    SELECT DISTINCT ON (platform_post_id, day) *
    FROM (
        SELECT platform_post_id, captured_at,
            (captured_at AT TIME ZONE %(zone)s)::date AS day, definition,
            {", ".join(SUMMED)}
        FROM kpi_postsnapshot
        WHERE official_account_id = %(account)s
        AND captured_at >= %(from_look_back)s AND captured_at < %(until)s
    ) s
    ORDER BY platform_post_id, day, captured_at DESC
), steps AS (
    SELECT b.platform_post_id, b.day,
        lag(b.day) OVER earlier AS day_before,
        b.definition = lag(b.definition) OVER earlier AS comparable,
        (p.first_seen_at AT TIME ZONE %(zone)s)::date = b.day
            AND p.posted_at > %(first_captured_at)s AS from_zero,
        {_each("b.{m}, lag(b.{m}) OVER earlier AS {m}_before")}
    FROM by_day b
    JOIN kpi_platformpost p ON p.id = b.platform_post_id
    WINDOW earlier AS (PARTITION BY b.platform_post_id ORDER BY b.day)
), growth AS (
    SELECT day, day_before >= day - %(look_back)s AND NOT comparable AS redefined, {
    _each(
        "CASE WHEN from_zero THEN {m} "
        "WHEN day_before >= day - %(look_back)s AND comparable THEN {m} - {m}_before END AS {m}"
    )
}
    FROM steps WHERE day >= %(first)s
), grown AS (
    SELECT day, coalesce(bool_or(redefined), false) AS redefined,
        {_each("sum({m}) AS {m}, count({m}) AS {m}_given")},
        count(*) FILTER (WHERE {" OR ".join(f"{m} < 0" for m in SUMMED)}) AS falls
    FROM growth GROUP BY day
)
INSERT INTO kpi_accountday (
    official_account_id, day, collected, captures, spans_gap, followers, followers_delta,
    definition, redefined, posts, falls, {_each("gained_{m}, gained_{m}_given, posted_{m}_given")}
)
SELECT %(account)s, a.day, true, a.captures,
    y.day IS NULL AND a.day > %(first_day)s,
    a.followers, CASE WHEN a.definition = y.definition THEN a.followers - y.followers END,
    a.definition, coalesce(g.redefined, false), CASE WHEN a.day <= %(known)s::date THEN 0 END,
    coalesce(g.falls, 0), {_each("g.{m}, coalesce(g.{m}_given, 0), 0")}
FROM account a
LEFT JOIN account y ON y.day = a.day - 1
LEFT JOIN grown g ON g.day = a.day
WHERE a.day >= %(first)s
ON CONFLICT (official_account_id, day) DO UPDATE SET
    collected = true, captures = excluded.captures, spans_gap = excluded.spans_gap,
    followers = excluded.followers, followers_delta = excluded.followers_delta,
    definition = excluded.definition, redefined = excluded.redefined,
    falls = excluded.falls,
    {_each("gained_{m} = excluded.gained_{m}, gained_{m}_given = excluded.gained_{m}_given")}
"""  # noqa: S608  # names of our own columns

_POSTED = f"""
INSERT INTO kpi_accountday (
    official_account_id, day, collected, captures, spans_gap, definition, redefined, posts, falls,
    {_each("gained_{m}_given, posted_{m}, posted_{m}_given")}
)
SELECT %(account)s, posted_on, false, 0, false, '', false,
    CASE WHEN posted_on <= %(known)s::date THEN count(*) END, 0,
    {_each("0, sum({m}), count({m})")}
FROM kpi_platformpost
WHERE official_account_id = %(account)s AND posted_on = ANY(%(days)s)
AND kind IN ('post', 'reply')
GROUP BY posted_on
ON CONFLICT (official_account_id, day) DO UPDATE SET
    posts = excluded.posts,
    {_each("posted_{m} = excluded.posted_{m}, posted_{m}_given = excluded.posted_{m}_given")}
"""  # noqa: S608  # names of our own columns


_KNOWN_NOW = """
UPDATE kpi_accountday SET posts = 0
WHERE official_account_id = %(account)s AND posts IS NULL AND day <= %(known)s::date
RETURNING day
"""


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def posts_known_until(account: OfficialAccount, state: PullState | None) -> date | None:
    """The last local day up to which the platform's list of posts was read without a gap."""
    if state is None or state.posts_known_at is None:
        return None
    return local_day(state.posts_known_at, account.unit.zone)


@transaction.atomic
def roll_days(
    account: OfficialAccount, state: PullState, *, captured: date, posted: Iterable[date]
) -> None:
    """Recompute one captured day, the days on which the given posts were made, and those whose
    number of posts has become known.
    """
    assert state.first_captured_at is not None  # noqa: S101  # a captured day has a capture
    known = posts_known_until(account, state)
    _roll_captured(account, state.first_captured_at, captured, captured, known)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_NOW, {"account": account.pk, "known": known})
        settled = {row[0] for row in cursor.fetchall()}
    _roll_posted(account, sorted(settled | set(posted)), known)


@transaction.atomic
def rebuild_days(official_account_id: int) -> int:
    """Forget the days of one account and compute them anew from what is stored; return how many.

    Local days are taken anew as well, in the present time zone of the account's unit.
    """
    account = OfficialAccount.objects.select_related("unit").get(pk=official_account_id)
    state = PullState.objects.select_for_update().filter(official_account=account).first()
    AccountDay.objects.filter(official_account=account).delete()
    zone = account.unit.zone
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kpi_platformpost SET posted_on = (posted_at AT TIME ZONE %(zone)s)::date "
            "WHERE official_account_id = %(account)s "
            "AND posted_on <> (posted_at AT TIME ZONE %(zone)s)::date",
            {"zone": account.unit.time_zone, "account": account.pk},
        )
    known = posts_known_until(account, state)
    if state is not None:
        state.zone = account.unit.time_zone
        state.save(update_fields=["zone"])
        if state.first_captured_at and state.captured_at:
            first, last = state.first_captured_at, state.captured_at
            _roll_captured(account, first, local_day(first, zone), local_day(last, zone), known)
    days = account.platform_posts.order_by().values_list("posted_on", flat=True).distinct()
    _roll_posted(account, sorted(days), known)
    return AccountDay.objects.filter(official_account=account).count()


def _roll_captured(
    account: OfficialAccount,
    first_captured_at: datetime,
    first: date,
    last: date,
    known: date | None,
) -> None:
    zone = account.unit.zone

    def start(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    values: dict[str, Any] = {
        "account": account.pk,
        "zone": account.unit.time_zone,
        "first": first,
        "first_day": local_day(first_captured_at, zone),
        "first_captured_at": first_captured_at,
        "look_back": LOOK_BACK_DAYS,
        "from_before": start(first - timedelta(days=1)),
        "from_look_back": start(first - timedelta(days=LOOK_BACK_DAYS)),
        "until": start(last + timedelta(days=1)),
        "known": known,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CAPTURED, values)


def _roll_posted(account: OfficialAccount, days: list[date], known: date | None) -> None:
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(_POSTED, {"account": account.pk, "days": days, "known": known})
