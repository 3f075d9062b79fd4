"""What goes out today, on the home page: one row for each post, by time.

Where not all fit, what needs somebody's hands and emergencies come before what is still to come,
and that before what is done; of each, what is nearest to now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import (
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Greatest, RowNumber
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.models.naming import signs_of, told_apart
from content.following import first_rows
from content.models import Publication
from content.outlets import urgency
from content.selectors.posts import TROUBLE, with_time_shown
from content.states import shown_status
from govsocial.web.templatetags.formats import clock, hours, zone_name

MOST = 6
MOST_ACCOUNTS = 3

_STATUS = Publication.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A post: its title, when its first publication of today is out or due, the status of the
    whole post, its first accounts, each with its sign and its name, and how many more it has. Of a
    post that one may not see, the status is that of the publication that ``url`` opens."""

    title: str
    url: str
    at: datetime
    time: str
    status: str
    accounts: list[tuple[str, str]]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """``zone`` is the name of the zone of all times; "" where they differ and each names its
    own. ``is_cut`` where posts of today are not shown, of all ``posts``; ``publications`` is how
    many ``url`` lists, which are more than the posts."""

    rows: list[Row]
    zone: str
    is_cut: bool
    posts: int
    publications: int
    url: str


def add_today(visible: QuerySet[Publication], start: datetime, until: datetime) -> QuerySet[Any]:
    """Add to publications whether they are ``of_today``: one of those to show. These have the
    ``post_status``, the time and number of publications of their row, and how many posts and
    publications there are. In the same query."""
    # As many rows as their list has.
    timed: QuerySet[Any] = with_time_shown(first_rows(visible, but=TROUBLE))
    due = timed.filter(shown_at__gte=start, shown_at__lt=until).order_by()
    day = due.filter(part=0).exclude(status=_STATUS.CANCELLED)
    of_row = day.filter(version=OuterRef("version")).values("version")
    first = _first(day)
    place = Window(RowNumber(), partition_by=F("version"), order_by=F("pk").asc())
    shown = day.filter(version__in=first).annotate(place=place).filter(place__lte=MOST_ACCOUNTS)
    posts = _whole(day).annotate(number=Count("version", distinct=True))
    every = _whole(due).annotate(number=Count("pk"))
    return visible.annotate(
        of_today=Q(pk__in=shown.values("pk")),
        post_status=shown_status("post__"),
        row_at=Subquery(of_row.annotate(first=Min("shown_at")).values("first")),
        row_accounts=Subquery(of_row.annotate(number=Count("pk")).values("number")),
        posts_today=Subquery(posts.values("number")),
        publications_today=Subquery(every.values("number")),
    )


def _whole(day: QuerySet[Any]) -> QuerySet[Any]:
    """As one group, to be counted inside another query."""
    rows: QuerySet[Any] = day.annotate(whole=Value(1)).values("whole")
    return rows


def _first(day: QuerySet[Any]) -> QuerySet[Any]:
    """The versions to show."""
    now = timezone.now()
    due_by_hand = Q(status=_STATUS.SCHEDULED, scheduled_for__lte=now) | Q(status=_STATUS.SENDING)
    needs_hands = (
        Q(status__in=(_STATUS.FAILED, _STATUS.UNCONFIRMED, _STATUS.FROZEN))
        | Q(due_by_hand, by_hand=True)
        | Q(withdrawal__outcome="", withdrawal__needs_person=True)
        | Q(version__review__is_emergency=True)
    )
    rank = Case(
        When(needs_hands, then=0),
        When(status__in=(_STATUS.PUBLISHED, _STATUS.WITHDRAWN), then=2),
        default=1,
        output_field=IntegerField(),
    )
    since = ExpressionWrapper(Value(now) - F("at"), DurationField())
    till = ExpressionWrapper(F("at") - Value(now), DurationField())
    rows: QuerySet[Any] = day.values("version").annotate(rank=Min(rank), at=Min("shown_at"))
    first: QuerySet[Any] = rows.order_by("rank", Greatest(since, till), "version").values("version")
    return first[:MOST]


def today(publications: Iterable[Any], user: User, start: datetime) -> Today:
    """Of publications that were read with ``add_today``. No query."""
    of_today = sorted(
        (one for one in publications if one.of_today),
        key=lambda one: (one.row_at, one.version_id, one.pk),
    )
    accounts = {one.official_account for one in of_today}
    signs, names = signs_of(accounts), told_apart(accounts)
    named = {pk: (sign, names[pk]) for pk, sign in signs.items()}
    groups = [list(group) for _key, group in groupby(of_today, key=lambda one: one.version_id)]
    zones = {zone_name(timezone.localtime(one.row_at, one.post.unit.zone)) for one in of_today}
    day = timezone.localdate(start).isoformat()
    return Today(
        rows=[_row(group, named, user, is_one_zone=len(zones) == 1) for group in groups],
        zone=zones.pop() if len(zones) == 1 else "",
        is_cut=bool(of_today) and of_today[0].posts_today > len(groups),
        posts=of_today[0].posts_today if of_today else 0,
        publications=of_today[0].publications_today if of_today else 0,
        url=reverse("content:publication_list") + f"?planned_from={day}&planned_to={day}",
    )


def _row(
    group: list[Any], named: dict[int, tuple[str, str]], user: User, *, is_one_zone: bool
) -> Row:
    first = group[0]
    # Of a post of another unit one sees only what goes out on one's own accounts.
    may_see = first.post.unit_id in user.units_with("content.view")
    own = min(group, key=urgency)
    place, key = ("post", first.post_id) if may_see else ("publication", own.pk)
    return Row(
        title=first.version.title,
        url=reverse(f"content:{place}_detail", args=[key]),
        at=first.row_at,
        time=(hours if is_one_zone else clock)(first.row_at, first.post.unit.zone),
        status=first.post_status if may_see else own.display_status,
        accounts=[named[one.official_account_id] for one in group],
        more=first.row_accounts - len(group),
    )
