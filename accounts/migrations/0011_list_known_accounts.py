from __future__ import annotations

from django.db import migrations

# Until now every registered account was in use from the start.
_LIST = """
    INSERT INTO accounts_publiclisting (official_account_id, code, listed_at)
    SELECT id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), created_at
    FROM accounts_officialaccount
    WHERE status <> 'proposed'
    ON CONFLICT (official_account_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_impersonation_reports")]

    operations = [migrations.RunSQL(_LIST, migrations.RunSQL.noop)]
