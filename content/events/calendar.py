"""What the calendar writes to the trail. Another time of a post is another version of it: that is
told by ``content.events.posts``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import event

FEED_MADE = event(
    "content.calendar_feed.made",
    "renewed",
    label=_("Calendar address made"),
    sentence=_("%(actor)s made an address at which other calendars read along."),
)
FEED_REVOKED = event(
    "content.calendar_feed.revoked",
    label=_("Calendar address revoked"),
    sentence=_("%(actor)s revoked the address at which other calendars read along."),
)
