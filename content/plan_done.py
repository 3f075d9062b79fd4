"""What was planned for a time, and what became of it: one row per post and account.

A row is a post whose present version has a planned time in the period, on each account that it is
meant for (or on none yet); and beside these what went out in the period without ever having had a
planned time. Both are found by an index of their time, so that years of other posts cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.actions.ending import NO_LONGER_COUNTS, VALIDITY_ENDED, VALIDITY_ENDED_BEFORE

# Workers look every few seconds, and platforms take their time: what is out within this is on time.
TOLERANCE = timedelta(minutes=15)


class Outcome(TextChoices):
    ON_TIME = "on_time", _("Out on time")
    LATE = "late", _("Out late")
    COMING = "coming", _("Still to come")
    NOT_APPROVED = "not_approved", _("Not approved in time")
    REJECTED = "rejected", _("Rejected")
    EXPIRED = "expired", _("Approval expired")
    FROZEN = "frozen", _("Stopped by a freeze")
    FAILED = "failed", _("Failed")
    UNSURE = "unsure", _("Not certain whether it is out")
    WAITING = "waiting", _("Due, and not sent yet")
    CANCELLED = "cancelled", _("Cancelled")
    WITHDRAWN = "withdrawn", _("Withdrawn after it was out")
    CALLED_OFF = "called_off", _("Called off before its time")
    UNPLANNED = "unplanned", _("Out without a plan")
    UNPLANNED_WITHDRAWN = "unplanned_withdrawn", _("Out without a plan, and withdrawn")


OUT = (Outcome.ON_TIME, Outcome.LATE, Outcome.UNPLANNED)
# Went out and never had a planned time, whether or not readers still see it.
WITHOUT_PLAN = (Outcome.UNPLANNED, Outcome.UNPLANNED_WITHDRAWN)
PLANNED = tuple(one for one in Outcome if one not in WITHOUT_PLAN)
# Planned, its time has passed, and readers do not see it.
NOT_OUT = tuple(one for one in PLANNED if one not in {*OUT, Outcome.COMING, Outcome.CALLED_OFF})
# Where the key of a group stands. Words of our own: nothing of these comes from an address.
_KEYS = {
    "unit": "unit_id::text",
    "account": "account_id::text",
    "campaign": "campaign_id::text",
    "class": "class",
    "function": "function",
}
GROUPS = tuple(_KEYS)
NO_KEY = "none"

_ROWS = """
    WITH pairs AS (
        SELECT p.id AS post_id, p.unit_id, p.campaign_id, p.status, p.planned_at, v.title,
            variant.key::bigint AS account_id,
            NULLIF(v.document #>> '{facets,classes,0}', '') AS class,
            NULLIF(v.document #>> '{facets,function}', '') AS function
        FROM content_post p
        JOIN content_postversion v ON v.id = p.current_version_id
        LEFT JOIN LATERAL jsonb_object_keys(v.document -> 'variants') AS variant (key) ON TRUE
        WHERE p.planned_at >= %(start)s AND p.planned_at < %(until)s
            AND p.unit_id = ANY (%(units)s)
            AND (%(campaigns)s::bigint[] IS NULL OR p.campaign_id = ANY (%(campaigns)s))
    ), planned AS (
        SELECT pairs.post_id, unit_id, campaign_id, account_id, class, function, title, planned_at,
            last.id AS publication_id, last.published_at,
            CASE
                WHEN last.status = 'published' THEN CASE
                    WHEN last.published_at <= planned_at + %(tolerance)s THEN 'on_time'
                    ELSE 'late' END
                WHEN last.status = 'withdrawn' THEN 'withdrawn'
                -- What is not out before its time may still go out in time, or never will.
                WHEN planned_at > %(now)s THEN CASE
                    WHEN pairs.status = 'rejected' THEN 'called_off'
                    WHEN pairs.status NOT IN ('draft', 'submitted')
                        AND last.status = 'cancelled' THEN 'called_off'
                    ELSE 'coming' END
                WHEN pairs.status = 'rejected' THEN 'rejected'
                WHEN pairs.status IN ('draft', 'submitted') THEN 'not_approved'
                WHEN last.status = 'frozen' THEN 'frozen'
                WHEN last.status = 'failed' THEN CASE
                    WHEN last.problem = ANY (%(expired)s) THEN 'expired' ELSE 'failed' END
                WHEN last.status = 'unconfirmed' THEN 'unsure'
                WHEN last.status = 'cancelled' THEN 'cancelled'
                WHEN last.status IN ('scheduled', 'sending') THEN CASE
                    WHEN planned_at + %(tolerance)s > %(now)s THEN 'coming' ELSE 'waiting' END
                ELSE 'expired'
            END AS outcome
        FROM pairs
        LEFT JOIN LATERAL (
            SELECT b.id, b.status, b.published_at, b.problem FROM content_publication b
            WHERE b.post_id = pairs.post_id AND b.official_account_id = pairs.account_id
                AND b.part = 0
            ORDER BY (b.status = 'published') DESC, b.id DESC LIMIT 1
        ) AS last ON TRUE
    ), unplanned AS (
        SELECT p.id AS post_id, p.unit_id, p.campaign_id, b.official_account_id AS account_id,
            NULLIF(v.document #>> '{facets,classes,0}', '') AS class,
            NULLIF(v.document #>> '{facets,function}', '') AS function,
            v.title, p.planned_at, b.id AS publication_id, b.published_at,
            CASE b.status WHEN 'withdrawn' THEN 'unplanned_withdrawn' ELSE 'unplanned' END
                AS outcome
        FROM content_publication b
        JOIN content_post p ON p.id = b.post_id
        JOIN content_postversion v ON v.id = b.version_id
        -- As the index publication_by_time is written; of what is out it is when it went out.
        WHERE COALESCE(b.published_at, b.scheduled_for) >= %(start)s
            AND COALESCE(b.published_at, b.scheduled_for) < %(until)s
            AND b.status IN ('published', 'withdrawn') AND b.published_at IS NOT NULL
            AND b.part = 0
            AND p.planned_at IS NULL AND p.unit_id = ANY (%(units)s)
            AND (%(campaigns)s::bigint[] IS NULL OR p.campaign_id = ANY (%(campaigns)s))
    ), rows AS (
        SELECT * FROM planned UNION ALL SELECT * FROM unplanned
    )
"""
_OF_ACCOUNTS = "(%(accounts)s::bigint[] IS NULL OR account_id = ANY (%(accounts)s))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows. ``accounts`` and ``campaigns`` None are all, none among them included."""

    start: datetime
    until: datetime
    units: Sequence[int]
    accounts: Sequence[int] | None = None
    campaigns: Sequence[int] | None = None

    def parameters(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "until": self.until,
            "units": list(self.units),
            "accounts": None if self.accounts is None else list(self.accounts),
            "campaigns": None if self.campaigns is None else list(self.campaigns),
            "tolerance": TOLERANCE,
            "now": timezone.now(),
            "expired": [NO_LONGER_COUNTS, VALIDITY_ENDED, VALIDITY_ENDED_BEFORE],
        }


@dataclass(slots=True)
class Tally:
    """The numbers of one group; ``key`` is as the address has it."""

    key: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    late_on_average: timedelta | None = None
    late_at_most: timedelta | None = None

    def of(self, *outcomes: str) -> int:
        return sum(self.counts.get(one, 0) for one in outcomes)

    @property
    def planned(self) -> int:
        return self.of(*PLANNED)

    @property
    def out(self) -> int:
        return self.of(*OUT)

    @property
    def without_plan(self) -> int:
        return self.of(*WITHOUT_PLAN)

    @property
    def withdrawn_without_plan(self) -> int:
        return self.of(Outcome.UNPLANNED_WITHDRAWN)

    @property
    def not_out(self) -> int:
        return self.of(*NOT_OUT)


class Row(NamedTuple):
    post_id: int
    title: str
    unit_id: int
    account_id: int | None
    campaign_id: int | None
    planned_at: datetime | None
    publication_id: int | None
    published_at: datetime | None
    outcome: str

    @property
    def delay(self) -> timedelta | None:
        """How much later than planned it went out; None for what is on time or not out."""
        if self.outcome != Outcome.LATE or self.planned_at is None or self.published_at is None:
            return None
        return self.published_at - self.planned_at


def tallies(asked: Asked, by: str) -> list[Tally]:
    """The numbers of every group, the most planned first. One query."""
    sql = f"""{_ROWS}
        SELECT COALESCE({_KEYS[by]}, %(none)s), outcome, COUNT(*),
            AVG(published_at - planned_at) FILTER (WHERE outcome = 'late'),
            MAX(published_at - planned_at) FILTER (WHERE outcome = 'late')
        FROM rows WHERE {_OF_ACCOUNTS} GROUP BY 1, 2
    """  # noqa: S608  # words of our own, values are parameters
    found: dict[str, Tally] = {}
    for key, outcome, number, average, most in _read(sql, asked, none=NO_KEY):
        tally = found.setdefault(key, Tally(key))
        tally.counts[outcome] = number
        if outcome == Outcome.LATE:
            tally.late_on_average, tally.late_at_most = average, most
    return sorted(found.values(), key=lambda one: (-one.planned, -one.out, one.key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What was planned for the part of a week that is in the period, how much of this went out at
    any time (None while all of it is still to come), and what went out in it without a plan, also
    what was withdrawn since."""

    first: date
    last: date
    planned: int
    out: int | None
    unplanned: int


def weeks(asked: Asked) -> list[Week]:
    """Week by week from Monday, in the present time zone; weeks without anything too. One query."""
    zone = timezone.get_current_timezone()
    sql = f"""{_ROWS}
        SELECT date_trunc('week', COALESCE(planned_at, published_at) AT TIME ZONE %(zone)s)::date,
            COUNT(*) FILTER (WHERE outcome <> ALL (%(without_plan)s)),
            COUNT(*) FILTER (WHERE outcome IN ('on_time', 'late')),
            COUNT(*) FILTER (WHERE outcome = ANY (%(without_plan)s)),
            COUNT(*) FILTER (WHERE outcome = 'coming')
        FROM rows WHERE {_OF_ACCOUNTS} GROUP BY 1
    """  # noqa: S608  # words of our own, values are parameters
    more = {"zone": str(zone), "without_plan": list(WITHOUT_PLAN)}
    found = {monday: numbers for monday, *numbers in _read(sql, asked, **more)}
    first, last = (timezone.localdate(at, zone) for at in (asked.start, asked.until))
    today = timezone.localdate(timezone=zone)
    monday, rows = first - timedelta(days=first.weekday()), []
    while monday < last:
        planned, out, unplanned, coming = found.get(monday, (0, 0, 0, 0))
        begins = max(monday, first)
        is_ahead = begins > today or planned == coming > 0
        rows.append(
            Week(
                first=begins,
                last=min(monday + timedelta(days=6), last - timedelta(days=1)),
                planned=planned,
                out=None if is_ahead else out,
                unplanned=unplanned,
            )
        )
        monday += timedelta(days=7)
    return rows


def together(groups: Sequence[Tally]) -> Tally:
    """All groups as one."""
    whole = Tally()
    seconds = 0.0
    for one in groups:
        for outcome, number in one.counts.items():
            whole.counts[outcome] = whole.counts.get(outcome, 0) + number
        if one.late_on_average is not None and one.late_at_most is not None:
            seconds += one.late_on_average.total_seconds() * one.of(Outcome.LATE)
            whole.late_at_most = max(whole.late_at_most or timedelta(), one.late_at_most)
    if late := whole.of(Outcome.LATE):
        whole.late_on_average = timedelta(seconds=seconds / late)
    return whole


class Rows:
    """The rows behind a number, as a page takes them: counted, then read a slice at a time."""

    def __init__(
        self, asked: Asked, *, outcomes: Sequence[str], by: str = "", key: str = ""
    ) -> None:
        self.asked = asked
        self.more = {"outcomes": list(outcomes), "key": None if key == NO_KEY else key}
        group = f"AND {_KEYS[by]} IS NOT DISTINCT FROM %(key)s" if by in _KEYS else ""
        self.where = f"WHERE outcome = ANY (%(outcomes)s) AND {_OF_ACCOUNTS} {group}"

    def count(self) -> int:
        sql = f"{_ROWS} SELECT COUNT(*) FROM rows {self.where}"  # noqa: S608  # as above
        return int(next(_read(sql, self.asked, **self.more))[0])

    __len__ = count

    def __getitem__(self, asked: slice) -> list[Row]:
        most = None if asked.stop is None else asked.stop - (asked.start or 0)
        sql = f"""{_ROWS}
            SELECT post_id, title, unit_id, account_id, campaign_id, planned_at, publication_id,
                published_at, outcome
            FROM rows {self.where}
            ORDER BY COALESCE(planned_at, published_at), post_id, account_id
            LIMIT %(most)s OFFSET %(first)s
        """  # noqa: S608  # as above
        more = {**self.more, "most": most, "first": asked.start or 0}
        return [Row(*row) for row in _read(sql, self.asked, **more)]


def _read(sql: str, asked: Asked, **more: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**asked.parameters(), **more})
        yield from cursor.fetchall()
