"""The people of an imported list: who administers each account, from which day."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest
from django.utils import timezone, translation

from accounts import actions, importing
from accounts.capabilities import Role
from accounts.import_people import People
from accounts.models import Administrator, Grant, ImportBatch, OfficialAccount, User
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_import import keep, row
from tests.cast import Cast

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


def checked(cast: Cast, **cells: str) -> importing.Row:
    (one,) = importing.check(cast.bayu, [(2, row(1, **cells))])
    return one


def named(one: importing.Row) -> list[User]:
    return [person for person, _day in one.wanted["administrators"]]


def test_people_are_named_by_their_full_names_too(cast: Cast) -> None:
    User.objects.filter(pk=cast.laila.pk).update(full_name="Dr. Laila Nasution, S.Sos., M.Si.")
    cells = "dr. LAILA  nasution, S.Sos., M.Si.,nur aisyah; bayu@samudrakota.example"
    one = checked(cast, person_in_charge="Dr. Laila Nasution, S.Sos., M.Si.", administrators=cells)
    assert one.errors == {}
    assert one.wanted["person_in_charge_id"] == cast.laila.pk
    assert named(one) == [cast.laila, cast.nur, cast.bayu]
    # Spaced otherwise than in the register, and without the last degree, which is nobody.
    assert named(checked(cast, administrators="Dr. Laila Nasution,S.Sos. , M.Si.")) == [cast.laila]
    assert named(checked(cast, administrators="Dr. Laila Nasution, S.Sos.")) == []


def test_many_people_with_degrees_do_not_make_a_list_slow(cast: Cast) -> None:
    many = [
        User(email=f"p{n}@samudrakota.example", full_name=f"Pegawai {n}, S.Sos., M.Si.")
        for n in range(2_000)
    ]
    User.objects.bulk_create(many)
    now = timezone.now()
    Grant.objects.bulk_create(
        Grant(user=one, unit=cast.dinkes, role=Role.DRAFTER, granted_by=cast.bayu, starts_at=now)
        for one in many
    )
    cells = [f"{many[n].full_name}, {many[-n - 1].full_name}" for n in range(1_000)]
    people = People(cast.bayu, cells)
    begun = process_time()
    assert all(len(people.words(cell)) == 2 for cell in cells)
    # A search for each name in each cell took more than half a second.
    assert process_time() - begun < 0.1


def test_who_is_named_and_mailed_is_one_person(cast: Cast) -> None:
    one = checked(cast, administrators="Nur Aisyah, nur@samudrakota.example, Bayu Pratama")
    assert named(one) == [cast.nur, cast.bayu]
    assert "nur@samudrakota.example" in one.warnings["administrators"][0]


@pytest.mark.parametrize("key", ["person_in_charge", "administrators"])
def test_a_name_of_several_people_asks_for_the_email(cast: Cast, key: str) -> None:
    namesake = factories.user("Nur Aisyah", email="nur2@samudrakota.example")
    factories.grant(namesake, Role.DRAFTER, cast.dinkes)
    with translation.override("en"):
        (trouble,) = checked(cast, **{key: "nur Aisyah"}).errors[key]
        assert trouble.startswith("Several people are called “nur Aisyah”. Write the e-mail")
        assert checked(cast, **{key: "nur2@samudrakota.example"}).errors == {}


@pytest.mark.parametrize("key", ["person_in_charge", "administrators"])
def test_a_name_that_the_form_would_not_offer_is_nobodys(cast: Cast, key: str) -> None:
    with translation.override("en"):
        for name in (cast.inactive.full_name, "Siapa, S.Sos."):
            (trouble, *_more) = checked(cast, **{key: name}).errors[key]
            assert "is no e-mail, and not the full name of a person whom you may name" in trouble
        (elsewhere,) = checked(cast, **{key: cast.dwi.full_name}).errors[key]
        assert elsewhere.endswith("has no role on this unit, or is deactivated.")
