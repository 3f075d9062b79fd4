"""The review desk: what was opened from the queue reads as part of it and leads on along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from babel.dates import format_timedelta
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from content.filters.posts import ReviewFilter
from content.models import Post, Review
from content.selectors import posts as selectors
from govsocial.web.templatetags.formats import locale

FROM, QUEUE, FILTERED = "from", "reviews", "queue"
_LONGEST_FILTERS = 1_000
LONGEST_TITLE = 80
# The pages of a post that somebody who decides comes by; elsewhere the parameter says nothing.
_PAGES = frozenset(
    f"content:{name}"
    for name in (
        "post_detail", "post_compare", "post_version", "thread_list", "thread_detail",
        "post_approve", "post_request_changes", "post_reject",
    )
)  # fmt: skip
_QUEUES = frozenset({"content:review_list", "content:review_approve"})


def is_at_desk(request: HttpRequest) -> bool:
    """Whether the page was opened from the queue. One fixed word says so: an address that is
    forged can at most show another entry of the navigation as the present one."""
    match = request.resolver_match
    return bool(match and match.view_name in _PAGES and request.GET.get(FROM) == QUEUE)


def mark(request: HttpRequest, **more: str) -> str:
    """What an address needs so that its page stays at the desk, with the filters of the queue, and
    ``more`` besides; "" for a page that is not there and has nothing more."""
    return _query(filters_of(request) if is_at_desk(request) else None, more)


def address(post_id: int, filters: str = "") -> str:
    """Of a post that is opened from the queue as it is filtered."""
    return reverse("content:post_detail", args=[post_id]) + _query(filters, {})


def queue_address(request: HttpRequest) -> str:
    """Of the queue, filtered as it was when the page was opened from there."""
    filters = filters_of(request)
    return reverse("content:review_list") + (f"?{filters}" if filters else "")


def filters_of(request: HttpRequest) -> str:
    """The filters of the queue, as its own address has them: of the queue itself, or of the one
    that a page was opened from. Other parameters are left out."""
    match = request.resolver_match
    if match and match.view_name in _QUEUES:
        return _kept(request.GET)
    typed = request.GET.get(FILTERED, "")
    return _kept(QueryDict(typed)) if len(typed) <= _LONGEST_FILTERS else ""


def _kept(asked: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in ReviewFilter.Meta.fields:
        if any(asked.getlist(name)):
            kept.setlist(name, asked.getlist(name))
    return kept.urlencode()


def _query(filters: str | None, more: Mapping[str, str]) -> str:
    """``filters`` None: not at the desk."""
    desk = {} if filters is None else {FROM: QUEUE} | ({FILTERED: filters} if filters else {})
    query = urlencode({**desk, **more})
    return f"?{query}" if query else ""


def way_back(request: HttpRequest, post_id: int) -> str:
    """The address of a post, at the desk if the request came from there."""
    return reverse("content:post_detail", args=[post_id]) + mark(request)


def and_next(told: str, post: Post, user: User, filters: str = "") -> SafeString:
    """What a decision did, in words, and the post that waits next for who decided, among those
    that the ``filters`` of their queue find."""
    decided = Review.objects.select_related("post").get(version=post.current_version)
    following = next_for(user, decided, filters)
    if following is None and filters:
        words = _("Nothing else that your filters find waits for your decision.")
        whole = (reverse("content:review_list"), _("See the whole queue"))
        return format_html('{} {} <a href="{}">{}</a>', told, words, *whole)
    if following is None:
        return format_html("{} {}", told, _("Nothing else waits for your decision."))
    title = Truncator(following.version.title).chars(LONGEST_TITLE)
    words = _("Next: %(title)s") % {"title": title}
    return format_html('{} <a href="{}">{}</a>', told, address(following.post_id, filters), words)


def next_for(user: User, decided: Review, filters: str = "") -> Review | None:
    """What waits for ``user`` in the order of the queue as it is filtered: an emergency before all,
    then what stands after ``decided``, then what was passed over before."""
    due = decided.post.planned_at or decided.submitted_at
    later = Q(due__gt=due) | Q(due=due, pk__gt=decided.pk)
    waiting = selectors.reviews_waiting_for(user).exclude(pk=decided.pk)
    if filters:
        waiting = ReviewFilter(QueryDict(filters), queryset=waiting, user=user).qs
    rows = waiting.annotate(due=selectors.REVIEW_DUE).annotate(
        is_after=Q(is_emergency=decided.is_emergency) & later
    )
    rows = rows.select_related(None).select_related("version").only("post_id", "version__title")
    return rows.order_by("-is_emergency", "-is_after", "due", "pk").first()


SOON = timedelta(hours=24)
_Unit = Literal["day", "hour", "minute"]
_UNITS: tuple[tuple[_Unit, timedelta], ...] = (
    ("day", timedelta(days=2)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


@dataclass(frozen=True, slots=True)
class Left:
    """What remains before a planned time, or how long it has passed, in whole units that are
    never more than there is."""

    words: str
    is_over: bool
    is_soon: bool


def left_before(planned_at: datetime | None) -> Left | None:
    """By the clock of now; None where a post has no time of its own."""
    if planned_at is None:
        return None
    left = planned_at - timezone.now()
    return Left(_in_units(abs(left)), left < timedelta(0), left < SOON)


def _in_units(time: timedelta) -> str:
    for unit, least in _UNITS:
        if time >= least:
            whole = time - time % timedelta(**{f"{unit}s": 1})
            return format_timedelta(whole, unit, threshold=float("inf"), locale=locale())
    return _("less than a minute")
