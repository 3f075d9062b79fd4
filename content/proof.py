"""Who approved what went out: what the gate rests on, held against the trail.

The triggers of the gate refuse what the right people have not approved. Who may write rows by SQL
can still write in the name of somebody who may: a version, a submission, a decision, the end of a
freeze or of a policy. The action would have left an entry in the trail, which is sealed. What has
none was not done by a person.

Each question is one statement that reads its rows once and the entries beside them, so that the
time grows with the rows and not with their square.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import translation

from accounts.models import OfficialAccount
from accounts.models.kinds import OfficialPlatform
from content import proof_of_writers
from content.models import ApprovalPolicy, BankText, Freeze, Idea, MediaRecord, Post

# The first version of a post stands in the entry of its beginning. One that is submitted again as
# it is was saved by who submits it, in the same moment.
_VERSIONS = """
    SELECT v.post_id, v.number, v.id, u.full_name, 'written'
    FROM content_postversion v
    JOIN accounts_user u ON u.id = v.editor_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = v.post_id::text
        AND e.actor_id = v.editor_id AND e.data ->> 'version_sha256' = v.digest
        AND (e.event IN ('content.post.created', 'content.post.followed') AND v.number = 1
            OR e.event IN ('content.post.edited', 'content.post.submitted',
                'content.post.submitted_as_emergency') AND e.data ->> 'version' = v.number::text))
    ORDER BY v.id
"""
_SUBMISSIONS = """
    SELECT r.post_id, v.number, r.id, u.full_name, 'submitted'
    FROM content_review r
    JOIN content_postversion v ON v.id = r.version_id
    JOIN accounts_user u ON u.id = r.submitted_by_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = r.post_id::text
        AND e.event = CASE WHEN r.is_emergency THEN 'content.post.submitted_as_emergency'
            ELSE 'content.post.submitted' END
        AND e.actor_id = r.submitted_by_id AND e.data ->> 'version_sha256' = r.digest
        AND e.data ->> 'version' = v.number::text
        AND e.data ->> 'stages' = cardinality(r.kinds)::text)
    ORDER BY r.id
"""
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
# a person posted went out when they say. A rule of who wrote what is asked only of decisions that
# were made since it held.
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
                AND NOT content_wrote_then(d.decider_id, p.version_id, d.decided_at)))
        OR NOT EXISTS (
            SELECT 1 FROM audit_entry e
            WHERE e.target_type = %(post)s AND e.target_id = p.post_id::text
            AND e.event = 'content.publication.sent' AND e.data ->> 'permalink' = p.permalink))
    ORDER BY p.id
"""
# The entry of a release was written in the transaction that let it go; what follows the publication
# there went with it. Both times are of the database; of a release from before that was so, one is
# of the application's clock, which may differ a little. An entry from before they held the
# account's id names it as it was called then, with the platform in the language of whoever let it
# go.
_RELEASES = """
    SELECT p.post_id, v.number, h.id, u.full_name, 'released'
    FROM content_halt h
    JOIN content_publication p ON p.id = h.publication_id
    JOIN content_postversion v ON v.id = p.version_id
    JOIN accounts_officialaccount a ON a.id = p.official_account_id
    JOIN accounts_user u ON u.id = h.released_by_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = p.post_id::text
        AND e.event = 'content.publication.released' AND e.actor_id = h.released_by_id
        AND e.at >= h.halted_at AND e.at BETWEEN h.released_at - interval '5 minutes'
            AND h.released_at + interval '5 minutes'
        AND CASE WHEN e.data ? 'official_account_id'
            THEN e.data ->> 'official_account_id' = a.id::text
            ELSE EXISTS (
                SELECT 1 FROM jsonb_array_elements_text(%(platforms)s::jsonb -> a.platform) called
                WHERE starts_with(ltrim(e.data ->> 'account', '@'),
                    ltrim(a.handle, '@') || ' (' || called || ')')
            ) OR EXISTS (
                SELECT 1 FROM audit_entry n
                WHERE n.target_type = %(account)s AND n.target_id = a.id::text
                AND n.event = 'accounts.official_account.identity_changed' AND n.at > e.at)
            END)
    ORDER BY h.id
"""
# An attempt whose outcome nobody knows is followed by another only once somebody found that nothing
# is out: the platform, or a person. Who took it to post it by hand says so as well. Entries name
# the attempt that they are about. Those from before they did were written between the two; without
# the publication's id, they are of one of its post.
_ATTEMPTS = """
    SELECT p.post_id, v.number, t.id, a.platform || ' ' || a.handle,
        'sent again (' || t.number || ') while in doubt'
    FROM (
        SELECT id, publication_id, number, started_at,
            lag(outcome) OVER line AS outcome_before, lag(number) OVER line AS number_before,
            lag(started_at) OVER line AS started_before
        FROM content_attempt WINDOW line AS (PARTITION BY publication_id ORDER BY number)
    ) t
    JOIN content_publication p ON p.id = t.publication_id
    JOIN content_postversion v ON v.id = p.version_id
    JOIN accounts_officialaccount a ON a.id = p.official_account_id
    WHERE t.outcome_before = 'unknown' AND NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = p.post_id::text
        AND (e.event = 'content.publication.confirmed' AND e.data ->> 'found' = 'false'
            OR e.event = 'content.publication.settled' AND e.data ->> 'live' = 'false'
            OR e.event = 'content.publication.handed_back')
        AND (NOT e.data ? 'publication_id' OR e.data ->> 'publication_id' = p.id::text)
        AND (NOT e.data ? 'attempt' OR e.data ->> 'attempt' = t.number_before::text)
        AND (e.data ?& ARRAY['attempt', 'publication_id']
            OR e.at BETWEEN t.started_before AND t.started_at + interval '1 minute'))
    ORDER BY t.id
"""
# Whoever closed an attempt as certainly not sent wrote what came of it. An entry from before they
# held the publication's id is of one of its post.
_NOT_SENT = """
    SELECT p.post_id, v.number, t.id, a.platform || ' ' || a.handle,
        'called not sent (' || t.number || ')'
    FROM content_attempt t
    JOIN content_publication p ON p.id = t.publication_id
    JOIN content_postversion v ON v.id = p.version_id
    JOIN accounts_officialaccount a ON a.id = p.official_account_id
    WHERE t.outcome = 'not_sent' AND NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = p.post_id::text
        AND e.event IN ('content.publication.postponed', 'content.publication.failed',
            'content.publication.handed_back')
        AND e.data ->> 'attempt' = t.number::text
        AND (NOT e.data ? 'publication_id' OR e.data ->> 'publication_id' = p.id::text)
        AND e.at BETWEEN t.finished_at - interval '5 minutes'
            AND t.finished_at + interval '5 minutes')
    ORDER BY t.id
"""
_LIFTS = """
    SELECT NULL, NULL, f.id, u.full_name, 'lifted'
    FROM content_freeze f
    JOIN accounts_user u ON u.id = f.lifted_by_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(freeze)s AND e.target_id = f.id::text
        AND e.event = 'content.freeze.lifted' AND e.actor_id = f.lifted_by_id)
    ORDER BY f.id
"""
_POLICIES_SET = """
    SELECT NULL, NULL, p.id, u.full_name, 'set'
    FROM content_approvalpolicy p
    JOIN accounts_user u ON u.id = p.set_by_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(policy)s AND e.target_id = p.id::text
        AND e.event = 'content.policy.set' AND e.actor_id = p.set_by_id
        AND e.data ->> 'stages' = array_to_string(p.stages, ' → ')
        AND e.data ->> 'days' = p.days::text)
    ORDER BY p.id
"""
# A policy that is changed ends with the entry of the one that takes its place.
_POLICIES_ENDED = """
    SELECT NULL, NULL, p.id, COALESCE(u.full_name, ''), 'ended'
    FROM content_approvalpolicy p
    LEFT JOIN accounts_user u ON u.id = p.ended_by_id
    WHERE p.ends_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(policy)s AND e.target_id = p.id::text
        AND e.event = 'content.policy.ended' AND e.actor_id = p.ended_by_id)
    AND NOT EXISTS (
        SELECT 1 FROM content_approvalpolicy s
        JOIN audit_entry e ON e.target_type = %(policy)s AND e.target_id = s.id::text
        WHERE s.unit_id = p.unit_id AND s.sensitivity = p.sensitivity
        AND s.official_account_id IS NOT DISTINCT FROM p.official_account_id
        AND s.starts_at BETWEEN p.ends_at - interval '5 minutes'
            AND p.ends_at + interval '5 minutes'
        AND e.event = 'content.policy.set' AND e.actor_id = p.ended_by_id
        AND e.data ->> 'before' = array_to_string(p.stages, ' → '))
    ORDER BY p.id
"""
_RETROSPECTIVES = """
    SELECT r.post_id, v.number, o.id, u.full_name, o.verdict
    FROM content_retrospective o
    JOIN content_review r ON r.id = o.review_id
    JOIN content_postversion v ON v.id = r.version_id
    JOIN accounts_user u ON u.id = o.done_by_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(post)s AND e.target_id = r.post_id::text
        AND e.event = 'content.post.looked_at_afterwards' AND e.actor_id = o.done_by_id
        AND e.data ->> 'version' = v.number::text AND e.data ->> 'verdict' = o.verdict)
    ORDER BY o.id
"""
_QUESTIONS = (
    ("version", _VERSIONS),
    ("submission", _SUBMISSIONS),
    ("decision", _DECISIONS),
    ("publication", _PUBLICATIONS),
    ("attempt", _ATTEMPTS),
    ("attempt", _NOT_SENT),
    ("release", _RELEASES),
    ("freeze", _LIFTS),
    ("policy", _POLICIES_SET),
    ("policy", _POLICIES_ENDED),
    ("retrospective", _RETROSPECTIVES),
    *proof_of_writers.QUESTIONS,
)
_COUNTED = {
    "versions": "content_postversion",
    "submissions": "content_review",
    "decisions": "content_decision",
    "publications": "content_publication WHERE status IN ('published', 'withdrawn')",
    "attempts": "content_attempt WHERE number > 1 OR outcome = 'not_sent'",
    "releases": "content_halt WHERE released_at IS NOT NULL",
    "freezes": "content_freeze WHERE lifted_at IS NOT NULL",
    "policies": "content_approvalpolicy",
    "retrospectives": "content_retrospective WHERE done_at IS NOT NULL",
    **proof_of_writers.COUNTED,
}


@dataclass(frozen=True, slots=True)
class Unproven:
    """One row that the trail does not bear out, or that was let out without enough decisions."""

    what: str
    row: int
    post: int | None
    """None for what belongs to no post: a freeze, a policy, an idea."""
    version: int | None
    by: str
    state: str

    def __str__(self) -> str:
        where = f" of post {self.post}, version {self.version}" if self.post else ""
        return f"{self.what} {self.row}{where}: {self.state}, {self.by}"


def unproven() -> Iterator[Unproven]:
    """Every version, submission, decision, release, end of a freeze, policy and look afterwards
    without an entry of who did it, and every idea, text and file that a post may begin with or
    show; every publication that went out without the decisions that its version needed at that
    moment, or without an entry; every attempt after one in doubt that nobody had found not to be
    out, and every one that nobody but a row calls not sent."""
    about = {
        "post": Post._meta.label_lower,
        "account": OfficialAccount._meta.label_lower,
        "freeze": Freeze._meta.label_lower,
        "policy": ApprovalPolicy._meta.label_lower,
        "idea": Idea._meta.label_lower,
        "bank_text": BankText._meta.label_lower,
        "media_record": MediaRecord._meta.label_lower,
        "platforms": json.dumps(_platforms()),
    }
    for what, question in _QUESTIONS:
        # Read in pieces: there may be as many as there are rows.
        with connection.chunked_cursor() as cursor:
            cursor.execute(question, about)
            for post, version, row, by, state in cursor:
                yield Unproven(what, row, post, version, by, state)


def _platforms() -> dict[str, list[str]]:
    """What each platform is called in every language that people read."""
    called: dict[str, list[str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for one in OfficialPlatform:
                called.setdefault(one.value, []).append(str(one.label))
    return called


def counted() -> dict[str, int]:
    """How many of each are held against the trail; of attempts those after a first one and those
    that sent nothing, of publications, freezes, halts and looks afterwards those that went out,
    were lifted, let go and answered."""
    each = ", ".join(f"(SELECT count(*) FROM {rows})" for rows in _COUNTED.values())  # noqa: S608  # ours
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {each}")
        return dict(zip(_COUNTED, cursor.fetchone(), strict=True))
