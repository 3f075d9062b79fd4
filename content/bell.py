"""The bell in the head of every page: how many notifications nobody has read yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.requests import person
from content.selectors.talk import unread_mentions_of, unread_of
from govsocial.web.counting import counts_of

# What a badge has room for.
MOST_SHOWN = 99


@dataclass(frozen=True, slots=True)
class Bell:
    url: str
    count: int
    is_here: bool

    @property
    def shown(self) -> str:
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


def bell(request: HttpRequest) -> Bell | None:
    """None for who has no notifications at all: they come with content."""
    if not person(request).holds("content.view"):
        return None
    url = reverse("content:notification_list")
    return Bell(url, counts_of(request)["unread"], request.path == url)


def unread_rows(user: User, is_home: bool) -> Mapping[str, QuerySet[Any] | None]:
    """What the bell counts, and for the home page the mentions among it; see
    ``govsocial.web.counting.Provider``."""
    if not user.holds("content.view"):
        return {}
    return {
        "unread": unread_of(user),
        "mentions": unread_mentions_of(user) if is_home else None,
    }
