"""What follows a post on an official account: the other posts of its thread, or a first comment.

Each is a publication of its own, so that it goes out at most once and is never silently lost, as
the post itself; ``part`` counts them from 1, and each waits for the one before it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from content.models import Publication
from content.models.publication_status import IS_COVERED


def _beside(publication: Publication) -> QuerySet[Publication]:
    return Publication.objects.filter(
        version_id=publication.version_id, official_account_id=publication.official_account_id
    )


def _later(publication: Publication) -> QuerySet[Publication]:
    return _beside(publication).filter(part__gt=publication.part)


def before(publication: Publication) -> Mapping[int, str]:
    """The ids that the platform gave the post and the part that this one answers, by their part.
    What was withdrawn meanwhile counts too: whoever looks for an answer has to know of what."""
    if not publication.part:
        return {}
    been_out = (Publication.Status.PUBLISHED, Publication.Status.WITHDRAWN)
    rows = _beside(publication).filter(part__in=[0, publication.part - 1], status__in=been_out)
    return dict(rows.values_list("part", "platform_post_id"))


def permalink_before(publication: Publication) -> str:
    """The address of what this one answers; "" where it is not out, or answers nothing."""
    if not publication.part:
        return ""
    rows = _beside(publication).filter(
        part=publication.part - 1, status=Publication.Status.PUBLISHED
    )
    return rows.values_list("permalink", flat=True).first() or ""


def after(publication: Publication) -> QuerySet[Publication]:
    """What follows a publication on its account, locked, in order; of the very post that the caller
    holds with it."""
    of_post = publication.post.publications.filter(version_id=publication.version_id)
    return (
        of_post.filter(
            official_account_id=publication.official_account_id, part__gt=publication.part
        )
        .select_for_update(of=("self",))
        .select_related("version", "official_account__credential")
        .order_by("part")
    )


def live_after(publication: Publication) -> QuerySet[Publication]:
    out = _later(publication).filter(status=Publication.Status.PUBLISHED)
    return out.select_related("official_account", "version").order_by("part")


def waiting_after(publication: Publication) -> QuerySet[Publication]:
    """What is not out of it, and is called back with what it follows."""
    waiting = _later(publication).filter(status__in=Publication.CALLED_BACK)
    return with_turn(waiting).select_related("official_account", "version").order_by("part")


def frozen_after(publication: Publication) -> QuerySet[Publication]:
    return _later(publication).filter(status=Publication.Status.FROZEN)


_THE_ONE_BEFORE = Publication.objects.filter(
    version=OuterRef("version"),
    official_account=OuterRef("official_account"),
    part=OuterRef("part") - 1,
)

_IS_AFTER_ONE_THAT_IS_OUT = Q(Exists(_THE_ONE_BEFORE.filter(status=Publication.Status.PUBLISHED)))
IS_ITS_TURN = Q(part=0) | _IS_AFTER_ONE_THAT_IS_OUT
"""The post itself, and what follows one that is out."""


def with_turn(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """Add ``its_turn``: whether what it answers is out; and of what is frozen, ``is_covered``:
    whether a freeze is still on there, or it waits to be let go."""
    turn = ExpressionWrapper(IS_ITS_TURN, output_field=BooleanField())
    # The others are not asked: most of what a list has is not frozen.
    covered = Case(When(status=Publication.Status.FROZEN, then=IS_COVERED), default=None)
    return publications.annotate(its_turn=turn, is_covered=covered)


def is_its_turn(publication: Publication) -> bool:
    return not publication.part or bool(permalink_before(publication))


def first_of(status: str) -> Any:
    """Of what has ``status``, without what follows another of it: a thread is told once."""
    return Q(part=0) | ~Exists(_THE_ONE_BEFORE.filter(status=status))


def to_leave_to_people(publication: Publication) -> QuerySet[Publication]:
    """The application knows no id of what it did not send: what answers that is posted by hand."""
    answers = after(publication).filter(part=publication.part + 1, by_hand=False)
    return answers.filter(status__in=Publication.CALLED_BACK)


HOW_MANY_FOLLOW = Coalesce(
    Subquery(
        Publication.objects.filter(
            version=OuterRef("version"),
            official_account=OuterRef("official_account"),
            part__gt=OuterRef("part"),
        )
        .order_by()
        .values("version")
        .annotate(number=Count("pk"))
        .values("number")
    ),
    0,
)
"""How many publications follow one on its account."""


def first_rows(
    publications: QuerySet[Publication], *, but: Collection[str]
) -> QuerySet[Publication]:
    """One row for each post and account, and those that have a status of ``but``."""
    return publications.filter(Q(part=0) | Q(status__in=but))


def answers_unknown(publication: Publication) -> bool:
    """Whether it answers something that the application did not send and cannot name."""
    return publication.part > 0 and before(publication).get(publication.part - 1) == ""
