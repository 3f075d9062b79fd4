"""Who may decide on a review now, and whom that leaves for the stages after this one."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from accounts.capabilities import roles_with
from accounts.models import User
from content.models import Review, StageKind
from content.stuck import Left, first_unfilled

MOST_NAMED = 5

_LEFT = """count(*) FILTER (WHERE reviews), count(*) FILTER (WHERE approves),
        count(*) FILTER (WHERE reviews OR approves)"""
# Roles first: of thousands of people few have one that reaches the unit of the post.
_WHO = f"""
    WITH RECURSIVE above(unit_id) AS (
        SELECT p.unit_id FROM content_review r JOIN content_post p ON p.id = r.post_id
            WHERE r.id = %(id)s
        UNION
        SELECT u.parent_id FROM above JOIN accounts_unit u ON u.id = above.unit_id
            WHERE u.parent_id IS NOT NULL
    ), held AS MATERIALIZED (
        SELECT u.id, u.full_name, bool_or(g.role = ANY (%(roles)s::text[])) AS is_now,
            bool_or(g.role = ANY (%(review)s::text[])) AS reviews,
            bool_or(g.role = ANY (%(approve)s::text[])) AS approves
        FROM accounts_grant g
        JOIN accounts_user u ON u.id = g.user_id AND u.is_active AND NOT u.is_system
        WHERE g.role = ANY (%(roles)s::text[] || %(review)s::text[] || %(approve)s::text[])
        AND g.unit_id IN (SELECT unit_id FROM above)
        AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
        GROUP BY u.id
    ), free AS MATERIALIZED (
        SELECT held.id, held.full_name,
            COALESCE(content_acts_for(held.id, r.version_id, %(roles)s), held.id) AS place,
            is_now AND content_may_decide(held.id, r.version_id, %(roles)s) AS is_now,
            reviews AND content_may_decide(held.id, r.version_id, %(review)s) AS reviews,
            content_acts_for(held.id, r.version_id, %(review)s) AS reviews_for,
            approves AND content_may_decide(held.id, r.version_id, %(approve)s) AS approves,
            content_acts_for(held.id, r.version_id, %(approve)s) AS approves_for
        FROM held JOIN content_review r ON r.id = %(id)s
        WHERE held.id <> r.submitted_by_id AND NOT content_wrote(held.id, r.version_id)
        AND NOT EXISTS (
            SELECT 1 FROM content_decision d WHERE d.review_id = r.id
            AND held.id IN (d.decider_id, d.on_behalf_of_id))
    ), places AS MATERIALIZED (
        -- Who stands in for another, who might decide themselves, adds no place to theirs.
        SELECT id, reviews AND reviews_for IS NULL AS reviews,
            approves AND approves_for IS NULL AS approves
        FROM free
    )
    SELECT one.full_name, count(*) OVER (), one.id = %(viewer)s,
        -- What goes with who takes it, and in whose place; of all; of all but the viewer.
        gone.*, told.*, others.*
    FROM free one
    CROSS JOIN LATERAL (SELECT {_LEFT} FROM places WHERE id IN (one.id, one.place)) gone
    CROSS JOIN (SELECT {_LEFT} FROM places) told
    CROSS JOIN (SELECT {_LEFT} FROM places WHERE id <> %(viewer)s AND id <> COALESCE(
        (SELECT place FROM free WHERE id = %(viewer)s), %(viewer)s)) others
    WHERE one.is_now ORDER BY one.full_name, one.id LIMIT %(most)s
"""  # noqa: S608  # names of our own


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
    """Who may take the present stage, and whom that leaves for the stages after it."""

    who: People
    instead: People
    """Those of ``who`` but the viewer after whom each later stage can have somebody of its own."""
    strands: int | None
    """The later stage that nobody is left for where the viewer takes this one."""


def who_may(review: Review, capability: str) -> People:
    """Who holds ``capability`` wherever the version goes, wrote none of it and decided on none of
    it: who may decide next, or look at it afterwards. One query."""
    return _people(_asked(review, capability, None, ahead=False))


def turn_of(review: Review, viewer: User | None) -> Turn:
    """Whose turn it is at the stage of an open review that waits. One query."""
    capability = review.stage_kind.capability
    is_ahead = review.stage < review.stages
    rows = _asked(review, capability, viewer, ahead=is_ahead)
    who = _people(rows)
    if not rows or not is_ahead:
        return Turn(who, People([], 0), None)
    all_left, left = Left(*rows[0][6:9]), Left(*rows[0][9:])
    instead = [
        name
        for name, _total, is_viewer, *gone in rows
        if not is_viewer
        and first_unfilled(review.kinds, review.stage, all_left.but(Left(*gone[:3]))) is None
    ]
    return Turn(who, People(instead, 0), first_unfilled(review.kinds, review.stage, left))


def _people(rows: list[Any]) -> People:
    return People([row[0] for row in rows], rows[0][1] - len(rows) if rows else 0)


def _asked(review: Review, capability: str, viewer: User | None, *, ahead: bool) -> list[Any]:
    later = {kind.value: roles_with(kind.capability) if ahead else [] for kind in StageKind}
    asked: dict[str, Any] = {
        "id": review.pk,
        "roles": roles_with(capability),
        "viewer": viewer.pk if viewer else 0,
        "most": MOST_NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHO, asked | later)
        rows: list[Any] = cursor.fetchall()
    return rows
