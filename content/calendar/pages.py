"""What the pages of the calendar show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.dates import format_date
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.calendar.days_off import DayOff, days_off, years_without_leave
from content.calendar.entries import Entry, Place, by_day, entries, of_period
from content.calendar.filters import CalendarFilter
from content.calendar.forms import MoveForm
from content.calendar.periods import FIRST_YEAR, Kind, Period, period, read_day, read_month, today
from content.models import Post
from content.selectors import posts as selectors
from govsocial.web.lists import chips, page_of
from govsocial.web.templatetags.formats import date_full, date_long, locale

# Of a day in a month and in a week; the rest stands on the day's own page.
SHOWN: dict[Kind, int] = {Kind.MONTH: 3, Kind.WEEK: 12}
# Of what was moved just now, in the address of the page that one comes back to.
MOVED = "moved"


@dataclass(slots=True)
class Day:
    day: date
    is_today: bool
    is_meant: bool
    """False for days of the months around, which only fill up a week."""
    off: Sequence[DayOff]
    address: str
    entries: list[Entry] = field(default_factory=list)
    more: int = 0

    @property
    def is_holiday(self) -> bool:
        return any(not one.is_leave for one in self.off)


def asked(kind: str, text: str) -> Period | None:
    """The period that an address names; without a day the present one."""
    chosen = Kind(kind)
    if not text:
        return period(chosen, today())
    day = read_month(text) if chosen == Kind.MONTH else read_day(text)
    return period(chosen, day) if day else None


def calendar_page(request: HttpRequest, user: User, shown: Period) -> dict[str, Any]:
    filters = CalendarFilter(request.GET, user=user)
    places = of_period(user, filters, shown)
    query = _query(request.GET)
    in_days = shown.kind in SHOWN
    days, page = _in_days(user, places, shown) if in_days else _in_a_list(request, user, places)
    if not in_days:
        _add_days_off(days, shown, page)
    set_now = chips(filters)
    return {
        "form": filters.form,
        "chips": set_now,
        "seldom_set": filters.unfolds(set_now),
        "period": shown,
        "title": _title(shown),
        "zone_at": shown.start,
        "days": days,
        "weeks": [days[n : n + 7] for n in range(0, len(days), 7)] if in_days else [],
        "page": page,
        "total": len(places),
        "is_empty": not places,
        "tabs": _tabs(shown, query),
        "before": _address(shown.before(), query),
        "after": _address(shown.after(), query),
        "now": _address(period(shown.kind, today()), query),
        "query": query,
        "unknown_leave": years_without_leave(shown.days),
        "moved": moved(user, request.GET.get(MOVED, "")),
        "may_draft": user.holds("content.draft"),
        "here": f"{request.path}{query}",
    }


def _in_days(
    user: User, places: Sequence[Place], shown: Period
) -> tuple[list[Day], Page[Place] | None]:
    most, found, days = SHOWN[shown.kind], by_day(places), _days(shown.days, shown)
    chosen = {day.day: _first(found.get(day.day, []), most) for day in days}
    known = entries(user, [place for some in chosen.values() for place in some])
    for day in days:
        day.entries = [known[place] for place in chosen[day.day] if place in known]
        day.more = len(found.get(day.day, [])) - len(chosen[day.day])
    return days, None


def _first(places: list[Place], most: int) -> list[Place]:
    """The first ones; one more in place of the words that there is one more."""
    return places if len(places) <= most + 1 else places[:most]


def _in_a_list(
    request: HttpRequest, user: User, places: Sequence[Place]
) -> tuple[list[Day], Page[Place] | None]:
    page = page_of(places, request)
    known, found = entries(user, list(page.object_list)), by_day(page.object_list)
    days = _days(found)
    for day in days:
        day.entries = [known[place] for place in found[day.day] if place in known]
    return days, page


def _add_days_off(days: list[Day], shown: Period, page: Page[Place] | None) -> None:
    """Holidays without an entry, once for a list: on its first page."""
    if page is not None and page.number > 1:
        return
    known = {day.day for day in days}
    last = shown.last if page is None or not page.has_next() else days[-1].day
    free = [day for day in days_off(shown.days) if day not in known and day <= last]
    days.extend(_days(free))
    days.sort(key=lambda day: day.day)


def _days(days: Sequence[date] | dict[date, Any], shown: Period | None = None) -> list[Day]:
    off, now = days_off(days), today()
    return [
        Day(
            day,
            is_today=day == now,
            is_meant=shown is None or shown.holds(day),
            off=off.get(day, ()),
            address=period(Kind.DAY, day).address,
        )
        for day in days
    ]


def _title(shown: Period) -> str:
    if shown.kind == Kind.MONTH:
        return format_date(shown.day, "MMMM y", locale=locale())
    if shown.kind == Kind.DAY:
        return date_full(shown.day)
    return _("%(first)s to %(last)s") % {
        "first": date_long(shown.first),
        "last": date_long(shown.last),
    }


def _tabs(shown: Period, query: str) -> list[dict[str, Any]]:
    """The same time seen otherwise. A month that holds today is left for the present week."""
    now = today()
    day = now if shown.kind == Kind.MONTH and shown.holds(now) else shown.day
    if shown.kind == Kind.AGENDA and shown.holds(now):
        day = now
    labels = {Kind.MONTH: _("Month"), Kind.WEEK: _("Week"), Kind.AGENDA: _("Agenda")}
    own = Kind.AGENDA if shown.kind == Kind.DAY else shown.kind
    return [
        {"label": label, "url": period(kind, day).address + query, "active": kind == own}
        for kind, label in labels.items()
    ]


def _query(data: QueryDict) -> str:
    """The filters of the address, to be kept on the way to another period."""
    kept = data.copy()
    for name in ("page", MOVED):
        kept.pop(name, None)
    return f"?{kept.urlencode()}" if kept else ""


def _address(shown: Period | None, query: str) -> str:
    return f"{shown.address}{query}" if shown else ""


def moved(user: User, post_id: str) -> dict[str, Any] | None:
    """What is said of a post that was just moved, with the way back. None unless its last edit
    was by this person and changed its time."""
    if not (post_id.isascii() and post_id.isdecimal() and len(post_id) < 19):
        return None
    post = selectors.posts_visible_to(user).filter(pk=int(post_id)).first()
    if post is None or post.current_version is None or post.current_version.editor_id != user.pk:
        return None
    former = post.versions.filter(number=post.current_version.number - 1).first()
    before = former.content().planned_at if former else None
    if former is None or before == post.planned_at or post.planned_at is None:
        return None
    may_undo = before is not None and before > timezone.now() and post.is_editable
    return {
        "post": post,
        "before": before if may_undo else None,
        "was_reviewed": hasattr(former, "review"),
    }


def move_form(post: Post, request: HttpRequest) -> MoveForm:
    version = post.current_version
    initial = {
        "planned_at": post.planned_at,
        "based_on": version.number if version else 0,
        "back": request.GET.get("back", ""),
    }
    return MoveForm(request.POST or None, initial=initial, zone=post.unit.zone)


def back_address(form: MoveForm, post: Post) -> str:
    """Where the calendar was; for any other address the month that the post is in now."""
    back = str(form["back"].value() or "")
    if back.startswith(reverse("content:calendar")) and "\\" not in back:
        return back
    at = timezone.localtime(post.planned_at).date() if post.planned_at else today()
    return period(Kind.MONTH, at if at.year >= FIRST_YEAR else today()).address


def after_move(form: MoveForm, post: Post) -> str:
    address, _mark, query = back_address(form, post).partition("?")
    kept = QueryDict(query, mutable=True)
    kept[MOVED] = str(post.pk)
    return f"{address}?{kept.urlencode()}"
