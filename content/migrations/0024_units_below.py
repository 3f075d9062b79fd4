"""The ids of a unit and of everything below it, for what covers all of them."""

from django.db import migrations

UNITS_BELOW = """
CREATE FUNCTION content_units_below(unit bigint) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below(id) AS (
        SELECT unit
        UNION SELECT u.id FROM below JOIN accounts_unit u ON u.parent_id = below.id
    )
    SELECT array_agg(id) FROM below
$$
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0023_what_would_be_asked_for")]

    operations = [migrations.RunSQL(UNITS_BELOW, "DROP FUNCTION content_units_below(bigint)")]
