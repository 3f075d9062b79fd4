import pgtrigger
from django.db import migrations

OPEN = ("new", "checking", "reported")
LONGEST = 300
OLD = "youtube.com/c/"


def tell_old_addresses_apart(apps, schema_editor):
    """An old address of YouTube may lead to another channel than the handle of the same name. An
    open report about one gets the key under which the next one about it comes in.

    All were kept as youtube.com/c/name, those of youtube.com/user/name and youtube.com/name too.
    """
    reports = apps.get_model("accounts", "ImpersonationReport").objects.filter(
        status__in=OPEN, platform="youtube", suspect__startswith=OLD
    )
    # What a report is about stays; here it is only written more exactly.
    with pgtrigger.ignore("accounts.ImpersonationReport:stays_itself"):
        for one in reports.iterator():
            key = f"youtube|old_address|{one.suspect.lower()}"
            if one.suspect_key.startswith("youtube||") and len(key) <= LONGEST:
                one.suspect_key = key
                one.save(update_fields=["suspect_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0046_claims_and_periods_taken_back")]

    # Not undone: an open report about the handle could have the key of the version before.
    operations = [migrations.RunPython(tell_old_addresses_apart, migrations.RunPython.noop)]
