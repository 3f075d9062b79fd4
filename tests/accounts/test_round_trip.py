"""What the register gives out as a list it takes back: new rows of it are registered."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook, load_workbook

from accounts import actions, register_rows
from accounts.models import ImportBatch, OfficialAccount, User
from tests import factories
from tests.accounts.register_stage import register
from tests.cast import Cast

ClientAs = Callable[[object], Client]
DETAILS: dict[str, Any] = {
    "purpose": "Kabar dan layanan kota",
    "language": "en",
    "url": "https://www.instagram.com/samudrakota",
    "audiences": ["g2c", "g2e"],
    "media_kinds": ["social_network", "media_sharing"],
    "channel_kind": "networking",
    "verified": True,
    "decree_number": "800/41/2026",
    "decree_date": date(2026, 3, 17),
    "recovery_email_holder": "Kepala Bidang Humas",
    "recovery_phone_holder": "Sekretariat",
    "two_step": "on",
    "two_step_checked_on": date(2026, 9, 1),
    "opened_on": date(2019, 5, 20),
}


@pytest.fixture
def registered(cast: Cast) -> OfficialAccount:
    # An academic degree behind a name has a comma in it, as the list of administrators has.
    User.objects.filter(pk=cast.dwi.pk).update(full_name="Dwi Hartono, S.Sos., M.Si.")
    account = register(cast, person_in_charge_id=cast.dwi.pk, **DETAILS)
    for person in (cast.dwi, cast.sari):
        actions.assign_administrator(
            actor=cast.bayu, official_account_id=account.pk, user_id=person.pk,
            starts_on=date(2026, 1, 5),
        )  # fmt: skip
    return account


def exported(client: Client, kind: str) -> list[list[Any]]:
    answer: Any = client.get(f"{reverse('accounts:official_account_export')}?format={kind}")
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    sheet: Any = load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def written(rows: list[list[Any]], kind: str) -> SimpleUploadedFile:
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return SimpleUploadedFile("akun.csv", text.getvalue().encode())
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(file)
    return SimpleUploadedFile("akun.xlsx", file.getvalue())


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back_with_a_new_account_in_it(
    cast: Cast, registered: OfficialAccount, client_as: ClientAs, kind: str, language: str
) -> None:
    client = client_as(factories.reads_english(cast.bayu) if language == "en" else cast.bayu)
    head, old = exported(client, kind)
    new = list(old)
    with translation.override(language):
        places = {str(words): place for place, words in enumerate(register_rows.header())}
        names = [str(translation.gettext(words)) for words in ("Handle", "Display name", "Address")]
    for name, value in zip(names, ["samudrasehat", "Samudra Sehat", ""], strict=True):
        new[places[name]] = value
    sent = client.post(reverse("accounts:import_add"), {"file": written([head, old, new], kind)})
    assert sent.status_code == 302
    batch = ImportBatch.objects.get()
    assert (batch.good, batch.bad) == (1, 1)
    (bad,) = [row for row in batch.rows if row["errors"]]
    assert bad["errors"].keys() == {"handle"}
    registered_already = {"id": "Sudah terdaftar", "en": "Registered already"}[language]
    assert registered_already in bad["errors"]["handle"][0]
    page = client.get(sent["Location"]).content.decode()
    with translation.override(language):
        for words in ("Connection", "File of the decree", "Closed on", "Registered"):
            assert translation.gettext(words) in batch.unused
    assert ", ".join(batch.unused) in page
    actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    made = OfficialAccount.objects.get(handle="samudrasehat")
    assert made.display_name == "Samudra Sehat"
    for name, value in DETAILS.items():
        if name != "url":
            assert getattr(made, name) == value, name
    assert made.unit == registered.unit
    assert made.person_in_charge == cast.dwi
    assigned = {(one.user, one.starts_on) for one in made.administrators.all()}
    assert assigned == {(person, made.unit.today) for person in (cast.dwi, cast.sari)}


def test_a_column_that_neither_has_is_still_refused(cast: Cast, client_as: ClientAs) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    file = written([["Unit", "Platform", "Handle", "Display name", "Kata sandi"], ["x"] * 5], "csv")
    answer = client.post(reverse("accounts:import_add"), {"file": file})
    assert answer.status_code == 422
    assert "columns that nobody knows: Kata sandi" in answer.content.decode()


def test_a_list_of_the_template_says_nothing_of_columns(cast: Cast, client_as: ClientAs) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    row = ["Diskominfo", "Instagram", "samudrakota", "Kota"]
    file = written([["Unit", "Platform", "Handle", "Display name"], row], "csv")
    page = client.post(reverse("accounts:import_add"), {"file": file}, follow=True)
    assert "Not used" not in page.content.decode()
