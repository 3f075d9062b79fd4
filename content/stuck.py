"""Open reviews that nobody may decide on, now or after the decision that somebody is about to take:
found among many in one query."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.capabilities import roles_with
from accounts.models import User
from content.models import Post, Review, StageKind
from content.models.review import sql_list
from content.selectors import reviews_visible_to

NOBODY = 0


@cache
def _sql(wanted: str, which: str, ahead: int) -> str:
    """Open reviews whose stage nobody may decide: the present one, or the one so many ahead. Takes
    the ids that ``which`` is to be among, and the id of somebody who is not counted.

    Whoever may decide is found soon; only what nobody may is looked at whole.
    """
    kinds = " ".join(
        f"WHEN '{kind.value}' THEN ARRAY[{sql_list(roles_with(kind.capability))}]"
        for kind in StageKind
    )
    return f"""
    SELECT {wanted} FROM content_review r JOIN content_post p ON p.id = r.post_id
    CROSS JOIN LATERAL (SELECT {1 + ahead} + count(*)::int AS stage FROM content_decision d
        WHERE d.review_id = r.id AND d.verdict = 'approve') told
    CROSS JOIN LATERAL (SELECT CASE r.kinds[told.stage] {kinds} END AS roles) asked
    WHERE {which} = ANY (%s) AND r.status = 'open' AND asked.roles IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM accounts_grant g
        JOIN accounts_user u ON u.id = g.user_id AND u.is_active AND NOT u.is_system
        WHERE g.role = ANY (asked.roles) AND g.unit_id = ANY (content_units_above(p.unit_id))
        AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
        AND u.id <> r.submitted_by_id AND u.id <> %s AND NOT content_wrote(u.id, r.version_id)
        AND NOT EXISTS (
            SELECT 1 FROM content_decision d WHERE d.review_id = r.id AND d.decider_id = u.id)
        AND content_may_decide(u.id, r.version_id, asked.roles)
    )
    """  # noqa: S608  # names of our own, no input


def stuck_among(reviews: Iterable[Review]) -> set[int]:
    """The ids of those open reviews whose present stage nobody may decide now. One query."""
    return set(_found(reviews, ahead=0, but=NOBODY))


def stuck_posts(posts: Iterable[Post]) -> set[int]:
    """The ids of those posts whose open review is stuck. Two queries."""
    ids = [post.pk for post in posts if post.status == Post.Status.SUBMITTED]
    waiting = Review.objects.filter(post__in=ids, status=Review.Status.OPEN) if ids else []
    reviews = {one.pk: one for one in waiting}
    return {reviews[pk].post_id for pk in stuck_among(reviews.values())}


def stranded_by(user: User, reviews: Iterable[Review]) -> dict[int, int]:
    """Those open reviews whose next stage nobody is left for if ``user`` approves the present one:
    that stage by their ids. One query."""
    return _found(reviews, ahead=1, but=user.pk)


def _found(reviews: Iterable[Review], *, ahead: int, but: int) -> dict[int, int]:
    ids = [one.pk for one in reviews]
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_sql("r.id, told.stage", "r.id", ahead), [ids, but])
        return dict(cursor.fetchall())


_MENDS = ("people.manage", "content.configure", "content.draft")


def mends_what_is_stuck(user: User) -> bool:
    """Whether ``user`` can give a role to somebody else, change a policy, or take a post back."""
    return any(user.holds(right) for right in _MENDS)


def stuck_reviews(user: User) -> QuerySet[Review]:
    """Stuck reviews of units where ``user`` can do something about it."""
    units = frozenset[int]().union(*(user.units_with(right) for right in _MENDS))
    stuck = RawSQL(_sql("r.id", "p.unit_id", 0), [sorted(units), NOBODY])  # noqa: S611  # our own SQL
    return reviews_visible_to(user).filter(pk__in=stuck)
