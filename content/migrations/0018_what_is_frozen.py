"""Whether a freeze covers what a version says on an account. The refusals are in the triggers."""

from django.db import migrations

IS_FROZEN = """
CREATE FUNCTION content_is_frozen(account bigint, version bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(unit_id) AS (
        SELECT a.unit_id FROM accounts_officialaccount a WHERE a.id = account
        UNION SELECT u.parent_id FROM above JOIN accounts_unit u ON u.id = above.unit_id
            WHERE u.parent_id IS NOT NULL
    )
    SELECT EXISTS (
        SELECT 1 FROM content_freeze f
        WHERE f.lifted_at IS NULL
        AND CASE WHEN f.official_account_id IS NULL
            THEN f.unit_id IN (SELECT unit_id FROM above)
            ELSE f.official_account_id = account END
        AND NOT (f.spares_emergencies AND EXISTS (
            SELECT 1 FROM content_review r WHERE r.version_id = version AND r.is_emergency))
    )
$$
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0017_freezes")]

    operations = [migrations.RunSQL(IS_FROZEN, "DROP FUNCTION content_is_frozen(bigint, bigint)")]
