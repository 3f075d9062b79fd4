"""Names that moved between the preview of a list and its confirmation."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts import actions, import_rows
from accounts.models import Administrator, ImportBatch, OfficialAccount, Unit, User
from tests import factories
from tests.accounts.test_import import ClientAs, keep, row
from tests.cast import Cast

NAMED = {"person_in_charge": "Fajar Siregar", "administrators": "Fajar Siregar"}


def move_names(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.dinkes.pk).update(short_name="Dinas Sehat")
    Unit.objects.filter(pk=cast.diskominfo.pk).update(short_name="DINKES")
    User.objects.filter(pk=cast.fajar.pk).update(full_name="Fajar Siregar, S.Kom.")
    User.objects.filter(pk=cast.dwi.pk).update(full_name="Fajar Siregar")


def test_what_a_row_stands_for_since_is_shown_before_it_is_registered(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.reads_english(cast.bayu).save()
    batch, browser = keep(cast.bayu, row(1, **NAMED), row(2, unit="?")), client_as("bayu")
    address = reverse("accounts:import_detail", args=[batch.pk])
    looked = {"shown": browser.get(address).context["shown"]}
    move_names(cast)
    confirm = reverse("accounts:import_confirm", args=[batch.pk])
    page = browser.post(confirm, looked, follow=True)
    assert not OfficialAccount.objects.exists()
    (told,) = page.context["messages"]
    assert str(told).startswith("In 1 row a name stands for another unit or person")
    assert page.context["outlook"]["warned"] == 1
    (kept, _bad) = ImportBatch.objects.get().rows
    for language in ("en", "id"):
        with translation.override(language):
            warned = import_rows.warnings_of(kept)
        (unit,) = warned["unit"]
        assert unit.endswith(": Dinas Komunikasi dan Informatika.")
        (in_charge,), (_alone, administrator) = warned["person_in_charge"], warned["administrators"]
        assert in_charge == administrator
        assert in_charge.endswith(f": Fajar Siregar · {cast.dwi.email}.")
    browser.post(confirm, looked)
    assert not OfficialAccount.objects.exists(), "the second of two clicks"
    page = browser.get(address)
    assert f'name="shown" value="{page.context["shown"]}"' in page.content.decode()
    browser.post(confirm, {"shown": page.context["shown"]})
    made = OfficialAccount.objects.get()
    assert (made.unit, made.person_in_charge) == (cast.diskominfo, cast.dwi)
    assert Administrator.objects.get().user == cast.dwi


def test_names_that_still_stand_for_the_same_stop_nothing(cast: Cast) -> None:
    batch = keep(cast.bayu, row(1, person_in_charge=cast.fajar.email))
    User.objects.filter(pk=cast.fajar.pk).update(full_name="Fajar Siregar, S.Kom.")
    Unit.objects.filter(pk=cast.dinkes.pk).update(name="Dinkes", short_name="Dinas Sehat")
    assert actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).imported == 1


@pytest.mark.parametrize("number", [1, 40])
def test_many_rows_that_stand_for_something_else_take_no_more_queries(
    cast: Cast, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    batch = keep(cast.bayu, *[row(each, **NAMED) for each in range(number)])
    move_names(cast)
    with django_assert_max_num_queries(25):
        again = actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    assert sum(one["means_other"] for one in again.rows) == number
