import pgtrigger
from django.db import migrations
from django.db.models import Exists, OuterRef

NOTE = "What the platform shows is the post of another publication; this one may be out as well."


def tell_apart(apps, schema_editor):
    """Of several publications recorded at one address, the first keeps it. The others have another
    id, which is put behind it, or people took them for that very post."""
    publications = apps.get_model("content", "Publication").objects.exclude(permalink="")
    earlier = publications.filter(
        official_account=OuterRef("official_account"),
        permalink=OuterRef("permalink"),
        pk__lt=OuterRef("pk"),
    )
    # What was published is kept as it was; here the addresses never told what they should.
    with pgtrigger.ignore("content.Publication:kept_as_published"):
        for one in list(publications.filter(Exists(earlier))):
            told = one.platform_post_id or one.key
            one.permalink = f"{one.permalink[: 499 - len(told)]}#{told}"
            one.problem = one.problem if one.platform_post_id else NOTE
            one.save(update_fields=["permalink", "problem"])


class Migration(migrations.Migration):
    dependencies = [("content", "0009_settled_hold_no_handles")]

    # Rows and constraint are apart: a table with pending trigger events cannot be altered.
    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
