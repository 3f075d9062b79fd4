"""Emergency notices that hold no longer and are still out, with nothing newer in their place."""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from content.models import Post, Publication, Retrospective
from content.selectors.posts import posts_visible_to

STILL_OUT = (Post.Status.LIVE, Post.Status.CORRECTED, Post.Status.ARCHIVED)


def ended_notices(posts: QuerySet[Post]) -> QuerySet[Any]:
    """Those of ``posts`` of which that is so. They end with an update or a correction that is out,
    when they are withdrawn, or when they are archived: then what they say may stand."""
    out = Publication.objects.filter(post=OuterRef("pk"), status=Publication.Status.PUBLISHED)
    newer = Post.objects.filter(follows=OuterRef("pk"), status__in=STILL_OUT)
    # Each has a look afterwards: of these there are few, of posts many. Asked through it, the end
    # is read of emergencies alone, however many documents there are.
    said = KeyTextTransform("valid_until", "review__version__document")
    look = Retrospective.objects.filter(pk=OuterRef("current_version__review__retrospective"))
    ends = Subquery(look.annotate(ends=Cast(said, DateTimeField())).values("ends")[:1])
    emergencies = posts.filter(
        status=Post.Status.LIVE, current_version__review__retrospective__isnull=False
    )
    ended = emergencies.alias(ends=ends).filter(ends__lte=timezone.now())
    return ended.filter(Exists(out)).exclude(Exists(newer))


def ended_notices_of(user: User) -> QuerySet[Any]:
    """Those that are this person's to see to: who began them, and who publishes for the unit."""
    theirs = Q(author=user) | Q(unit_id__any=user.units_with("content.publish"))
    return ended_notices(posts_visible_to(user).filter(theirs))
