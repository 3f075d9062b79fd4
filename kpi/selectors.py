"""What a person may see of measuring. Lists and pages start here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, QuerySet, Value, When

from accounts.models import OfficialAccount, User
from govsocial.platforms.registry import Platform
from kpi import indicators
from kpi.metrics import ENGAGEMENT
from kpi.models import CollectionRun, PlatformPost, PostSnapshot
from kpi.periods import Period
from kpi.rollup import posts_known_until

# How far back the followers "before" a period may lie.
START_DAYS = 7


def accounts_visible_to(user: User) -> QuerySet[OfficialAccount]:
    return OfficialAccount.objects.filter(unit_id__any=user.units_with("kpi.view")).select_related(
        "unit", "credential", "pull_state"
    )


def measured(accounts: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    """Those that figures can be expected of: of platforms with a client, and still the agency's."""
    return accounts.filter(platform__in=[str(platform) for platform in Platform]).exclude(
        status=OfficialAccount.Status.RELEASED
    )


def kept_by_hand(accounts: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    """Those in use whose platform has no client: nothing measures them."""
    return accounts.filter(status=OfficialAccount.Status.ACTIVE).exclude(
        platform__in=[str(platform) for platform in Platform]
    )


def posts_visible_to(user: User) -> QuerySet[PlatformPost]:
    return PlatformPost.objects.filter(
        official_account__unit_id__any=user.units_with("kpi.view")
    ).select_related("official_account__unit", "publication")


def with_origin(posts: QuerySet[PlatformPost]) -> QuerySet[PlatformPost]:
    """Each post with ``came_from``: a value of ``PlatformPost.Origin``, to filter by."""
    origin = PlatformPost.Origin
    return posts.annotate(
        came_from=Case(
            When(publication__isnull=False, then=Value(origin.GATE.value)),
            When(posted_at__lt=F("official_account__created_at"), then=Value(origin.BEFORE.value)),
            default=Value(origin.OUTSIDE.value),
            output_field=CharField(),
        )
    )


def runs_of(account: OfficialAccount) -> QuerySet[CollectionRun]:
    return account.collection_runs.order_by("-started_at", "-pk")


def snapshots_of(post: PlatformPost) -> QuerySet[PostSnapshot]:
    return PostSnapshot.objects.filter(platform_post=post).order_by("-captured_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """One account over one period, from its days.

    ``posts`` is None unless the list of posts was read up to a day of the period; ``posts_days``
    says of how many days it tells. ``definitions``: what the metrics meant in this time.
    """

    days: int
    collected: int
    posts: int | None
    posts_days: int
    active_weeks: int
    weeks: int
    falls: int
    followers_start: int | None
    followers_end: int | None
    gained: dict[str, int | None]
    definitions: frozenset[str]
    redefined: bool
    # Posts of the period through approval, and around the workflow since the account is registered.
    gate: int | None
    outside: int | None

    @property
    def one_definition(self) -> bool:
        return len(self.definitions) <= 1 and not self.redefined

    def comparable(self, other: Totals) -> bool:
        """Whether the figures of both mean the same."""
        return (
            self.one_definition and other.one_definition
            and len(self.definitions | other.definitions) <= 1
        )  # fmt: skip

    @property
    def followers_change(self) -> int | None:
        if self.followers_start is None or self.followers_end is None:
            return None
        return self.followers_end - self.followers_start if len(self.definitions) <= 1 else None

    @property
    def followers_growth(self) -> float | None:
        change = self.followers_change
        return None if change is None else indicators.ratio(change, self.followers_start)

    @property
    def engagements(self) -> int | None:
        return indicators.add(self.gained[name] for name in ENGAGEMENT)

    @property
    def posts_per_week(self) -> float | None:
        return indicators.ratio(self.posts, self.posts_days / 7)

    @property
    def coverage(self) -> float | None:
        return indicators.ratio(self.collected, self.days)


_TOTALS = """
    WITH origins AS (
        SELECT p.official_account_id, count(p.publication_id) AS gate,
            count(*) FILTER (WHERE p.publication_id IS NULL) AS outside
        FROM kpi_platformpost p
        JOIN accounts_officialaccount a ON a.id = p.official_account_id
        WHERE p.official_account_id = ANY(%(accounts)s)
        AND p.posted_on BETWEEN %(first)s AND %(last)s
        AND (p.publication_id IS NOT NULL OR p.posted_at >= a.created_at)
        AND p.kind IN ('post', 'reply')
        GROUP BY p.official_account_id
    )
    SELECT w.id,
        count(*) FILTER (WHERE collected AND day >= %(first)s),
        sum(posts) FILTER (WHERE day >= %(first)s),
        count(DISTINCT date_trunc('week', day)) FILTER (
            WHERE posts > 0 AND day BETWEEN %(monday)s AND w.sunday),
        coalesce(sum(falls) FILTER (WHERE day >= %(first)s), 0),
        (array_agg(followers ORDER BY day DESC)
            FILTER (WHERE followers IS NOT NULL AND day < %(first)s))[1] AS followers_start,
        (array_agg(followers ORDER BY day DESC)
            FILTER (WHERE followers IS NOT NULL AND day >= %(first)s))[1] AS followers_end,
        (array_agg(followers ORDER BY day)
            FILTER (WHERE followers IS NOT NULL AND day >= %(first)s))[1] AS followers_first,
        sum(gained_likes) FILTER (WHERE day >= %(first)s),
        sum(gained_comments) FILTER (WHERE day >= %(first)s),
        sum(gained_shares) FILTER (WHERE day >= %(first)s),
        (array_agg(definition ORDER BY day DESC)
            FILTER (WHERE followers IS NOT NULL AND day < %(first)s))[1] AS definition_start,
        array_agg(DISTINCT definition) FILTER (WHERE collected AND day >= %(first)s),
        coalesce(bool_or(redefined) FILTER (WHERE day >= %(first)s), false),
        o.gate, o.outside
    FROM unnest(%(accounts)s::bigint[], %(sundays)s::date[]) AS w (id, sunday)
    LEFT JOIN kpi_accountday d
        ON d.official_account_id = w.id AND d.day BETWEEN %(from)s AND %(last)s
    LEFT JOIN origins o ON o.official_account_id = w.id
    GROUP BY w.id, o.gate, o.outside
"""


def posts_known(account: OfficialAccount) -> date | None:
    """The last local day up to which the account's list of posts was read."""
    return posts_known_until(account, getattr(account, "pull_state", None))


def totals(accounts: Sequence[OfficialAccount], period: Period) -> dict[int, Totals]:
    """Totals by account; an account without any day in the period has an entry as well."""
    known = {account.pk: _known_end(posts_known(account), period) for account in accounts}
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTALS,
            {
                "accounts": list(known),
                "first": period.first,
                "monday": _first_monday(period),
                "sundays": [_last_sunday(until) for until in known.values()],
                "from": period.first - timedelta(days=START_DAYS),
                "last": period.last,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return {key: _totals(row, period, known[key]) for key, *row in rows}


def _known_end(known: date | None, period: Period) -> date:
    """The last day of the period whose posts are known; the day before it where none is."""
    before = period.first - timedelta(days=1)
    return before if known is None else max(before, min(known, period.last))


def _first_monday(period: Period) -> date:
    return period.first + timedelta(days=-period.first.weekday() % 7)


def _last_sunday(day: date) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7)


def _totals(row: Sequence[Any], period: Period, known: date) -> Totals:
    collected, posts, active, falls, start, end, first, likes, comments, shares = row[:10]
    definition_start, definitions, redefined, gate, outside = row[10:]
    posts_days = (known - period.first).days + 1
    everything = period.before() is None
    earlier = set() if everything or definition_start is None else {definition_start}
    return Totals(
        days=period.days,
        collected=collected,
        posts=int(posts or 0) if posts_days else None,
        posts_days=posts_days,
        active_weeks=active,
        weeks=max(0, ((_last_sunday(known) - _first_monday(period)).days + 1) // 7),
        falls=int(falls),
        # Over everything, the first value ever collected is what there was before.
        followers_start=first if everything else start,
        followers_end=end,
        gained={
            name: None if value is None else int(value)
            for name, value in zip(ENGAGEMENT, (likes, comments, shares), strict=True)
        },
        definitions=frozenset(definitions or ()) | earlier,
        redefined=redefined,
        gate=_origin(gate, posts_days),
        outside=_origin(outside, posts_days),
    )


def _origin(counted: int | None, posts_days: int) -> int | None:
    """Nobody knows of posts where no list of them was read; a publication is known without."""
    return counted if counted is not None or not posts_days else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTotals:
    """The posts that one account made in one period, with their latest numbers."""

    posts: int
    gate: int
    outside: int
    gone: int
    parts: dict[str, indicators.Part]
    rated: int
    rate: float | None
    rate_mean: float | None
    rate_median: float | None

    @property
    def approval_coverage(self) -> float | None:
        return indicators.ratio(self.gate, self.gate + self.outside)

    def triples(self, followers: int | None) -> dict[str, indicators.Triple]:
        return {name: indicators.triple(self.parts[name], followers) for name in ENGAGEMENT}


# The rate of a post: its engagements by the followers on the day it was made.
_POST_TOTALS = """
    WITH own AS (
        SELECT p.*, d.followers,
            CASE WHEN num_nonnulls(likes, comments, shares) > 0 THEN
                coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0)
            END AS own_engagements
        FROM kpi_platformpost p
        LEFT JOIN kpi_accountday d
            ON d.official_account_id = p.official_account_id AND d.day = p.posted_on
        WHERE p.official_account_id = %(account)s AND p.kind IN ('post', 'reply')
        AND p.posted_on BETWEEN %(first)s AND %(last)s
    ), rated AS (
        SELECT *, CASE WHEN followers > 0 THEN own_engagements::float / followers END AS rate
        FROM own
    )
    SELECT count(*), count(publication_id),
        count(*) FILTER (WHERE publication_id IS NULL AND posted_at >= %(registered)s),
        count(gone_at),
        count(likes), count(*) FILTER (WHERE likes > 0), sum(likes),
        count(comments), count(*) FILTER (WHERE comments > 0), sum(comments),
        count(shares), count(*) FILTER (WHERE shares > 0), sum(shares),
        count(rate),
        sum(own_engagements) FILTER (WHERE rate IS NOT NULL)::float
            / nullif(sum(followers) FILTER (WHERE rate IS NOT NULL), 0),
        avg(rate), percentile_cont(0.5) WITHIN GROUP (ORDER BY rate)
    FROM rated
"""


def post_totals(account: OfficialAccount, period: Period) -> PostTotals:
    with connection.cursor() as cursor:
        cursor.execute(
            _POST_TOTALS,
            {
                "account": account.pk,
                "first": period.first,
                "last": period.last,
                "registered": account.created_at,
            },
        )
        row = list(cursor.fetchone())
    parts = {
        name: indicators.Part(
            given=row[start],
            with_any=row[start + 1],
            total=None if row[start + 2] is None else int(row[start + 2]),
        )
        for name, start in zip(ENGAGEMENT, (4, 7, 10), strict=True)
    }
    return PostTotals(
        posts=row[0],
        gate=row[1],
        outside=row[2],
        gone=row[3],
        parts=parts,
        rated=row[13],
        rate=row[14],
        rate_mean=row[15],
        rate_median=row[16],
    )


def engagements_of(row: PlatformPost | PostSnapshot) -> int | None:
    """Likes, comments and shares, as far as the platform gave them."""
    return indicators.add(getattr(row, name) for name in ENGAGEMENT)
