"""Who decided which stage of a review, and whose turn it is, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from accounts.capabilities import roles_with
from accounts.models import User
from content.models import Decision, Post, Review, StageKind
from content.policy_words import decider

MOST_NAMED = 5

# Roles first: of thousands of people few have one that reaches the unit of the post.
_WHO = """
    WITH RECURSIVE above(unit_id) AS (
        SELECT p.unit_id FROM content_review r JOIN content_post p ON p.id = r.post_id
            WHERE r.id = %(review)s
        UNION
        SELECT u.parent_id FROM above JOIN accounts_unit u ON u.id = above.unit_id
            WHERE u.parent_id IS NOT NULL
    ), held AS MATERIALIZED (
        SELECT u.id, u.full_name, bool_or(g.role = ANY (%(roles)s::text[])) AS is_now,
            bool_or(g.role = ANY (%(later)s::text[])) AS is_later
        FROM accounts_grant g
        JOIN accounts_user u ON u.id = g.user_id AND u.is_active AND NOT u.is_system
        WHERE g.role = ANY (%(roles)s::text[] || %(later)s::text[])
        AND g.unit_id IN (SELECT unit_id FROM above)
        AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
        GROUP BY u.id
    ), free AS MATERIALIZED (
        SELECT held.id, held.full_name,
            held.is_now AND content_may_decide(held.id, r.version_id, %(roles)s) AS is_now,
            held.is_later AND content_may_decide(held.id, r.version_id, %(later)s::text[])
                AS is_later
        FROM held JOIN content_review r ON r.id = %(review)s
        WHERE held.id <> r.submitted_by_id AND NOT content_wrote(held.id, r.version_id)
        AND NOT EXISTS (
            SELECT 1 FROM content_decision d WHERE d.review_id = r.id AND d.decider_id = held.id)
    )
    SELECT full_name, count(*) OVER (), id = %(viewer)s,
        -- How many are left for the next stage where this person takes the present one.
        (SELECT count(*) FROM free WHERE is_later) - is_later::int,
        (SELECT count(*) FROM free WHERE is_later AND id <> %(viewer)s)
    FROM free WHERE is_now ORDER BY full_name, id LIMIT %(most)s
"""


class People(NamedTuple):
    """The first who may, by name, and how many more there are."""

    names: list[str]
    more: int

    def __str__(self) -> str:
        names = ", ".join(self.names)
        if not self.more:
            return names
        return _("%(names)s and %(more)s more") % {"names": names, "more": self.more}


class Turn(NamedTuple):
    """Who may take the present stage, and what that leaves for the next one."""

    who: People
    instead: People
    """Those of ``who`` but the viewer after whom somebody is left for the next stage."""
    is_last_for_next: bool
    """Whether nobody is left for the next stage where the viewer takes this one."""


def who_may(review: Review, capability: str) -> People:
    """Who holds ``capability`` wherever the version goes, wrote none of it and decided on none of
    it: who may decide next, or look at it afterwards. One query."""
    return _turn(review, capability, "", None).who


def turn_of(review: Review, viewer: User | None) -> Turn:
    """Whose turn it is at the stage of an open review that waits. One query."""
    is_last = review.stage >= review.stages
    later = "" if is_last else StageKind(review.kinds[review.stage]).capability
    return _turn(review, review.stage_kind.capability, later, viewer)


def _turn(review: Review, capability: str, later: str, viewer: User | None) -> Turn:
    asked: dict[str, Any] = {
        "review": review.pk,
        "roles": roles_with(capability),
        "later": roles_with(later) if later else [],
        "viewer": viewer.pk if viewer else 0,
        "most": MOST_NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHO, asked)
        rows = cursor.fetchall()
    names = [name for name, *_rest in rows]
    instead = [name for name, _total, is_viewer, left, _mine in rows if left and not is_viewer]
    return Turn(
        People(names, rows[0][1] - len(rows) if rows else 0),
        People(instead, 0),
        bool(later and rows and not rows[0][4]),
    )


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
        # Whose decision would leave nobody for the stage after it is told before.
        "strands": turn if turn and turn.is_last_for_next else None,
        "steps": told(page["steps"], post, review),
    }
