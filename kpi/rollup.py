"""``AccountDay``: what one account did on one local day, computed only from stored captures.

A pull recomputes the days that it touched; ``rebuild_days`` recomputes all of them, by the same
statements, with the same result. The rules stand in docs/metrics.md.

A figure may be missing in a capture: the platform did not give it, or gave what nothing can have.
Missing is never zero, and takes nothing away but itself. Of an account, the followers of a day are
the last count that the day was given; their change is against the last count given before, as long
as no day between was without a capture. Of a post, each counter grows from the last value given
before to the last given on the day, however many captures and days between lack it: nothing that
it grew is lost, and it stands on the first day that tells of it. A post that was made while its
account was being collected started at zero, which counts as given. Nothing is compared over more
than ``LOOK_BACK_DAYS``, from one definition to another, or over days of another in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.models import OfficialAccount
from kpi.metrics import SUMMED
from kpi.models import AccountDay, AccountSnapshot, PullState

# Growth is known when the capture before lies at most this many days back: the last rung of the
# ladder is a week, so a longer silence means that nobody looked.
LOOK_BACK_DAYS = 35
DAY = timedelta(days=1)


def _each(template: str) -> str:
    return ",\n".join(template.format(m=metric) for metric in SUMMED)


# A day whose captures differ in which counters they have is looked into, and so is a value after
# one that is missing. Both are rare, and looked up post by post.
_UNEVEN = " OR ".join(f"count({m}) %% count(*) > 0" for m in SUMMED)
_AFTER_A_GAP = " OR ".join(f"({m} IS NOT NULL AND {m}_before IS NULL)" for m in SUMMED)
# Per counter the last value given on the day, the last before it, both under the definition of the
# day and the latter with no other since, and how often it was given before under any.
_FOUND = _each(
    "(array_agg({m} ORDER BY captured_at DESC) FILTER (WHERE {m} IS NOT NULL AND same AND now))[1],"
    "(array_agg({m} ORDER BY captured_at DESC) FILTER (WHERE {m} IS NOT NULL AND since AND NOT now)"
    ")[1], count({m}) FILTER (WHERE NOT now)"
)


def _growth(metric: str, at: int) -> str:
    """Growth of one counter; ``at`` is where ``found``, if it was looked for, tells of it."""
    given, before, times = (f"found[{3 * at + n}]" for n in (1, 2, 3))
    value = f"CASE WHEN found IS NULL THEN {metric} ELSE {given} END"
    return f"""CASE WHEN from_zero THEN {value}
        WHEN {metric}_before IS NOT NULL THEN
            CASE WHEN recent AND comparable THEN {value} - {metric}_before END
        WHEN {times} > 0 THEN {given} - {before}
        WHEN {times} = 0 AND is_new AND first_seen >= day - %(look_back)s THEN {given}
        END AS {metric}"""


_CAPTURED = f"""
WITH capture AS (
    SELECT (captured_at AT TIME ZONE %(zone)s)::date AS day, captured_at, followers, definition
    FROM kpi_accountsnapshot
    WHERE official_account_id = %(account)s
    AND captured_at >= %(from_before)s AND captured_at < %(until)s
), account AS (
    SELECT *, day - row_number() OVER (PARTITION BY definition ORDER BY day)::int AS unbroken
    FROM (
        SELECT DISTINCT ON (day) day, definition, count(*) OVER (PARTITION BY day) AS captures
        FROM capture ORDER BY day, captured_at DESC
    ) d
), followed AS (
    SELECT day, followers, told.definition, lag(day) OVER earlier AS day_before,
        lag(followers) OVER earlier AS followers_before,
        lag(told.definition) OVER earlier AS definition_before
    FROM (
        SELECT DISTINCT ON (day) day, followers, definition
        FROM capture WHERE followers IS NOT NULL ORDER BY day, captured_at DESC
    ) told
    JOIN account USING (day)
    WINDOW earlier AS (PARTITION BY unbroken, account.definition ORDER BY day)
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
), uneven AS MATERIALIZED (
    -- Looked for once. Of rows that were just written PostgreSQL knows no number, and would do it
    -- anew for each post.
    SELECT platform_post_id, (captured_at AT TIME ZONE %(zone)s)::date AS day
    FROM kpi_postsnapshot
    WHERE official_account_id = %(account)s
    AND captured_at >= %(from_first)s AND captured_at < %(until)s
    GROUP BY 1, 2
    HAVING {_UNEVEN}
), steps AS (
    SELECT b.platform_post_id, b.day, b.definition, lag(b.day) OVER earlier AS day_before,
        b.definition = lag(b.definition) OVER earlier AS comparable,
        (p.first_seen_at AT TIME ZONE %(zone)s)::date AS first_seen,
        p.posted_at > %(first_captured_at)s AS is_new,
        {_each("b.{m}, lag(b.{m}) OVER earlier AS {m}_before")}
    FROM by_day b
    JOIN kpi_platformpost p ON p.id = b.platform_post_id
    WINDOW earlier AS (PARTITION BY b.platform_post_id ORDER BY b.day)
), looked AS (
    SELECT s.*, is_new AND first_seen = day AS from_zero,
        day_before >= day - %(look_back)s AS recent,
        CASE WHEN u.day IS NOT NULL OR (day_before IS NOT NULL AND ({_AFTER_A_GAP})) THEN (
            SELECT ARRAY[{_FOUND}] FROM (
                SELECT *, bool_and(same OR now) OVER (ORDER BY captured_at DESC) AS since
                FROM (
                    SELECT *, definition = s.definition AS same,
                        (captured_at AT TIME ZONE %(zone)s)::date = s.day AS now
                    FROM kpi_postsnapshot
                    WHERE platform_post_id = s.platform_post_id
                    AND captured_at >= %(from_look_back)s AND captured_at < %(until)s
                    AND (captured_at AT TIME ZONE %(zone)s)::date
                        BETWEEN s.day - %(look_back)s AND s.day
                ) t
            ) c
        ) END AS found
    FROM steps s
    LEFT JOIN uneven u USING (platform_post_id, day)
    WHERE day >= %(first)s
    OFFSET 0  -- looked up once, not once for each counter
), growth AS (
    SELECT day, recent AND NOT comparable AS redefined,
        {", ".join(_growth(m, n) for n, m in enumerate(SUMMED))}
    FROM looked
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
    CASE WHEN f.definition = a.definition THEN f.followers END,
    CASE WHEN f.definition = a.definition AND f.definition_before = a.definition
        AND f.day_before >= a.day - %(look_back)s THEN f.followers - f.followers_before END,
    a.definition, coalesce(g.redefined, false), CASE WHEN a.day <= %(known)s::date THEN 0 END,
    coalesce(g.falls, 0), {_each("g.{m}, coalesce(g.{m}_given, 0), 0")}
FROM account a
LEFT JOIN account y ON y.day = a.day - 1
LEFT JOIN followed f ON f.day = a.day
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
        "from_first": start(first),
        "from_before": start(_followed_before(account, start(first)) or first - DAY),
        "from_look_back": start(first - timedelta(days=LOOK_BACK_DAYS)),
        "until": start(last + timedelta(days=1)),
        "known": known,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CAPTURED, values)


def _followed_before(account: OfficialAccount, moment: datetime) -> date | None:
    """The local day before that one of ``moment`` that was last given a count of followers."""
    given = AccountSnapshot.objects.filter(
        official_account=account,
        followers__isnull=False,
        captured_at__lt=moment,
        captured_at__gte=moment - timedelta(days=LOOK_BACK_DAYS + 1),
    )
    last = given.order_by("-captured_at").values_list("captured_at", flat=True).first()
    return None if last is None else local_day(last, account.unit.zone)


def _roll_posted(account: OfficialAccount, days: list[date], known: date | None) -> None:
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(_POSTED, {"account": account.pk, "days": days, "known": known})
