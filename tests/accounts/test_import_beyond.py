"""A cell with a comma that nobody quoted: what is beyond the head is told, and never dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.capabilities import Role
from accounts.import_cells import BEYOND
from accounts.models import Administrator, ImportBatch, OfficialAccount
from tests import factories
from tests.accounts.test_import import upload
from tests.cast import Cast

ClientAs = Callable[[object], Client]
HEAD = "unit,platform,handle,display_name,administrators"
BOTH = "fajar@samudrakota.example,nur@samudrakota.example"
TOLD = "More cells than the head has: nur@samudrakota.example."


@pytest.mark.parametrize("quoted", [False, True])
def test_two_administrators_in_one_cell_are_both_taken_or_the_row_is_refused(
    cast: Cast, client_as: ClientAs, quoted: bool
) -> None:
    factories.grant(cast.nur, Role.DRAFTER, cast.dinkes)
    factories.reads_english(cast.bayu)
    client = client_as("bayu")
    cell = f'"{BOTH}"' if quoted else BOTH
    upload(client, f"{HEAD}\nDinkes,Instagram,puskesmas1,Puskesmas 1,{cell}\n")
    batch = ImportBatch.objects.get()
    page = client.get(reverse("accounts:import_detail", args=[batch.pk])).content.decode()
    # Told of the row, and not beside a cell that is as it should be.
    assert (f'<strong class="bad">{TOLD}' in page) != quoted
    assert "import-wrong" not in page
    if quoted:
        actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
        assert {one.user for one in Administrator.objects.all()} == {cast.fajar, cast.nur}
        return
    assert (batch.good, batch.bad) == (0, 1)
    # Neither what is kept nor what is downloaded, mended elsewhere and brought again loses it.
    name = reverse("accounts:import_rejected", args=[batch.pk])
    again = client.get(f"{name}?format=csv").getvalue()
    assert TOLD.encode() in again
    upload(client, again)
    second = ImportBatch.objects.latest("pk")
    assert (second.good, second.bad) == (0, 1)
    assert not OfficialAccount.objects.filter(handle="puskesmas1").exists()


def test_empty_cells_beyond_the_head_and_a_head_without_that_column_are_no_matter(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    upload(client, f"{HEAD}\nDinkes,Instagram,puskesmas1,Puskesmas 1,,, ,\n")
    assert ImportBatch.objects.latest("pk").good == 1
    upload(client, "unit,platform,handle,display_name\nDinkes,Instagram,puskesmas2,Kabar, warga\n")
    batch = ImportBatch.objects.latest("pk")
    assert batch.bad == 1
    assert set(batch.rows[0]["errors"]) == {BEYOND}
