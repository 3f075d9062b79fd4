from django.db import migrations, models
from django.db.models.functions import Lower

from govsocial.web.operations import AddConstraint


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_seal_second_steps")]

    operations = [
        AddConstraint(
            model_name="officialaccount",
            constraint=models.UniqueConstraint(
                Lower("handle"),
                condition=models.Q(platform="bluesky"),
                name="official_account_bluesky_handle_once",
            ),
        ),
        AddConstraint(
            model_name="officialaccount",
            constraint=models.UniqueConstraint(
                "platform_id",
                condition=models.Q(platform="bluesky") & ~models.Q(platform_id=""),
                name="official_account_bluesky_id_once",
            ),
        ),
        AddConstraint(
            model_name="officialaccount",
            constraint=models.UniqueConstraint(
                Lower("host"),
                "platform_id",
                condition=models.Q(platform="mastodon") & ~models.Q(platform_id=""),
                name="official_account_mastodon_id_once",
            ),
        ),
    ]
