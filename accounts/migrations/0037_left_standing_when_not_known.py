from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0036_over_wherever_a_unit_is"),
    ]

    operations = [
        migrations.AlterField(
            model_name="revocation",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("waiting", "The platform is being told"),
                    ("revoked", "Revoked at the platform"),
                    ("ended", "Session ended at the platform"),
                    ("not_offered", "The platform has no call for this"),
                    ("shared", "Left standing: other accounts are connected by the same consent"),
                    (
                        "not_known",
                        "Left standing: it is not known who consented, and other accounts may be "
                        "connected by the same consent. Whoever consented can remove it in their "
                        "own settings at the platform",
                    ),
                    ("unanswered", "The platform did not answer"),
                    (
                        "not_here",
                        "It could not be revoked from here: remove the access in the account's "
                        "settings at the platform",
                    ),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
    ]
