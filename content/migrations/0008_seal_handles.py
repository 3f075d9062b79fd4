import json

import pgtrigger
from django.db import migrations

from accounts import sealing

SETTLED = ["published", "withdrawn", "cancelled"]


def place_of(publication):
    row = (str(publication.pk), str(publication.official_account_id), publication.key)
    return sealing.Place("handles", "content_publication", row)


def seal(apps, schema_editor):
    """Handles move from the attempts to their publication, sealed; those of settled ones end."""
    attempts = apps.get_model("content", "Attempt").objects.exclude(handles={})
    publications = apps.get_model("content", "Publication").objects
    unsettled = publications.exclude(status__in=SETTLED)
    for publication in unsettled.filter(pk__in=attempts.values("publication")).iterator():
        known = {}
        of_it = attempts.filter(publication=publication).order_by("number")
        for handles in of_it.values_list("handles", flat=True):
            known |= handles
        sealed, version = sealing.seal(json.dumps(known), place_of(publication))
        publications.filter(pk=publication.pk).update(sealed=sealed, key_version=version)


def unseal(apps, schema_editor):
    attempts = apps.get_model("content", "Attempt").objects
    publications = apps.get_model("content", "Publication").objects
    with pgtrigger.ignore("content.Attempt:finished_is_final"):
        for publication in publications.exclude(sealed="").iterator():
            opened = sealing.unseal(
                publication.sealed, publication.key_version, place_of(publication)
            )
            latest = attempts.filter(publication=publication).latest("number")
            attempts.filter(pk=latest.pk).update(handles=json.loads(opened))
    publications.exclude(sealed="").update(sealed="", key_version=0)


class Migration(migrations.Migration):
    dependencies = [("content", "0007_platform_post_once")]

    operations = [migrations.RunPython(seal, unseal)]
