from django.contrib.auth.hashers import make_password
from django.db import migrations

SYSTEM_EMAIL = "system@govsocial.invalid"


def add_system_user(apps, schema_editor):
    apps.get_model("accounts", "User").objects.get_or_create(
        email=SYSTEM_EMAIL,
        defaults={
            "full_name": "govsocial",
            "is_system": True,
            "is_active": False,
            "password": make_password(None),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    # Going back drops the table, and people are never deleted: nothing to undo here.
    operations = [migrations.RunPython(add_system_user, migrations.RunPython.noop)]
