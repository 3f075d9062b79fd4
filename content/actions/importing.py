"""Drafts from a list: checked, kept until it is confirmed, then begun as every draft is.

Nothing but drafts comes of it: all go through ``create_posts``, and no column says anything of
states, decisions or digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import seen
from accounts.models import Unit, User
from content.actions.drafting import create_posts
from content.actions.placing import place_new_posts
from content.actions.refusals import guarded
from content.errors import ContentError
from content.events.importing import DRAFTS_IMPORTED
from content.import_columns import keys_of
from content.importing import BEYOND, Cells, Row, check
from content.models import DraftImport
from content.models.draft_import import ONCE_A_LIST
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.web.permissions import require


@guarded("import")
def keep_draft_import(
    *, actor: User, unit_id: int, file_name: str, rows: Sequence[Sequence[str]]
) -> DraftImport:
    """Keep an uploaded list until its owner confirms it. Raises ``ContentError`` for a head that
    cannot be read and for a list that was imported before, ``GateRefused`` for one that asks for
    more than drafts."""
    require(actor, "content.draft", unit_id)
    rows = [[_storable(cell) for cell in row] for row in rows]
    keys = keys_of(rows[0])
    kept = [{"n": number, "cells": cells} for number, cells in _cells_of(keys, rows[1:])]
    if not kept:
        raise ContentError(_("The file has no rows below its head."), field="file")
    digest = _digest(rows)
    _refuse_again(unit_id, digest)
    forget_draft_imports()
    name = "".join(sign for sign in PurePath(file_name).name if sign.isprintable())
    return DraftImport.objects.create(
        owner=actor,
        unit_id=unit_id,
        file_name=name[-150:] or "drafts",
        sha256=digest,
        rows=kept,
        expires_at=timezone.now() + timedelta(hours=settings.IMPORT_HOURS),
    )


@guarded("import")
def import_drafts(*, actor: User, import_id: int, shown: str) -> DraftImport:
    """Begin a draft for each row, all of them or none. Confirmed again, it stays as it is.

    Everything is checked anew. ``shown`` marks the preview that is confirmed (``mark_of``): where
    it says something else by now, nothing is made. Raises ``ContentError`` then, where a row has
    something wrong, and where the same list was imported meanwhile.
    """
    kept = DraftImport.objects.select_for_update().get(pk=import_id, owner=actor)
    if kept.is_done:
        return kept
    require(actor, "content.draft", kept.unit_id)
    _refuse_again(kept.unit_id, kept.sha256)
    rows = checked_rows(actor, kept)
    if not rows or not all(row.is_good for row in rows):
        raise ContentError(_("Rows have something wrong, so nothing was imported. Look again."))
    if shown != mark_of(rows):
        raise ContentError(_("It means something else than when you looked. Look again."))
    try:
        with transaction.atomic():
            return _make(actor, kept, rows)
    except IntegrityError as exc:
        if constraint_of(exc) != ONCE_A_LIST:
            raise
        raise ContentError(_("This list was imported before.")) from exc


def _make(actor: User, kept: DraftImport, rows: Sequence[Row]) -> DraftImport:
    documents = [row.document for row in rows if row.document is not None]
    posts = create_posts(actor=actor, unit_id=kept.unit_id, documents=documents)
    chosen = [row.campaign.pk if row.campaign else None for row in rows]
    placed = [(post, pk) for post, pk in zip(posts, chosen, strict=True) if pk is not None]
    if placed:
        place_new_posts(actor=actor, unit_id=kept.unit_id, placed=placed)
    kept.posts = [post.pk for post in posts]
    kept.status, kept.rows = DraftImport.Status.DONE, []
    kept.save(update_fields=["status", "rows", "posts"])
    record(
        DRAFTS_IMPORTED,
        actor=actor,
        target=kept,
        unit=str(kept.unit),
        file_sha256=kept.sha256,
        posts=len(kept.posts),
    )
    return kept


def checked_rows(actor: User, kept: DraftImport) -> list[Row]:
    """The rows of a kept list with what is wrong with each as things stand now."""
    unit = Unit.objects.get(pk=kept.unit_id)
    return check(actor, unit, ((row["n"], row["cells"]) for row in kept.rows))


def mark_of(rows: Sequence[Row]) -> str:
    """Marks a preview: what each row makes, for which accounts and for which campaign."""
    return seen.mark(
        [
            [row.document.canonical(), row.campaign.pk if row.campaign else 0]
            if row.document
            else row.number
            for row in rows
        ]
    )


def forget_draft_imports() -> int:
    """Empty what nobody can open any more; that there was an upload stays. Return how many."""
    over = DraftImport.objects.filter(expires_at__lte=timezone.now()).exclude(rows=[])
    return over.update(rows=[])


def _refuse_again(unit_id: int, digest: str) -> None:
    before = DraftImport.objects.filter(
        unit_id=unit_id, sha256=digest, status=DraftImport.Status.DONE
    )
    if before.exists():
        raise ContentError(_("This list was imported before. Nothing is made twice."), field="file")


def _cells_of(keys: Sequence[str], rows: Sequence[Sequence[str]]) -> list[tuple[int, Cells]]:
    """Number and cells of each row that is not empty; the head is row 1."""
    found: list[tuple[int, Cells]] = []
    for number, row in enumerate(rows, start=2):
        cells = {key: cell for key, cell in zip(keys, row, strict=False) if key and cell}
        if beyond := [cell for cell in row[len(keys) :] if cell]:
            cells[BEYOND] = ", ".join(beyond)[:200]
        if cells:
            found.append((number, cells))
    return found


def _storable(cell: str) -> str:
    """Without halves of characters and zero bytes, which the database does not take."""
    return cell.replace("\0", "").encode("utf-8", "replace").decode()


def _digest(rows: Sequence[Sequence[str]]) -> str:
    whole = hashlib.sha256()
    for row in rows:
        whole.update("\x1f".join(row).encode() + b"\x1e")
    return whole.hexdigest()
