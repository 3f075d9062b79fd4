from django.db import migrations

# A wait begins after the last decision: changes, a rejection, or the approval of all stages. An
# approval that an edit made void was one too; one stage of several was none.
WAIT_BEGAN = """
CREATE FUNCTION content_wait_began(review bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT min(e.id) FROM content_review r
    JOIN content_review e ON e.post_id = r.post_id AND e.id <= r.id
    WHERE r.id = review AND NOT EXISTS (
        SELECT 1 FROM content_review d
        WHERE d.post_id = r.post_id AND d.id >= e.id AND d.id < r.id
        AND (d.status NOT IN ('open', 'superseded') OR (
            d.status = 'superseded' AND cardinality(d.kinds) <= (
                SELECT count(*) FROM content_decision c
                WHERE c.review_id = d.id AND c.verdict = 'approve'))))
$$
"""
# The time in which its drafters had it back lies between two reviews and is nobody's delay.
WAITS_SINCE = """
CREATE FUNCTION content_waits_since(review bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT r.submitted_at - COALESCE((
        SELECT sum(e.closed_at - e.submitted_at) FROM content_review e
        WHERE e.post_id = r.post_id AND e.id < r.id AND e.id >= content_wait_began(r.id)),
        interval '0')
    FROM content_review r WHERE r.id = review
$$
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0050_when_posts_go_out")]

    operations = [
        migrations.RunSQL(WAIT_BEGAN, "DROP FUNCTION content_wait_began(bigint)"),
        migrations.RunSQL(WAITS_SINCE, "DROP FUNCTION content_waits_since(bigint)"),
    ]
