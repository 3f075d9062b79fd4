import re

from django.db import migrations
from django.utils import timezone

WAS_WITHDRAWN = "Its post was withdrawn."
WAS_CORRECTED = "Replaced by its correction."
NOTHING_MORE = "Nothing more of this post goes out: it was corrected, withdrawn or archived."
OVER = ("corrected", "withdrawn", "archived")
ENDED = ("cancelled", "withdrawn")
# As pages wrote handles then: these have an address or a number, and so have some others.
ADDRESSED = ("feed", "wiki", "other", "whatsapp")
NUMBERED = {"facebook": r"\d+", "youtube": r"UC[A-Za-z0-9_-]{22}"}


def end_what_is_over(apps, schema_editor):
    """Before 0045 what was found not to be out during a freeze waited frozen for an approver, also
    where it had been withdrawn or corrected meanwhile: nobody could let it go. It ends, and so does
    its post where nothing of it is left, as it would now; and the trail tells it as it would."""
    publications = apps.get_model("content", "Publication").objects
    read = ("post__current_version", "official_account", "withdrawal")
    for one in publications.filter(status="frozen").select_related(*read):
        reason = _why_over(one)
        if reason:
            one.status, one.problem = "cancelled", reason
            one.sealed, one.leased_until = "", None
            one.save(update_fields=["status", "problem", "sealed", "leased_until"])
            _record(apps, one, reason)
            _end(apps, one.post)


def _why_over(publication):
    if hasattr(publication, "withdrawal"):
        return WAS_WITHDRAWN
    status = publication.post.status
    if status not in OVER:
        return ""
    return WAS_CORRECTED if status == "corrected" else NOTHING_MORE


def _record(apps, publication, reason):
    """By the application itself: nobody decided it."""
    post = publication.post
    actor = apps.get_model("accounts", "User").objects.get(is_system=True)
    apps.get_model("audit", "Entry").objects.create(
        event="content.publication.cancelled",
        actor_id=actor.pk,
        actor_name=actor.full_name,
        actor_roles=[],
        target_type="content.post",
        target_id=str(post.pk),
        target_label=post.current_version.title[:300],
        unit_id=post.unit_id,
        data={"account": _outlet(publication), "reason": reason},
    )


def _outlet(publication):
    account = publication.official_account
    number = NUMBERED.get(account.platform)
    bare = account.platform in ADDRESSED or (number and re.fullmatch(number, account.handle))
    handle = account.handle if bare else "@" + account.handle.lstrip("@")
    told = f"{handle} ({account.get_platform_display()})"
    return f"{told} · {publication.part + 1}" if publication.part else told


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
    dependencies = [
        ("content", "0045_nothing_more_of_what_is_over_while_frozen"),
        ("accounts", "0002_system_user"),
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunPython(end_what_is_over, migrations.RunPython.noop)]
