from django.db import migrations

# The query of a feed's address may hold a key.
WITHOUT_QUERY = """
    UPDATE kpi_accountsnapshot
    SET raw = jsonb_set(raw, '{feed}', to_jsonb(split_part(raw->>'feed', '?', 1)))
    WHERE definition = 'feed/1' AND strpos(raw->>'feed', '?') > 0
"""


class Migration(migrations.Migration):
    dependencies = [("kpi", "0005_more_platforms")]

    operations = [migrations.RunSQL(WITHOUT_QUERY, migrations.RunSQL.noop)]
