"""Reads of comments and notifications, as far as somebody may see what they are about."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce

from accounts.models import User
from content.models import (
    Comment,
    Mention,
    NoticeKind,
    NoticeLetter,
    Notification,
    Post,
    Thread,
)

# On the page of a post; the page of all comments has the others.
MOST_THREADS = 10
# Of a longer thread the first comment and the latest ones are shown there.
LATEST = 3


def threads_of(post: Post) -> QuerySet[Thread]:
    """The threads of a post that somebody may see, open ones first, then the newest."""
    return (
        Thread.objects.filter(post=post)
        .select_related("version", "started_by", "resolved_by")
        .annotate(comment_count=_count(Comment.objects.filter(thread=OuterRef("pk"))))
        .order_by(F("resolved_at").desc(nulls_first=True), "-pk")
    )


def counted(threads: QuerySet[Thread], user: User) -> QuerySet[Thread]:
    """Each with how many they are together, ``total``, how many of them open, ``open_total``, and
    in how many of these somebody else than ``user`` said something, ``to_read_total``: a card that
    shows the first ones says so without another query."""
    others = Comment.objects.filter(thread=OuterRef("pk"), withdrawn_at=None).exclude(author=user)
    return threads.alias(is_others=Exists(others)).annotate(
        total=Window(Count("*")),
        open_total=Window(Count("pk", filter=Q(resolved_at=None))),
        to_read_total=Window(Count("pk", filter=Q(resolved_at=None, is_others=True))),
    )


def _count(rows: QuerySet[Comment]) -> Coalesce:
    counted = rows.order_by().values("thread").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def threads_visible_to(user: User) -> QuerySet[Thread]:
    """Whoever sees the post reads what is said about it."""
    return Thread.objects.filter(post__unit_id__any=user.units_with("content.view")).select_related(
        "post__unit", "version", "started_by", "resolved_by"
    )


def comments_visible_to(user: User) -> QuerySet[Comment]:
    return Comment.objects.filter(
        thread__post__unit_id__any=user.units_with("content.view")
    ).select_related("author", "thread__post")


def with_mentions(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Each comment with its author and the people it mentions: two queries for all of them."""
    mentions = Prefetch("mentions", Mention.objects.select_related("person"))
    return comments.select_related("author").prefetch_related(mentions)


def ends_of(threads: list[Thread]) -> QuerySet[Comment]:
    """Of each thread the first comment and the latest ones, in order."""
    comments = Comment.objects.filter(thread=OuterRef("thread_id"))
    first = comments.order_by("pk").values("pk")[:1]
    # The oldest of the latest; where there are fewer there is none.
    latest = comments.order_by("-pk").values("pk")[LATEST - 1 : LATEST]
    return with_mentions(
        Comment.objects.filter(thread__in=threads)
        .annotate(first=Subquery(first), latest=Coalesce(Subquery(latest), 0))
        .filter(Q(pk=Subquery(first)) | Q(pk__gte=Coalesce(Subquery(latest), 0)))
        .order_by("pk")
    )


def notifications_of(user: User) -> QuerySet[Notification]:
    """What a person was told, newest first; not of units whose content they no longer see."""
    return (
        Notification.objects.filter(person=user, unit_id__any=user.units_with("content.view"))
        .select_related("post__current_version", "unit", "comment")
        .select_related("publication__official_account", "review__retrospective")
        .defer("post__current_version__canonical", "post__current_version__document")
        .order_by("-pk")
    )


def unread_of(user: User) -> QuerySet[Notification]:
    """What is unread of it. To be counted."""
    return Notification.objects.filter(
        person=user, unit_id__any=user.units_with("content.view"), read_at=None
    )


def unread_mentions_of(user: User) -> QuerySet[Notification]:
    """The mentions among them. To be counted."""
    return unread_of(user).filter(kind=NoticeKind.MENTION)


def notices_in(letter: NoticeLetter) -> QuerySet[Notification]:
    """What a letter tells, in order, as far as its reader may still see it."""
    return notifications_of(letter.person).filter(letter=letter).order_by("pk")
