"""The questions that the triggers of the gate ask. Facts only; the refusals are in the triggers."""

from django.db import migrations

WROTE = """
CREATE FUNCTION content_wrote(person bigint, version bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    -- Whoever wrote an earlier version has written part of this one.
    SELECT EXISTS (
        SELECT 1 FROM content_postversion this
        JOIN content_postversion earlier
            ON earlier.post_id = this.post_id AND earlier.number <= this.number
        WHERE this.id = version AND earlier.editor_id = person
    )
$$
"""

MAY_DECIDE = """
CREATE FUNCTION content_may_decide(person bigint, version bigint, roles text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    -- A right role on the post's unit and on the unit of every account that it is meant for.
    SELECT NOT EXISTS (
        SELECT 1 FROM (
            SELECT p.unit_id FROM content_postversion v
            JOIN content_post p ON p.id = v.post_id WHERE v.id = version
            UNION
            SELECT a.unit_id FROM content_postversion v
            CROSS JOIN LATERAL jsonb_object_keys(v.document -> 'variants') AS k(account)
            JOIN accounts_officialaccount a ON a.id = k.account::bigint
            WHERE v.id = version
        ) needed
        WHERE NOT EXISTS (
            SELECT 1 FROM accounts_roles_of(person) held
            WHERE held.unit_id = needed.unit_id AND held.role = ANY (roles)
        )
    )
$$
"""

IS_APPROVED = """
CREATE FUNCTION content_is_approved(version bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM content_review r
        JOIN content_postversion v ON v.id = r.version_id
        WHERE r.version_id = version AND r.status = 'approved' AND r.digest = v.digest
        AND r.stages <= (
            SELECT count(DISTINCT d.decider_id) FROM content_decision d
            WHERE d.review_id = r.id AND d.verdict = 'approve' AND d.version_digest = v.digest
            AND d.expires_at > statement_timestamp() AND NOT content_wrote(d.decider_id, version)
        )
    )
$$
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial")]

    operations = [
        migrations.RunSQL(WROTE, "DROP FUNCTION content_wrote(bigint, bigint)"),
        migrations.RunSQL(
            MAY_DECIDE, "DROP FUNCTION content_may_decide(bigint, bigint, text[])"
        ),
        migrations.RunSQL(IS_APPROVED, "DROP FUNCTION content_is_approved(bigint)"),
    ]
