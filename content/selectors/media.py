"""What a person may see of the media library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, QuerySet, When
from django.utils import timezone

from accounts.models import User
from content.media_states import consent_state, rights_state
from content.models import MediaFile, MediaUse, Post, Publication
from content.selectors.posts import media_visible_to, posts_visible_to
from govsocial.web.finding import words_of
from govsocial.web.pictures import KINDS

PICTURES = tuple(KINDS.values())
# The post and the page of a medium show so many; more are counted.
MOST_POSTS = 20


def library_of(user: User) -> QuerySet[Any]:
    """What people uploaded into the units of ``user``, each with the states of its rights and its
    consent, and whether a post shows or showed it. What was put away is among it."""
    today = timezone.localdate()
    return (
        media_visible_to(user)
        .filter(record__isnull=False)
        .select_related("record", "unit", "uploaded_by")
        .annotate(
            rights=rights_state(today),
            consent=consent_state(today),
            is_used=Exists(MediaUse.objects.filter(media=OuterRef("pk"))),
        )
    )


def media_to_use(user: User, unit_id: int) -> QuerySet[Any]:
    """Pictures of a unit that a post of it may show, the newest first."""
    if not user.holds("content.draft", unit_id):
        return MediaFile.objects.none()
    return (
        library_of(user)
        .filter(unit_id=unit_id, media_type__in=PICTURES, record__archived_at=None)
        .order_by("-created_at", "-pk")
    )


def films_to_use(user: User, units: Collection[int], *, also: int | None = None) -> QuerySet[Any]:
    """Films that a post of one of ``units`` may show, the newest first, and before them the one
    that is ``also`` chosen already."""
    rows = library_of(user).filter(
        unit_id__any=user.units_with("content.draft") & set(units),
        media_type__startswith="video/",
        record__archived_at=None,
    )
    chosen_first = Case(When(pk=also or 0, then=0), default=1)
    return rows.order_by(chosen_first, "-created_at", "-pk")


def found_in(media: QuerySet[MediaFile], words: str) -> QuerySet[MediaFile]:
    """Those that have every word somewhere in what is said about them."""
    for word in words_of(words):
        found = media.none()
        for name in ("title", "description", "alt", "source", "owner"):
            found = found | media.filter(**{f"record__{name}__icontains": word})
        media = found | media.filter(sha256__startswith=word.lower())
    return media


def chosen_media(user: User, keys: Iterable[str]) -> Sequence[MediaFile]:
    """Pictures and films of the library that an address names, in its order: those that one may
    use, of the unit of the first one."""
    ids = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 18]
    found = (
        library_of(user)
        .filter(unit_id__any=user.units_with("content.draft"), record__archived_at=None)
        .in_bulk(ids)
    )
    rows = [found[pk] for pk in dict.fromkeys(ids) if pk in found]
    return [row for row in rows if row.unit_id == rows[0].unit_id]


@dataclass(frozen=True, slots=True)
class Uses:
    """Posts that show a medium or did, the newest first; ``hidden`` are further ones."""

    posts: list[Post]
    hidden: int


def uses_of(media: MediaFile, user: User) -> Uses:
    shown = MediaUse.objects.filter(media=media, version__post=OuterRef("pk"))
    now = MediaUse.objects.filter(media=media, version=OuterRef("current_version"))
    rows = posts_visible_to(user).filter(Exists(shown)).annotate(shows_it_now=Exists(now))
    publications = (
        # What follows a post is words alone.
        Publication.objects.filter(version__media_uses__media=media, part=0)
        .select_related("official_account__credential", "official_account__unit")
        .order_by("pk")
    )
    rows = rows.prefetch_related(
        Prefetch("publications", queryset=publications, to_attr="showing_it")
    )
    total = rows.count()
    return Uses(list(rows[:MOST_POSTS]), max(0, total - MOST_POSTS))
