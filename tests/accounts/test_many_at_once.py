"""Thousands of rows in one statement, and hundreds of units as one parameter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from accounts.models import Attestation, OfficialAccount, PublicListing, Unit
from govsocial.audit.models import Seal
from govsocial.bulk import insert_many
from tests import factories
from tests.cast import Cast


def _account(cast: Cast, handle: str, **fields: object) -> OfficialAccount:
    return OfficialAccount(
        unit=cast.dinkes, platform="instagram", handle=handle, display_name=handle,
        registered_by=cast.bayu, status="active", **fields,
    )  # fmt: skip


def test_rows_are_kept_as_they_were_given_and_know_their_keys(cast: Cast) -> None:
    before = datetime.now(UTC)
    made = [
        _account(
            cast, "satu", purpose='Kabar "warga", \\baris dua 🌊', decree_date=date(2026, 3, 17),
            audiences=["g2c", "g2b"], verified=False, person_in_charge=cast.laila,
        ),
        _account(cast, "dua"),
    ]  # fmt: skip
    insert_many(made)
    kept = list(OfficialAccount.objects.filter(handle__in=["satu", "dua"]).order_by("pk"))
    assert [one.pk for one in kept] == [one.pk for one in made]
    first, second = kept
    assert first.purpose == 'Kabar "warga", \\baris dua 🌊'
    assert (first.decree_date, first.audiences) == (date(2026, 3, 17), ["g2c", "g2b"])
    assert (first.verified, first.person_in_charge) == (False, cast.laila)
    assert (second.verified, second.decree_date, second.audiences) == (None, None, [])
    assert before <= first.created_at == made[0].created_at
    assert made[0]._state.adding is False


def test_triggers_see_each_of_many_rows(cast: Cast) -> None:
    made = [_account(cast, "satu"), _account(cast, "dua")]
    insert_many(made)
    assert PublicListing.objects.filter(official_account__in=made).count() == 2


def test_one_row_too_many_keeps_all_of_them_out(cast: Cast) -> None:
    insert_many([_account(cast, "satu")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many([_account(cast, "dua"), _account(cast, "SATU")])
    assert not OfficialAccount.objects.filter(handle="dua").exists()


def test_nothing_to_insert_asks_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        insert_many([])
    assert len(asked) == 0


def test_any_of_many_ids_finds_what_in_finds(cast: Cast) -> None:
    mine = factories.official_account(cast.dinkes)
    other = factories.official_account(cast.diskominfo)
    ids = [cast.dinkes.pk, cast.city.pk]
    assert list(OfficialAccount.objects.filter(unit_id__any=ids)) == [mine]
    assert list(OfficialAccount.objects.exclude(unit_id__any=ids)) == [other]
    with CaptureQueriesContext(connection) as asked:
        assert list(OfficialAccount.objects.filter(unit_id__any=[])) == []
    assert len(asked) == 0
    assert set(OfficialAccount.objects.exclude(unit_id__any=[])) == {mine, other}
    found = OfficialAccount.objects.filter(unit__pk__any=ids, unit__parent_id__any=[cast.city.pk])
    assert list(found) == [mine]
    assert set(Unit.objects.filter(pk__any=ids)) == {cast.dinkes, cast.city}


@pytest.mark.parametrize(
    "chosen",
    [
        [3],
        [2, 3, 4],
        [4, 3, 3, 2],
        [1, 2, 4, 5],
        [1, 3, 5, 7],
        [1, 3, 5, 7, 9],
        [0, 1, 2, 4, 6, 8, 9],
    ],
    ids=str,
)
def test_any_of_ids_with_gaps_or_without_is_in(cast: Cast, chosen: list[int]) -> None:
    units = [factories.unit(f"Unit {number}", parent=cast.city) for number in range(10)]
    accounts = {factories.official_account(unit).pk: unit.pk for unit in units}
    ids = [units[number].pk for number in chosen]
    for wanted in (ids, tuple(ids), frozenset(ids)):
        rows = OfficialAccount.objects.filter(unit_id__any=wanted)
        assert {row.pk for row in rows} == {key for key, unit in accounts.items() if unit in ids}
    others = OfficialAccount.objects.exclude(unit_id__any=ids)
    assert {row.unit_id for row in others} == {unit.pk for unit in units} - set(ids)
    one = OfficialAccount.objects.filter(unit_id__any=ids, handle="") | rows
    assert set(one) == set(rows), "together with other conditions too"


@pytest.mark.parametrize("wrong", ["1) OR (1=1", "x", None])
def test_any_takes_whole_numbers_alone(db: None, wrong: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        list(OfficialAccount.objects.filter(unit_id__any=[1, wrong]))


@pytest.mark.parametrize("row", [Seal(links=b"\x00"), Attestation(snapshot={})])
def test_what_json_does_not_carry_is_refused_before_anything_is_written(
    db: None, row: Model
) -> None:
    with CaptureQueriesContext(connection) as asked, pytest.raises(ValueError, match="inserted"):
        insert_many([row])
    assert len(asked) == 0
