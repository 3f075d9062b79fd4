import pgtrigger
from django.db import migrations

LONGEST = 300


def tell_pages_apart(apps, schema_editor):
    """Of a page on a site that is no known platform the query counts now: profile.php?id=1. An open
    report gets the key under which the next one about the same page comes in.

    No two keys become one, as each only gets longer. Addresses that were cut keep what they have.
    """
    reports = apps.get_model("accounts", "ImpersonationReport").objects.filter(
        platform="", suspect_key__startswith="other||", suspect__contains="?"
    )
    # What a report is about stays; here it is only written more exactly.
    with pgtrigger.ignore("accounts.ImpersonationReport:stays_itself"):
        for one in reports.iterator():
            page, _mark, query = one.suspect.partition("?")
            key = f"{one.suspect_key}?{query}"
            same = one.suspect_key.removeprefix("other||") == page.lower().rstrip("/")
            if same and len(one.suspect) < LONGEST >= len(key):
                one.suspect_key = key
                one.save(update_fields=["suspect_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_server_limits")]

    # Not undone: without the queries two open reports could get one key. The version before takes
    # a longer key for that of another page.
    operations = [migrations.RunPython(tell_pages_apart, migrations.RunPython.noop)]
