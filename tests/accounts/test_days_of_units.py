"""Near midnight it is another day where the unit is: that one counts, whoever looks from where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, compliance, importing
from accounts.models import Administrator, OfficialAccount, Unit
from accounts.models.unit import IndonesianZone
from accounts.register_rows import with_people
from accounts.selectors_handover import duties_of, who_may_hand_over
from accounts.snapshots import picture_of, with_register_row
from tests.accounts.register_stage import register, save_details, typed
from tests.accounts.test_import import row
from tests.cast import Cast

ClientAs = Callable[[object], Client]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def evening() -> Iterator[date]:
    """The last 22:30 in the west, when it was tomorrow in the east already: the day in the west.

    The database knows what time it really is, and takes no day that is still to come.
    """
    west = ZoneInfo(IndonesianZone.WIB)
    now = timezone.localtime(timezone=west)
    moment = datetime.combine(now.date(), time(22, 30), west)
    moment -= DAY if moment > now else timedelta()
    with time_machine.travel(moment, tick=False), timezone.override(west):
        yield moment.date()


@pytest.fixture(autouse=True)
def east(cast: Cast, evening: date) -> Unit:
    Unit.objects.filter(pk=cast.diskominfo.pk).update(time_zone=IndonesianZone.WIT)
    cast.diskominfo.refresh_from_db()
    return cast.diskominfo


@pytest.fixture
def account(cast: Cast, evening: date) -> OfficialAccount:
    """In the east, where two-step sign-in was looked at and Dwi began on the day it is there."""
    made = register(cast, two_step="on", two_step_checked_on=evening + DAY)
    for person, since in ((cast.dwi, evening + DAY), (cast.sari, evening)):
        actions.assign_administrator(
            actor=cast.bayu, official_account_id=made.pk, user_id=person.pk, starts_on=since
        )
    return OfficialAccount.objects.get(pk=made.pk)


def test_the_form_takes_what_the_register_holds(
    cast: Cast, account: OfficialAccount, evening: date, client_as: ClientAs
) -> None:
    client = client_as(cast.bayu)
    address = reverse("accounts:official_account_edit", args=[account.pk])
    data = typed(cast, handle="samudrakota", two_step="on", two_step_checked_on=evening + DAY)
    assert save_details(client, address, data).status_code == 302
    late = save_details(client, address, data | {"two_step_checked_on": evening + 2 * DAY})
    assert set(late.context["form"].errors) == {"two_step_checked_on"}
    new = reverse("accounts:official_account_register")
    assert client.post(new, data | {"handle": "baru"}).status_code == 302
    elsewhere = client.post(new, data | {"handle": "lain", "unit": cast.dinkes.pk})
    assert set(elsewhere.context["form"].errors) == {"two_step_checked_on"}


def test_an_import_goes_by_the_day_of_the_unit_of_each_row(cast: Cast, evening: date) -> None:
    cells = {"two_step": "on", "two_step_checked_on": str(evening + DAY)}
    people = {"administrators": "dwi@samudrakota.example, sari@samudrakota.example"}
    east, west = importing.check(
        cast.bayu, [(2, row(1, unit="Diskominfo", **cells, **people)), (3, row(2, **cells))]
    )
    assert east.errors == {}
    assert {day for _person, day in east.wanted["administrators"]} == {evening + DAY}
    assert set(west.errors) == {"two_step_checked_on"}


def test_who_began_that_day_works_on_it_everywhere(cast: Cast, account: OfficialAccount) -> None:
    both = [[cast.dwi.pk, cast.dwi.full_name], [cast.sari.pk, cast.sari.full_name]]
    whole = OfficialAccount.objects.all()
    assert picture_of(account)["administrators"] == sorted(both)
    assert picture_of(with_register_row(whole).get())["administrators"] == sorted(both)
    exported = with_people(whole).get().administrator_people  # type: ignore[attr-defined]  # annotated
    assert exported == both
    assert set(who_may_hand_over(account)) == {cast.dwi, cast.sari}
    assert len(duties_of(cast.dwi, seen_by=cast.bayu).shown) == 1


def test_the_rules_go_by_the_day_of_the_unit_in_sql_and_in_python(
    cast: Cast, account: OfficialAccount
) -> None:
    west = register(cast, handle="barat", unit_id=cast.dinkes.pk)
    for one in (account, west):
        lines = compliance.checklist(whole_row(one)).missing
        lacks = "administrators" in {line.rule.key for line in lines}
        found = compliance.lacking(OfficialAccount.objects.all(), "administrators")
        assert found.filter(pk=one.pk).exists() == lacks == (one == west)
    rows = compliance.by_completeness(OfficialAccount.objects.all())
    counted = dict(rows.annotate(met=F("rules_met")).values_list("pk", "met"))
    some = list(OfficialAccount.objects.select_related("unit"))
    compliance.count_rules(some)
    assert counted == {one.pk: one.rules_met for one in some}  # type: ignore[attr-defined]  # as above


def whole_row(account: OfficialAccount) -> OfficialAccount:
    (read,) = OfficialAccount.objects.filter(pk=account.pk).select_related("unit", "credential")
    compliance.with_what_rules_read([read])
    return read


def test_an_assignment_is_over_when_its_last_day_is_over_there(
    cast: Cast, account: OfficialAccount, evening: date
) -> None:
    one = Administrator.objects.get(user=cast.sari)
    one.ends_on = evening
    assert one.is_over
    with timezone.override(ZoneInfo(IndonesianZone.WIT)):
        one.ends_on = evening + DAY
        assert not one.is_over
    Unit.objects.filter(pk=cast.diskominfo.pk).update(time_zone=IndonesianZone.WIB)
    one = Administrator.objects.get(user=cast.sari)
    one.ends_on = evening
    assert not one.is_over
