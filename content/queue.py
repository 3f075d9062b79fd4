"""The review queue as it is filtered: what waits for a person, and what waits for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from accounts.models import User
from content import stuck
from content.filters.posts import ReviewFilter
from content.models import Review
from content.pages import review as review_pages
from content.selectors import posts as selectors
from content.selectors.lists import reviews_to_list, reviews_to_tick_off
from govsocial.web.lists import chips, page_of


def queue_of(
    user: User, asked: QueryDict
) -> tuple[QuerySet[Review], QuerySet[Review], ReviewFilter]:
    """Open reviews that ``user`` may decide, and those that others do, emergencies first in both;
    and the filters that were asked for. What cannot be read as a filter leaves both empty."""
    filters = ReviewFilter(asked, queryset=selectors.reviews_to_tick(user), user=user)
    others = ReviewFilter(asked, queryset=selectors.reviews_waiting_for_others(user), user=user)
    return filters.qs, others.qs, filters


def queue_page(request: HttpRequest, user: User, ticked: Sequence[str]) -> dict[str, Any]:
    """The queue as its page shows it. ``ticked`` is what was ticked before, to be shown again."""
    mine, others, filters = queue_of(user, request.GET)
    page, shown = page_of(reviews_to_tick_off(mine), request), chips(filters)
    page.object_list = review_pages.with_ticks(page.object_list, user, ticked)
    out_at_once, to_be_posted = review_pages.out_at_once(page.object_list)
    waiting = page_of(reviews_to_list(others), request)
    nobody = stuck.stuck_among(waiting.object_list)
    for one in waiting.object_list:
        one.is_stuck = one.pk in nobody
    return {
        "form": filters.form,
        "chips": shown,
        "seldom_set": filters.unfolds(shown),
        "waiting": page,
        "others": waiting,
        "any_stuck": bool(nobody),
        "for_whom": review_pages.for_whom(page.object_list),
        "out_at_once": out_at_once,
        "to_be_posted": to_be_posted,
        "may_tick": any(one.tick == review_pages.MAY for one in page.object_list),
    }
