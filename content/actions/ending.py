"""How publications end, and their post with the last of them, written on locked rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from content import following, gate
from content.events.posts import PUBLICATION_CANCELLED, PUBLICATION_WITHDRAWN
from content.models import Post, Publication, Review, Withdrawal
from govsocial.audit.actions import record_many
from govsocial.audit.events import Event

NO_LONGER_COUNTS = gettext_noop("The approval has expired or no longer counts.")
VALIDITY_ENDED = gettext_noop("The time until which the post holds has passed.")
VALIDITY_ENDED_BEFORE = gettext_noop("The validity of the emergency notice has ended.")
"""How rows of before say it, which keep what was told."""
BY_HAND = gettext_noop("Its id on the platform is not known: delete it there by hand.")
WAS_WITHDRAWN = gettext_noop("Its post was withdrawn.")
WAS_CORRECTED = gettext_noop("Replaced by its correction.")
NOTHING_MORE = gettext_noop(
    "Nothing more of this post goes out: it was corrected, withdrawn or archived."
)

ENDED = (Publication.Status.CANCELLED, Publication.Status.WITHDRAWN)
_OVER = (Post.Status.CORRECTED, Post.Status.WITHDRAWN, Post.Status.ARCHIVED)
"""Nothing more goes out of these, whatever is approved of them."""


def why_over(publication: Publication) -> str:
    """Why nothing more of it goes out, to be said ``in_words``; "" while its approval decides. The
    trigger ``gate`` asks the same."""
    if gate.is_withdrawn(publication):
        return WAS_WITHDRAWN
    if publication.post.status not in _OVER:
        return ""
    return WAS_CORRECTED if publication.post.status == Post.Status.CORRECTED else NOTHING_MORE


def why_not_approved(publication: Publication) -> str:
    """Why its approval counts no longer, to be said ``in_words``."""
    return VALIDITY_ENDED if publication.version.content().has_ended else NO_LONGER_COUNTS


def call_back(post: Post, actor: User, reason: str) -> None:
    """Cancel what of a locked post is certainly not out yet."""
    waiting = post.publications.select_for_update(of=("self",)).select_related("official_account")
    rows = list(waiting.filter(status__in=Publication.CALLED_BACK).order_by("pk"))
    _cancel(rows, actor, reason)


def call_back_following(publication: Publication, actor: User, reason: str) -> None:
    """Cancel what would have followed a locked publication on its account, and is not out."""
    rows = list(following.after(publication).filter(status__in=Publication.CALLED_BACK))
    _cancel(rows, actor, reason)


def mark_cancelled(publication: Publication, actor: User, reason: str) -> None:
    """Call a locked publication back for good."""
    _cancel([publication], actor, reason)


def _cancel(publications: Sequence[Publication], actor: User, reason: str) -> None:
    fields: dict[str, Any] = {
        "status": Publication.Status.CANCELLED, "sealed": "", "problem": reason[:300],
        "leased_until": None,
    }  # fmt: skip
    for one in publications:
        for name, value in fields.items():
            setattr(one, name, value)
    Publication.objects.filter(pk__in=[one.pk for one in publications]).update(**fields)
    told = [(one.post, {"account": one.outlet, "reason": reason[:500]}) for one in publications]
    record_many(PUBLICATION_CANCELLED, actor=actor, entries=told)


def end_post(post: Post) -> None:
    """A locked post of which nothing is out or waits any more is withdrawn, where something of it
    was; else it never went out, and is a draft again."""
    if post.publications.exclude(status__in=ENDED).exists():
        return
    if post.publications.filter(status=Publication.Status.WITHDRAWN).exists():
        before = [Post.Status.LIVE, Post.Status.CORRECTED, Post.Status.ARCHIVED]
        move_post(post, Post.Status.WITHDRAWN, before=before)
    elif move_post(post, Post.Status.DRAFT, before=[Post.Status.SCHEDULED]):
        # To be submitted anew, as it is or changed.
        post.reviews.filter(status=Review.Status.APPROVED).update(
            status=Review.Status.SUPERSEDED, closed_at=timezone.now()
        )


def mark_withdrawn(publication: Publication, withdrawal: Withdrawal) -> None:
    """Take a locked publication back that is live; workers delete it on the platform, or a person
    where it has no id there. Its post ends with the last of them."""
    withdrawal.publication = publication
    take_back([withdrawal])
    end_post(publication.post)


def take_back(withdrawals: Sequence[Withdrawal]) -> None:
    """``mark_withdrawn`` of what one person withdrew, without a look at what else of it is out."""
    for_people = [one for one in withdrawals if not one.publication.platform_post_id]
    for one in for_people:
        one.needs_person, one.problem = True, BY_HAND
    Withdrawal.objects.filter(pk__in=[one.pk for one in for_people]).update(
        needs_person=True, problem=BY_HAND
    )
    for one in withdrawals:
        one.publication.status = Publication.Status.WITHDRAWN
    Publication.objects.filter(pk__in=[one.publication_id for one in withdrawals]).update(
        status=Publication.Status.WITHDRAWN
    )
    record_withdrawals(PUBLICATION_WITHDRAWN, withdrawals)


def record_withdrawals(event: Event, withdrawals: Sequence[Withdrawal]) -> None:
    """What one person withdrew, as done by them."""
    told = [
        (one.publication.post, {"account": one.publication.outlet, "reason": one.reason})
        for one in withdrawals
    ]
    if told:
        record_many(event, actor=withdrawals[0].requested_by, entries=told)


def move_post(post: Post, status: str, *, before: Sequence[str]) -> bool:
    """Move a locked post on, when it stands where ``before`` says; else leave it."""
    rows = Post.objects.filter(pk=post.pk, status__in=before)
    return bool(rows.update(status=status, updated_at=timezone.now()))
