"""What the policies in force would ask for of a post that is begun now, and which of them do: what
``content_policy_of`` says of a version that is there. Facts only, for pages."""

from django.db import migrations

WOULD_ASK = """
CREATE FUNCTION content_would_ask(
    units bigint[], accounts bigint[], wanted text,
    -- A policy that is thought of, in the place of ``instead``, if any.
    instead bigint, new_stages text[], new_days integer, new_remind integer, new_escalate integer
) RETURNS TABLE (
    kinds text[], days integer, remind_after integer, escalate_after integer,
    stages_by bigint[], days_by bigint[])
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(unit_id) AS (
        SELECT unnest(units)
        UNION SELECT a.unit_id FROM accounts_officialaccount a WHERE a.id = ANY (accounts)
        UNION SELECT u.parent_id FROM above JOIN accounts_unit u ON u.id = above.unit_id
            WHERE u.parent_id IS NOT NULL
    ), covering AS (
        SELECT p.id, p.stages::text[] AS stages, p.days::integer, p.remind_after::integer,
            p.escalate_after::integer
        FROM content_approvalpolicy p
        WHERE p.ends_at IS NULL AND p.id IS DISTINCT FROM instead AND wanted <> 'emergency'
        AND p.sensitivity IN ('', wanted)
        AND CASE WHEN p.official_account_id IS NULL
            THEN p.unit_id IN (SELECT unit_id FROM above)
            ELSE p.official_account_id = ANY (accounts) END
        UNION ALL
        SELECT 0, new_stages, new_days, new_remind, new_escalate
        WHERE new_stages IS NOT NULL AND wanted <> 'emergency'
    ), strictest AS (
        SELECT max(cardinality(stages)) AS stages, min(days) AS days,
            min(remind_after) AS remind_after, min(escalate_after) AS escalate_after
        FROM covering
    ), most AS (
        SELECT stages FROM covering
        WHERE cardinality(stages) = (SELECT stages FROM strictest)
    )
    SELECT
        -- Stages of several policies are laid one upon the other from their ends.
        CASE WHEN strictest.stages IS NULL THEN ARRAY['approve'] ELSE (
            SELECT array_agg(CASE WHEN EXISTS (
                SELECT 1 FROM covering c WHERE c.stages[cardinality(c.stages) - n] = 'approve'
            ) THEN 'approve' ELSE 'review' END ORDER BY n DESC)
            FROM generate_series(0, strictest.stages - 1) n
        ) END,
        COALESCE(strictest.days, CASE WHEN wanted = 'emergency' THEN 1 ELSE 14 END),
        COALESCE(strictest.remind_after, CASE WHEN wanted = 'emergency' THEN 1 ELSE 24 END),
        COALESCE(strictest.escalate_after, CASE WHEN wanted = 'emergency' THEN 1 ELSE 48 END),
        -- Those with most stages, and shorter ones that make a reviewer of those an approver.
        ARRAY(SELECT c.id FROM covering c
            WHERE cardinality(c.stages) = strictest.stages OR EXISTS (
                SELECT 1 FROM generate_series(1, cardinality(c.stages) - 1) n
                WHERE c.stages[cardinality(c.stages) - n] = 'approve' AND NOT EXISTS (
                    SELECT 1 FROM most m WHERE m.stages[cardinality(m.stages) - n] = 'approve'))
            ORDER BY c.id),
        ARRAY(SELECT c.id FROM covering c WHERE c.days = strictest.days ORDER BY c.id)
    FROM strictest
$$
"""
SIGNATURE = "bigint[], bigint[], text, bigint, text[], integer, integer, integer"


class Migration(migrations.Migration):
    dependencies = [("content", "0022_comments_and_notifications")]

    operations = [
        migrations.RunSQL(WOULD_ASK, f"DROP FUNCTION content_would_ask({SIGNATURE})"),
    ]
