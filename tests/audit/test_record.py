from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from govsocial.audit import events
from govsocial.audit.actions import record, record_many
from govsocial.audit.context import audit_context
from govsocial.audit.events import event
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast, the_cast

NOTED = event("test.note.made", "reason", "places")


def note(cast: Cast, **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "actor": cast.sari,
        "target": cast.diskominfo,
        "reason": "Salah tanggal",
        "places": ["Dermaga"],
    }
    return record(NOTED, **(values | changes))


def test_an_entry_keeps_what_was_true_when_it_was_written(cast: Cast) -> None:
    with audit_context(request_id="a1b2c3", address="203.0.113.7"):
        entry = note(cast, on_behalf_of=cast.ratna, unit_id=cast.diskominfo.pk)
    cast.sari.full_name = "Sari Baru"
    cast.sari.save()

    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.actor_id, kept.actor_name) == (cast.sari.pk, "Sari Wulandari")
    assert kept.actor_roles == ["approver"]
    assert kept.on_behalf_of_name == "Ratna Kusuma"
    assert (kept.request_id, kept.address) == ("a1b2c3", "203.0.113.7")
    assert (kept.target_type, kept.target_id) == ("accounts.unit", str(cast.diskominfo.pk))
    assert kept.target_label == "Diskominfo"
    assert kept.unit_id == cast.diskominfo.pk
    assert kept.data == {"reason": "Salah tanggal", "places": ["Dermaga"]}
    assert kept.at == entry.at


def test_the_unit_of_the_target_is_taken_when_none_is_given(cast: Cast) -> None:
    account = factories.official_account(cast.dinkes)
    assert note(cast, target=account).unit_id == cast.dinkes.pk
    assert note(cast, target=cast.sari).unit_id is None
    assert note(cast, target=account, unit_id=cast.city.pk).unit_id == cast.city.pk


@pytest.mark.parametrize("data", [{}, {"reason": "x"}, {"reason": "x", "places": [], "more": 1}])
def test_wrong_keys_are_refused(cast: Cast, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="takes"):
        record(NOTED, actor=cast.sari, target=cast.city, **data)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "value",
    ["x" * 501, {"a": 1}, object(), float("nan"), float("inf"), 2**60, [["x"]], ["x"] * 51, b"x"],
    ids=lambda value: type(value).__name__,
)
def test_only_short_plain_values_are_kept(cast: Cast, value: Any) -> None:
    with pytest.raises(ValueError, match="reason"):
        note(cast, reason=value)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("value", ["", "x" * 500, None, True, 0, -1.5, ["a", "b"], [1, 2]])
def test_plain_values_come_back_as_given(cast: Cast, value: Any) -> None:
    assert Entry.objects.get(pk=note(cast, reason=value).pk).data["reason"] == value


def test_what_the_database_cannot_keep_does_not_stop_the_entry(cast: Cast) -> None:
    entry = Entry.objects.get(pk=note(cast, reason="a\0b\ud800c").pk)
    assert entry.data["reason"] == "a\ufffdb?c"


def test_an_unsaved_target_and_an_undeclared_event_are_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="saved"):
        note(cast, target=type(cast.city)(name="Baru"))
    copy = events.Event("test.note.made", frozenset({"reason", "places"}), "x", "x")
    with pytest.raises(ValueError, match="not declared"):
        record(copy, actor=cast.sari, target=cast.city, reason="x", places=[])


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_written_only_in_the_transaction_of_its_change() -> None:
    cast = the_cast()
    with pytest.raises(RuntimeError, match="transaction"):
        note(cast)
    assert not Entry.objects.exists()
    with transaction.atomic():
        note(cast)
    assert Entry.objects.count() == 1


def test_no_entry_is_backdated(cast: Cast) -> None:
    entry = note(cast)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (event, at, actor_id, actor_name, actor_roles,"
            " on_behalf_of_name, request_id, target_type, target_id, target_label, data)"
            " SELECT event, '2001-01-01', actor_id, actor_name, actor_roles,"
            " on_behalf_of_name, request_id, target_type, target_id, target_label, data"
            " FROM audit_entry WHERE id = %s RETURNING at",
            [entry.pk],
        )
        assert cursor.fetchone()[0] >= entry.at


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.delete(),
        lambda entry: entry.save(),
        lambda entry: Entry.objects.all().delete(),
        lambda entry: Entry.objects.update(actor_name="Orang lain"),
        lambda entry: Entry.objects.bulk_update([entry], ["actor_name"]),
        lambda entry: _sql("UPDATE audit_entry SET at = now()"),
        lambda entry: _sql("DELETE FROM audit_entry"),
    ],
    ids=["delete", "save", "bulk delete", "update", "bulk update", "sql update", "sql delete"],
)
def test_entries_are_only_added(cast: Cast, change: Any) -> None:
    entry = note(cast)
    entry.actor_name = "Orang lain"
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        change(entry)
    assert Entry.objects.get().actor_name == "Sari Wulandari"


def test_a_person_in_the_trail_cannot_be_deleted(cast: Cast) -> None:
    note(cast)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        cast.sari.delete()


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_many_entries_are_what_each_of_them_would_be_alone(cast: Cast) -> None:
    accounts = [factories.official_account(cast.dinkes) for _number in range(3)]
    alone = note(cast, target=accounts[0])
    with audit_context(request_id="a1b2c3", address="203.0.113.7"):
        written = record_many(
            NOTED,
            actor=cast.sari,
            entries=[
                (account, {"reason": "Salah tanggal", "places": ["Dermaga"]})
                for account in accounts
            ],
        )
    many = list(Entry.objects.exclude(pk=alone.pk).order_by("pk"))
    assert written == len(many) == 3
    assert [entry.target_id for entry in many] == [str(account.pk) for account in accounts]
    first = many[0]
    assert (first.request_id, first.address) == ("a1b2c3", "203.0.113.7")
    for name in ("event", "actor_name", "actor_roles", "target_label", "unit_id", "data"):
        assert getattr(first, name) == getattr(alone, name)
    assert first.at >= alone.at


def test_one_wrong_entry_of_many_writes_none(cast: Cast) -> None:
    entries: list[Any] = [(cast.city, {"reason": "x", "places": []}), (cast.city, {"reason": "x"})]
    with pytest.raises(ValueError, match="takes"):
        record_many(NOTED, actor=cast.sari, entries=entries)
    assert not Entry.objects.exists()
