"""How much of what a unit published is of which class."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count
from django.utils import timezone

from accounts.models import Unit
from content.facets import NORMATIVE, PERFORMATIVE
from content.models import Post
from content.outcome import OUT, outcome


@dataclass(frozen=True, slots=True)
class ClassRatio:
    """Posts of a unit that went out in a period, by the function of their primary class.

    A post counts in the period in which it first went out, and for good: also when it was corrected
    or archived since. One that was withdrawn does not. The ratio guides an agency in what its
    accounts stand for (domain.md 3.6 and section 4), and what it took back no longer stands there:
    ``withdrawn`` tells how many these are, whatever their class, so that nothing goes unsaid.
    """

    unit: Unit
    since: date
    normative: int
    performative: int
    unclassed: int
    withdrawn: int

    @property
    def classed(self) -> int:
        return self.normative + self.performative

    @property
    def quarter(self) -> int:
        return (self.since.month - 1) // 3 + 1


def class_ratio_of(unit: Unit) -> ClassRatio:
    """Of this quarter in the unit's zone, in one query."""
    today = timezone.localdate(timezone=unit.zone)
    since = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    begins = datetime.combine(since, time(), tzinfo=unit.zone)
    rows = (
        # Of what is out the index of this time is that of when it went out.
        Post.objects.filter(unit=unit, listed__out_at__gte=begins, listed__time_at__gte=begins)
        .order_by()
        .annotate(outcome=outcome())
        .filter(outcome__in=[*OUT, Post.Status.WITHDRAWN])
        .values_list("outcome", "current_version__document__facets__classes__0")
        .annotate(count=Count("pk"))
    )
    counts: Counter[str | None] = Counter()
    withdrawn = 0
    for came_to, kind, count in rows:
        if came_to in OUT:
            counts[kind] += count
        else:
            withdrawn += count
    normative = sum(counts.pop(str(one), 0) for one in NORMATIVE)
    performative = sum(counts.pop(str(one), 0) for one in PERFORMATIVE)
    return ClassRatio(unit, since, normative, performative, counts.total(), withdrawn)
