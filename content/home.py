"""What content puts on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.requests import person
from content import selectors
from content.models import Publication
from govsocial.web.home import Card

MOST = 6
MOST_TODAY = 5


def cards(request: HttpRequest) -> Iterable[Card]:
    user = person(request)
    if not user.holds("content.view"):
        return
    if user.holds("content.approve") or user.holds("content.review"):
        yield _waiting(user)
    if user.holds("content.draft"):
        yield _mine(user)
    yield _today(user)
    if user.holds("content.publish"):
        trouble = list(selectors.publications_in_trouble(user)[:MOST])
        yield Card(
            template="content/_home_trouble.html",
            context={"trouble": trouble},
            waiting=len(trouble),
            order=10,
            aside=True,
        )


def _waiting(user: User) -> Card:
    reviews = list(selectors.reviews_waiting_for(user)[: MOST + 1])
    return Card(
        template="content/_home_waiting.html",
        context={"reviews": reviews[:MOST], "more": len(reviews) > MOST},
        waiting=len(reviews),
        order=10,
    )


def _mine(user: User) -> Card:
    posts = selectors.posts_visible_to(user).filter(author=user)
    back = list(selectors.posts_sent_back_to(user)[:MOST])
    drafts = posts.filter(status="draft").exclude(pk__in=[post.pk for post in back])
    return Card(
        template="content/_home_mine.html",
        context={"back": back, "drafts": list(drafts[:MOST])},
        waiting=len(back),
        order=20,
    )


def _today(user: User) -> Card:
    day = timezone.localdate()
    start = timezone.make_aware(datetime.combine(day, time.min))
    rows = (
        selectors.publications_visible_to(user)
        .filter(scheduled_for__gte=start, scheduled_for__lt=start + timedelta(days=1))
        .exclude(status=Publication.Status.CANCELLED)
        .order_by("scheduled_for", "pk")
    )
    today = list(rows[: MOST_TODAY + 1])
    return Card(
        template="content/_home_today.html",
        context={"today": today[:MOST_TODAY], "more": len(today) > MOST_TODAY},
        order=30,
    )
