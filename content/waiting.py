"""How much of content waits for who asks: on every page in the navigation, and on the home page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.requests import person
from content import selectors
from govsocial.web.counting import counts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Posts that came back, reviews to decide on, publications in trouble, and scheduled ones that
    will fail."""

    back: int = 0
    reviews: int = 0
    trouble: int = 0
    failing: int = 0

    @property
    def total(self) -> int:
        return self.back + self.reviews + self.trouble + self.failing


def waiting_for(request: HttpRequest) -> Waiting:
    """What waits for who asks."""
    if not person(request).holds("content.view"):
        return Waiting()
    counts = counts_of(request)
    return Waiting(**{one.name: counts[one.name] for one in fields(Waiting)})


def waiting_rows(user: User, is_home: bool) -> Mapping[str, QuerySet[Any] | None]:
    """The rows behind each number of ``Waiting``; see ``govsocial.web.counting.Provider``."""
    if not user.holds("content.view"):
        return {}
    drafts, publishes = user.holds("content.draft"), user.holds("content.publish")
    decides = user.holds("content.approve") or user.holds("content.review")
    return {
        "back": selectors.posts_sent_back_to(user) if drafts else None,
        "reviews": selectors.reviews_waiting_for(user) if decides else None,
        "trouble": selectors.publications_in_trouble(user) if publishes else None,
        "failing": selectors.publications_that_will_fail(user) if publishes else None,
    }
