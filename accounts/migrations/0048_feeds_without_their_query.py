import hashlib

import pgtrigger
from django.db import migrations

LONGEST = 200


def without_query(apps, schema_editor):
    """The query of a feed's address may hold a key: a digest names the feed instead, as
    govsocial.platforms.feed.client has it."""
    accounts = apps.get_model("accounts", "OfficialAccount").objects
    # What is released is frozen, and would keep the key for good.
    with pgtrigger.ignore("accounts.OfficialAccount:frozen_when_released"):
        for one in accounts.filter(platform="feed", platform_id__contains="?"):
            place, _mark, query = one.platform_id.partition("?")
            named = query
            if query and len(place) + 16 >= LONGEST:
                # Cut, as no longer one can be kept.
                named, place = one.platform_id, place[: LONGEST - 17]
            digest = hashlib.sha256(named.encode()).hexdigest()[:16]
            one.platform_id = f"{place}#{digest}" if query else place
            one.save(update_fields=["platform_id"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0047_suspects_at_old_addresses")]

    # Not undone: what was in the query stands nowhere else in the clear.
    operations = [migrations.RunPython(without_query, migrations.RunPython.noop)]
