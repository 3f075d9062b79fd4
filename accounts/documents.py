"""Files that prove something: checked by content, kept by digest, given back as downloads only."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accounts.errors import AccountError
from accounts.file_names import file_name
from accounts.models import Document, User
from accounts.models.document import folder_of_documents
from accounts.pdfs import is_pdf
from govsocial.web import pictures

LARGEST = 10 * 1024 * 1024
# A scan of A4 at 300 dpi has 8.7 million. A file of 2 kB may hold this many to unpack, and a report
# of a citizen five of them.
MOST_PIXELS = 25_000_000
ACCEPT = "application/pdf,image/jpeg,image/png,image/webp"


def keep_document(data: bytes, name: str, *, by: User | None, field: str) -> Document:
    """Store a PDF or a picture inside the caller's transaction; return its row.

    Raises ``AccountError`` beside ``field`` for anything else: what a file claims to be by its name
    counts for nothing, and the name that is kept ends as what was found.
    """
    if trouble := refusal_of(data):
        raise AccountError(trouble, field=field)
    media_type, trouble = _looked_at(data)
    if trouble:
        raise AccountError(trouble, field=field)
    document = Document(
        sha256=hashlib.sha256(data).hexdigest(),
        name=file_name(name, media_type),
        media_type=media_type,
        size=len(data),
        uploaded_by=by,
    )
    _hold(document.sha256)
    if not document.path.exists():
        _write(document.path, data)
    document.save(force_insert=True)
    return document


def refusal_of(data: bytes) -> str:
    """Why these bytes are no file to keep, as far as their first part tells; empty when they may
    be. For a form, which tells it with what else is wrong; ``keep_document`` reads to the end."""
    if not data:
        return _("The file is empty.")
    if len(data) > LARGEST:
        return _("The file is larger than 10 MB.")
    return _looked_at(data, to_the_end=False)[1]


def _wrong_kind() -> str:
    return _(
        "This file is no PDF and no picture that can be read. Choose a PDF, JPEG, PNG or WebP of "
        "at most 10 MB."
    )


def _too_many_pixels() -> str:
    return _("This picture is too large. Choose one of at most 25 megapixels.")


def remove_orphans(*, older_than: timedelta) -> int:
    """Delete the files that no document names, and return how many there were.

    A file is written before its row is committed, so that no document is ever without one; what a
    rolled-back transaction or a killed worker leaves behind is cleared away here, after a time in
    which whoever wrote it has certainly ended.
    """
    removed, until = 0, time.time() - older_than.total_seconds()
    for folder in sorted(folder_of_documents().glob("[0-9a-f][0-9a-f]")):
        old = [path for path in folder.iterdir() if _is_file_before(path, until)]
        names = [path.name for path in old]
        known = set(Document.objects.filter(sha256__in=names).values_list("sha256", flat=True))
        removed += sum(_remove(path) for path in old if path.name not in known)
    return removed


@transaction.atomic
def _remove(path: Path) -> bool:
    # Somebody may be sending the same file again at this moment.
    _hold(path.name, alone=True)
    if Document.objects.filter(sha256=path.name).exists():
        return False
    path.unlink(missing_ok=True)
    return True


def _hold(name: str, *, alone: bool = False) -> None:
    """Let nobody remove the file of this name, or ``alone`` not write it either, until the
    transaction ends. Those who write hold it together, so they never wait for one another."""
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [name])


def _is_file_before(path: Path, moment: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def document_response(document: Document) -> HttpResponse | None:
    """The file as a download that no browser runs or shows in our pages; None when it is gone."""
    data = document.read()
    if data is None:
        return None
    disposition = content_disposition_header(as_attachment=True, filename=document.shown_name)
    return HttpResponse(
        data,
        content_type=document.media_type,
        headers={
            "Content-Disposition": disposition or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


def _looked_at(data: bytes, *, to_the_end: bool = True) -> tuple[str, str]:
    """The media type, and why the file is none to keep: one of the two is empty."""
    if is_pdf(data):
        return "application/pdf", ""
    try:
        picture, kind = pictures.opened(data, most_pixels=MOST_PIXELS)
        if to_the_end:
            with pictures.refusing_damaged():
                picture.load()
    except pictures.TooManyPixels:
        return "", _too_many_pixels()
    except pictures.Unreadable:
        return "", _wrong_kind()
    return pictures.KINDS[kind], ""


def _write(path: Path, data: bytes) -> None:
    """Write under another name and rename: a killed worker leaves no half file behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # One name per writer: threads of one process may write the same file at once.
    with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as partial:
        partial.write(data)
    os.replace(partial.name, path)
