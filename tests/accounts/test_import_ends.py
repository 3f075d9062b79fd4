"""How an import ends that cannot simply be confirmed: clashing names, no good row, no time left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, importing
from accounts.errors import AccountError
from accounts.models import ImportBatch
from accounts.tasks import forget_uploads
from govsocial.celery import app
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_import import keep, row
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.mark.parametrize(("one", "other"), [("İstanbul", "istanbul"), ("ΣΑΣ", "σασ")])
def test_small_letters_are_those_of_the_database(cast: Cast, one: str, other: str) -> None:
    rows = [row(1, platform="youtube", handle=one), row(2, platform="youtube", handle=other)]
    assert one.lower() != other
    batch = keep(cast.bayu, *rows)
    assert (batch.good, batch.bad) == (1, 1)
    assert batch.rows[1]["errors"].keys() == {"handle"}
    assert actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).imported == 1
    (again,) = importing.check(cast.bayu, [(2, rows[1])])
    assert "Dinas Kesehatan" in again.errors["handle"][0], "in the register already"


def test_a_list_without_a_good_row_is_not_imported(cast: Cast, client_as: ClientAs) -> None:
    batch = keep(cast.bayu, row(1, unit="?"))
    factories.reads_english(cast.bayu)
    confirm = reverse("accounts:import_confirm", args=[batch.pk])
    page = client_as("bayu").post(confirm, follow=True)
    assert "No row of this list is good" in page.content.decode()
    with pytest.raises(AccountError, match="No row"):
        actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.is_done, batch.bad, len(batch.rows)) == (False, 1, 1)
    assert trail("accounts.import.done") == []
    factories.unit("?", parent=cast.dinkes)
    again = actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    assert (again.is_done, again.good) == (False, 1), "good since: looked at first"
    assert actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).imported == 1


def test_expired_rows_are_emptied_without_another_upload(cast: Cast) -> None:
    old = keep(cast.bayu, row(1, person_in_charge="nur@samudrakota.example"))
    later = timezone.now() + timedelta(hours=23)
    with time_machine.travel(later):
        new = keep(cast.bayu, row(2))
    with time_machine.travel(later + timedelta(hours=2)):
        assert forget_uploads() == 1
        assert forget_uploads() == 0, "once"
    assert [ImportBatch.objects.get(pk=one.pk).rows for one in (old, new)] == [[], new.rows]
    (entry,) = [
        one for one in app.conf.beat_schedule.values() if one["task"] == forget_uploads.name
    ]
    assert entry["schedule"] <= 3600
