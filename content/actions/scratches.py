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
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.errors import ContentError, saved_meanwhile
from content.models import Post, Scratch
from govsocial.web.permissions import require

# A post for 60 accounts with a text of its own each is far below; the database stops at 256 KiB.
MOST_BYTES = 200_000
MOST_FIELDS = 500
MOST_NEW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it was typed: a post, or a new post's ``token``.

    ``page`` is the page that has it open, ``over`` the page whose text it was opened with.
    """

    page: UUID
    over: UUID | None = None
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
    """Keep what the form holds now. Raises ``ContentError`` where it is too much, and where a
    later text of the same person is kept already. What was typed for a post that went out meanwhile
    is kept as well: it can become a correction (``correct_with_scratch``).

    ``is_refused``: it was to be saved and was not, so it is no copy that arrives after its version.
    """
    fields = {name: [one.replace("\0", "") for one in values] for name, values in fields.items()}
    if len(fields) > MOST_FIELDS or len(json.dumps(fields, ensure_ascii=False).encode()) > (
        MOST_BYTES
    ):
        raise ContentError(_("This is too much to be kept while you write. Save it as a draft."))
    if place.post_id is not None:
        _refuse_late(actor, place.post_id, None if is_refused else based_on)
    elif not actor.holds("content.draft"):
        raise PermissionDenied
    kept = _locked(actor, place)
    if kept is None:
        return _begun(actor, place, fields, based_on)
    if kept.closed_at is not None:
        raise ContentError(_("This post was saved already. Open it from the list of posts."))
    if kept.discarded_at is None and kept.page not in {place.page, place.over}:
        raise ContentError(
            _(
                "You have this open in another tab, and what is written there is kept. What you "
                "type here is not."
            )
        )
    kept.fields, kept.based_on, kept.page = dict(fields), based_on, place.page
    kept.kept_at, kept.discarded_at = timezone.now(), None
    kept.save()
    return kept


def _refuse_late(actor: User, post_id: int, based_on: int | None) -> None:
    post = Post.objects.get(pk=post_id)
    require(actor, "content.draft", post.unit_id)
    if based_on is None:
        return
    mine = post.versions.filter(editor=actor, number__gt=based_on).order_by("-number").first()
    if mine is not None:
        raise ContentError(
            saved_meanwhile(mine, actor)
            + " "
            + _(
                "What you type here is kept as soon as you press “Save draft”: you then see what "
                "differs, and can go on with your text."
            )
        )


def _locked(actor: User, place: Place) -> Scratch | None:
    rows = Scratch.objects.select_for_update().filter(owner=actor)
    if place.post_id is None:
        return rows.filter(post=None, token=place.token).first()
    return rows.filter(post_id=place.post_id).first()


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
        if getattr(exc.__cause__, "pgcode", "") != "23505":
            raise
        raise ContentError(_("It is being kept from another tab at this moment.")) from exc
    beyond = Scratch.objects.filter(owner=actor, post=None).order_by("-kept_at", "-pk")[MOST_NEW:]
    Scratch.objects.filter(pk__in=[one.pk for one in beyond]).delete()
    return made


@transaction.atomic
def end_scratch(*, actor: User, place: Place) -> None:
    """What was typed is saved now. Of a new post the row stays, empty, for what arrives late."""
    if place.post_id is not None:
        # What another tab keeps is not what was saved: it is offered again, beside the new version.
        own = [page for page in (place.page, place.over) if page]
        Scratch.objects.filter(owner=actor, post_id=place.post_id, page__in=own).delete()
        return
    kept = _locked(actor, place)
    now = timezone.now()
    if kept is None:
        kept = Scratch(owner=actor, token=place.token, page=place.page)
    elif kept.closed_at is not None:
        return
    kept.fields, kept.kept_at, kept.closed_at, kept.discarded_at = {}, now, now, None
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
