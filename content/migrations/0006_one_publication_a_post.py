import pgtrigger
from django.db import migrations
from django.db.models import Exists, OuterRef

NOTE = "What the platform shows is the post of another publication; this one may be out as well."


def keep_the_first(apps, schema_editor):
    """Of several publications recorded as one and the same post, only the first can be it."""
    publications = apps.get_model("content", "Publication").objects.exclude(platform_post_id="")
    earlier = publications.filter(
        official_account=OuterRef("official_account"),
        platform_post_id=OuterRef("platform_post_id"),
        pk__lt=OuterRef("pk"),
    )
    doubled = list(publications.filter(Exists(earlier)).values_list("pk", flat=True))
    # What was published is kept as it was; here it was never true.
    with pgtrigger.ignore("content.Publication:kept_as_published"):
        publications.filter(pk__in=doubled).update(platform_post_id="", problem=NOTE)


class Migration(migrations.Migration):
    dependencies = [("content", "0005_attempt_handles")]

    # Rows and constraint are apart: a table with pending trigger events cannot be altered.
    operations = [migrations.RunPython(keep_the_first, migrations.RunPython.noop)]
