"""The names of what is measured. docs/metrics.md says what each one is on each platform."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ACCOUNT_METRICS = ("followers", "following", "posts")
POST_METRICS = (
    "likes",
    "comments",
    "shares",
    "quotes",
    "saves",
    "views",
    "reach",
    "link_clicks",
    "profile_clicks",
    "video_views",
    "watch_seconds",
    # As the platform itself adds them up; the application's own sum is an indicator.
    "engagements",
)
# What some platforms count themselves for each day of an account.
DAY_METRICS = (
    "followers_gained",
    "views",
    "reach",
    "engagements",
    "profile_views",
    "link_clicks",
    "watch_seconds",
)
# Counters that only people move, and that the rollup adds up by day. Reach and views of several
# posts must not be added: the same person may stand behind both.
SUMMED = ("likes", "comments", "shares", "quotes", "saves")
# Bonsón and Ratkai: popularity, commitment, virality.
ENGAGEMENT = ("likes", "comments", "shares")

LABELS: dict[str, str | Promise] = {
    "followers": _("Followers"),
    "following": _("Following"),
    "posts": _("Posts"),
    "likes": _("Likes"),
    "comments": _("Comments"),
    "shares": _("Shares"),
    "quotes": _("Quotes"),
    "saves": _("Saves"),
    "views": _("Views"),
    "reach": _("Reach"),
    "link_clicks": _("Link clicks"),
    "profile_clicks": _("Profile clicks"),
    "video_views": _("Video views"),
    "watch_seconds": _("Seconds watched"),
    "engagements": _("Engagements as counted by the platform"),
    "followers_gained": _("Followers gained"),
    "profile_views": _("Profile views"),
}


def left_out(not_meant: Mapping[str, int]) -> str:
    """In one sentence which figures the platform cannot have meant; empty without any."""
    if not not_meant:
        return ""
    names = ", ".join(f"{LABELS.get(name, name)} ({times})" for name, times in not_meant.items())
    return gettext(
        "The platform gave impossible figures; only these count as not given: %(names)s."
    ) % {"names": names}
