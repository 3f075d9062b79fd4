"""Who approved what went out: decisions and publications held against the trail.

The triggers of the gate refuse what the right people have not approved. Who may write rows by SQL
can still write a decision in the name of somebody who may decide; the action would have left an
entry in the trail, which is sealed. What has none was not decided by a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from content.models import Post

_DECISIONS = """
    SELECT r.post_id, v.number, d.id, u.full_name, d.verdict
    FROM content_decision d
    JOIN content_review r ON r.id = d.review_id
    JOIN content_postversion v ON v.id = r.version_id
    JOIN accounts_user u ON u.id = d.decider_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = r.post_id::text
        AND e.event = CASE d.verdict WHEN 'approve' THEN 'content.post.approved'
            WHEN 'changes' THEN 'content.post.changes_requested' ELSE 'content.post.rejected' END
        AND e.actor_id = d.decider_id AND e.data ->> 'version_sha256' = d.version_digest
        AND (e.data ->> 'version')::integer = v.number
        AND (d.verdict <> 'approve' OR (e.data ->> 'stage')::integer = d.stage))
    ORDER BY d.id
"""
# What was let out at a moment at which enough decisions counted. ``sent_at`` is when the first
# attempt began that may have reached the platform, and the worker asked the gate just before; what
# a person posted went out when they say.
_PUBLICATIONS = """
    SELECT p.post_id, v.number, p.id, a.platform || ' ' || a.handle, p.status
    FROM content_publication p
    JOIN content_postversion v ON v.id = p.version_id
    JOIN accounts_officialaccount a ON a.id = p.official_account_id
    WHERE p.status IN ('published', 'withdrawn') AND (
        p.digest <> v.digest
        OR NOT EXISTS (
            SELECT 1 FROM content_review r WHERE r.version_id = p.version_id
            AND r.digest = p.digest AND cardinality(r.kinds) <= (
                SELECT count(DISTINCT d.decider_id) FROM content_decision d
                WHERE d.review_id = r.id AND d.verdict = 'approve'
                AND d.version_digest = p.digest AND d.decided_at <= p.sent_at
                AND d.expires_at > CASE WHEN p.by_hand THEN p.published_at ELSE p.sent_at END
                AND NOT content_wrote(d.decider_id, p.version_id)))
        OR NOT EXISTS (
            SELECT 1 FROM audit_entry e
            WHERE e.target_type = %(post)s AND e.target_id = p.post_id::text
            AND e.event = 'content.publication.sent' AND e.data ->> 'permalink' = p.permalink))
    ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class Unproven:
    """One row that the trail does not bear out, or that was let out without enough decisions."""

    what: str
    row: int
    post: int
    version: int
    by: str
    state: str

    def __str__(self) -> str:
        return (
            f"{self.what} {self.row} of post {self.post}, version {self.version}:"
            f" {self.state}, {self.by}"
        )


def unproven() -> Iterator[Unproven]:
    """Every decision without an entry of who decided, then every publication that went out without
    the decisions that its version needed at that moment, or without an entry."""
    for what, question in (("decision", _DECISIONS), ("publication", _PUBLICATIONS)):
        with connection.cursor() as cursor:
            cursor.execute(question, {"post": Post._meta.label_lower})
            for post, version, row, by, state in cursor:
                yield Unproven(what, row, post, version, by, state)


def counted() -> tuple[int, int]:
    """How many decisions there are, and how many publications that went out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM content_decision), (SELECT count(*) FROM"
            " content_publication WHERE status IN ('published', 'withdrawn'))"
        )
        decisions, publications = cursor.fetchone()
    return decisions, publications
