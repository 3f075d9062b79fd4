"""What the page of notifications shows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page

from accounts.models import User
from content import notices
from content.models import NoticeChoice, Notification


def notification_page(page: Page[Notification]) -> dict[str, Any]:
    """The rows of a page in words, and the id up to which all can be marked as read."""
    rows = [
        {
            "notice": one,
            "sentence": notices.sentence_of(one),
            "tone": notices.tone_of(one),
            "is_over": bool(notices.why_over(one)) and one.read_at is None,
        }
        for one in page.object_list
    ]
    return {"rows": rows, "up_to": max((one.pk for one in page.object_list), default=0)}


def ways_of(user: User) -> dict[str, str]:
    """The ways that somebody chose, by kind."""
    return dict(NoticeChoice.objects.filter(person=user).values_list("kind", "way"))
