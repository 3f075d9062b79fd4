"""Telling people: one row each, read when they have seen it; by e-mail as they chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import Unit, User
from content.events.talk import WAYS_CHOSEN
from content.models import (
    Comment,
    NoticeChoice,
    NoticeKind,
    Notification,
    Post,
    Publication,
    Review,
    Way,
)
from content.notices import NOTICES, Fact, checked
from govsocial.audit.actions import record

Target = Post | Review | Publication | Comment | Unit


def notify(
    kind: NoticeKind,
    people: Iterable[User],
    target: Target,
    *,
    by: User | None = None,
    **facts: Fact,
) -> int:
    """Tell each of ``people`` that this happened to ``target``; return how many were told.

    ``by`` is who did it: their name is the fact ``by``, and they are not told of it themselves.
    Raises ``ValueError`` for other facts than those of the kind (``content.notices``). It writes
    rows and nothing else: letters are a worker's matter, after the transaction of the caller.
    """
    return notify_of_each(kind, [(target, people)], by=by, **facts)


@transaction.atomic
def notify_of_each(
    kind: NoticeKind,
    told: Iterable[tuple[Target, Iterable[User]]],
    *,
    by: User | None = None,
    **facts: Fact,
) -> int:
    """``notify`` of the same that happened to several targets, each with its own people."""
    if by is not None:
        facts["by"] = by.full_name
    kept = checked(kind, facts)
    rows = [
        Notification(person=person, kind=kind, facts=kept, **_about(target))
        for target, people in told
        for person in {one.pk: one for one in people}.values()
        if person.is_active and (by is None or person.pk != by.pk)
    ]
    chosen = dict(
        NoticeChoice.objects.filter(
            kind=kind, person__in={one.person_id for one in rows}
        ).values_list("person_id", "way")
    )
    usual = NOTICES[kind].way
    for one in rows:
        one.way = usual if NOTICES[kind].is_fixed else chosen.get(one.person_id, usual)
    Notification.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _about(target: Target) -> dict[str, object]:
    if isinstance(target, Unit):
        return {"unit": target}
    if isinstance(target, Publication):
        # Who keeps the account sees it there, also where another unit wrote the post.
        unit_id = target.official_account.unit_id
        return {"publication": target, "post_id": target.post_id, "unit_id": unit_id}
    if isinstance(target, Comment):
        post = target.thread.post
        return {"comment": target, "post": post, "unit_id": post.unit_id}
    if isinstance(target, Review):
        return {"review": target, "post": target.post, "unit_id": target.post.unit_id}
    return {"post": target, "unit_id": target.unit_id}


def mark_read(*, actor: User, notification_id: int) -> Notification:
    """Note that somebody has seen their notification. Read once is read."""
    Notification.objects.filter(pk=notification_id, person=actor, read_at=None).update(
        read_at=timezone.now()
    )
    return Notification.objects.get(pk=notification_id, person=actor)


def mark_all_read(*, actor: User, up_to: int) -> int:
    """The same for all that the page had shown; what came since stays unread. How many they were.

    ``up_to`` is the id of the newest one on the page.
    """
    unread = Notification.objects.filter(person=actor, read_at=None, pk__lte=up_to)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def choose_ways(*, actor: User, ways: Mapping[NoticeKind, Way]) -> list[NoticeKind]:
    """Keep by which way a person hears of each kind from now on; return the kinds that changed."""
    User.objects.select_for_update().get(pk=actor.pk)
    before = dict(NoticeChoice.objects.filter(person=actor).values_list("kind", "way"))
    changed = [kind for kind, way in ways.items() if before.get(kind, NOTICES[kind].way) != way]
    if not changed:
        return []
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(person=actor, kind=kind, way=ways[kind]) for kind in changed],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["way"],
    )
    record(WAYS_CHOSEN, actor=actor, target=actor, changed=[str(kind) for kind in changed])
    return changed
