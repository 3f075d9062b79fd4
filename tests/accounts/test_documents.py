"""Files of documents: none without its row for ever, none missing that a row names."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts import documents, tasks
from accounts.errors import AccountError
from accounts.models import Document
from accounts.models.document import folder_of_documents
from tests.accounts.public.test_reports import picture
from tests.accounts.register_stage import PDF
from tests.web.test_pictures import drawn, phone_photo

LONG_AGO = time.time() - 3 * 86_400


def files() -> list[Path]:
    return [path for path in folder_of_documents().rglob("*") if path.is_file()]


def keep(data: bytes) -> Document:
    return documents.keep_document(data, "bukti.png", by=None, field="evidence")


@transaction.atomic
def keep_one_and_fail(data: bytes) -> None:
    keep(data)
    keep(b"no evidence at all")


def grow_old() -> None:
    for path in files():
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture(autouse=True)
def empty_folder(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's


def test_what_a_rolled_back_report_wrote_is_cleared_away_a_day_later(db: None) -> None:
    kept = keep(picture())
    with pytest.raises(AccountError):
        keep_one_and_fail(PDF)
    (folder_of_documents() / "ab").mkdir(exist_ok=True)
    (folder_of_documents() / "ab" / "half.of.a.file").write_bytes(b"x")
    assert len(files()) == 3
    tasks.remove_orphans()
    assert len(files()) == 3, "whoever wrote it may still be at it"
    grow_old()
    tasks.remove_orphans()
    assert files() == [kept.path]
    assert kept.read() == picture()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_sent_again_meanwhile_stays() -> None:
    with pytest.raises(AccountError):
        keep_one_and_fail(picture())
    grow_old()
    removed: list[int] = []

    def clear() -> None:
        try:
            removed.append(documents.remove_orphans(older_than=timedelta(days=1)))
        finally:
            connection.close()

    clearing = threading.Thread(target=clear)
    with transaction.atomic():
        again = keep(picture())
        clearing.start()
        # It waits for this transaction, which is not committed yet.
        clearing.join(0.3)
        assert clearing.is_alive()
    clearing.join(10)
    assert removed == [0]
    assert again.read() == picture()


def test_a_photo_of_a_phone_is_kept_as_it_came_and_given_back_as_a_jpeg(db: None) -> None:
    data = phone_photo()
    kept = keep(data)
    # Evidence is not touched: its digest is what was brought.
    assert (kept.media_type, kept.read()) == ("image/jpeg", data)
    with pytest.raises(AccountError, match="JPEG, PNG or WebP"):
        keep(drawn("GIF"))
