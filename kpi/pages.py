"""What the pages of measuring show, put together from selectors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

from django.core.paginator import Page
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from govsocial.web.templatetags.formats import number, percent, share, signed
from kpi import indicators, periods, selectors, series
from kpi.metrics import ENGAGEMENT, LABELS, SUMMED
from kpi.models import PlatformPost, PostSnapshot, PullState
from kpi.periods import Period
from kpi.selectors import PostTotals, Totals

Tile = dict[str, Any]


def today_of(account: OfficialAccount) -> date:
    return timezone.localdate(timezone=account.unit.zone)


def state_of(account: OfficialAccount) -> PullState | None:
    return getattr(account, "pull_state", None)


def period_of(account: OfficialAccount, query: QueryDict) -> Period:
    """The period in the address, in the local days of the account's unit."""
    state = state_of(account)
    first = state.first_captured_at if state else None
    since = timezone.localdate(first, account.unit.zone) if first else None
    return periods.chosen(query.get("period", ""), today=today_of(account), since=since)


def period_tabs(period: Period) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?period={key}", "active": key == period.key}
        for key, (label, _length) in periods.LENGTHS.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account in the list, over the last 30 days."""

    account: OfficialAccount
    totals: Totals
    freshness: str

    @property
    def engagements(self) -> int | None:
        return self.totals.engagements


# Nothing is behind where figures are fresh, or where none are pulled at all.
CALM = {str(PullState.Freshness.FRESH), "idle", "by_hand"}

SORTS: dict[str, Any] = {
    "name": lambda row: row.account.display_name.casefold(),
    "followers": lambda row: row.totals.followers_end,
    "change": lambda row: row.totals.followers_growth,
    "engagements": lambda row: row.totals.engagements,
    "posts": lambda row: row.totals.posts,
    "outside": lambda row: row.totals.outside,
}


def by_today(accounts: Iterable[OfficialAccount]) -> dict[date, list[OfficialAccount]]:
    """Accounts by the day that it is where their unit is: two days of the world, at most three."""
    found: dict[date, list[OfficialAccount]] = {}
    for account in accounts:
        found.setdefault(today_of(account), []).append(account)
    return found


def counts(account: OfficialAccount, totals: Totals) -> bool:
    """Whether pages tell of it in a period: of one that is not in use while it has figures."""
    return account.is_active or totals.collected > 0


def account_rows(accounts: Sequence[OfficialAccount], sort: str) -> list[AccountRow]:
    """Figures of the last 30 days, sorted; what is not given comes last either way."""
    rows = [
        row
        for today, group in by_today(accounts).items()
        for row in _account_rows(group, periods.chosen("month", today=today, since=None))
        if counts(row.account, row.totals)
    ]
    key = SORTS.get(sort.lstrip("-"), SORTS["name"])
    known = [row for row in rows if key(row) is not None]
    known.sort(key=key, reverse=sort.startswith("-"))
    return known + [row for row in rows if key(row) is None]


def _account_rows(accounts: Sequence[OfficialAccount], period: Period) -> list[AccountRow]:
    totals = selectors.totals(accounts, period)
    return [
        AccountRow(
            account=account,
            totals=totals[account.pk],
            freshness=freshness_of(account),
        )
        for account in accounts
    ]


def freshness_of(account: OfficialAccount) -> str:
    state = state_of(account)
    if not account.is_active:
        return "idle"
    if not account.can_connect:
        return "by_hand"
    if not account.is_connected:
        return "revoked" if account.needs_reconnecting else "disconnected"
    return str(state.freshness() if state else PullState.Freshness.NEVER)


def account_page(account: OfficialAccount, period: Period) -> dict[str, Any]:
    """Everything of the page of one account but its table of posts."""
    now = selectors.totals([account], period)[account.pk]
    posts = selectors.post_totals(account, period)
    earlier = _comparable(account, period.before())
    before = selectors.totals([account], earlier)[account.pk] if earlier else None
    if before is not None and not now.comparable(before):
        earlier = before = None
    posts_before = selectors.post_totals(account, earlier) if earlier else None
    with_day_before = replace(period, first=period.first - timedelta(days=1))
    return {
        "official_account": account,
        "state": state_of(account),
        "freshness": freshness_of(account),
        "period": period,
        "tabs": period_tabs(period),
        "totals": now,
        "post_totals": posts,
        "tiles": _tiles(now, before, posts, posts_before),
        "rhythm": _rhythm(now),
        "bonson": _bonson(now, posts),
        "unusual": series.unusual_days(series.days_of(account, with_day_before)),
    }


def _rhythm(now: Totals) -> str:
    if now.posts is None:
        return _("The list of posts was not read in this period")
    words = _("%(rate)s posts a week; active in %(active)s of %(weeks)s weeks") % {
        "rate": number(now.posts_per_week, 1),
        "active": now.active_weeks,
        "weeks": now.weeks,
    }
    if now.posts_days == now.days:
        return words
    return _("%(words)s; posts known for %(known)s of %(days)s days") % {
        "words": words,
        "known": number(now.posts_days),
        "days": number(now.days),
    }


def _comparable(account: OfficialAccount, earlier: Period | None) -> Period | None:
    """A period in which collection had not begun yet is nothing to compare with."""
    state = state_of(account)
    if earlier is None or state is None or state.first_captured_at is None:
        return None
    began = timezone.localdate(state.first_captured_at, account.unit.zone)
    return earlier if began <= earlier.first + timedelta(days=selectors.START_DAYS) else None


def _tiles(
    now: Totals, before: Totals | None, posts: PostTotals, earlier: PostTotals | None
) -> list[Tile]:
    return [
        _tile(
            "followers",
            None if now.followers_end is None else number(now.followers_end),
            now.followers_change,
            None if now.followers_change is None else signed(now.followers_change),
            note=""
            if now.followers_growth is None
            else _("%(share)s in this period") % {"share": percent(now.followers_growth)},
        ),
        _tile(
            "engagements",
            None if now.engagements is None else number(now.engagements),
            *_relative(now.engagements, before.engagements if before else None),
            coverage=_parts(now),
        ),
        _tile(
            "engagement-by-followers",
            None if posts.rate is None else percent(posts.rate, 2),
            *_relative(posts.rate, earlier.rate if earlier else None),
            note=""
            if posts.rate_median is None
            else _("median %(median)s, mean %(mean)s")
            % {"median": percent(posts.rate_median, 2), "mean": percent(posts.rate_mean, 2)},
            coverage=""
            if now.posts is None and not posts.posts
            else _("%(rated)s of %(posts)s posts")
            % {"rated": number(posts.rated), "posts": number(posts.posts)},
        ),
        _tile(
            "approval-coverage",
            _("No data") if posts.approval_coverage is None else share(posts.approval_coverage, 1),
            None,
            None,
            note=_approval_note(now, posts),
        ),
    ]


def _tile(
    key: str,
    value: str | None,
    moved: float | None,
    words: str | None,
    *,
    note: str = "",
    coverage: str = "",
) -> Tile:
    return {
        "key": key,
        "label": indicators.CATALOGUE[key].name,
        "value": value,
        "change": words or "",
        "change_tone": "" if not moved else "good" if moved > 0 else "bad",
        "up": None if not moved else moved > 0,
        "note": note,
        "coverage": coverage,
    }


def _relative(now: float | None, before: float | None) -> tuple[float | None, str | None]:
    if now is None or not before:
        return None, None
    change = now / before - 1
    words = percent(abs(change))
    return change, _("%(share)s against the period before") % {"share": words}


def _parts(now: Totals) -> str:
    """Which parts the sum has, so that nobody compares sums of different parts."""
    given = [str(LABELS[name]).lower() for name in ENGAGEMENT if now.gained[name] is not None]
    return _("from %(parts)s") % {"parts": ", ".join(given)} if given else ""


def _approval_note(now: Totals, posts: PostTotals) -> str:
    if now.posts is None and not posts.posts:
        return _("The list of posts was not read in this period")
    if posts.approval_coverage is None:
        return _("No post since the account was registered")
    return _("%(gate)s through approval, %(outside)s outside the workflow") % {
        "gate": number(posts.gate),
        "outside": number(posts.outside),
    }


def _bonson(now: Totals, posts: PostTotals) -> dict[str, Any]:
    triples = posts.triples(now.followers_end)
    codes = {
        "likes": ("P", _("Popularity")),
        "comments": ("C", _("Commitment")),
        "shares": ("V", _("Virality")),
    }
    return {
        "rows": [
            {"code": codes[name][0], "name": codes[name][1], "part": LABELS[name], "triple": one}
            for name, one in triples.items()
        ],
        "engagement": indicators.engagement(triples.values()),
        "indicator": indicators.CATALOGUE["engagement-per-1000"],
        "followers": now.followers_end,
        "posts": posts.posts,
    }


# How many captures in a row may lack a counter before the next value is compared with none.
MOST_MISSING = 24

POST_SORTS = {
    "posted": "posted_at",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "quotes": "quotes",
}


def post_rows(posts: Iterator[PlatformPost]) -> Iterator[list[object]]:
    """Rows of the export. A value that the platform did not give is an empty cell, never 0."""
    for post in posts:
        yield [
            post.platform_id,
            post.permalink,
            post.posted_at,
            post.get_kind_display(),
            post.origin.label,
            post.text,
            *post.metric_values().values(),
            post.captured_at,
            post.gone_at,
        ]


def capture_rows(
    post: PlatformPost, page: Page[Any], metrics: Collection[str] = SUMMED
) -> list[dict[str, Any]]:
    """The captures of a page, newest first; a counter that is lower than before is marked.

    ``metrics`` are those that the platform gives; others are shown where a capture has them.
    """
    start = max(page.start_index() - 1, 0)
    # More than the page shows, to compare its last rows with what was given before.
    snapshots = list(selectors.snapshots_of(post)[start : page.end_index() + MOST_MISSING])
    shown = [
        name
        for name in SUMMED
        if name in metrics or any(getattr(one, name) is not None for one in snapshots)
    ]
    return [
        {
            "captured_at": now.captured_at,
            "cells": [_cell(name, now, snapshots[place + 1 :]) for name in shown],
            "redefined": any(
                old.definition != now.definition for old in snapshots[place + 1 : place + 2]
            ),
        }
        for place, now in enumerate(snapshots[: len(page.object_list)])
    ]


def _cell(name: str, now: PostSnapshot, earlier: Sequence[PostSnapshot]) -> dict[str, Any]:
    """``earlier`` is newest first: a value is compared with the last one that was given, as long
    as the definition was no other since."""
    value = getattr(now, name)
    alike = takewhile(lambda one: one.definition == now.definition, earlier)
    before = next((was for one in alike if (was := getattr(one, name)) is not None), None)
    fell = value is not None and before is not None and value < before
    return {"label": LABELS[name], "value": value, "fell": fell}


def list_summary(rows: Sequence[AccountRow]) -> dict[str, Any]:
    """How many accounts, how many of them are not up to date, and how fresh the figures are."""
    states = [state for row in rows if (state := state_of(row.account)) is not None]
    captured = [state.captured_at for state in states if state.captured_at is not None]
    return {
        "accounts": len(rows),
        "units": len({row.account.unit_id for row in rows}),
        "as_of": max(captured, default=None),
        "behind": sum(row.freshness not in CALM for row in rows),
    }
