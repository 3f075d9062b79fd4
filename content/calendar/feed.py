"""The calendar for other programs (iCalendar, RFC 5545), at the address of one person.

It holds titles, times, states and links of what that person may see when it is asked for, and no
text of a post. The library ``icalendar`` escapes and folds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event
from icalendar.prop import vDuration

from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.calendar.entries import Entry, entries, places
from content.calendar.filters import CalendarFilter
from content.forms.pictures import is_key
from content.models import CalendarFeed
from content.models.calendar_feed import digest_of_token

PAST = timedelta(days=60)
AHEAD = timedelta(days=366)
# Programs ask for the whole of it again and again: what is furthest away is left out.
MOST = 1_000
# RFC 5545, 3.8.1.11. What is out, and what nothing keeps from going out at that time. Whatever is
# not named here is tentative: frozen, failed and unconfirmed ones may still go out, or be out.
CONFIRMED = frozenset({
    "scheduled", "scheduled_by_hand", "to_post", "being_posted", "publishing", "live", "correcting",
    "corrected",
})  # fmt: skip
CALLED_OFF = frozenset({"rejected", "withdrawn", "cancelled"})
AGAIN = timedelta(hours=1)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def reader_of(token: str) -> User | None:
    """Whose address it is; None when it was revoked, or when that person may see no posts now."""
    feed = (
        CalendarFeed.objects.filter(token_sha256=digest_of_token(token), revoked_at=None)
        .select_related("user")
        .first()
    )
    if feed is None or not feed.user.holds("content.view"):
        return None
    return feed.user


def unit_of(user: User, asked: str) -> Unit | None:
    """The unit that an address is narrowed to; None for one that this person may not see."""
    if not is_key(asked):
        return None
    found: Unit | None = units_visible_to(user, "content.view").filter(pk=int(asked)).first()
    return found


def calendar_for(user: User, unit: Unit | None = None) -> bytes:
    """All that this person may see, or only what is of a unit and those below it. The same bytes
    as long as nothing of it changes."""
    with translation.override(user.language), timezone.override(user.zone):
        now = timezone.now()
        filters = CalendarFilter({"unit": unit.pk} if unit else None, user=user)
        found = places(user, filters, now - PAST, now + AHEAD)
        # Those to come first, then the latest of those that were.
        found.sort(key=lambda place: (place.at < now, abs(place.at - now), place))
        shown = sorted(entries(user, found[:MOST]).items())
        return _calendar(
            (_event(f"{place.post_id}-{place.first}", entry) for place, entry in shown), unit
        )


def _calendar(events: Iterable[Event], unit: Unit | None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//govsocial//content calendar//ID")
    calendar.add("version", "2.0")
    whose = unit.name if unit else settings.AGENCY_NAME
    name = _("%(agency)s: content calendar") % {"agency": whose}
    calendar.add("x-wr-calname", _line(name))
    calendar.add("refresh-interval", vDuration(AGAIN), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(AGAIN))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _event(key: str, entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.SITE_URL).hostname or 'govsocial'}")
    event.add("dtstamp", _utc(entry.changed_at))
    event.add("dtstart", _utc(entry.at))
    event.add("summary", f"{_line(entry.title)} ({entry.word})")
    event.add("description", f"{entry.word} · {_line(entry.unit)}")
    event.add("url", settings.SITE_URL.rstrip("/") + entry.url)
    event.add("status", _status(entry.status))
    # Nobody is busy because a post goes out.
    event.add("transp", "TRANSPARENT")
    return event


def _status(status: str) -> str:
    """In the words of calendars; the summary has our own, as many programs show no status."""
    if status in CALLED_OFF:
        return "CANCELLED"
    return "CONFIRMED" if status in CONFIRMED else "TENTATIVE"


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _line(text: str) -> str:
    """One line without signs that nobody sees: calendars show them as they like."""
    return _UNSEEN.sub(" ", text).strip()
