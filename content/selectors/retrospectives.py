"""Looks at emergencies afterwards: which ones a person sees, and which wait for them."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content import gate
from content.models import Decision, Retrospective

# Open ones first, the longest due first; then what was answered, the latest first.
OPEN_FIRST = (F("done_at").desc(nulls_first=True), "due_at", "pk")


def retrospectives_visible_to(user: User) -> QuerySet[Retrospective]:
    return (
        Retrospective.objects.filter(review__post__unit_id__any=user.units_with("content.view"))
        .select_related("review__post__unit", "review__version", "review__submitted_by", "done_by")
        .order_by(*OPEN_FIRST)
    )


def retrospectives_waiting_for(user: User) -> QuerySet[Retrospective]:
    """Open ones that this person may answer now: a reviewer or approver wherever it went, who wrote
    none of it and decided on none of it. They wait until somebody answers; what is not out yet,
    because a freeze holds it, does not wait for anybody."""
    decided = Decision.objects.filter(gate.took_part(user), review=OuterRef("review"))
    may = gate.may_decide_where(user, "review__version", "content.review")
    return (
        retrospectives_visible_to(user)
        .filter(done_at=None, review__post__unit_id__any=user.units_with("content.review"))
        .exclude(review__submitted_by=user)
        .exclude(gate.wrote_where(user, "review__version"))
        .exclude(Exists(decided))
        .filter(may)
        .filter(gate.can_be_looked_at_where("review__version"))
        .order_by("due_at", "pk")
    )


def is_late(row: Retrospective) -> bool:
    return row.done_at is None and row.due_at < timezone.now()


def why_not(row: Retrospective, user: User) -> str:
    """Why ``user`` does not answer it, in words; "" for who may. The action asks again."""
    review = row.review
    units = {review.post.unit_id}
    units |= set(
        OfficialAccount.objects.filter(pk__in=review.version.content().texts.keys())
        .order_by()
        .values_list("unit_id", flat=True)
    )
    if not all(user.holds("content.review", unit) for unit in units):
        return _("Reviewers and approvers of every unit that it went out for look at it.")
    if review.submitted_by_id == user.pk or gate.wrote(user, review.version_id):
        return _("You wrote part of it, so somebody else looks at it afterwards.")
    if review.decisions.filter(decider=user).exists():
        return _("You approved it, so somebody else looks at it afterwards.")
    if review.decisions.filter(on_behalf_of=user).exists():
        return _("It was approved on your behalf, so somebody else looks at it afterwards.")
    if user.stands_in and not gate.may_decide(user, review.version_id, "content.review"):
        return _(
            "You stand in for somebody who wrote or approved it, or does not hold the role "
            "themselves, so somebody else looks at it afterwards."
        )
    if not gate.can_be_looked_at(review.version_id):
        return _(
            "Nothing of it is out yet. You can answer once something is out, or once nothing of it "
            "can go out any more: cancelled, or past the time until which it holds."
        )
    return ""
