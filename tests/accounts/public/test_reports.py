"""What the public reports: no account, no cookie, nothing lost, nothing that hurts."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import (
    Document,
    ImpersonationEvidence,
    ImpersonationReport,
    ImpersonationStatement,
    OfficialAccount,
)
from accounts.public import form_guard, throttle
from govsocial.audit.sentences import sentence
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.web.test_pictures import phone_photo

URL = "/official/report/"
SUSPECT = "https://www.instagram.com/samudrakota.bantuan/?igsh=1"
pytestmark = pytest.mark.usefixtures("accounts")


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "PNG")
    return drawn.getvalue()


def upload(name: str = "layar.png", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data, content_type="image/png")


@pytest.fixture
def stamp() -> str:
    """The stamp of a form that was opened a minute ago."""
    return _stamp_of(60)


def _stamp_of(seconds: int) -> str:
    with time_machine.travel(time.time() - seconds):
        return form_guard.stamp()


def send(stamped: str, **changes: Any) -> Any:
    headers = changes.pop("headers", {})
    data = {
        "suspect": SUSPECT,
        "platform": "",
        "imitated": "@samudrakota",
        "happened": "Meminta uang.\nMengaku dari kota.",
        "stamp": stamped,
        **changes,
    }
    return Client().post(f"{URL}?lang=en", data, headers=headers)


def test_a_citizen_reports_and_gets_a_page_of_their_own(cast: Cast, stamp: str) -> None:
    answer = send(stamp, evidence=[upload(), upload("surat.png")])
    assert answer.status_code == 302
    assert not answer.cookies
    (report,) = ImpersonationReport.objects.all()
    assert (report.suspect, report.platform) == (
        "instagram.com/samudrakota.bantuan",
        "instagram",
    )
    assert report.official_account is not None
    assert report.unit == report.official_account.unit
    statement = report.statements.get()
    assert statement.happened == "Meminta uang.\nMengaku dari kota."
    assert statement.reported_by is None
    assert statement.evidence.count() == 2
    assert all(one.document.uploaded_by is None for one in statement.evidence.all())
    location = answer.headers["Location"]
    status = Client().get(location)
    page = status.content.decode()
    assert report.reference in page
    assert "We have received your report" in page
    assert "Meminta" not in page
    assert status.headers["Cache-Control"].startswith("max-age=0")
    assert "noindex" in page
    # The code is only in the reporter's hands.
    code = re.findall(r"report/([^/]+)/", location)[0]
    assert code not in str(ImpersonationStatement.objects.values())
    (entry,) = trail("accounts.impersonation.reported")
    assert entry.actor_name == "govsocial"
    assert entry.data == {
        "channel": "A report came in from the public",
        "joined": False,
        "files": 2,
    }
    assert sentence(entry) == f"A report came in from the public: {entry.target_label}."


def test_an_ordinary_photo_of_a_phone_is_evidence(stamp: str) -> None:
    assert send(stamp, evidence=[upload("foto.jpg", phone_photo())]).status_code == 302
    document = ImpersonationEvidence.objects.get().document
    assert (document.media_type, document.read()) == ("image/jpeg", phone_photo())


def test_a_link_that_only_looks_official_is_reported_as_what_it_opens(stamp: str) -> None:
    answer = send(stamp, suspect=r"https://evil.example\@instagram.com/samudrakota")
    assert answer.status_code == 302
    report = ImpersonationReport.objects.get()
    assert report.suspect == "evil.example/@instagram.com/samudrakota"
    refused = send(stamp, suspect="https://instagram.com/samudrakota")
    assert refused.status_code == 422
    assert "This account is official" in refused.content.decode()


def test_the_status_page_follows_and_a_guess_finds_nothing(stamp: str) -> None:
    location = send(stamp).headers["Location"]
    ImpersonationReport.objects.update(status="checking", checking_at="2026-11-25T00:00Z")
    assert "We are checking" in Client().get(location).content.decode()
    report = ImpersonationReport.objects.get()
    for guess in (report.reference, str(report.pk), "x", "\u200b"):
        assert Client().get(reverse("official:report_status", args=[guess])).status_code == 404


def test_further_reports_join_the_open_one(stamp: str) -> None:
    first = send(stamp)
    second = send(stamp, suspect="instagram.com/SamudraKota.Bantuan", imitated="")
    assert first.headers["Location"] != second.headers["Location"]
    report = ImpersonationReport.objects.get()
    assert report.statements.count() == 2
    ImpersonationReport.objects.update(status="dismissed", settled_at="2026-11-25T00:00Z")
    send(_stamp_of(60))
    assert ImpersonationReport.objects.count() == 2


def test_chosen_files_are_never_lost_without_a_word(stamp: str) -> None:
    lost = "The file was not saved with the rest. Choose it again."
    assert send(stamp, happened="", evidence=[upload()]).content.decode().count(lost) == 2
    wrong = send(stamp, happened="", evidence=[upload(), upload("x.png", b"none")]).content.decode()
    assert wrong.count("x.png: This file is no PDF and no picture") == 2
    assert lost not in wrong
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"suspect": ""}, "suspect"),
        ({"suspect": "tolong cek akun itu"}, "suspect"),
        ({"suspect": "@namaakun"}, "platform"),
        ({"suspect": "@namaakun", "platform": "myspace"}, "platform"),
        ({"suspect": "https://instagram.com/samudrakota"}, "suspect"),
        ({"suspect": "https://samudrakota.go.id/berita"}, "suspect"),
        ({"imitated": "@bukanakunkita"}, "imitated"),
        ({"happened": "  "}, "happened"),
        ({"happened": "x" * 2001}, "happened"),
        ({"reporter_email": "bukan surel", "consent": "on"}, "reporter_email"),
        ({"reporter_name": "Budi"}, "consent"),
        ({"reporter_name": "Budi\r\nBcc: x@y.example", "consent": "on"}, "reporter_name"),
        ({"stamp": "dibuat-buat"}, None),
        ({"stamp": ""}, None),
        ({"website": "https://spam.example"}, None),
        ({"happened": "a\0b", "suspect": "\0"}, "suspect"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_kept(
    stamp: str, changes: dict[str, str], field: str | None
) -> None:
    answer = send(stamp, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("Nothing has been saved yet" in page) is (field is not None)
    if field:
        assert f'id="id_{field}_error"' in page
    if "happened" not in changes:
        assert "Meminta uang." in page
    assert not ImpersonationReport.objects.exists()
    assert not Document.objects.exists()


def test_a_form_that_was_filled_in_by_a_program_is_asked_for_again(stamp: str) -> None:
    shown = form_guard.stamp()
    quick = send(shown)
    assert quick.status_code == 422
    assert "Send it once more to confirm" in quick.content.decode()
    # Its stamp goes on growing older: sent again in a moment, it is taken.
    assert f'name="stamp" value="{shown}"' in quick.content.decode()
    old = send(_stamp_of(90_000))
    assert "more than a day" in old.content.decode()
    # What is shown again carries a new stamp.
    fresh = re.findall(r'name="stamp" value="([^"]+)"', old.content.decode())[0]
    assert form_guard.trouble_with(fresh) != form_guard.trouble_with(_stamp_of(90_000))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://lain.testserver"},
    ],
)
def test_a_form_of_another_website_is_refused(stamp: str, headers: dict[str, str]) -> None:
    assert send(stamp, headers=headers).status_code == 403
    assert not ImpersonationReport.objects.exists()
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert send(stamp, headers=own).status_code == 302


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bukti.png", b""),
        ("bukti.png", b"<html><script>alert(1)</script>"),
        ("bukti.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("bukti.png", b"MZ\x90\x00"),
        ("bukti.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
        ("bukti.pdf", b"%PDF-1.7 and nothing more"),
        ("bukti.gif", b"GIF89a/*<svg/onload=alert(1)>*/=1;"),
        ("bukti.png", b"x" * (10 * 1024 * 1024 + 1)),
    ],
    ids=range(8),
)
def test_what_is_no_picture_and_no_pdf_is_refused(stamp: str, name: str, data: bytes) -> None:
    answer = send(stamp, evidence=[upload(), upload(name, data)])
    assert answer.status_code == 422
    assert 'id="id_evidence_error"' in answer.content.decode()
    assert not ImpersonationReport.objects.exists()
    assert not ImpersonationEvidence.objects.exists()


def test_six_files_are_one_too_many(stamp: str) -> None:
    assert send(stamp, evidence=[upload() for _n in range(6)]).status_code == 422
    assert send(stamp, evidence=[upload() for _n in range(5)]).status_code == 302


def test_a_picture_that_is_also_a_program_is_given_back_as_a_picture_to_save(
    cast: Cast, stamp: str, client_as: Any
) -> None:
    polyglot = picture() + b"<script>alert(1)</script>"
    assert send(stamp, evidence=[upload('"><script>.html', polyglot)]).status_code == 302
    evidence = ImpersonationEvidence.objects.get()
    url = reverse(
        "impersonations:evidence_download", args=[evidence.statement.report_id, evidence.pk]
    )
    answer = client_as("bayu").get(url)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert len(trail("accounts.impersonation.evidence_taken")) == 1


def test_a_body_that_is_too_large_is_refused_before_it_is_read(stamp: str) -> None:
    answer = Client().post(URL, {"suspect": "x"}, CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert answer.status_code == 413


def test_one_address_reports_a_few_times_an_hour(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 2
    forged = [
        send(stamp, suspect=f"instagram.com/akun{n}", headers={"X-Forwarded-For": f"36.1.1.{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in forged] == [302, 302, 429]
    assert 3590 <= int(forged[-1].headers["Retry-After"]) <= 3600
    assert ImpersonationReport.objects.count() == 2


@pytest.mark.parametrize(
    "limit",
    ["PUBLIC_REPORTS_PER_HOUR", "PUBLIC_REPORTS_PER_HOUR_NETWORK", "PUBLIC_REPORTS_PER_HOUR_ALL"],
)
def test_who_is_refused_keeps_what_they_typed_and_learns_how_long_to_wait(
    stamp: str, settings: Any, limit: str
) -> None:
    setattr(settings, limit, 0)
    answer = send(
        stamp, happened="Minta <b>uang</b>", reporter_name="Ani", consent="on", evidence=[upload()]
    )
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "60 minutes" in page
    assert "Minta &lt;b&gt;uang&lt;/b&gt;" in page
    assert 'value="Ani"' in page
    assert 'name="evidence"' in page
    assert 'href="/official/?lang=en"' in page
    assert not ImpersonationReport.objects.exists()


def test_everybody_together_has_a_limit(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR_ALL = 2
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        send(stamp, suspect=f"instagram.com/akun{n}", headers={"X-Forwarded-For": f"36.1.1.{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 429]


def from_address(stamp: str, number: int, address: str, **changes: Any) -> int:
    values = {"suspect": f"instagram.com/akun{number}", "headers": {"X-Forwarded-For": address}}
    return int(send(stamp, **{**values, **changes}).status_code)


@pytest.mark.parametrize(
    ("network", "other"),
    [
        ("36.1.1.{}", "36.1.2.1"),
        ("2001:db8:1:{}::1", "2001:db8:2::1"),
    ],
)
def test_one_network_does_not_use_up_what_is_there_for_everybody(
    stamp: str, settings: Any, network: str, other: str
) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR_NETWORK = 3
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [from_address(stamp, n, network.format(n)) for n in range(1, 6)]
    assert answers == [302, 302, 302, 429, 429]
    assert from_address(stamp, 9, other) == 302


def test_reports_that_are_refused_count_for_nobody(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 2
    settings.PUBLIC_REPORTS_PER_HOUR_ALL = 2
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    official = {"suspect": "https://www.instagram.com/samudrakota/"}
    answers = [from_address(stamp, 0, "36.1.1.1", **official) for _n in range(4)]
    assert answers == [422] * 4
    assert [from_address(stamp, n, f"36.1.{n}.9") for n in (2, 3, 4)] == [302, 302, 429]


def test_mistakes_do_not_use_up_the_reports(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    assert [send(stamp, suspect="").status_code for _n in range(5)] == [422] * 5
    assert send(stamp).status_code == 302
    assert send(_stamp_of(60)).status_code == 429


def test_without_the_shared_count_reports_still_come_in_and_are_limited(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    throttle.forget()
    assert [send(_stamp_of(60)).status_code for _n in range(2)] == [302, 429]


def test_hostile_text_stays_text_for_whoever_reads_it(
    cast: Cast, stamp: str, client_as: Any
) -> None:
    bad = "<script>alert(1)</script>{{ 7*7 }}"
    send(stamp, suspect="https://evil.example/<script>alert(1)</script>", imitated="", happened=bad)
    report = ImpersonationReport.objects.get()
    for name in ("report_detail", "statement_list"):
        page = client_as("bayu").get(reverse(f"impersonations:{name}", args=[report.pk]))
        assert "<script>alert" not in page.content.decode()
    listed = client_as("bayu").get(reverse("impersonations:report_list")).content.decode()
    assert "<script>alert" not in listed
    assert OfficialAccount.objects.exists()


def test_the_form_says_when_the_platform_is_needed_and_names_fields_shortly(stamp: str) -> None:
    page = Client().get(URL, {"lang": "en"}).content.decode()
    assert '>Platform <span class="field-mark">(needed for a handle alone)</span>' in page
    answer = send(stamp, reporter_name="Budi")
    assert answer.status_code == 422
    assert '<a href="#id_consent">Consent</a>: ' in answer.content.decode()
