from django.db import migrations
from django.utils import timezone

WAS_WITHDRAWN = "Its post was withdrawn."
WAS_CORRECTED = "Replaced by its correction."
NOTHING_MORE = "Nothing more of this post goes out: it was corrected, withdrawn or archived."
OVER = ("corrected", "withdrawn", "archived")
ENDED = ("cancelled", "withdrawn")


def end_what_is_over(apps, schema_editor):
    """Before 0045 what was found not to be out during a freeze waited frozen for an approver, also
    where it had been withdrawn or corrected meanwhile: nobody could let it go. It ends, and so does
    its post where nothing of it is left, as it would now."""
    publications = apps.get_model("content", "Publication").objects
    for one in publications.filter(status="frozen").select_related("post", "withdrawal"):
        reason = _why_over(one)
        if reason:
            one.status, one.problem = "cancelled", reason
            one.sealed, one.leased_until = "", None
            one.save(update_fields=["status", "problem", "sealed", "leased_until"])
            _end(apps, one.post)


def _why_over(publication):
    if hasattr(publication, "withdrawal"):
        return WAS_WITHDRAWN
    status = publication.post.status
    if status not in OVER:
        return ""
    return WAS_CORRECTED if status == "corrected" else NOTHING_MORE


def _end(apps, post):
    rows = apps.get_model("content", "Publication").objects.filter(post=post)
    if rows.exclude(status__in=ENDED).exists():
        return
    posts = apps.get_model("content", "Post").objects.filter(pk=post.pk)
    now = timezone.now()
    if rows.filter(status="withdrawn").exists():
        before = ("live", "corrected", "archived")
        posts.filter(status__in=before).update(status="withdrawn", updated_at=now)
    elif posts.filter(status="scheduled").update(status="draft", updated_at=now):
        reviews = apps.get_model("content", "Review").objects
        reviews.filter(post=post, status="approved").update(status="superseded", closed_at=now)


class Migration(migrations.Migration):
    dependencies = [("content", "0045_nothing_more_of_what_is_over_while_frozen")]

    operations = [migrations.RunPython(end_what_is_over, migrations.RunPython.noop)]
