"""How much of what a unit published is of which class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from accounts.models import Unit
from content.facets import NORMATIVE, PERFORMATIVE
from content.models import Post, Publication


@dataclass(frozen=True, slots=True)
class ClassRatio:
    """Live posts of a unit in a period, by the function of their primary class."""

    unit: Unit
    since: date
    normative: int
    performative: int
    unclassed: int

    @property
    def classed(self) -> int:
        return self.normative + self.performative

    @property
    def quarter(self) -> int:
        return (self.since.month - 1) // 3 + 1


def class_ratio_of(unit: Unit) -> ClassRatio:
    """Of this quarter in the unit's zone, in one query. A post counts when it went out in it."""
    today = timezone.localdate(timezone=unit.zone)
    since = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    begins = datetime.combine(since, time(), tzinfo=unit.zone)
    out = Publication.objects.filter(post=OuterRef("pk"), published_at__gte=begins)
    rows = (
        Post.objects.filter(Exists(out), unit=unit, status=Post.Status.LIVE)
        .order_by()
        .values_list("current_version__document__facets__classes__0")
        .annotate(count=Count("pk"))
    )
    counts: dict[str | None, int] = dict(rows)
    normative = sum(counts.pop(str(one), 0) for one in NORMATIVE)
    performative = sum(counts.pop(str(one), 0) for one in PERFORMATIVE)
    return ClassRatio(unit, since, normative, performative, sum(counts.values()))
