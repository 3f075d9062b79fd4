from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Protocol

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils.functional import cached_property

from govsocial.audit.models import Entry, Seal, Verification
from govsocial.audit.sentences import Change

LONGEST_HISTORY = 50
# How the names of events end that say that somebody took a list out.
EXPORTS = ".exported"
# A list that one can leaf through; all that matches is what the export is for.
LONGEST_LIST = 10_000
# Counting what waits for its seal stops here: more is trouble anyway.
MANY_UNSEALED = 10_000

_TARGET_TYPES = """
    WITH RECURSIVE kind AS (
        SELECT min(target_type) AS name FROM audit_entry
        UNION ALL
        SELECT (SELECT min(target_type) FROM audit_entry WHERE target_type > kind.name)
        FROM kind WHERE kind.name IS NOT NULL
    )
    SELECT name FROM kind WHERE name IS NOT NULL
"""


class Viewer(Protocol):
    def units_with(self, capability: str) -> frozenset[int]: ...

    def oversees(self, capability: str) -> bool: ...


def entries_visible_to(user: Viewer) -> QuerySet[Entry]:
    """Entries of the units on which ``user`` reads the trail.

    What belongs to no unit (sign-ins, the trail itself) is read by those who read it at the top.
    """
    units = user.units_with("audit.view")
    if not units:
        return Entry.objects.none()
    if user.oversees("audit.view"):
        return Entry.objects.filter(Q(unit_id__any=units) | Q(unit_id=None))
    return Entry.objects.filter(unit_id__any=units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as a page tells it, in HTML; what components/timeline.html takes."""

    entry_id: int
    event: str
    sentence: str
    at: datetime
    tone: str = ""
    quote: str = ""
    changes: Sequence[Change] = ()


def history_of(*targets: Model, limit: int = LONGEST_HISTORY) -> list[Line]:
    """Tell what happened to ``targets``, newest first, in the reader's language. One query.

    Whoever may see an object may see its history: check that before. The people in it and what
    they did are told; their addresses are not. Nor is who took a list out: that is for who reads
    the trail, and would push out what happened to the object itself.
    """
    return [line_of(entry) for entry in entries_about(*targets, limit=limit)]


def entries_about(
    *targets: Model,
    also: Q | None = None,
    since: int | None = None,
    limit: int = LONGEST_HISTORY,
) -> Sequence[Entry]:
    """The entries that ``history_of`` tells, and ``also`` these of others, for a page with words of
    its own; from the one with the id ``since`` on, and older. One query."""
    if not targets:
        return []
    these = [Q(target_type=one._meta.label_lower, target_id=str(one.pk)) for one in targets]
    if also is not None:
        these.append(also)
    entries = Entry.objects.filter(reduce(or_, these)).exclude(event__endswith=EXPORTS)
    if since is not None:
        entries = entries.filter(pk__lte=since)
    return list(entries.order_by("-id")[:limit])


def line_of(entry: Entry, *, sentence: str = "", quote: str = "") -> Line:
    """``sentence`` is HTML, in the place of what the entry itself says."""
    return Line(
        entry_id=entry.pk,
        event=entry.event,
        sentence=sentence or entry.sentence_html,
        at=entry.at,
        quote=quote,
        changes=entry.changes,
    )


if TYPE_CHECKING:
    _Paginator = Paginator[Entry]
else:  # django-stubs knows the class as generic, Django does not
    _Paginator = Paginator


class TrailPaginator(_Paginator):
    """Pages of the newest ``LONGEST_LIST`` matches: counting millions would take seconds."""

    @cached_property
    def matches(self) -> int:
        entries = self.object_list
        assert isinstance(entries, QuerySet)  # noqa: S101  # narrows the type
        return entries.order_by()[: LONGEST_LIST + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.matches, LONGEST_LIST)

    @property
    def is_cut(self) -> bool:
        return self.matches > LONGEST_LIST


def target_types() -> list[str]:
    """Kinds of objects in the trail. Steps through the index: one probe for each kind."""
    with connection.cursor() as cursor:
        cursor.execute(_TARGET_TYPES)
        return [row[0] for row in cursor.fetchall()]


def seal_of(entry: Entry) -> Seal | None:
    """The seal over ``entry``, or None when it is not sealed yet."""
    return (
        Seal.objects.defer("links")
        .filter(last_id__gte=entry.pk, first_id__lte=entry.pk)
        .order_by("last_id")
        .first()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    seal: Seal | None
    unsealed: int
    finished: Verification | None
    waiting: Verification | None

    @property
    def anchor(self) -> str:
        """What to note down elsewhere: ``verify_audit --expect`` takes it."""
        return f"{self.seal.pk}:{self.seal.sha256}" if self.seal else ""


def chain_state() -> ChainState:
    seal = Seal.objects.defer("links").order_by("-id").first()
    unsealed = Entry.objects.filter(pk__gt=seal.last_id if seal else 0).order_by()
    verifications = Verification.objects.select_related("requested_by").order_by("-id")
    waiting = Verification.Status.WAITING
    return ChainState(
        seal=seal,
        unsealed=unsealed[:MANY_UNSEALED].count(),
        finished=verifications.exclude(status=waiting).first(),
        waiting=verifications.filter(status=waiting).first(),
    )
