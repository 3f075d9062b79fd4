"""Who is told when something happens to a post: one line in the action, the rest stands here."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from django.db import transaction

from accounts.models import User
from content import in_hand, people
from content.actions.notifying import notify, notify_of_each
from content.models import (
    Comment,
    Decision,
    Freeze,
    NoticeKind,
    Notification,
    Publication,
    Review,
    Withdrawal,
)
from content.surroundings import planned_during

# A freeze stops things at once: it does not wait until thousands have been told.
MOST_TOLD_OF = 100

logger = logging.getLogger(__name__)

_VERDICTS = {
    Decision.Verdict.CHANGES: NoticeKind.CHANGES,
    Decision.Verdict.REJECT: NoticeKind.REJECTED,
}


def tell_submitted(review: Review) -> None:
    """Those who may decide on it."""
    notify(
        NoticeKind.SUBMITTED,
        people.deciders_of(review),
        review,
        by=review.submitted_by,
        version=review.version.number,
        after="",
    )


def tell_decided(decision: Decision) -> None:
    """Those who wrote it; and, while a stage is left, those who may decide on that: they hear of it
    as of what is submitted."""
    review, by = decision.review, decision.decider
    number = review.version.number
    kind = _VERDICTS.get(Decision.Verdict(decision.verdict))
    writers = people.writers_of(review.post)
    if kind is None and decision.stage < review.stages:
        stages = {"stage": decision.stage + 1, "stages": review.stages}
        notify(NoticeKind.STAGE, writers, review, by=by, version=number, **stages)
        deciders, after = people.deciders_of(_at_the_next_stage(review)), by.full_name
        submitter = review.submitted_by
        notify(NoticeKind.SUBMITTED, deciders, review, by=submitter, version=number, after=after)
        return
    notify(kind or NoticeKind.APPROVED, writers, review.post, by=by, version=number)


def _at_the_next_stage(review: Review) -> Review:
    """The review as it stands after the decision that was just taken."""
    return Review.objects.select_related("post__unit", "version").get(pk=review.pk)


def tell_emergency(review: Review) -> None:
    """Those who may look at it afterwards."""
    notify(NoticeKind.RETROSPECTIVE, people.lookers_at(review), review.post)


def tell_freeze(kind: NoticeKind, freeze: Freeze, *, by: User) -> None:
    """Those whose work it stops, or lets go on."""
    workers = people.workers_at(freeze.unit).exclude(pk=by.pk)
    notify(kind, workers, freeze.unit, by=by, unit=str(freeze))
    if kind == NoticeKind.FREEZE_BEGUN:
        posts = list(planned_during(freeze)[:MOST_TOLD_OF])
        writers = people.writers_of_each(posts)
        told = [(post, writers[post.pk]) for post in posts]
        notify_of_each(NoticeKind.FREEZE_PLANNED, told, by=by, unit=str(freeze))
        held = Publication.objects.filter(
            in_hand.IN_HAND, halts__freeze=freeze, halts__released_at=None
        )
        rows = held.select_related("post", "version", "official_account__unit")
        _tell_holders(list(rows.order_by("pk")), by=by, frozen=freeze.named)


def tell_comment(comment: Comment, mentioned: Collection[User]) -> None:
    """Those it mentions, and the others who wrote the post or spoke in the thread."""
    by, number = comment.author, comment.thread.version.number
    notify(NoticeKind.MENTION, mentioned, comment, by=by, version=number)
    others = people.talkers_in(comment.thread).exclude(pk__in=[one.pk for one in mentioned])
    notify(NoticeKind.COMMENT, others, comment, by=by, version=number)


def tell_to_post(publication: Publication) -> None:
    """Those who may post it, whose time has come."""
    publishers = people.people_with("content.publish", publication.official_account.unit)
    notify(
        NoticeKind.TO_POST,
        publishers,
        publication,
        account=publication.outlet,
    )


def tell_to_stop(withdrawals: Collection[Withdrawal], *, by: User) -> None:
    """Those who have in their hands what was just withdrawn, or had."""
    _tell_holders([one.publication for one in withdrawals], by=by)


def _tell_holders(publications: Collection[Publication], *, by: User, frozen: str = "") -> None:
    """``frozen`` is what a freeze is on; "" for what was withdrawn."""
    taken = in_hand.holders(publications)
    for one in publications:
        if one.pk in taken:
            person = taken[one.pk].requested_by
            notify(NoticeKind.STOP, [person], one, by=by, account=one.outlet, frozen=frozen)


def tell_withdrawn(publications: Sequence[Publication], *, by: User) -> None:
    """Those who wrote what was just withdrawn of one post; at least one publication."""
    outlets = {one.official_account_id: one for one in publications}
    post = publications[0].post
    one = next(iter(outlets.values()))
    about = one if len(outlets) == 1 and one.official_account.unit_id == post.unit_id else post
    notify(
        NoticeKind.WITHDRAWN,
        people.writers_of(post),
        about,
        by=by,
        account=str(one.official_account),
        accounts=len(outlets),
    )


def tell_trouble(publication: Publication) -> None:
    """Those who are to look at it; whoever has not yet read the same of it is not told again."""
    try:
        with transaction.atomic():
            _tell_trouble(publication)
    # A fault of ours in telling is no reason to forget what became of the post.
    except Exception:
        logger.exception("Nobody was told.", extra={"publication_id": publication.pk})


def _tell_trouble(publication: Publication) -> None:
    failed = publication.status == Publication.Status.FAILED
    kind = NoticeKind.FAILED if failed else NoticeKind.UNCONFIRMED
    unread = Notification.objects.filter(publication=publication, kind=kind, read_at=None)
    keepers = people.keepers_of(publication).exclude(pk__in=unread.values("person"))
    notify(kind, keepers, publication, account=publication.outlet)
