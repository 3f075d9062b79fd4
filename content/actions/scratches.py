"""What is typed and not saved yet, kept for whoever typed it. No version comes of it.

There is no entry in the trail: it would tell others who began to write what, which is nobody's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.errors import ContentError, SavedJustNow
from content.models import Post, Scratch
from content.models.scratch import ONCE_A_PAGE, ONCE_A_PAGE_OF_A_NEW_POST
from govsocial.constraints import constraint_of
from govsocial.web.permissions import require

# A post for 60 accounts with a text of its own each is far below; the database stops at 256 KiB.
MOST_BYTES = 200_000
MOST_FIELDS = 500
# Of new posts together, and of each post: what was kept before is forgotten.
MOST_NEW = 20
# How long what a page sent before it was saved may take to arrive. Whoever goes back to that page
# and types on there writes something new.
LATE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it was typed: a post, or a new post's ``token``.

    ``page`` is the page that has it open, ``over`` the page whose text it was opened with, as that
    was kept at ``seen``; None stands for whatever it says by now.
    """

    page: UUID
    over: UUID | None = None
    seen: datetime | None = None
    post_id: int | None = None
    token: UUID | None = None


@transaction.atomic
def keep_scratch(
    *,
    actor: User,
    place: Place,
    fields: Mapping[str, Sequence[str]],
    based_on: int,
    is_refused: bool = False,
) -> Scratch:
    """Keep what the form holds now, beside what other pages of the same person keep. Raises
    ``ContentError`` where it is too much, and where this page was saved just now. What was typed
    for a post that went out or ended meanwhile is kept as well: it can become a correction or a new
    post (``correct_with_scratch``, ``rewrite_with_scratch``).

    ``is_refused``: it was to be saved and was not, so it is no copy that arrives after its version.
    """
    fields = {name: [one.replace("\0", "") for one in values] for name, values in fields.items()}
    if len(fields) > MOST_FIELDS or len(json.dumps(fields, ensure_ascii=False).encode()) > (
        MOST_BYTES
    ):
        raise ContentError(_("This is too much to be kept while you write. Save it as a draft."))
    if place.post_id is not None:
        require(actor, "content.draft", Post.objects.get(pk=place.post_id).unit_id)
    elif not actor.holds("content.draft"):
        raise PermissionDenied
    kept = _locked(actor, place)
    if kept is not None and kept.closed_at is not None:
        _reopen(kept, is_refused=is_refused)
        kept = None
    if kept is None:
        return _begun(actor, place, fields, based_on)
    kept.fields, kept.based_on, kept.page = dict(fields), based_on, place.page
    kept.kept_at, kept.discarded_at = timezone.now(), None
    kept.save()
    return kept


def _reopen(kept: Scratch, *, is_refused: bool) -> None:
    """Let a page that was saved keep something again; not what it sent before it was saved."""
    if kept.post_id is None:
        raise ContentError(_("This post was saved already. Open it from the list of posts."))
    if not is_refused and kept.kept_at > timezone.now() - LATE:
        raise SavedJustNow(_("This page was saved just now: what you type is kept in a moment."))
    kept.delete()


def _locked(actor: User, place: Place) -> Scratch | None:
    """What this page keeps; else what it was opened with, if no other page wrote on there since."""
    rows = _rows_of(actor, place).select_for_update().filter(token=place.token)
    own = rows.filter(page=place.page).first()
    if own is not None or place.over is None:
        return own
    rows = rows.filter(page=place.over, closed_at=None)
    return (rows.filter(kept_at__lte=place.seen) if place.seen else rows).first()


def _rows_of(actor: User, place: Place) -> QuerySet[Scratch]:
    """Of the post, or of all new posts."""
    rows = Scratch.objects.filter(owner=actor)
    return rows.filter(post=None) if place.post_id is None else rows.filter(post_id=place.post_id)


def _begun(
    actor: User, place: Place, fields: Mapping[str, Sequence[str]], based_on: int
) -> Scratch:
    try:
        with transaction.atomic():
            made = Scratch.objects.create(
                owner=actor,
                post_id=place.post_id,
                token=place.token,
                fields=dict(fields),
                based_on=based_on,
                page=place.page,
                kept_at=timezone.now(),
            )
    except IntegrityError as exc:
        if constraint_of(exc) not in {ONCE_A_PAGE, ONCE_A_PAGE_OF_A_NEW_POST}:
            raise
        raise ContentError(_("It is being kept at this moment.")) from exc
    rows = _rows_of(actor, place).filter(closed_at=None)
    beyond = rows.order_by("-kept_at", "-pk")[MOST_NEW:]
    Scratch.objects.filter(pk__in=[one.pk for one in beyond]).delete()
    return made


@transaction.atomic
def end_scratch(*, actor: User, place: Place) -> None:
    """What was typed is saved now: the row stays, empty, for what arrives late. What other pages
    keep is not what was saved: it is offered again, beside the new version."""
    kept = _locked(actor, place)
    now = timezone.now()
    if kept is not None and kept.closed_at is not None:
        # It stays closed in the database; saved once more, it is closed from now on.
        kept.delete()
        kept = None
    kept = kept or Scratch(owner=actor, post_id=place.post_id, token=place.token)
    kept.page, kept.fields = place.page, {}
    kept.kept_at, kept.closed_at, kept.discarded_at = now, now, None
    kept.save()


@transaction.atomic
def discard_scratch(*, actor: User, scratch_id: int) -> Scratch:
    """Throw it away; it can be brought back for a while."""
    return _mark(actor, scratch_id, timezone.now())


@transaction.atomic
def bring_scratch_back(*, actor: User, scratch_id: int) -> Scratch:
    return _mark(actor, scratch_id, None)


def _mark(actor: User, scratch_id: int, discarded_at: datetime | None) -> Scratch:
    kept = Scratch.objects.select_for_update().get(pk=scratch_id, owner=actor, closed_at=None)
    kept.discarded_at = discarded_at
    kept.save(update_fields=["discarded_at"])
    return kept


def forget_scratches() -> int:
    """Delete what nobody came back to for days. Return how many."""
    before = timezone.now() - timedelta(days=settings.SCRATCH_DAYS)
    return Scratch.objects.filter(kept_at__lt=before).delete()[0]
