"""What measuring puts on the home page: the numbers of this month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest

from accounts.models import OfficialAccount
from accounts.requests import person
from govsocial.web.home import Card
from kpi import indicators, pages, selectors
from kpi.models import PullState
from kpi.periods import Period

MOST = 4


def cards(request: HttpRequest) -> Iterable[Card]:
    user = person(request)
    if not user.holds("kpi.view"):
        return
    visible = selectors.measured(selectors.accounts_visible_to(user))
    month = this_month(list(visible))
    if month["accounts"]:
        yield Card(template="kpi/_home_month.html", context=month, order=40, aside=True)


def this_month(accounts: Sequence[OfficialAccount]) -> dict[str, Any]:
    """Followers, posts and approval over all accounts since the first of the month.

    As in the list of KPI, an account that is not in use counts for as long as it has figures.
    """
    totals: list[selectors.Totals] = []
    counted: list[OfficialAccount] = []
    for today, group in pages.by_today(accounts).items():
        period = Period("month", today.replace(day=1), today)
        found = selectors.totals(group, period)
        for account in group:
            if pages.counts(account, found[account.pk]):
                counted.append(account)
                totals.append(found[account.pk])
    troubled = [
        account
        for account in counted
        if pages.freshness_of(account) in {PullState.Freshness.LATE, PullState.Freshness.FAILING}
    ]
    gate = sum(one.gate or 0 for one in totals)
    outside = sum(one.outside or 0 for one in totals)
    compared = [one for one in totals if one.followers_change is not None]
    captured = [state.captured_at for one in counted if (state := pages.state_of(one)) is not None]
    return {
        "accounts": len(counted),
        # Of whom these numbers are, and how fresh: others see other accounts.
        "units": sorted({str(one.unit) for one in counted}),
        "as_of": max(filter(None, captured), default=None),
        "followers": indicators.add(one.followers_end for one in totals),
        "followers_given": sum(one.followers_end is not None for one in totals),
        "followers_change": indicators.add(one.followers_change for one in compared),
        "posts": indicators.add(one.posts for one in totals),
        "engagements": indicators.add(one.engagements for one in totals),
        "approval_coverage": indicators.ratio(gate, gate + outside),
        "outside": outside,
        "troubled": troubled[:MOST],
        "troubled_count": len(troubled),
    }
