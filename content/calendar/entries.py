"""What stands in the calendar: posts by their planned time, publications by when they went out or
are to go out.

A month may have thousands. First all of them are read as times and keys alone, to be put into
order and counted; then those that a page shows are read in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any, NamedTuple, cast

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    DateTimeField,
    Exists,
    F,
    Func,
    Min,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.urls import reverse
from django.utils import timezone

from accounts.models import OfficialAccount, User
from content.calendar.filters import CalendarFilter
from content.calendar.periods import Period
from content.models import Post, Publication
from content.models.publication import SHOWN_AT
from content.selectors import posts as selectors
from govsocial.web.templatetags.ui import STATUS

# Of a post with many accounts, more names would hide the rest of the day.
MOST_NAMED = 3


class Place(NamedTuple):
    """Where something stands, in the order of the calendar. ``first`` is the id of a publication,
    or 0 for a post that has none yet."""

    at: datetime
    post_id: int
    first: int


@dataclass(slots=True, kw_only=True)
class Entry:
    """One post at one time. Its publications that share a minute and a state are one entry."""

    at: datetime
    post_id: int
    title: str
    unit: str
    zone: tzinfo
    status: str
    url: str
    version: int
    changed_at: datetime
    accounts: Sequence[OfficialAccount] = field(default=())
    may_move: bool = False

    @property
    def is_told_apart(self) -> bool:
        """Whether the unit's clocks show another time than the reader's, whose days these are."""
        return timezone.localtime(self.at).utcoffset() != self.at.astimezone(self.zone).utcoffset()

    @property
    def move_url(self) -> str:
        return _address("content:post_move", self.post_id)

    @property
    def shape(self) -> str:
        return STATUS[self.status][1]

    @property
    def tone(self) -> str:
        return STATUS[self.status][0]

    @property
    def word(self) -> str:
        return str(STATUS[self.status][2])

    @property
    def named(self) -> Sequence[OfficialAccount]:
        return self.accounts[:MOST_NAMED]

    @property
    def unnamed(self) -> int:
        return max(len(self.accounts) - MOST_NAMED, 0)


# A minute is the same in every zone here, which spares Django to bring thousands into one.
_MINUTE = Func(Value("minute"), SHOWN_AT, function="date_trunc", output_field=DateTimeField())


def places(user: User, filters: CalendarFilter, start: datetime, until: datetime) -> list[Place]:
    """Everything from ``start`` until before ``until`` that this person may see and asked for."""
    planned = _planned(user, filters, start, until)
    found = [Place(at, pk, 0) for at, pk in planned.values_list("planned_at", "pk") if at]
    out = (
        _shown(user, filters, start, until)
        .values("post_id", "status", "version_id", minute=_MINUTE)
        .annotate(first=Min("pk"))
        .values_list("minute", "post_id", "first")
    )
    return sorted(found + [Place(*row) for row in out])


def by_day(found: Iterable[Place]) -> dict[date, list[Place]]:
    days: dict[date, list[Place]] = defaultdict(list)
    zone = timezone.get_current_timezone()
    for place in found:
        days[place.at.astimezone(zone).date()].append(place)
    return days


def entries(user: User, chosen: Collection[Place]) -> dict[Place, Entry]:
    """What pages say of these places. Whatever went out of sight meanwhile is missing."""
    posts = [place for place in chosen if not place.first]
    out = [place for place in chosen if place.first]
    return {**_planned_entries(user, posts), **_shown_entries(user, out)}


def _planned(
    user: User, filters: CalendarFilter, start: datetime, until: datetime
) -> QuerySet[Post]:
    """Posts that wait for their time. What has publications is shown by these."""
    under_way = Publication.objects.filter(
        post=OuterRef("pk"), version=OuterRef("current_version")
    ).exclude(status=Publication.Status.CANCELLED)
    return (
        filters.posts()
        .filter(planned_at__gte=start, planned_at__lt=until)
        .exclude(Exists(under_way))
        .order_by()
    )


def _shown(user: User, filters: CalendarFilter, start: datetime, until: datetime) -> QuerySet[Any]:
    shown: QuerySet[Any] = selectors.with_time_shown(filters.publications())
    return shown.filter(shown_at__gte=start, shown_at__lt=until).order_by()


class AccountsOf(Func):
    """The ids (as text) of the accounts that a version is meant for, without its texts."""

    arity = 1
    template = "ARRAY(SELECT jsonb_object_keys(%(expressions)s -> 'variants'))"
    output_field = ArrayField(TextField())


def _planned_entries(user: User, chosen: Collection[Place]) -> dict[Place, Entry]:
    if not chosen:
        return {}
    rows = {
        post.pk: post
        for post in selectors.posts_visible_to(user)
        .filter(pk__in=[place.post_id for place in chosen])
        .select_related(None)
        .select_related("unit", "current_version")
        .only(
            "status",
            "planned_at",
            "updated_at",
            "unit__name",
            "unit__short_name",
            "unit__time_zone",
            "current_version__number",
            "current_version__title",
        )
        .annotate(meant_for=AccountsOf(F("current_version__document")))
    }
    ids = {int(pk) for post in rows.values() for pk in post.meant_for}
    accounts = OfficialAccount.objects.only("platform", "handle").in_bulk(ids)
    found = {}
    for place in chosen:
        post = rows.get(place.post_id)
        # Moved since the places were read: the next page has it where it is now.
        if post is None or post.planned_at != place.at or post.current_version is None:
            continue
        found[place] = Entry(
            at=place.at,
            post_id=post.pk,
            title=post.title,
            unit=str(post.unit),
            zone=post.unit.zone,
            status=post.display_status,
            url=_address("content:post_detail", post.pk),
            version=post.current_version.number,
            changed_at=post.updated_at,
            accounts=[accounts[int(pk)] for pk in post.meant_for if int(pk) in accounts],
            may_move=post.is_editable and user.holds("content.draft", post.unit_id),
        )
    return found


# Of rows and their neighbours that have dozens of columns and long texts.
_READ = (
    "status",
    "scheduled_for",
    "published_at",
    "by_hand",
    "version__title",
    "version__created_at",
    "post__status",
    "post__unit__name",
    "post__unit__short_name",
    "post__unit__time_zone",
    "official_account__platform",
    "official_account__handle",
    "official_account__status",
    "official_account__credential__status",
)


def _shown_entries(user: User, chosen: Collection[Place]) -> dict[Place, Entry]:
    if not chosen:
        return {}
    rows = (
        selectors.publications_visible_to(user)
        .filter(post_id__in={place.post_id for place in chosen}, part=0)
        .select_related(None)
        .select_related("version", "post__unit", "official_account__credential")
        .only(*_READ)
        .annotate(number=F("post__current_version__number"))
        .order_by("pk")
    )
    groups: dict[tuple[object, ...], list[Publication]] = defaultdict(list)
    for row in rows:
        groups[_group(row)].append(row)
    # Under a filter, the first of those that were asked for need not be the first of all.
    by_member = {row.pk: group for group in groups.values() for row in group}
    return {
        place: _shown_entry(user, place, by_member[place.first])
        for place in chosen
        if place.first in by_member
    }


def _group(row: Publication) -> tuple[object, ...]:
    at = row.published_at or row.scheduled_for
    return row.post_id, row.status, row.version_id, at.replace(second=0, microsecond=0)


def _shown_entry(user: User, place: Place, group: Sequence[Publication]) -> Entry:
    first = group[0]
    # One that cannot go out is what somebody has to see.
    worst = next((row for row in group if row.obstacle), first)
    post = first.post
    sees_post = user.holds("content.view", post.unit_id)
    if len(group) > 1 and sees_post:
        url = _address("content:post_detail", post.pk)
    else:
        url = _address("content:publication_detail", first.pk)
    waits = first.status == Publication.Status.SCHEDULED and post.is_editable
    return Entry(
        at=place.at,
        post_id=post.pk,
        title=first.version.title,
        unit=str(post.unit),
        zone=post.unit.zone,
        status=worst.display_status,
        url=url,
        version=cast(Any, first).number or 0,
        changed_at=first.published_at or first.version.created_at,
        accounts=[row.official_account for row in group],
        may_move=waits and user.holds("content.draft", post.unit_id),
    )


@cache
def _around(name: str) -> tuple[str, str]:
    """An address up to its number and after it: a month asks for two hundred."""
    before, _number, after = reverse(name, args=[0]).rpartition("0")
    return before, after


def _address(name: str, number: int) -> str:
    before, after = _around(name)
    return f"{before}{number}{after}"


def of_period(user: User, filters: CalendarFilter, period: Period) -> list[Place]:
    return places(user, filters, period.start, period.until)
