from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from accounts.requests import person
from content import selectors
from govsocial.web.counting import count_all
from govsocial.web.navigation import Entry


def entries(request: HttpRequest) -> Iterable[Entry]:
    """Places of content. Counts are what waits for this person, nothing else."""
    user = person(request)
    if not user.holds("content.view"):
        return
    decides = user.holds("content.approve") or user.holds("content.review")
    counts = count_all(
        back=selectors.posts_sent_back_to(user) if user.holds("content.draft") else None,
        waiting=selectors.reviews_waiting_for(user) if decides else None,
        trouble=selectors.publications_in_trouble(user) if user.holds("content.publish") else None,
    )
    back, waiting, trouble = counts["back"], counts["waiting"], counts["trouble"]
    yield Entry(key="home", url=reverse("home"), count=back + waiting + trouble or None)
    yield Entry(key="content", url=reverse("content:post_list"), count=back or None)
    if user.holds("content.draft"):
        yield Entry(key="write", url=reverse("content:post_create"))
    yield Entry(key="review", url=reverse("content:review_list"), count=waiting or None)
    yield Entry(key="publications", url=reverse("content:publication_list"), count=trouble or None)
