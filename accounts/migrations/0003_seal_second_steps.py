from cryptography.fernet import Fernet
from django.conf import settings
from django.db import migrations

SECRET_OF = {"totp": "secret", "recovery_codes": "seed"}


def seal(apps, schema_editor):
    version = max(settings.CREDENTIAL_KEYS)
    fernet = Fernet(settings.CREDENTIAL_KEYS[version])
    for row in apps.get_model("mfa", "Authenticator").objects.filter(type__in=SECRET_OF):
        name = SECRET_OF[row.type]
        # What allauth wrote in the clear is base 32 or hexadecimal, without a colon.
        if ":" not in row.data[name]:
            sealed = fernet.encrypt(row.data[name].encode()).decode()
            row.data[name] = f"{version}:{sealed}"
            row.save(update_fields=["data"])


def unseal(apps, schema_editor):
    for row in apps.get_model("mfa", "Authenticator").objects.filter(type__in=SECRET_OF):
        name = SECRET_OF[row.type]
        version, _, sealed = row.data[name].partition(":")
        if sealed:
            fernet = Fernet(settings.CREDENTIAL_KEYS[int(version)])
            row.data[name] = fernet.decrypt(sealed.encode()).decode()
            row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_system_user"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
