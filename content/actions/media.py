from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from content import previews
from content.actions.films import keep_pieces
from content.cleaning import LARGEST_UPLOAD, cleaned, two_in_one
from content.errors import ContentError
from content.events.media import MEDIA_RESTORED, MEDIA_UPLOADED, MEDIA_UPLOADED_AGAIN
from content.film_pieces import pieces_of
from content.film_refusals import LARGEST_FILM, sentence_of, too_large
from content.models import MediaFile, MediaRecord
from govsocial.audit.actions import record
from govsocial.web import films, polyglots
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of an upload. ``removed`` are the kinds of data that stayed behind this time."""

    media: MediaFile
    is_new: bool
    removed: Sequence[str]


def store_image(*, actor: User, unit_id: int, data: bytes, title: str = "") -> MediaFile:
    """Check a picture by its content, drop its hidden metadata, keep it by digest.

    Metadata goes because a camera writes the place and the owner into it. A picture that the unit
    already has is returned as it is; a new one is found by its ``title``. Raises
    ``ContentError`` for what is not a usable picture.
    """
    return _store_picture(actor, unit_id, data, title).media


def store_upload(*, actor: User, unit_id: int, file: UploadedFile[Any]) -> Stored:
    """Keep a picture or a film, whichever it is by its first bytes; its name counts for nothing.

    Raises ``ContentError`` for anything else.
    """
    require(actor, "content.draft", unit_id)
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    if films.looks_like_film(head):
        return _store_film(actor, unit_id, file)
    if (file.size or 0) > LARGEST_UPLOAD:
        raise ContentError(_("The picture is larger than 10 MB."), field="images")
    return _store_picture(actor, unit_id, file.read(), title_of(file))


def title_of(file: UploadedFile[Any]) -> str:
    """What people called the file: how they find it until somebody says what it shows."""
    stem = Path(str(file.name or "")).stem
    return readable(stem)[:LONGEST_TITLE]


def _store_picture(actor: User, unit_id: int, data: bytes, title: str = "") -> Stored:
    require(actor, "content.draft", unit_id)
    if known := _as_it_is(unit_id, data):
        if known.read() is None:
            write(known.path, data)
        return _once_more(actor, known, removed=())
    clean = cleaned(data)
    digest = hashlib.sha256(clean.data).hexdigest()
    facts = {
        "media_type": clean.media_type,
        "size": len(clean.data),
        "width": clean.width,
        "height": clean.height,
    }
    with transaction.atomic():
        stored = _kept(actor, unit_id, digest, facts, clean.removed, title)
        if stored.media.read() is None:
            write(stored.media.path, clean.data)
    previews.preview_of(stored.media)
    return stored


def _as_it_is(unit_id: int, data: bytes) -> MediaFile | None:
    """What was taken out of the library comes back as the same bytes: not encoded a second time."""
    digest = hashlib.sha256(data).hexdigest()
    known = MediaFile.objects.filter(unit_id=unit_id, sha256=digest, record__isnull=False)
    return known.first()


def _store_film(actor: User, unit_id: int, file: UploadedFile[Any]) -> Stored:
    if (file.size or 0) > LARGEST_FILM:
        raise ContentError(too_large(), field="images")
    root = Path(settings.MEDIA_ROOT) / "incoming"
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root) as folder:
        source, target, poster = (Path(folder) / name for name in ("source", "film", "poster"))
        _spool(file, source)
        with source.open("rb") as opened:
            if found := polyglots.found_in_film(opened):
                raise ContentError(two_in_one(found), field="images")
        try:
            film = films.rewrite(source, target=target, poster=poster)
        except films.Refused as exc:
            raise ContentError(sentence_of(exc.code), field="images") from exc
        digest, pieces = pieces_of(target)
        facts = {
            "media_type": films.MEDIA_TYPE,
            "size": pieces.size,
            "width": film.width,
            "height": film.height,
            "seconds": film.seconds,
            "codecs": list(film.codecs),
        }
        with transaction.atomic():
            stored = _kept(actor, unit_id, digest, facts, film.removed, title_of(file))
            if not keep_pieces(digest, pieces):
                # Somebody wrote them who had no such film: it could never be sent.
                told = _("Something else is kept as this video. Please tell your administrator.")
                raise ContentError(told, field="images")
            _move(target, stored.media.path)
            _move(poster, previews.path_of(stored.media))
    return stored


def _spool(file: UploadedFile[Any], path: Path) -> None:
    with path.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)


def _kept(
    actor: User,
    unit_id: int,
    digest: str,
    facts: dict[str, Any],
    removed: Sequence[str],
    title: str,
) -> Stored:
    """The row and its record, inside the caller's transaction."""
    require(actor, "content.draft", unit_id)
    media, _is_new = MediaFile.objects.get_or_create(
        unit_id=unit_id,
        sha256=digest,
        defaults={**facts, "removed": list(removed), "uploaded_by": actor},
    )
    # Made for a platform before, and now uploaded by a person: from now on it is in the library.
    kept, is_new = MediaRecord.objects.get_or_create(media=media, defaults={"title": title})
    if not is_new:
        return _once_more(actor, media, removed=removed)
    record(
        MEDIA_UPLOADED,
        actor=actor,
        target=kept,
        sha256=digest,
        size=media.size,
        metadata_removed=list(removed),
    )
    return Stored(media=media, is_new=True, removed=removed)


@transaction.atomic
def _once_more(actor: User, media: MediaFile, *, removed: Sequence[str]) -> Stored:
    """It was here already. What was put away is brought back: somebody wants to use it."""
    require(actor, "content.draft", media.unit_id)
    rows = MediaRecord.objects.select_for_update(of=("self",)).select_related("media")
    kept = rows.get(media=media)
    if kept.archived_at is not None:
        bring_back(kept, actor)
    if removed:
        record(
            MEDIA_UPLOADED_AGAIN,
            actor=actor,
            target=kept,
            sha256=media.sha256,
            metadata_removed=list(removed),
        )
    return Stored(media=media, is_new=False, removed=removed)


def bring_back(kept: MediaRecord, actor: User) -> None:
    """Into the library again: a locked record that was put away."""
    kept.archived_at = kept.archived_by = None
    kept.edition += 1
    kept.save(update_fields=["archived_at", "archived_by", "edition"])
    record(MEDIA_RESTORED, actor=actor, target=kept)


def write(path: Path, data: bytes) -> None:
    """Write under another name and rename: a killed worker leaves no half picture behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # One name per writer: threads of one process may write the same file at once.
    with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as partial:
        partial.write(data)
    os.replace(partial.name, path)


def _move(source: Path, target: Path) -> None:
    """Put in its place what was just made, also where other bytes stand there by now."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
