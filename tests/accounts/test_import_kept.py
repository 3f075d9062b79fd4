"""What is kept of an upload: never half a cell taken for the whole, never a number of recovery."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import actions, import_pages
from accounts.custody import MASKED
from accounts.import_columns import KEYS
from accounts.import_rows import numbered
from accounts.importing import check
from accounts.models import ImportBatch, OfficialAccount
from govsocial.web.sheets import LONGEST_CELL
from tests import factories
from tests.accounts.test_import import as_csv, row, upload
from tests.cast import Cast

ClientAs = Callable[[object], Client]
FIRST = "only the first 1,000 were read"
NUMBER, MAIL = "0812 3456 7890", "humas@samudrakota.example"


def rejected(client: Client, batch: ImportBatch) -> str:
    answer = client.get(reverse("accounts:import_rejected", args=[batch.pk]), {"format": "csv"})
    return answer.getvalue().decode()


def kept(cast: Cast, *rows: dict[str, str]) -> ImportBatch:
    file = SimpleUploadedFile("akun.csv", as_csv(*rows).encode())
    return import_pages.keep(cast.bayu, file)


@pytest.fixture
def bayu(cast: Cast, client_as: ClientAs) -> Client:
    factories.reads_english(cast.bayu)
    return client_as("bayu")


def test_a_cell_that_is_too_long_is_told_beside_it_as_every_other_error(
    cast: Cast, bayu: Client
) -> None:
    long = "Kabar " * 200
    upload(bayu, as_csv(row(1, purpose=long), row(2, purpose="Kabar"), row(3, unit="?")))
    batch = ImportBatch.objects.get()
    assert (batch.good, batch.bad) == (1, 2)
    page = bayu.get(reverse("accounts:import_detail", args=[batch.pk])).content.decode()
    assert f"At most 300 characters; {FIRST}." in page
    assert "You keep the accounts of no unit with this name." in page
    file = rejected(bayu, batch)
    assert long[:LONGEST_CELL] + "…," in file, "the cell says that there was more"
    assert f"Purpose: At most 300 characters; {FIRST}." in file
    assert long not in file


@pytest.mark.parametrize("key", KEYS)
def test_no_cut_cell_is_registered_in_any_column(cast: Cast, key: str) -> None:
    good = check(cast.bayu, [(2, row(1))])[0].wanted
    # What is left of it is as good as a whole cell: the rest is behind many spaces.
    cell = {"administrators": "bayu@samudrakota.example"}.get(key, str(good.get(key) or "Dinkes"))
    batch = kept(cast, {**row(1), key: cell + " " * LONGEST_CELL + "lagi"})
    assert batch.rows[0]["errors"].keys() >= {key}
    assert FIRST in batch.rows[0]["errors"][key][0]
    (again,) = check(cast.bayu, numbered(batch.rows))
    assert key in again.errors, "nor when it is checked anew"


def test_of_what_is_beyond_the_head_it_is_told_that_it_was_cut(cast: Cast, bayu: Client) -> None:
    text = as_csv(row(1)).rstrip() + "," + ",".join(["x" * 900] * 5)
    upload(bayu, text)
    (one,) = ImportBatch.objects.get().rows
    more, length = one["errors"][""]
    assert "More cells than the head has" in more
    assert FIRST in length
    assert len(one["cells"][""]) == LONGEST_CELL + 1


@pytest.mark.parametrize("key", ["recovery_email_holder", "recovery_phone_holder"])
@pytest.mark.parametrize("typed", [NUMBER, MAIL, f"Sari {NUMBER}", "x " * 600 + NUMBER])
def test_what_may_not_stand_for_a_holder_is_not_kept_until_tomorrow_either(
    cast: Cast, bayu: Client, key: str, typed: str
) -> None:
    upload(bayu, as_csv(row(1, **{key: typed}), row(2, **{key: "Kabid Humas"})))
    batch = ImportBatch.objects.get()
    everything = json.dumps([batch.rows, batch.columns])
    secret = {MAIL: MAIL}.get(typed, "3456")
    assert secret not in everything
    bad, good = batch.rows
    assert key in bad["errors"]
    assert good["cells"][key] == "Kabid Humas"
    page = bayu.get(reverse("accounts:import_detail", args=[batch.pk])).content.decode()
    assert MASKED in page or len(typed) > LONGEST_CELL
    assert secret not in rejected(bayu, batch)


@pytest.mark.parametrize(
    "typed", ["0812\n3456\n7890", "humas (at)\nsamudra.go.id", "Sari 0812\r\n3456 7890"]
)
def test_a_line_break_does_not_hide_a_number_of_recovery(cast: Cast, typed: str) -> None:
    batch = kept(cast, row(1, recovery_phone_holder=typed))
    assert batch.rows[0]["cells"]["recovery_phone_holder"] == MASKED
    assert "recovery_phone_holder" in batch.rows[0]["errors"]


@pytest.mark.parametrize("last", ["recovery_phone_holder", "two_step"])
def test_a_comma_without_quotes_does_not_move_a_number_to_where_it_is_kept(
    cast: Cast, bayu: Client, last: str
) -> None:
    head = as_csv({**row(1), "recovery_phone_holder": "x", last: "x"}).splitlines()[0]
    cells = as_csv({**row(1), "recovery_phone_holder": "HOLDER", last: "HOLDER"}).splitlines()[1]
    for moved in (f"Sari, {NUMBER}", f"Sari, {NUMBER}, {MAIL}"):
        upload(bayu, f"{head}\n{cells.replace('HOLDER', moved, 1)}\n")
        batch = ImportBatch.objects.latest("pk")
        everything = json.dumps(batch.rows)
        assert "More cells than the head has" in everything
        assert "3456" not in everything
        assert MAIL not in everything
        assert batch.rows[0]["cells"]["handle"] == row(1)["handle"]


@pytest.mark.parametrize(
    "moved", [f"Sari, {NUMBER}", "0812,3456,7890", "Sari 0812, 3456, 7890", MAIL]
)
def test_nor_into_a_column_behind_it_where_the_row_has_an_empty_cell_to_spare(
    cast: Cast, bayu: Client, moved: str
) -> None:
    behind = ["recovery_phone_holder", "two_step", "two_step_checked_on", "opened_on"]
    good = {key: value for key, value in row(1).items() if key not in behind}
    head, cells = as_csv(good).splitlines()
    filled = [*moved.split(","), "", "", ""][:4]
    upload(bayu, f"{head},{','.join(behind)}\n{cells},{','.join(filled)}\n")
    batch = ImportBatch.objects.latest("pk")
    everything = json.dumps(batch.rows) + rejected(bayu, batch)
    for piece in ("3456", "7890", MAIL):
        assert piece not in everything
    assert batch.rows[0]["cells"]["handle"] == row(1)["handle"]


@pytest.mark.parametrize(
    "typed", ["Kepala Seksi 2\n2024-2026", "Jl. Merdeka 10\n40115 Bandung", "Seksi 12\n17-03-2026"]
)
def test_a_holder_on_two_lines_with_numbers_of_its_own_is_kept_as_typed(
    cast: Cast, typed: str
) -> None:
    cells = row(1, recovery_phone_holder=typed, two_step="on", two_step_checked_on="02-01-2026")
    kept_cells = kept(cast, cells).rows[0]["cells"]
    assert kept_cells["recovery_phone_holder"].split() == typed.split()
    assert kept_cells["two_step_checked_on"] == "02-01-2026"


def test_what_stands_for_a_number_is_refused_as_the_number_is(cast: Cast) -> None:
    batch = kept(cast, row(1, recovery_phone_holder=NUMBER), row(2))
    before = batch.rows[0]["errors"]
    (bad, _good) = check(cast.bayu, numbered(batch.rows))
    assert bad.errors == before
    assert batch.rows[0]["others"].keys() == {"id"}, "told in every language"
    assert actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).imported == 1
    assert OfficialAccount.objects.get().handle == "puskesmas2"


@pytest.mark.parametrize("bad", [0, 1])
def test_a_finished_import_counts_what_was_left_out_only_where_something_was(
    cast: Cast, bayu: Client, bad: int
) -> None:
    batch = kept(cast, row(1), *[row(2, unit="?")] * bad)
    actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    page = bayu.get(reverse("accounts:import_detail", args=[batch.pk])).content.decode()
    assert "1 account was registered" in page
    assert ("left out." in page) == bool(bad)
    assert "<p></p>" not in page
