from collections import defaultdict

from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.models.functions import Lower, Replace

from govsocial.web.operations import AddConstraint

SITES = ["feed", "wiki", "other"]


def tell_clashes(apps, schema_editor):
    """Say which accounts are registered twice, before the database refuses without a name."""
    accounts = apps.get_model("accounts", "OfficialAccount").objects.exclude(status="released")
    name = Replace(Lower("handle"), models.Value("."), models.Value(""))
    rows = [
        *accounts.filter(platform="facebook").annotate(name=name),
        *accounts.filter(platform__in=SITES).annotate(name=Lower("handle")),
    ]
    same = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.pk):
        same[row.platform, row.name].append(f"{row.handle} (number {row.pk}, unit {row.unit_id})")
    clashes = [
        f"{platform}: {', '.join(found)}"
        for (platform, _name), found in same.items()
        if len(found) > 1
    ]
    if clashes:
        raise CommandError(
            "These official accounts are registered more than once:\n  "
            + "\n  ".join(clashes)
            + "\nKeep one of each. Correct the handle of the others, or close them and release "
            "their handles; then migrate again."
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_owner_of_an_application")]

    operations = [
        migrations.RunPython(tell_clashes, migrations.RunPython.noop),
        AddConstraint(
            model_name="officialaccount",
            constraint=models.UniqueConstraint(
                Replace(Lower("handle"), models.Value("."), models.Value("")),
                condition=models.Q(platform="facebook") & ~models.Q(status="released"),
                name="official_account_facebook_name_once",
            ),
        ),
        AddConstraint(
            model_name="officialaccount",
            constraint=models.UniqueConstraint(
                "platform",
                Lower("handle"),
                condition=models.Q(platform__in=SITES) & ~models.Q(status="released"),
                name="official_account_site_once",
            ),
        ),
    ]
