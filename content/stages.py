"""Who decided which stage of a review, and whose turn it is, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from accounts.capabilities import roles_with
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
        SELECT DISTINCT u.id, u.full_name FROM accounts_grant g
        JOIN accounts_user u ON u.id = g.user_id AND u.is_active AND NOT u.is_system
        WHERE g.role = ANY (%(roles)s) AND g.unit_id IN (SELECT unit_id FROM above)
        AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
    )
    SELECT held.full_name, count(*) OVER () FROM held
    JOIN content_review r ON r.id = %(review)s
    WHERE held.id <> r.submitted_by_id AND NOT content_wrote(held.id, r.version_id)
    AND NOT EXISTS (
        SELECT 1 FROM content_decision d WHERE d.review_id = r.id AND d.decider_id = held.id)
    AND content_may_decide(held.id, r.version_id, %(roles)s)
    ORDER BY held.full_name, held.id LIMIT %(most)s
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


def who_may(review: Review, capability: str) -> People:
    """Who holds ``capability`` wherever the version goes, wrote none of it and decided on none of
    it: who may decide next, or look at it afterwards. One query."""
    asked: dict[str, Any] = {
        "review": review.pk,
        "roles": roles_with(capability),
        "most": MOST_NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHO, asked)
        rows = cursor.fetchall()
    return People([name for name, _total in rows], rows[0][1] - len(rows) if rows else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a review: who decided, or who may now."""

    number: int
    title: str
    state: str
    """"done", "current", "failed" or "" (ahead), as in components/steps.html."""
    decision: Decision | None = None
    who: People | None = None


def stages_of(review: Review | None, decisions: Iterable[Decision]) -> list[Stage]:
    """The stages of the present review; none where it was replaced or never asked for."""
    if review is None or review.status == Review.Status.SUPERSEDED:
        return []
    taken = {one.stage: one for one in decisions if one.review_id == review.pk}
    if review.status == Review.Status.OPEN:
        return [_open(review, number, taken) for number in range(1, review.stages + 1)]
    against = [one for one in taken.values() if one.verdict != Decision.Verdict.APPROVE]
    return [_closed(review, number, taken, against) for number in range(1, review.stages + 1)]


def _open(review: Review, number: int, taken: dict[int, Decision]) -> Stage:
    title = _title(review, number)
    if number < review.stage:
        return Stage(number=number, title=title, state="done", decision=taken.get(number))
    if number > review.stage:
        return Stage(number=number, title=title, state="")
    who = who_may(review, review.stage_kind.capability)
    return Stage(number=number, title=title, state="current", who=who)


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


def of_page(post: Post, page: dict[str, Any]) -> dict[str, Any]:
    """The page of a post with its stages told."""
    review = page["review"]
    decisions = list(page["decisions"])
    stages = stages_of(review, decisions)
    return page | {
        "decisions": decisions,
        "stages": stages,
        # Whose turn it is, for who may only ask for changes.
        "turn": next((one.who for one in stages if one.who is not None), None),
        "steps": told(page["steps"], post, review),
    }
