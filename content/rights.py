"""What a person may do with a review, and in words why not when they may not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content import gate
from content.models import Decision, Review
from content.on_behalf import decides_for, what_a_principal_did
from content.selectors.posts import COUNTS
from content.stuck_words import named


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do with a review, and in words why not when they may not."""

    may_approve: bool = False
    may_reject: bool = False
    may_request_changes: bool = False
    why_not: str = ""
    for_whom: str = ""
    """In whose place they decide, as a sentence; "" where in nobody's."""


def rights_on(
    review: Review | None,
    user: User,
    *,
    accounts: Collection[OfficialAccount],
    decisions: Collection[Decision],
) -> Rights:
    """Say what ``user`` may decide on ``review``; the actions and the database ask again.

    ``accounts`` are those the version is meant for, and ``decisions`` all that were taken on the
    versions of the post.
    """
    if review is None or review.status != Review.Status.OPEN:
        return Rights()
    units = {review.post.unit_id} | {account.unit_id for account in accounts}
    approve = all(user.holds(review.stage_kind.capability, unit) for unit in units)
    reject = all(user.holds("content.approve", unit) for unit in units)
    request = all(user.holds("content.review", unit) for unit in units)
    if not (approve or request):
        return Rights()
    how = getattr(review.post, "wrote_how", None)
    if how is None:
        how = gate.wrote_how(user, review.version_id)
    if how or review.submitted_by_id == user.pk:
        titles = named(getattr(review.post, "taken", ()), how, user.pk)
        return Rights(why_not=_what_you_wrote(how, titles))
    taken = [one for one in decisions if one.review_id == review.pk]
    if any(decision.decider_id == user.pk for decision in taken):
        return Rights(why_not=_("You approved an earlier stage, so somebody else decides on this."))
    if any(decision.on_behalf_of_id == user.pk for decision in taken):
        return Rights(
            why_not=_(
                "An earlier stage was approved on your behalf, so somebody else decides on this."
            )
        )
    held = approve
    approve = approve and _counts(user, review, review.stage_kind.capability)
    reject = reject and _counts(user, review, "content.approve")
    request = request and _counts(user, review, "content.review")
    why_not = "" if approve or (request and not held) else what_a_principal_did(review.post, taken)
    if not (approve or request):
        return Rights(why_not=why_not)
    return Rights(
        may_approve=approve,
        may_reject=reject,
        may_request_changes=request,
        why_not=why_not,
        for_whom=decides_for(
            review.post,
            approve=review.stage_kind.capability if approve else "",
            changes="content.review" if request else "",
            reject="content.approve" if reject else "",
        ),
    )


def _counts(user: User, review: Review, capability: str) -> bool:
    """Whether a role that they hold, maybe in the place of another, counts for this version."""
    if not user.stands_in:
        return True
    told: bool | None = getattr(review.post, COUNTS[capability], None)
    return gate.may_decide(user, review.version_id, capability) if told is None else told


def _what_you_wrote(how: str, titles: str) -> str:
    """``titles`` are of what came from the message bank, where it is known which."""
    if how == "narrative" and titles:
        told = _("You wrote the narrative %(titles)s, so somebody else decides on this post.")
        return told % {"titles": titles}
    if how == "template" and titles:
        told = _("You wrote the template %(titles)s, so somebody else decides on this post.")
        return told % {"titles": titles}
    by_kind = {
        "idea": _("You wrote the idea that this post began with, so somebody else decides on it."),
        "template": _(
            "You wrote the template that this post uses, so somebody else decides on it."
        ),
        "narrative": _(
            "You wrote the narrative that this post uses, so somebody else decides on it."
        ),
        "alt": _(
            "You wrote an alternative text that this post uses, so somebody else decides on it."
        ),
        "picture": _(
            "You uploaded a picture or video that this post shows, so somebody else decides on it."
        ),
    }
    return by_kind.get(how) or _("You wrote part of this post, so somebody else decides on it.")
