"""What an upload is warned of, in whose language, and what of it citizens will see."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from accounts import actions, import_rows, importing
from accounts.import_cells import values_of
from accounts.import_columns import CHOICES, hint_of, label_of
from accounts.models import ImportBatch, OfficialAccount, User
from tests import factories
from tests.accounts.test_import import errors, keep, row, upload
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]
TWO = "laila@samudrakota.example, nur@samudrakota.example"


def warnings(cast: Cast, **cells: str) -> dict[str, list[str]]:
    (checked,) = importing.check(cast.bayu, [(2, row(1, **cells))])
    assert checked.is_good
    return dict(checked.warnings)


def test_a_row_is_warned_of_what_may_be_meant(cast: Cast) -> None:
    ahead = str(timezone.localdate() + timedelta(days=3))
    today = str(timezone.localdate())
    assert warnings(cast) == {}
    assert warnings(cast, administrators=TWO, administrators_from=today) == {}
    assert set(warnings(cast, administrators="nur@samudrakota.example")) == {"administrators"}
    (twice,) = warnings(cast, administrators=f"{TWO}; NUR@samudrakota.example")["administrators"]
    assert "NUR@samudrakota.example" in twice, "as it was typed"
    assert set(warnings(cast, administrators=TWO, administrators_from=ahead)) == {
        "administrators_from"
    }
    same = "nur@samudrakota.example, Nur@samudrakota.example"
    assert len(warnings(cast, administrators=same)["administrators"]) == 2


def test_a_row_is_warned_of_what_is_not_used(cast: Cast) -> None:
    factories.reads_english(cast.bayu)
    mastodon = {"platform": "Mastodon", "handle": "kota", "host": "mastodon.social"}
    with translation.override("en"):
        telegram = warnings(cast, platform="Telegram", host="t.me")
        checked = warnings(cast, two_step_checked_on="2026-01-05")
    assert telegram == {"host": ["Only Mastodon and Bluesky have servers; this cell is not used."]}
    assert checked == {"two_step_checked_on": ["This day is not used: fill in “Two-step sign-in”."]}
    assert warnings(cast, **mastodon) == {}
    assert warnings(cast, two_step="on", two_step_checked_on="2026-01-05") == {}


@each("language", ["id", "en"])
@each("key", list(CHOICES))
def test_every_word_that_a_hint_names_is_taken(cast: Cast, key: str, language: str) -> None:
    with translation.override(language):
        for value, label in CHOICES[key]():
            assert values_of(key, str(label)) == [(str(label), str(value))]
            assert str(label) in hint_of(key)
        both = "; ".join(str(label) for _value, label in CHOICES[key]())
        assert [value for _word, value in values_of(key, both)] == [
            str(value) for value, _label in CHOICES[key]()
        ]


def test_a_name_in_a_column_of_emails_is_told_to_be_none(cast: Cast) -> None:
    with translation.override("en"):
        for key in ("person_in_charge", "administrators"):
            (name,) = errors(cast.bayu, **{key: "Siapa Saja"})[key]
            (mail,) = errors(cast.bayu, **{key: "siapa@samudrakota.example"})[key]
            assert "“Siapa Saja” is no e-mail" in name
            assert mail.startswith("Nobody signs in here with the e-mail siapa@")


def test_rows_with_warnings_are_counted_shown_and_registered(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    batch = keep(
        cast.bayu,
        row(1, administrators=TWO, status=""),
        row(2, administrators="nur@samudrakota.example", status="proposed"),
        row(3, administrators="nur@samudrakota.example", status="Aktif", unit="?"),
    )
    assert (batch.good, batch.bad) == (2, 1)
    address = reverse("accounts:import_detail", args=[batch.pk])
    page = client.get(address)
    words = page.content.decode()
    assert "1 good row has something that you should look at." in words
    assert "1 good row becomes public. 1 is only proposed and is not shown." in " ".join(
        words.split()
    )
    assert "shown at once in the public list /official/" in words
    assert [line["number"] for line in page.context["lines"]] == [4, 3, 2], "those to look at first"
    assert [line["is_warned"] for line in page.context["lines"]] == [True, True, False]
    assert page.context["lines"][1]["cells"][0]["label"] == label_of("administrators")
    only = client.get(f"{address}?show=warned")
    assert [line["number"] for line in only.context["lines"]] == [3]
    client.post(reverse("accounts:import_confirm", args=[batch.pk]))
    assert OfficialAccount.objects.count() == 2
    assert "becomes public" not in client.get(address).content.decode()


def test_the_form_says_as_well_that_active_accounts_are_public(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    said = "shown at once in the public list /official/"
    assert said in client.get(reverse("accounts:official_account_register")).content.decode()
    account = factories.official_account(cast.diskominfo)
    edit = client.get(reverse("accounts:official_account_edit", args=[account.pk]))
    assert said not in edit.content.decode()


def test_what_is_wrong_is_told_in_the_language_of_the_reader(
    cast: Cast, client_as: ClientAs
) -> None:
    with translation.override("id"):
        batch = keep(
            cast.bayu,
            row(1, administrators="nur@samudrakota.example"),
            row(1, unit="?", host="a b", decree_date="kapan"),
        )
    told = {}
    for language in ("id", "en"):
        cast.bayu.language = language
        cast.bayu.save()
        client = client_as("bayu")
        page = client.get(reverse("accounts:import_detail", args=[batch.pk]))
        rejected = client.get(
            reverse("accounts:import_rejected", args=[batch.pk]), {"format": "csv"}
        ).getvalue()
        told[language] = page.content.decode() + rejected.decode()
        assert len(page.context["lines"][0]["cells"][0]["errors"]) == 1
    for message in (
        "You keep the accounts of no unit with this name.",
        "The same account as in row 2.",
        "Write a date such as",
    ):
        assert message in told["en"]
        assert message not in told["id"]


def test_an_upload_from_before_the_update_still_opens(cast: Cast, client_as: ClientAs) -> None:
    batch = keep(cast.bayu, row(1), row(2, unit="?"))
    old = [{key: one[key] for key in ("n", "cells", "errors")} for one in batch.rows]
    ImportBatch.objects.update(rows=old)
    page = client_as("bayu").get(reverse("accounts:import_detail", args=[batch.pk]))
    assert page.context["lines"][0]["cells"][0]["errors"] == old[1]["errors"]["unit"]
    assert actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).imported == 1


@each(
    ("key", "hint"),
    [
        ("language", "Write Indonesian or English."),
        (
            "audiences",
            "Write Citizens (G2C), Businesses (G2B), Other agencies (G2G), or Own employees, ",
        ),
        ("verified", "Write Yes or No."),
        ("status", "Write Active or Proposed."),
        ("two_step", "Write On, Off, or Not known."),
        ("platform", "YouTube"),
        ("media_kinds", "Choose from: "),
        ("channel_kind", "Choose from: "),
    ],
)
def test_a_choice_that_is_none_names_the_choices(cast: Cast, key: str, hint: str) -> None:
    assert key in CHOICES
    with translation.override("en"):
        (message,) = errors(cast.bayu, **{key: "jv"})[key]
    assert message.startswith("“jv” is not on the list of choices. ")
    assert hint in message


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("handle", ["@wisata", "=1+1", "+62", "-a", "#samudra", "'=x"])
def test_rejected_rows_keep_their_row_and_their_text(
    cast: Cast, client_as: ClientAs, form: str, handle: str
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    batch = keep(cast.bayu, row(1), row(2, unit="?", handle=handle))
    file = client.get(reverse("accounts:import_rejected", args=[batch.pk]), {"format": form})
    data = file.getvalue()
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(data)).active
        assert sheet is not None
        assert [sheet["A1"].value, sheet["A2"].value] == ["Original row", 3]
        column = [one.value for one in sheet[1]].index("Handle")
        cell = sheet[2][column]
        assert (cell.value, cell.data_type) == (handle, "s")
    else:
        assert data.decode("utf-8-sig").startswith("Original row,")
    assert upload(client, data, f"ditolak.{form}").status_code == 302
    (again,) = ImportBatch.objects.order_by("-pk")[0].rows
    assert again["n"] == 2
    assert set(again["errors"]) >= {"unit"}
    if handle != "'=x":
        assert again["cells"]["handle"] == handle


def test_a_language_in_which_other_things_are_found_is_left_out(cast: Cast) -> None:
    checked = importing.check(cast.bayu, [(2, row(1, unit="?"))])
    factories.unit("?", parent=cast.dinkes)
    (kept,) = import_rows.kept_rows(User.objects.get(pk=cast.bayu.pk), checked)
    assert kept["others"] == {}
    with translation.override("en"):
        assert import_rows.errors_of(kept) == kept["errors"]
