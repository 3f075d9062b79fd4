"""The stages of a review as its page tells them: who decided which, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from content.going_out import once_approved
from content.models import Decision, Post, Review, StageKind
from content.policy_words import decider
from content.stuck_words import told_of_stuck
from content.turns import People, Turn, turn_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a review: who decided, or who may now."""

    number: int
    title: str
    state: str
    """"done", "current", "failed" or "" (ahead), as in components/steps.html."""
    decision: Decision | None = None
    who: People | None = None
    turn: Turn | None = None
    """Of the present one, as ``viewer`` is told."""

    @property
    def is_stuck(self) -> bool:
        """Whether nobody may decide it now."""
        return self.who is not None and not self.who.names


def stages_of(
    review: Review | None, decisions: Iterable[Decision], viewer: User | None = None
) -> list[Stage]:
    """The stages of the present review; none where it was replaced or never asked for."""
    if review is None or review.status == Review.Status.SUPERSEDED:
        return []
    taken = {one.stage: one for one in decisions if one.review_id == review.pk}
    if review.status == Review.Status.OPEN:
        return [_open(review, number, taken, viewer) for number in range(1, review.stages + 1)]
    against = [one for one in taken.values() if one.verdict != Decision.Verdict.APPROVE]
    return [_closed(review, number, taken, against) for number in range(1, review.stages + 1)]


def _open(review: Review, number: int, taken: dict[int, Decision], viewer: User | None) -> Stage:
    title = _title(review, number)
    if number < review.stage:
        return Stage(number=number, title=title, state="done", decision=taken.get(number))
    if number > review.stage:
        return Stage(number=number, title=title, state="")
    turn = turn_of(review, viewer)
    return Stage(number=number, title=title, state="current", who=turn.who, turn=turn)


def _closed(
    review: Review, number: int, taken: dict[int, Decision], against: Sequence[Decision]
) -> Stage:
    decision = taken.get(number)
    state = "" if decision is None else "failed" if decision in against else "done"
    return Stage(number=number, title=_title(review, number), state=state, decision=decision)


def _title(review: Review, number: int) -> str:
    return _("Stage %(number)s of %(stages)s: %(who)s") % {
        "number": number,
        "stages": review.stages,
        "who": decider(review.kinds[number - 1]),
    }


def told(steps: list[dict[str, str]], post: Post, review: Review | None) -> list[dict[str, str]]:
    """The way of a post, with the stage that waits at "Approval"."""
    if review is None or review.stages < 2 or review.status != Review.Status.OPEN:
        return steps
    at = {"number": review.stage, "stages": review.stages}
    label = _("Review %(number)s of %(stages)s") % at
    if review.stage_kind == StageKind.APPROVE:
        label = _("Approval %(number)s of %(stages)s") % at
    return [
        one | {"label": label} if one["state"] == "current" and post.status == "submitted" else one
        for one in steps
    ]


def _once_approved(page: dict[str, Any]) -> str:
    content, is_frozen = page["content"], page.get("is_frozen", False)
    is_planned = content is not None and content.planned_at is not None
    if is_frozen and is_planned:
        return _(
            "A freeze covers some or all of its accounts: there it does not go out, not at its "
            "planned time either, until an approver lets it go after the freeze."
        )
    if is_planned:
        return ""
    if is_frozen:
        return _(
            "A freeze covers some or all of its accounts: there it does not go out until an "
            "approver lets it go after the freeze. On the others it goes out, or a person has to "
            "post it, as soon as you approve it."
        )
    return once_approved([one["account"] for one in page["previews"]])


def of_page(post: Post, page: dict[str, Any], viewer: User) -> dict[str, Any]:
    """The page of a post with its stages told."""
    review = page["review"]
    decisions = list(page["decisions"])
    stages = stages_of(review, decisions, viewer)
    present = next((one for one in stages if one.who is not None), None)
    turn = present.turn if present else None
    return page | {
        "decisions": decisions,
        "stages": stages,
        # Whose turn it is, for who may only ask for changes.
        "turn": present.who if present else None,
        "stuck": present if present and present.is_stuck else None,
        "stuck_told": (
            told_of_stuck(
                present.number,
                getattr(post, "taken", ()),
                may_take_back=page["may_take_back"],
            )
            if present and present.is_stuck
            else ""
        ),
        # Whose decision would leave nobody for a stage after it is told before.
        "strands": turn if turn and turn.strands else None,
        # Told beside the decision.
        "once_approved": _once_approved(page),
        "steps": told(page["steps"], post, review),
    }
