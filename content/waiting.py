"""How much of content waits for who asks: on every page in the navigation, and on the home page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.requests import person
from content.selectors import back as selectors_back
from content.selectors import freezes as selectors_freezes
from content.selectors import posts as selectors
from content.selectors.ended import ended_notices_of
from content.selectors.retrospectives import retrospectives_waiting_for
from content.stuck import looks_by_nobody, mends_what_is_stuck, stuck_reviews
from govsocial.web.counting import counts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Posts that came back, reviews to decide on, publications in trouble, scheduled ones that will
    fail, frozen ones that may go again, withdrawn ones that are still to be deleted, those to post
    by hand now, those that they have ``in_hand``, emergencies to look at afterwards, of which so
    many are ``late``, and those whose validity has ``ended`` while they are out. Posts that are
    ``stuck``, and emergencies that nobody may look at (``unlooked``), wait for nobody: they are no
    task, and told to who can do something about them."""

    back: int = 0
    reviews: int = 0
    trouble: int = 0
    failing: int = 0
    frozen: int = 0
    undeleted: int = 0
    to_post: int = 0
    in_hand: int = 0
    retrospectives: int = 0
    late: int = 0
    ended: int = 0
    stuck: int = 0
    unlooked: int = 0

    @property
    def total(self) -> int:
        return self.back + self.reviews + self.attention + self.retrospectives + self.ended

    @property
    def attention(self) -> int:
        """Of publications: as ``attention_rows``."""
        return sum(getattr(self, name) for name in _ATTENTION)


def waiting_for(request: HttpRequest) -> Waiting:
    """What waits for who asks."""
    if not person(request).holds("content.view"):
        return Waiting()
    counts = counts_of(request)
    return Waiting(**{one.name: counts[one.name] for one in fields(Waiting)})


_ATTENTION = ("trouble", "failing", "frozen", "undeleted", "to_post", "in_hand")


def attention_rows(user: User) -> list[QuerySet[Any]]:
    """The publications behind ``Waiting.attention``; some may be in more than one of them."""
    rows = waiting_rows(user, is_home=False)
    return [found for name in _ATTENTION if (found := rows.get(name)) is not None]


def waiting_rows(user: User, is_home: bool) -> Mapping[str, QuerySet[Any] | None]:
    """The rows behind each number of ``Waiting``; see ``govsocial.web.counting.Provider``."""
    if not user.holds("content.view"):
        return {}
    drafts, publishes = user.holds("content.draft"), user.holds("content.publish")
    decides = user.holds("content.approve") or user.holds("content.review")
    looks = retrospectives_waiting_for(user) if decides else None
    approves = user.holds("content.approve")
    return {
        # Not a task: whether the pages have a freeze to tell of.
        "freezes": selectors_freezes.running_freezes(user),
        "frozen": selectors_freezes.to_release_by(user) if approves else None,
        "undeleted": selectors_freezes.withdrawals_for(user) if publishes else None,
        "back": selectors_back.posts_sent_back_to(user) if drafts else None,
        "reviews": selectors.reviews_waiting_for(user) if decides else None,
        "trouble": selectors.publications_in_trouble(user) if publishes else None,
        "to_post": selectors.publications_to_post(user) if publishes else None,
        "in_hand": selectors.publications_in_hand_of(user) if publishes else None,
        "failing": selectors.publications_that_will_fail(user) if publishes else None,
        "retrospectives": looks,
        "ended": ended_notices_of(user) if drafts or publishes else None,
        # Only the home page tells them apart.
        "late": looks.filter(due_at__lt=timezone.now()) if is_home and looks is not None else None,
        "stuck": stuck_reviews(user) if is_home and mends_what_is_stuck(user) else None,
        "unlooked": looks_by_nobody(user) if is_home and user.holds("people.manage") else None,
    }
