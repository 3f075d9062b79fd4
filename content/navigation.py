from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from accounts.requests import person
from content.desk import is_at_desk
from content.waiting import waiting_for
from govsocial.web.navigation import Entry


def entries(request: HttpRequest) -> Iterable[Entry]:
    """Places of content. Counts are what waits for this person, nothing else."""
    user = person(request)
    if not user.holds("content.view"):
        return
    waiting = waiting_for(request)
    yield Entry(key="home", url=reverse("home"), count=waiting.total or None)
    yield Entry(key="calendar", url=reverse("content:calendar"))
    yield Entry(key="content", url=reverse("content:post_list"), count=waiting.back or None)
    yield Entry(
        key="campaigns",
        url=reverse("content:campaign_list"),
        also=(reverse("content:idea_list"), reverse("content:plan_done")),
    )
    yield Entry(key="search", url=reverse("content:search"))
    yield Entry(key="media", url=reverse("content:media_list"))
    yield Entry(key="bank", url=reverse("content:bank_list"))
    if user.holds("content.draft"):
        yield Entry(key="write", url=reverse("content:post_create"))
    yield Entry(
        key="review",
        url=reverse("content:review_list"),
        count=waiting.reviews + waiting.retrospectives or None,
        also=(
            reverse("content:retrospective_list"),
            *((request.path,) if is_at_desk(request) else ()),
        ),
    )
    if any(user.holds(f"content.{right}") for right in ("draft", "review", "configure")):
        yield Entry(key="policies", url=reverse("content:policy_list"))
    yield Entry(
        key="publications",
        url=reverse("content:publication_list"),
        count=waiting.attention or None,
        also=(reverse("content:freeze_list"), reverse("content:frozen_list")),
    )
