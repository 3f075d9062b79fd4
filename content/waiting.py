"""How much of content waits for who asks: on every page in the navigation, and on the home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User
from accounts.requests import person
from content import selectors
from govsocial.web.counting import count_all

_KNOWN = "content_waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Posts that came back, reviews to decide on, and publications in trouble."""

    back: int = 0
    reviews: int = 0
    trouble: int = 0

    @property
    def total(self) -> int:
        return self.back + self.reviews + self.trouble


def waiting_for(request: HttpRequest) -> Waiting:
    """What waits for who asks. One query per request."""
    known: Waiting | None = getattr(request, _KNOWN, None)
    if known is None:
        known = _count(person(request))
        setattr(request, _KNOWN, known)
    return known


def _count(user: User) -> Waiting:
    if not user.holds("content.view"):
        return Waiting()
    drafts, publishes = user.holds("content.draft"), user.holds("content.publish")
    decides = user.holds("content.approve") or user.holds("content.review")
    return Waiting(
        **count_all(
            back=selectors.posts_sent_back_to(user) if drafts else None,
            reviews=selectors.reviews_waiting_for(user) if decides else None,
            trouble=selectors.publications_in_trouble(user) if publishes else None,
        )
    )
