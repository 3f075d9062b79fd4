"""The catalogue of indicators: what each is called, how it is worked out, from what.

A value is None where it is undefined: a part was not given, or a denominator is None or zero. It is
never zero instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """``better`` is "up", "down" or "" where neither is good in itself."""

    key: str
    name: Text
    formula: Text
    unit: Text
    better: str
    denominator: Text
    source: Text
    note: Text = ""


_OWN = _("Snapshots of the account that govsocial collects from the platform")
_BONSON = _("Bonsón and Ratkai (2013), Online Information Review 37(5), 787–803")

CATALOGUE: dict[str, Indicator] = {
    indicator.key: indicator
    for indicator in (
        Indicator(
            key="followers",
            name=_("Followers"),
            formula=_("Followers that the platform gave in the last capture of the period"),
            unit=_("accounts"),
            better="up",
            denominator="",
            source=_OWN,
            note=_("Never judge by it alone: followers can be bought."),
        ),
        Indicator(
            key="follower-growth",
            name=_("Follower growth"),
            formula=_("(followers at the end − followers before the period) ÷ followers before"),
            unit="%",
            better="up",
            denominator=_("followers on the last collected day of the week before the period"),
            source=_OWN,
        ),
        Indicator(
            key="posts-per-week",
            name=_("Posts per week"),
            formula=_("posts and replies of the account ÷ (days of the period ÷ 7)"),
            unit=_("posts a week"),
            better="",
            denominator=_("weeks of the period"),
            source=_("The account's list of posts on the platform; reposts are left out"),
        ),
        Indicator(
            key="active-weeks",
            name=_("Active weeks"),
            formula=_("weeks with at least one post ÷ weeks of the period"),
            unit="%",
            better="up",
            denominator=_("whole weeks (Monday to Sunday) of the period"),
            source=_("The account's list of posts on the platform"),
        ),
        Indicator(
            key="engagements",
            name=_("Engagements"),
            formula=_("growth of likes + comments + shares of all posts during the period"),
            unit=_("engagements"),
            better="up",
            denominator="",
            source=_("Snapshots of posts; only the parts that the platform gave are added"),
        ),
        Indicator(
            key="engagement-by-followers",
            name=_("Engagement by followers"),
            formula=_(
                "sum of likes, comments and shares of the posts made in the period ÷ sum of the "
                "followers on the day of each post"
            ),
            unit="%",
            better="up",
            denominator=_("followers on the day of the post"),
            source=_("Ratio of sums; mean and median of the posts stand beside it"),
            note=_("Posts of days whose followers were not collected are left out and counted."),
        ),
        Indicator(
            key="engagement-per-1000",
            name=_("Engagement per post and 1,000 followers"),
            formula=_("E = P3 + C3 + V3, each: sum ÷ posts ÷ followers × 1,000"),
            unit=_("per post and 1,000 followers"),
            better="up",
            denominator=_("posts that gave the part, and followers at the end of the period"),
            source=_BONSON,
            note=_(
                "P is popularity (likes), C commitment (comments), V virality (shares). The first "
                "of each three is the share of posts with at least one, the second the average per "
                "post, the third the average per post and 1,000 followers."
            ),
        ),
        Indicator(
            key="approval-coverage",
            name=_("Approval coverage"),
            formula=_("posts published through approval ÷ posts seen on the platform"),
            unit="%",
            better="up",
            denominator=_("posts made since the account was registered here"),
            source=_("Publications of govsocial, matched by the platform's id or permalink"),
        ),
        Indicator(
            key="collection-coverage",
            name=_("Collection coverage"),
            formula=_("days with at least one capture ÷ days of the period"),
            unit="%",
            better="up",
            denominator=_("days of the period in the unit's time zone"),
            source=_OWN,
        ),
    )
}


def ratio(value: float | None, by: float | None) -> float | None:
    """``value ÷ by``; undefined where one is missing or ``by`` is zero."""
    return None if value is None or not by else value / by


def growth(start: int | None, end: int | None) -> float | None:
    return None if start is None or end is None else ratio(end - start, start)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of reaction over some posts: how many gave it, how many got any, and the sum."""

    given: int
    with_any: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Triple:
    """Share of posts with any, per post, and per post and 1,000 followers."""

    share: float | None
    per_post: float | None
    per_1000: float | None


def triple(part: Part, followers: int | None) -> Triple:
    per_post = ratio(part.total, part.given)
    per_follower = ratio(per_post, followers)
    return Triple(
        share=ratio(part.with_any, part.given),
        per_post=per_post,
        per_1000=None if per_follower is None else per_follower * 1000,
    )


def engagement(triples: Iterable[Triple]) -> float | None:
    """E: the sum of the parts that are defined; undefined when none is."""
    known = [one.per_1000 for one in triples if one.per_1000 is not None]
    return sum(known) if known else None


def add(values: Iterable[int | None]) -> int | None:
    """A sum over what was given; None when nothing was."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
