"""A file is given back under a name that ends as what it is, whatever it was called."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import documents
from accounts.file_names import file_name
from accounts.models import Document
from accounts.pdfs import is_pdf
from tests.accounts.public.test_reports import picture
from tests.accounts.register_stage import PDF, register, save_details, typed
from tests.accounts.test_impersonations import report
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]

# Good to every reader, and run by Windows line after line when it is called .bat.
BATCH = PDF.replace(b"%PDF-1.7\n", b"%PDF-1.7\r\n@echo off\r\ncalc.exe\r\n")
NEW_PDF = (
    b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/ObjStm>>stream\nx\nendstream endobj\n"
    b"9 0 obj<</Type/XRef/W[1 2 1]/Index[0 4]/Root 2 0 R>>stream\nx\nendstream\nendobj\n"
    b"startxref\n60\n%%EOF\n"
)


@each(
    ("typed", "kept"),
    [
        ("SK 800.pdf", "SK 800.pdf"),
        ("SK 800.PDF", "SK 800.PDF"),
        ("SK 800.bat", "SK 800.pdf"),
        ("SK.html", "SK.pdf"),
        ("SK\u202efdp.exe", "SKfdp.pdf"),
        ("SK.pdf.exe", "SK.pdf"),
        ("SK 800.bat. ", "SK 800.pdf"),
        ("SK 800", "SK 800.pdf"),
        ("SK No. 12", "SK No. 12.pdf"),
        ("SK 800.41.2026", "SK 800.41.2026.pdf"),
        ("SK.lampiran", "SK.lampiran.pdf"),
        (".bat", "document.pdf"),
        ("", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("C:\\Users\\sari\\SK.pdf", "SK.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1 .pdf", "_com1.pdf"),
        ("Contoh.pdf", "Contoh.pdf"),
        ('SK "800": bagian?\r\n\t.pdf', "SK -800-- bagian-.pdf"),
        ("SK.pdf::$DATA", "SK.pdf--$DATA.pdf"),
        ("SK 👨\u200d👩\u200d👧.pdf", "SK 👨\u200d👩\u200d👧.pdf"),
    ],
)
def test_a_name_ends_as_what_was_found(typed: str, kept: str) -> None:
    assert file_name(typed, "application/pdf") == kept
    assert file_name(kept, "application/pdf") == kept, "a kept name stays when it is read again"


def test_a_picture_keeps_any_ending_of_its_kind() -> None:
    assert file_name("bukti.JPEG", "image/jpeg") == "bukti.JPEG"
    assert file_name("bukti.png", "image/jpeg") == "bukti.jpg"
    assert file_name("bukti.jpg", "image/webp") == "bukti.webp"
    assert file_name("bukti.php.png", "image/png") == "bukti.php.png"


@pytest.mark.parametrize("sign", ["a", "é", "😀", "."])
def test_a_long_name_is_cut_before_its_ending(sign: str) -> None:
    kept = file_name(f"SK{sign * 400}.bat", "application/pdf")
    assert kept.startswith("SK")
    assert kept.endswith(".pdf")
    assert len(kept) <= 150
    assert len(kept.encode()) <= 250


@pytest.mark.parametrize("data", [PDF, BATCH, NEW_PDF, PDF + b"\r\n" + b"\0" * 900])
def test_what_readers_open_is_a_pdf(data: bytes) -> None:
    assert is_pdf(data)


@each(
    "data",
    [
        b"%PDF-\r\n@echo off\r\ncalc.exe\r\nrem %%EOF",
        b"%PDF-<html><script>alert(1)</script>%%EOF",
        b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF",
        b"junk" + PDF,
        PDF[:-5],
        PDF.replace(b"startxref\n42", b""),
        PDF.replace(b"startxref\n42", b"startxref\n4200"),
        PDF.replace(b"/Root 1 0 R", b""),
        PDF.replace(b"endobj", b""),
        PDF + b" " * 3000,
        b"%PDF-1.7\n" + b"1 " * 500_000 + b"startxref\n1\n%%EOF",
    ],
)
def test_what_only_begins_and_ends_like_a_pdf_is_refused(data: bytes) -> None:
    assert not is_pdf(data)
    assert "no PDF and no picture" in documents.refusal_of(data)


def test_a_decree_comes_back_as_what_it_is(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast)
    client = client_as(cast.bayu)
    address = reverse("accounts:official_account_edit", args=[account.pk])
    bare = SimpleUploadedFile("SK 800.bat", b"%PDF-\r\n@echo off\r\ncalc.exe\r\nrem %%EOF")
    assert save_details(client, address, typed(cast, decree_file=bare)).status_code == 422
    assert not Document.objects.exists()
    lying = SimpleUploadedFile("SK\u202e 800.bat", BATCH)
    assert save_details(client, address, typed(cast, decree_file=lying)).status_code == 302
    document = Document.objects.get()
    assert document.name == "SK 800.pdf"
    answer = client.get(reverse("accounts:document_download", args=[account.pk, document.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="SK 800.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content == BATCH


def test_evidence_of_a_stranger_is_no_batch_file(cast: Cast) -> None:
    report(cast, evidence=[("bukti.bat", BATCH), ("bukti.exe", picture())])
    kept = sorted(Document.objects.values_list("name", flat=True))
    assert [name.partition(".")[0] for name in kept] == ["bukti", "bukti"]
    assert kept[0] == "bukti.pdf"
    assert kept[1] in {"bukti.png", "bukti.jpg"}


def test_an_old_row_with_a_lying_name_is_given_back_with_the_right_one(db: None) -> None:
    kept = documents.keep_document(PDF, "SK.pdf", by=None, field="decree_file")
    old = Document.objects.create(
        sha256=kept.sha256, name="SK\u202efdp.exe", media_type=kept.media_type, size=kept.size
    )
    answer = documents.document_response(old)
    assert answer is not None
    assert answer["Content-Disposition"] == 'attachment; filename="SKfdp.pdf"'
    assert str(old) == "SKfdp.pdf"


def test_many_digits_are_looked_at_once() -> None:
    data = b"%PDF-1.7\n" + b"1" * 10_000_000
    assert not is_pdf(data + b"\nstartxref\n1\n%%EOF")
