"""The people of an imported list: who administers each account, from which day."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from accounts import actions, importing
from accounts.models import Administrator, Grant, ImportBatch, OfficialAccount
from tests.accounts.conftest import trail
from tests.accounts.test_import import keep, row
from tests.conftest import Cast

TWO = "nur@samudrakota.example, LAILA@samudrakota.example; nur@samudrakota.example"


def administrators() -> list[tuple[str, str, date]]:
    rows = Administrator.objects.order_by("official_account__handle", "user__full_name")
    names = ("official_account__handle", "user__full_name", "starts_on")
    return list(rows.values_list(*names))


def test_each_administrator_of_a_row_is_assigned_once_and_in_the_trail(cast: Cast) -> None:
    batch = keep(
        cast.bayu,
        row(1, administrators=TWO, administrators_from="05-01-2026"),
        row(2, administrators="nur@samudrakota.example"),
        row(3),
    )
    actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    assert administrators() == [
        ("puskesmas1", "Laila Nasution", date(2026, 1, 5)),
        ("puskesmas1", "Nur Aisyah", date(2026, 1, 5)),
        ("puskesmas2", "Nur Aisyah", timezone.localdate()),
    ]
    assert {one.assigned_by for one in Administrator.objects.all()} == {cast.bayu}
    entries = trail("accounts.administrator.assigned")
    assert sorted(entry.data["person"] for entry in entries) == [
        "Laila Nasution", "Nur Aisyah", "Nur Aisyah",
    ]  # fmt: skip
    assert {entry.unit_id for entry in entries} == {cast.dinkes.pk}


def test_who_lost_the_role_since_the_preview_stops_the_import(cast: Cast) -> None:
    batch = keep(cast.bayu, row(1, administrators=TWO))
    assert batch.good == 1
    Grant.objects.filter(user=cast.nur).update(ends_at=timezone.now())
    again = actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    assert again.status == ImportBatch.Status.WAITING
    assert (again.good, again.bad) == (0, 1)
    assert not OfficialAccount.objects.exists()


def test_every_person_who_cannot_be_taken_is_named(cast: Cast) -> None:
    cells = row(1, administrators="siapa@samudrakota.example, dwi@samudrakota.example")
    (checked,) = importing.check(cast.bayu, [(2, cells)])
    first, second = checked.errors["administrators"]
    assert "siapa@samudrakota.example" in first
    assert cast.dwi.full_name in second
