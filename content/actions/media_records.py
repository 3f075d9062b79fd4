from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.details import Upload
from accounts.documents import keep_document
from accounts.errors import AccountError
from accounts.kept_values import changes_between
from accounts.models import Document, User
from content.actions.media import bring_back
from content.errors import ContentError
from content.events.media import (
    MEDIA_ARCHIVED,
    MEDIA_DESCRIBED,
    MEDIA_DOCUMENT_TAKEN_OUT,
    MEDIA_EXPORTED,
)
from content.media_fields import FILES, LABELS, kept_of
from content.models import MediaAlt, MediaFile, MediaRecord
from content.models.media_record import Answer, Licence
from govsocial.audit.actions import record
from govsocial.web.permissions import require


class RecordChanged(ContentError):
    """Somebody else said something about the same medium meanwhile. Nothing was written."""


@transaction.atomic
def describe_media(
    *, actor: User, media_id: int, edition: int, values: Mapping[str, Any]
) -> MediaRecord:
    """Say what a medium is, by what right it is shown, and who agreed.

    ``values`` are fields of the record by name; ``proof_file`` and ``consent_file`` are an
    ``Upload``, or None to keep what is there. ``edition`` is the one that the person was shown:
    ``RecordChanged`` is raised when there is a newer one.
    """
    kept = _locked(media_id)
    require(actor, "content.draft", kept.media.unit_id)
    if kept.edition != edition:
        raise RecordChanged(
            _("Somebody changed these details since you opened them. Look at them again.")
        )
    before = kept_of(kept)
    for name, value in values.items():
        if name not in LABELS:
            raise ValueError(f"A media record has no field {name!r}.")
        if name not in FILES:
            setattr(kept, name, value)
        elif value is not None:
            setattr(kept, name, _document(actor, value, name))
    _check(kept)
    after = kept_of(kept)
    if before == after:
        return kept
    kept.edition += 1
    if before["alt"] != after["alt"] and kept.alt.strip():
        MediaAlt.objects.create(media=kept.media, edition=kept.edition, alt=kept.alt, editor=actor)
    kept.save()
    changes = changes_between(before, after)
    record(MEDIA_DESCRIBED, actor=actor, target=kept, edition=kept.edition, **changes)
    return kept


@transaction.atomic
def archive_media(*, actor: User, media_id: int) -> MediaRecord:
    """Put away what no post shows or showed; it can be brought back."""
    kept = _locked(media_id)
    require(actor, "content.draft", kept.media.unit_id)
    if kept.is_archived:
        return kept
    if kept.media.uses.exists():
        raise ContentError(_("A post shows it or showed it, so it stays in the library."))
    kept.archived_at, kept.archived_by = timezone.now(), actor
    kept.edition += 1
    kept.save(update_fields=["archived_at", "archived_by", "edition"])
    record(MEDIA_ARCHIVED, actor=actor, target=kept)
    return kept


@transaction.atomic
def restore_media(*, actor: User, media_id: int) -> MediaRecord:
    kept = _locked(media_id)
    require(actor, "content.draft", kept.media.unit_id)
    if kept.is_archived:
        bring_back(kept, actor)
    return kept


@transaction.atomic
def record_media_document(*, actor: User, media: MediaFile, name: str, document: Document) -> None:
    """Note that somebody downloaded a proof or a consent."""
    record(
        MEDIA_DOCUMENT_TAKEN_OUT,
        actor=actor,
        target=media.record,
        document=name,
        file_name=document.shown_name,
        file_sha256=document.sha256,
    )


@transaction.atomic
def record_media_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took a list of media out of the application."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(MEDIA_EXPORTED, actor=actor, target=actor, rows=rows, filters=shown[:300])


def _locked(media_id: int) -> MediaRecord:
    rows = MediaRecord.objects.select_for_update(of=("self",))
    return rows.select_related("media", "proof_file", "consent_file").get(media_id=media_id)


def _document(actor: User, upload: Upload, name: str) -> Document:
    try:
        return keep_document(upload.data, upload.name, by=actor, field=name)
    except AccountError as exc:
        raise ContentError(str(exc), field=exc.field) from exc


def _check(kept: MediaRecord) -> None:
    """What the database would refuse too, in words."""
    if kept.licence == Licence.OTHER and not kept.licence_note:
        raise ContentError(_("Say which right it is."), field="licence_note")
    if kept.minors == Answer.YES and kept.people != Answer.YES:
        raise ContentError(
            _("Minors are people who can be recognised: answer yes there as well."), field="people"
        )
