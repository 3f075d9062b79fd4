"""Who took a publication to post it by hand, as long as it is not settled what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import OuterRef, Q, QuerySet, Subquery

from content.models import Attempt, Halt, Publication

_UNSETTLED = (Publication.Status.SENDING, Publication.Status.UNCONFIRMED)
IN_HAND = Q(by_hand=True, status__in=_UNSETTLED)
"""Of publications: those that somebody took to post them, also where their time ran out since."""


def holders(publications: Iterable[Publication]) -> Mapping[int, Attempt]:
    """The attempt of who has it in hand, or had until their time ran out, by publication. One
    query, and none where nobody posts any of these by hand."""
    ids = [one.pk for one in publications if one.by_hand and one.status in _UNSETTLED]
    if not ids:
        return {}
    taken = Attempt.objects.filter(publication__in=ids, by_hand=True).select_related("requested_by")
    return {one.publication_id: one for one in taken.order_by("number")}


def with_holder(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """Add ``held_by``: the name of who took it last to post it by hand; None where nobody did."""
    taken = Attempt.objects.filter(publication=OuterRef("pk"), by_hand=True).order_by("-number")
    found: QuerySet[Publication] = publications.annotate(
        held_by=Subquery(taken.values("requested_by__full_name")[:1])
    )
    return found


def open_halt(publication: Publication) -> Halt | None:
    """What a freeze did to what somebody has in hand; None where none stopped it, or an approver
    has let it go since."""
    return publication.halts.filter(released_at=None).first()
