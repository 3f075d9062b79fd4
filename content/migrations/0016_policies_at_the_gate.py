"""What the policies ask for, and that an emergency is approved only while it holds and is looked at
afterwards. Facts only; the refusals are in the triggers."""

from django.db import migrations

POLICY_OF = """
CREATE FUNCTION content_policy_of(version bigint) RETURNS TABLE (
    kinds text[], days integer, remind_after integer, escalate_after integer, is_emergency boolean)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE said AS (
        SELECT p.unit_id, p.created_at, v.document,
            COALESCE(v.document -> 'facets' ->> 'sensitivity', 'ordinary') AS sensitivity
        FROM content_postversion v JOIN content_post p ON p.id = v.post_id WHERE v.id = version
    ), meant AS (
        SELECT a.id, a.unit_id FROM said
        CROSS JOIN LATERAL jsonb_object_keys(said.document -> 'variants') AS k(account)
        JOIN accounts_officialaccount a ON a.id = k.account::bigint
    ), above(unit_id) AS (
        SELECT unit_id FROM said
        UNION SELECT unit_id FROM meant
        UNION SELECT u.parent_id FROM above JOIN accounts_unit u ON u.id = above.unit_id
            WHERE u.parent_id IS NOT NULL
    ), covering AS (
        -- Also what ended since the post was begun: nothing already written is loosened.
        SELECT p.* FROM content_approvalpolicy p CROSS JOIN said
        WHERE (p.ends_at IS NULL OR p.ends_at > said.created_at)
        AND p.sensitivity IN ('', said.sensitivity)
        AND CASE WHEN p.official_account_id IS NULL
            THEN p.unit_id IN (SELECT unit_id FROM above)
            ELSE p.official_account_id IN (SELECT id FROM meant) END
    ), strictest AS (
        SELECT max(cardinality(stages)) AS stages, min(days)::integer AS days,
            min(remind_after)::integer AS remind_after,
            min(escalate_after)::integer AS escalate_after
        FROM covering
    )
    SELECT
        -- Stages of several policies are laid one upon the other from their ends.
        CASE WHEN said.sensitivity = 'emergency' OR strictest.stages IS NULL THEN ARRAY['approve']
        ELSE (
            SELECT array_agg(CASE WHEN EXISTS (
                SELECT 1 FROM covering c WHERE c.stages[cardinality(c.stages) - n] = 'approve'
            ) THEN 'approve' ELSE 'review' END ORDER BY n DESC)
            FROM generate_series(0, strictest.stages - 1) n
        ) END,
        CASE WHEN said.sensitivity = 'emergency' THEN 1 ELSE COALESCE(strictest.days, 14) END,
        CASE WHEN said.sensitivity = 'emergency' THEN 1
            ELSE COALESCE(strictest.remind_after, 24) END,
        CASE WHEN said.sensitivity = 'emergency' THEN 1
            ELSE COALESCE(strictest.escalate_after, 48) END,
        said.sensitivity = 'emergency'
    FROM said CROSS JOIN strictest
$$
"""

IS_APPROVED = """
CREATE OR REPLACE FUNCTION content_is_approved(version bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM content_review r
        JOIN content_postversion v ON v.id = r.version_id
        WHERE r.version_id = version AND r.status = 'approved' AND r.digest = v.digest
        AND cardinality(r.kinds) <= (
            SELECT count(DISTINCT d.decider_id) FROM content_decision d
            WHERE d.review_id = r.id AND d.verdict = 'approve' AND d.version_digest = v.digest
            AND d.expires_at > statement_timestamp() AND NOT content_wrote(d.decider_id, version)
        )
        AND (NOT r.is_emergency OR (
            (v.document ->> 'valid_until')::timestamptz > statement_timestamp()
            AND EXISTS (SELECT 1 FROM content_retrospective b WHERE b.review_id = r.id)))
    )
$$
"""
STAGE_OF = """
CREATE FUNCTION content_stage_of(review bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT r.kinds[1 + (SELECT count(*) FROM content_decision d
        WHERE d.review_id = r.id AND d.verdict = 'approve')]
    FROM content_review r WHERE r.id = review
$$
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0015_approval_policies")]

    operations = [
        migrations.RunSQL(POLICY_OF, "DROP FUNCTION content_policy_of(bigint)"),
        migrations.RunSQL(STAGE_OF, "DROP FUNCTION content_stage_of(bigint)"),
        migrations.RunSQL(IS_APPROVED, migrations.RunSQL.noop),
    ]
