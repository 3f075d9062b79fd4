"""Whom something about a post concerns: who may see it, write in it, decide on it, answer for it.

Rights are read as they are now, for whoever it is; what a page may show to whom is another matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models import (
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
)

from accounts.capabilities import Role, roles_with
from accounts.models import Grant, OfficialAccount, Unit, User
from accounts.models.people import grants_held_now
from content import gate
from content.models import Post, PostVersion, Publication, Review, Thread
from content.turns import MOST_NAMED, People

# Who answers for a unit without deciding there.
ANSWERS = (Role.LEADERSHIP,)


def people_with(capability: str, unit: Unit) -> QuerySet[User]:
    """Everybody who holds ``capability`` on the unit now, by name."""
    return _holding(roles_with(capability), _above(unit))


def named(found: QuerySet[User]) -> People:
    """The first of them by name, and how many more there are. One or two queries."""
    names = [str(one) for one in found[: MOST_NAMED + 1]]
    more = found.count() - MOST_NAMED if len(names) > MOST_NAMED else 0
    return People(names[:MOST_NAMED], more)


def named_by_unit(capability: str, units: Collection[int]) -> People:
    """Those who hold ``capability`` on one of the units now, each with the units by which they do,
    as ``named``. Two queries."""
    above = set().union(*_above_each(set(units)).values())
    held = _held(roles_with(capability), above).filter(user__is_active=True)
    found: dict[tuple[str, int], list[str]] = {}
    for grant in held.select_related("user", "unit").order_by("user__full_name", "user", "unit"):
        names = found.setdefault((str(grant.user), grant.user_id), [])
        if str(grant.unit) not in names:
            names.append(str(grant.unit))
    told = [f"{name} ({', '.join(names)})" for (name, _pk), names in found.items()]
    return People(told[:MOST_NAMED], max(len(told) - MOST_NAMED, 0))


def readers_of(post: Post) -> QuerySet[User]:
    """Everybody who may see the post now."""
    return people_with("content.view", post.unit)


def writers_of(post: Post) -> QuerySet[User]:
    """Who began the post or saved a version of it, as long as they may see it."""
    edited = PostVersion.objects.filter(post=post, editor=OuterRef("pk"))
    return readers_of(post).filter(Exists(edited) | Q(pk=post.author_id))


def writers_of_each(posts: Collection[Post]) -> dict[int, list[User]]:
    """``writers_of`` of many posts, by the post. As many queries for many as for few."""
    edited = PostVersion.objects.filter(post__in=posts).values_list("post_id", "editor_id")
    wrote = {*edited, *((one.pk, one.author_id) for one in posts)}
    units = {one.pk: one.unit_id for one in posts}
    above = _above_each(set(units.values()))
    grants = _held(roles_with("content.view"), set().union(*above.values())).filter(
        user__in={person for _post, person in wrote}, user__is_active=True
    )
    held: dict[int, set[int]] = {}
    for person, unit in grants.values_list("user_id", "unit_id"):
        held.setdefault(person, set()).add(unit)
    people = User.objects.in_bulk(held)
    found: dict[int, list[User]] = {post: [] for post in units}
    for post, person in wrote:
        if held.get(person, set()) & above[units[post]]:
            found[post].append(people[person])
    return found


def talkers_in(thread: Thread) -> QuerySet[User]:
    """Who wrote the post or spoke in the thread, as long as they may see it."""
    edited = PostVersion.objects.filter(post=thread.post_id, editor=OuterRef("pk"))
    spoke = thread.comments.filter(author=OuterRef("pk"))
    return readers_of(thread.post).filter(
        Exists(edited) | Exists(spoke) | Q(pk=thread.post.author_id)
    )


def deciders_of(review: Review) -> QuerySet[User]:
    """Who may decide at the stage of an open review that waits: the right role on the unit of the
    post and on that of every account, nothing of it written, and no decision on it yet."""
    post = review.post
    accounts = OfficialAccount.objects.filter(pk__in=review.version.content().texts.keys())
    units = {one.pk: one for one in Unit.objects.filter(official_accounts__in=accounts)}
    units[post.unit_id] = post.unit
    people, roles = User.objects.filter(is_active=True), roles_with(review.stage_kind.capability)
    for unit in units.values():
        people = people.filter(_holds(roles, _above(unit)))
    decided = review.decisions.filter(gate.took_part(OuterRef("pk")))
    wrote = gate.wrote_where(F("pk"), review.version_id)
    people = people.exclude(wrote).exclude(Exists(decided))
    may = gate.may_decide_where(F("pk"), review.version_id, review.stage_kind.capability)
    return people.exclude(pk=review.submitted_by_id).filter(may).order_by("full_name", "pk")


def superiors_over(review: Review) -> QuerySet[User]:
    """To whom a review that waits too long is brought: who approves by a role on a unit above, and
    the leadership of the unit. Not who wrote it."""
    unit = review.post.unit
    higher = [pk for pk in _above(unit) if pk != unit.pk]
    approve = _holds(roles_with("content.approve"), higher)
    lead = _holds([str(role) for role in ANSWERS], _above(unit))
    wrote = gate.wrote_where(F("pk"), review.version_id)
    people = User.objects.filter(approve | lead, is_active=True).exclude(wrote)
    return people.exclude(pk=review.submitted_by_id).order_by("full_name", "pk")


def keepers_of(publication: Publication) -> QuerySet[User]:
    """Who is to look at a publication in trouble: who publishes on the account, and the author."""
    publish = people_with("content.publish", publication.official_account.unit)
    author = readers_of(publication.post).filter(pk=publication.post.author_id)
    return User.objects.filter(
        Q(pk__in=publish.order_by().values("pk")) | Q(pk__in=author.order_by().values("pk"))
    ).order_by("full_name", "pk")


def lookers_at(review: Review) -> QuerySet[User]:
    """Who may look at an emergency afterwards: who reviews wherever it went, and neither wrote nor
    decided. The database is asked what it asks who answers."""
    wrote = gate.wrote_where(F("pk"), review.version_id)
    decided = review.decisions.filter(gate.took_part(OuterRef("pk")))
    people = people_with("content.review", review.post.unit).exclude(pk=review.submitted_by_id)
    may = gate.may_decide_where(F("pk"), review.version_id, "content.review")
    return people.exclude(wrote).exclude(Exists(decided)).filter(may)


def answerable_for(post: Post) -> QuerySet[User]:
    """Who is to see to what a post says while it is out: who wrote it, and who publishes for its
    unit."""
    publish = people_with("content.publish", post.unit)
    writers = writers_of(post)
    return User.objects.filter(
        Q(pk__in=publish.order_by().values("pk")) | Q(pk__in=writers.order_by().values("pk"))
    ).order_by("full_name", "pk")


def workers_at(unit: Unit) -> QuerySet[User]:
    """Who writes, decides or publishes for the unit or for one below it."""
    below = unit.descendants(include_self=True).values_list("pk", flat=True)
    roles = [*roles_with("content.draft"), *roles_with("content.publish")]
    return _holding(roles, {*_above(unit), *below})


def _above(unit: Unit) -> list[int]:
    """The unit and every unit above it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_units_above(%s)", [unit.pk])
        (above,) = cursor.fetchone()
        return list(above)


def _above_each(units: set[int]) -> dict[int, set[int]]:
    """``_above`` of several units, by the unit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, content_units_above(id) FROM accounts_unit WHERE id = ANY (%s)",
            [list(units)],
        )
        return {unit: set(above) for unit, above in cursor.fetchall()}


def _holding(roles: Sequence[str], units: Iterable[int]) -> QuerySet[User]:
    return User.objects.filter(_holds(roles, units), is_active=True).order_by("full_name", "pk")


def _holds(roles: Sequence[str], units: Iterable[int]) -> Exists:
    return Exists(_held(roles, units).filter(user=OuterRef("pk")))


def _held(roles: Sequence[str], units: Iterable[int]) -> QuerySet[Grant]:
    return Grant.objects.filter(grants_held_now(), role__in=list(roles), unit__in=list(units))
