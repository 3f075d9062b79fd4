"""Forms that no page of ours sends: they are refused with a page, and nothing of them is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.documents import LARGEST
from accounts.models import Document, ImpersonationReport
from govsocial.web.charsets import in_utf8
from tests.accounts.public.test_reports import URL, _stamp_of, picture, send, upload

pytestmark = pytest.mark.usefixtures("accounts")
FIELDS = ("suspect", "platform", "imitated", "happened", "reporter_name", "reporter_email", "stamp")


def body(happened: bytes) -> bytes:
    fields = {
        "suspect": b"instagram.com/penipu",
        "happened": happened,
        "stamp": _stamp_of(60).encode(),
    }
    parts = [
        b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), words)
        for name, words in fields.items()
    ]
    return b"".join(parts) + b"--B--\r\n"


@pytest.fixture
def as_served() -> Any:
    """A client whose requests go the way that they go in a server before Django reads them."""
    client = Client()
    django: Any = client.handler
    served: Any = in_utf8(lambda environ, _start: django(environ))
    client.handler = lambda environ: served(environ, None)  # type: ignore[assignment]  # called only
    return client


@pytest.mark.parametrize(
    "charset",
    ["=utf-7", "=unicode_escape", '="idna"', "=rot13", "=hex", " = undefined", "*=utf-8''punycode",
     "*0=rot;charset*1=13", "=UTF-8", "=nothing"],
)  # fmt: skip
def test_words_are_utf_8_whatever_a_form_says_of_itself(as_served: Client, charset: str) -> None:
    kind = f"multipart/form-data; boundary=B; charset{charset}"
    data = body("Minta +2AA- uang \\ud800 – é".encode())
    assert as_served.generic("POST", URL, data, content_type=kind).status_code == 302
    statement = ImpersonationReport.objects.get().statements.get()
    assert statement.happened == "Minta +2AA- uang \\ud800 – é"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("words", ["\0", "a\0b", "x" * 3000, "\u202e" * 10])
def test_no_field_is_trusted(field: str, words: str) -> None:
    answer = send(_stamp_of(60), **{field: words})
    is_plain = (field, words) in {("happened", "\u202e" * 10), ("reporter_name", "\u202e" * 10)}
    assert answer.status_code == 422 or is_plain
    assert is_plain or not ImpersonationReport.objects.exists()


@pytest.mark.parametrize("stamp", ["", "\0", "report", "report:1xWSaP:forged", "<script>"])
def test_a_forged_stamp_is_replaced_by_one_of_ours(stamp: str) -> None:
    answer = send(stamp)
    assert answer.status_code == 422
    assert 'name="stamp" value="report:' in answer.content.decode()
    assert not ImpersonationReport.objects.exists()


def test_of_several_files_one_bad_one_keeps_all_of_them_out() -> None:
    files = [upload(), upload("b.png", b"MZ\x90\0"), upload("c.pdf", b"%PDF-1.7"), upload("d.png")]
    answer = send(_stamp_of(60), evidence=files)
    assert answer.status_code == 422
    assert "b.png: " in answer.content.decode()
    assert not Document.objects.exists()


def test_every_file_that_is_refused_is_named_as_what_it_is() -> None:
    sent = {
        "kosong.png": b"",
        "besar.pdf": b"%PDF-1.7" + b"0" * LARGEST,
        "<i>satu & dua.png": b"none",
        f"{'panjang' * 20}.png": b"none",
        "layar.png": None,
    }
    answer = send(_stamp_of(60), evidence=[upload(name, data) for name, data in sent.items()])
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "kosong.png: The submitted file is empty." in page
    assert "besar.pdf: The file is larger than 10 MB." in page
    assert "-i-satu &amp; dua.png: This file is no PDF" in page
    assert "<i>" not in page
    assert "panjangpanjangpanjangpanjangpanjangpanja…gpanjang.png: This file is" in page
    assert "layar.png: " not in page
    damaged = send(_stamp_of(60), evidence=[upload(), upload("rusak.png", picture()[:70])])
    assert damaged.status_code == 422
    assert "rusak.png: This file is no PDF and no picture" in damaged.content.decode()
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("text/plain", b"suspect=x", 422),
        ("application/json", b"{}", 422),
        ("multipart/form-data", b"--B--", 400),
        ("multipart/form-data; boundary=B", body(b"x" * 3_000_000), 422),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=" % n for n in range(2000)), 400),
    ],
)
def test_a_body_of_another_kind_is_no_report(kind: str, data: bytes, status: int) -> None:
    answer = Client().generic("POST", URL, data, content_type=kind)
    assert answer.status_code == status
    assert not ImpersonationReport.objects.exists()


def test_the_same_words_in_another_form_are_counted_and_join_the_case(settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 2
    assert [send(_stamp_of(60)).status_code for _n in range(3)] == [302, 302, 429]
    assert ImpersonationReport.objects.get().statements.count() == 2
