"""Open reviews that nobody may decide on, now or after the decision that somebody is about to take,
and emergencies that nobody may look at afterwards: found among many in one query."""

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
from content.models import Post, Retrospective, Review, StageKind
from content.models.review import sql_list
from content.selectors.posts import reviews_visible_to
from content.selectors.retrospectives import retrospectives_visible_to

# Those who may decide on a review by one of some roles.
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
    WHERE u.id <> r.submitted_by_id AND NOT content_wrote(u.id, r.version_id)
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


def _of_the_present() -> str:
    kinds = " ".join(f"WHEN '{kind.value}' THEN {_roles(kind)}" for kind in StageKind)
    return f"CASE r.kinds[told.stage] {kinds} END"


def _may(roles: str) -> str:
    return f"content_may_decide(u.id, r.version_id, {roles})"


def _adds(roles: str) -> str:
    """Whether somebody may decide in a place of their own: who stands in for another, who might
    decide themselves, adds none to theirs."""
    return f"({_may(roles)} AND content_acts_for(u.id, r.version_id, {roles}) IS NULL)"


@cache
def _stuck(wanted: str, which: str) -> str:
    """Open reviews whose present stage nobody may decide. Takes the ids that ``which`` is to be
    among."""
    return f"""
    SELECT {wanted} {_FROM}
    CROSS JOIN LATERAL (SELECT {_of_the_present()} AS roles) asked
    WHERE {which} = ANY (%s) AND r.status = 'open' AND asked.roles IS NOT NULL
    AND NOT EXISTS ({_MAY.format(roles="asked.roles", may=_may("asked.roles"))})
    """  # names of our own, no input


@cache
def _left() -> str:
    """How many, up to as many as there are stages to come, may review, approve, or do either in
    open reviews with a stage after the present one, each in a place of their own; of a kind that
    does not come, none is counted. Takes the id of who takes the present stage, who is not counted,
    nor is in whose place they take it, and the ids."""
    review, approve = _roles(StageKind.REVIEW), _roles(StageKind.APPROVE)
    by_roles = {
        review: _adds(review),
        approve: _adds(approve),
        f"{review} || {approve}": f"({_adds(review)} OR {_adds(approve)})",
    }
    both = "CASE WHEN later.reviews * later.approvals > 0 THEN later.stages ELSE 0 END"
    as_many = ("later.reviews", "later.approvals", both)
    counts = ", ".join(
        f"(SELECT count(*) FROM ({_MAY} LIMIT {most}) found)".format(  # noqa: S608  # as below
            roles=roles, may=f"u.id NOT IN (taken.by_whom, taken.place) AND {may}"
        )
        for (roles, may), most in zip(by_roles.items(), as_many, strict=True)
    )
    return f"""
    SELECT r.id, r.kinds, told.stage, {counts} {_FROM}
    CROSS JOIN LATERAL (SELECT id AS by_whom, COALESCE(
        content_acts_for(id, r.version_id, {_of_the_present()}), id) AS place
        FROM (SELECT %s::bigint AS id) one) taken
    CROSS JOIN LATERAL (SELECT count(*) AS stages,
            count(*) FILTER (WHERE kind = '{StageKind.REVIEW.value}') AS reviews,
            count(*) FILTER (WHERE kind = '{StageKind.APPROVE.value}') AS approvals
        FROM unnest(r.kinds[told.stage + 1:]) kind) later
    WHERE r.id = ANY (%s) AND r.status = 'open' AND later.stages > 0
    """  # noqa: S608  # names of our own, no input


class Left(NamedTuple):
    """In how many places a review may still be decided on: as reviewer, as approver, and at all."""

    review: int
    approve: int
    either: int

    def but(self, gone: Left) -> Left:
        return Left(
            self.review - gone.review, self.approve - gone.approve, self.either - gone.either
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
        cursor.execute(_stuck("r.id", "r.id"), [ids])
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
        cursor.execute(_left(), [user.pk, ids])
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
    stuck = RawSQL(_stuck("r.id", "p.unit_id"), [sorted(units)])  # noqa: S611  # our own SQL
    return reviews_visible_to(user).filter(pk__in=stuck)


@cache
def _unanswered() -> str:
    """Open looks afterwards at what is out that nobody may answer. Takes the ids of units."""
    roles = _roles(StageKind.REVIEW)
    return f"""
    SELECT look.id FROM content_retrospective look JOIN content_review r ON r.id = look.review_id
    JOIN content_post p ON p.id = r.post_id
    WHERE look.done_at IS NULL AND p.unit_id = ANY (%s)
    AND content_can_be_looked_at(r.version_id)
    AND NOT EXISTS ({_MAY.format(roles=roles, may=_may(roles))})
    """  # noqa: S608  # names of our own, no input


def looks_by_nobody(user: User) -> QuerySet[Retrospective]:
    """Emergencies that nobody may look at afterwards, in units where ``user`` gives roles. One
    query; none for who gives none."""
    units = sorted(user.units_with("people.manage"))
    if not units:
        return Retrospective.objects.none()
    nobody = RawSQL(_unanswered(), [units])  # noqa: S611  # our own SQL
    return retrospectives_visible_to(user).filter(pk__in=nobody)
