"""Open reviews that nobody may decide on, now or after the decision that somebody is about to take:
found among many in one query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.capabilities import roles_with
from accounts.models import User
from content.models import Post, Review, StageKind
from content.models.review import sql_list
from content.selectors.posts import reviews_visible_to

NOBODY = 0


# Those who may decide on a review by one of some roles, and are not somebody who is not counted.
# Whoever may is found soon; only where nobody may everybody is looked at.
_MAY = """
    SELECT 1 FROM (
        SELECT DISTINCT g.user_id AS id FROM accounts_grant g
        JOIN accounts_user u ON u.id = g.user_id AND u.is_active AND NOT u.is_system
        WHERE g.role = ANY ({roles})
        -- Asked once, and not of each role.
        AND g.unit_id = ANY ((SELECT content_units_above(p.unit_id))::bigint[])
        AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
        -- Each once, and only then what is dear is asked: of one after the other, not of all.
        OFFSET 0
    ) u
    WHERE u.id <> r.submitted_by_id AND u.id <> %s AND NOT content_wrote(u.id, r.version_id)
    AND NOT EXISTS (
        SELECT 1 FROM content_decision d WHERE d.review_id = r.id
        AND u.id IN (d.decider_id, d.on_behalf_of_id))
    AND {may}
"""
_FROM = """
    FROM content_review r JOIN content_post p ON p.id = r.post_id
    CROSS JOIN LATERAL (SELECT 1 + count(*)::int AS stage FROM content_decision d
        WHERE d.review_id = r.id AND d.verdict = 'approve') told
"""


def _roles(kind: StageKind) -> str:
    return f"ARRAY[{sql_list(roles_with(kind.capability))}]"


def _may(roles: str) -> str:
    return _MAY.format(roles=roles, may=f"content_may_decide(u.id, r.version_id, {roles})")


@cache
def _stuck(wanted: str, which: str) -> str:
    """Open reviews whose present stage nobody may decide. Takes the ids that ``which`` is to be
    among, and the id of somebody who is not counted."""
    kinds = " ".join(f"WHEN '{kind.value}' THEN {_roles(kind)}" for kind in StageKind)
    return f"""
    SELECT {wanted} {_FROM}
    CROSS JOIN LATERAL (SELECT CASE r.kinds[told.stage] {kinds} END AS roles) asked
    WHERE {which} = ANY (%s) AND r.status = 'open' AND asked.roles IS NOT NULL
    AND NOT EXISTS ({_may("asked.roles")})
    """  # names of our own, no input


@cache
def _left() -> str:
    """How many, up to as many as there are stages to come, may review, approve, or do either in
    open reviews with a stage after the present one; of a kind that does not come, none is counted.
    Takes the id of somebody who is not counted, three times, and the ids."""
    review, approve = _roles(StageKind.REVIEW), _roles(StageKind.APPROVE)
    either = _MAY.format(
        roles=f"{review} || {approve}",
        may=f"(content_may_decide(u.id, r.version_id, {review})"
        f" OR content_may_decide(u.id, r.version_id, {approve}))",
    )
    both = "CASE WHEN later.reviews * later.approvals > 0 THEN later.stages ELSE 0 END"
    counts = ", ".join(
        f"(SELECT count(*) FROM ({found} LIMIT {most}) found)"  # noqa: S608  # as below
        for found, most in (
            (_may(review), "later.reviews"),
            (_may(approve), "later.approvals"),
            (either, both),
        )
    )
    return f"""
    SELECT r.id, r.kinds, told.stage, {counts} {_FROM}
    CROSS JOIN LATERAL (SELECT count(*) AS stages,
            count(*) FILTER (WHERE kind = '{StageKind.REVIEW.value}') AS reviews,
            count(*) FILTER (WHERE kind = '{StageKind.APPROVE.value}') AS approvals
        FROM unnest(r.kinds[told.stage + 1:]) kind) later
    WHERE r.id = ANY (%s) AND r.status = 'open' AND later.stages > 0
    """  # noqa: S608  # names of our own, no input


class Left(NamedTuple):
    """How many people may still decide on a review: as reviewer, as approver, and at all."""

    review: int
    approve: int
    either: int

    def but(self, reviews: bool, approves: bool) -> Left:  # a row of the query
        """Without one of them."""
        return Left(
            self.review - reviews, self.approve - approves, self.either - (reviews or approves)
        )


def first_unfilled(kinds: Sequence[str], taken: int, left: Left) -> int | None:
    """The first stage after the one that is ``taken`` for which nobody is left, where each before
    it has somebody of its own; None where all can be filled.

    There are two kinds of stages, so it is enough to count (Hall's theorem): as many people as
    stages of each kind, and as many as stages together.
    """
    needed = Counter[str]()
    for number, kind in enumerate(kinds[taken:], start=taken + 1):
        needed[kind] += 1
        if (
            needed[StageKind.REVIEW] > left.review
            or needed[StageKind.APPROVE] > left.approve
            or needed.total() > left.either
        ):
            return number
    return None


def stuck_among(reviews: Iterable[Review]) -> set[int]:
    """The ids of those open reviews whose present stage nobody may decide now. One query."""
    ids = [one.pk for one in reviews]
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_stuck("r.id", "r.id"), [ids, NOBODY])
        return {pk for (pk,) in cursor.fetchall()}


def stuck_posts(posts: Iterable[Post]) -> set[int]:
    """The ids of those posts whose open review is stuck. Two queries."""
    ids = [post.pk for post in posts if post.status == Post.Status.SUBMITTED]
    waiting = Review.objects.filter(post__in=ids, status=Review.Status.OPEN) if ids else []
    reviews = {one.pk: one for one in waiting}
    return {reviews[pk].post_id for pk in stuck_among(reviews.values())}


def stranded_by(user: User, reviews: Iterable[Review]) -> dict[int, int]:
    """Those open reviews of which a later stage stays without anybody if ``user`` approves the
    present one: that stage by their ids. One query."""
    ids = [one.pk for one in reviews]
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_left(), [*[user.pk] * len(Left._fields), ids])
        rows = cursor.fetchall()
    found = {
        pk: first_unfilled(kinds, stage, Left(review, approve, max(review, approve, either)))
        for pk, kinds, stage, review, approve, either in rows
    }
    return {pk: stage for pk, stage in found.items() if stage is not None}


_MENDS = ("people.manage", "content.configure", "content.draft")


def mends_what_is_stuck(user: User) -> bool:
    """Whether ``user`` can give a role to somebody else, change a policy, or take a post back."""
    return any(user.holds(right) for right in _MENDS)


def stuck_reviews(user: User) -> QuerySet[Review]:
    """Stuck reviews of units where ``user`` can do something about it."""
    units = frozenset[int]().union(*(user.units_with(right) for right in _MENDS))
    stuck = RawSQL(_stuck("r.id", "p.unit_id"), [sorted(units), NOBODY])  # noqa: S611  # our own SQL
    return reviews_visible_to(user).filter(pk__in=stuck)
