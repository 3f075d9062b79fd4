from django.db import migrations, models

from govsocial.web.operations import AddConstraint, RemoveConstraint


class Migration(migrations.Migration):
    dependencies = [("accounts", "0049_periods_that_are_over_stay")]

    operations = [
        RemoveConstraint(
            model_name="consentrequest",
            name="consent_request_settled_holds_no_secret",
        ),
        AddConstraint(
            model_name="consentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ["waiting", "choosing"]),
                        models.Q(("sealed", ""), _negated=True),
                    ),
                    ("status", "answered"),
                    models.Q(("sealed", ""), ("status__in", ["connected", "refused"])),
                    _connector="OR",
                ),
                name="consent_request_settled_holds_no_secret",
            ),
        ),
        # Backwards: releases before kept nothing of what is being answered.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "UPDATE accounts_consentrequest SET sealed = '' WHERE status = 'answered'",
        ),
    ]
