from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from govsocial.audit import sealing
from govsocial.audit.actions import request_verification, run_verification
from govsocial.audit.models import Entry, Seal, Verification
from govsocial.audit.sealing import seal_entries
from govsocial.audit.tasks import seal_entries as seal_task
from govsocial.audit.tasks import verify_every_night, verify_trail
from govsocial.audit.verification import Broken, What, verify
from tests.audit.conftest import Happen
from tests.cast import Cast, the_cast


def tamper(table: str, statement: str) -> None:
    """Do what only the owner of the table can: change it with its triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table could not be altered
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def change_entry(entry_id: int, change: str) -> None:
    tamper("audit_entry", f"UPDATE audit_entry SET {change} WHERE id = {entry_id}")  # forged


def drop_entry(entry_id: int) -> None:
    tamper("audit_entry", f"DELETE FROM audit_entry WHERE id = {entry_id}")  # forged


def change_seal(seal_id: int, change: str) -> None:
    tamper("audit_seal", f"UPDATE audit_seal SET {change} WHERE id = {seal_id}")  # forged


def drop_seal(seal_id: int) -> None:
    tamper("audit_seal", f"DELETE FROM audit_seal WHERE id = {seal_id}")  # forged


@pytest.fixture
def ids(happen: Happen, db: None) -> list[int]:
    """Twelve entries under three seals, and two not yet sealed. Ids of the twelve."""
    cast = the_cast()
    kept: list[int] = []
    for person in (cast.sari, cast.dwi, cast.rina):
        kept += [entry.pk for entry in happen(person, cast.diskominfo, 4)]
        seal_entries()
    happen(cast.made, cast.diskominfo, 2)
    return kept


def seal_number(position: int) -> int:
    return Seal.objects.order_by("pk")[position].pk


def test_an_untouched_trail_is_intact(ids: list[int]) -> None:
    result = verify()
    assert result.broken is None
    assert (result.entries, result.sealed, result.unsealed, result.seals) == (14, 12, 2, 3)
    newest = Seal.objects.latest("pk")
    assert (result.last_seal_id, result.last_sha256) == (newest.pk, newest.sha256)


def test_an_empty_trail_is_intact(db: None) -> None:
    result = verify()
    assert (result.broken, result.entries, result.last_seal_id) == (None, 0, None)


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Orang lain'",
        "actor_id = (SELECT max(id) FROM accounts_user)",
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "data = '{\"number\": 1.0}'",
        "data = '{\"number\": 1.00000000000000000001}'",
        'data = \'{"number": "1"}\'',
        "actor_roles = '{}'",
        "actor_roles = '{NULL}'",
        "address = '10.0.0.1/8'",
        "unit_id = 99",
        "event = 'test.thing.happened '",
        "request_id = 'x'",
        "on_behalf_of_name = 'x'",
        "target_id = target_id || '0'",
        "target_type = 'x'",
        "target_label = 'x'",
        "on_behalf_of_id = actor_id",
    ],
)
def test_a_changed_entry_is_named(ids: list[int], change: str) -> None:
    change_entry(ids[5], change)
    assert verify().broken == Broken(what=What.CHANGED, seal_id=seal_number(1), entry_id=ids[5])


@pytest.mark.parametrize("position", [0, 3, 5, 11])
def test_a_missing_entry_is_named(ids: list[int], position: int) -> None:
    drop_entry(ids[position])
    assert verify().broken == Broken(
        what=What.MISSING, seal_id=seal_number(position // 4), entry_id=ids[position]
    )


def copy_entry(entry_id: int, number: int) -> None:
    names = [field.attname for field in Entry._meta.concrete_fields]
    columns = ", ".join(name for name in names if name != "id")
    tamper(
        "audit_entry",
        f"INSERT INTO audit_entry (id, {columns}) OVERRIDING SYSTEM VALUE"  # forged
        f" SELECT {number}, {columns} FROM audit_entry WHERE id = {entry_id}",
    )


@pytest.mark.parametrize("number", [-5, 0])
def test_an_entry_inserted_before_the_first_is_named(ids: list[int], number: int) -> None:
    copy_entry(ids[5], number)
    assert verify().broken == Broken(what=What.INSERTED, seal_id=seal_number(0), entry_id=number)


@pytest.mark.django_db
def test_an_entry_inserted_into_a_gap_is_named(happen: Happen) -> None:
    cast = the_cast()
    (first,) = happen(cast.sari, cast.city)
    with connection.cursor() as cursor:
        # As after a transaction that was rolled back: its numbers stay unused.
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id'))")
        unused = cursor.fetchone()[0]
    happen(cast.sari, cast.city)
    assert seal_entries() == 2
    assert verify().broken is None

    copy_entry(first.pk, unused)
    assert verify().broken == Broken(what=What.INSERTED, seal_id=seal_number(0), entry_id=unused)


def test_entries_that_changed_places_are_named(ids: list[int]) -> None:
    one, other = ids[5], ids[6]
    change_entry(one, "id = -1")
    change_entry(other, f"id = {one}")
    change_entry(-1, f"id = {other}")
    assert verify().broken == Broken(what=What.REORDERED, seal_id=seal_number(1), entry_id=one)


@pytest.mark.parametrize(
    "change",
    [
        "entries_sha256 = repeat('0', 64)",
        "sha256 = repeat('0', 64)",
        "previous_sha256 = repeat('1', 64)",
        "count = count + 1",
        "first_id = first_id - 1",
        "last_id = last_id + 100",
        "sealed_at = sealed_at - interval '1 day'",
        "sealed_at = 'infinity'",
        "links = ''",
        "links = overlay(links placing '\\x00' from 20)",
    ],
)
def test_a_changed_seal_is_named(ids: list[int], change: str) -> None:
    number = seal_number(1)
    change_seal(number, change)
    assert verify().broken == Broken(what=What.CHAIN, seal_id=number)


def test_a_removed_seal_breaks_the_chain_at_the_next(ids: list[int]) -> None:
    removed, following = seal_number(1), seal_number(2)
    drop_seal(removed)
    assert verify().broken == Broken(what=What.CHAIN, seal_id=following)


def test_a_chain_cut_short_is_found_with_a_seal_noted_before(ids: list[int]) -> None:
    noted = Seal.objects.latest("pk")
    drop_seal(noted.pk)
    for entry in Entry.objects.filter(pk__gt=ids[7]):
        drop_entry(entry.pk)
    assert verify().broken is None
    assert verify({noted.pk: noted.sha256}).broken == Broken(what=What.CUT, seal_id=noted.pk)


def test_a_chain_written_anew_is_found_with_a_seal_noted_before(ids: list[int]) -> None:
    noted = Seal.objects.latest("pk")
    change_entry(ids[9], "actor_name = 'x'")
    drop_seal(noted.pk)
    seal_entries()
    forged = Seal.objects.latest("pk")
    change_seal(forged.pk, f"id = {noted.pk}")
    assert verify().broken is None
    assert verify({noted.pk: noted.sha256}).broken == Broken(what=What.CHAIN, seal_id=noted.pk)


def test_the_last_good_verification_is_an_anchor_by_itself(ids: list[int]) -> None:
    verify_every_night()
    run_verification(verification_id=Verification.objects.get().pk)
    noted = Seal.objects.latest("pk")
    drop_seal(noted.pk)
    assert verify().broken == Broken(what=What.CUT, seal_id=noted.pk)


def test_reading_page_by_page_finds_the_same(
    ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "READ_SIZE", 3)
    monkeypatch.setattr("govsocial.audit.verification.SEALS_AT_ONCE", 1)
    assert verify().sealed == 12
    drop_entry(ids[8])
    assert verify().broken == Broken(what=What.MISSING, seal_id=seal_number(2), entry_id=ids[8])


def run_command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except SystemExit as exc:
        return int(str(exc.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_tells_and_answers_with_its_exit_code(ids: list[int]) -> None:
    code, text = run_command()
    assert code == 0
    assert "Entries: 14\nSealed and read: 12, in 3 seals\nNot yet sealed: 2\n" in text
    assert text.endswith("Intact.\n")

    drop_entry(ids[5])
    code, text = run_command()
    assert code == 1
    assert f"BROKEN. missing: seal {seal_number(1)}, entry {ids[5]}" in text


def test_the_command_answers_in_json(ids: list[int]) -> None:
    code, text = run_command("--json")
    answer: dict[str, Any] = json.loads(text)
    assert (code, answer["intact"], answer["broken"], answer["sealed"]) == (0, True, None, 12)

    drop_entry(ids[5])
    code, text = run_command("--json")
    answer = json.loads(text)
    assert (code, answer["intact"]) == (1, False)
    assert answer["broken"] == {
        "what": "missing",
        "seal_id": seal_number(1),
        "entry_id": ids[5],
    }


def test_the_command_takes_a_noted_seal(ids: list[int]) -> None:
    newest = Seal.objects.latest("pk")
    assert run_command("--expect", f"{newest.pk}:{newest.sha256}")[0] == 0
    code, text = run_command("--expect", f"{newest.pk + 1}:{newest.sha256}")
    assert code == 1
    assert "chain cut" in text
    with pytest.raises(CommandError, match="SEAL:SHA256"):
        run_command("--expect", "nonsense")


def test_a_verification_is_kept_with_its_result(cast: Cast, happen: Happen) -> None:
    happen(cast.sari, cast.city, 3)
    seal_entries()
    waiting = request_verification(actor=cast.laila)
    assert request_verification(actor=cast.bayu) == waiting
    verify_trail(waiting.pk)
    verify_trail(waiting.pk)

    kept = Verification.objects.get()
    assert (kept.status, kept.requested_by, kept.sealed) == ("intact", cast.laila, 3)
    assert kept.finished_at is not None
    assert kept.last_sha256 == Seal.objects.get().sha256
    told = list(Entry.objects.filter(event__startswith="audit.").order_by("pk"))
    assert [entry.event for entry in told] == [
        "audit.verification.requested",
        "audit.verification.finished",
    ]
    assert told[1].data["result"] == "intact"
    assert told[1].actor.is_system


def test_a_verification_names_what_is_broken(ids: list[int]) -> None:
    drop_entry(ids[5])
    verify_every_night()
    verify_trail(Verification.objects.get().pk)
    kept = Verification.objects.get()
    assert (kept.status, kept.broken_what) == ("broken", "missing")
    assert (kept.broken_seal_id, kept.broken_entry_id) == (seal_number(1), ids[5])


def test_without_a_broker_a_verification_waits_for_the_next_sealing(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def refuse(*args: object) -> None:
        raise OperationalError("no broker")

    asked: list[int] = []
    monkeypatch.setattr(verify_trail, "delay", refuse)
    monkeypatch.setattr(verify_trail, "apply_async", lambda args, **_: asked.extend(args))
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        waiting = request_verification(actor=cast.laila)
    assert len(callbacks) == 1

    seal_task()
    assert asked == []  # a worker may just have it
    Verification.objects.update(requested_at=timezone.now() - timedelta(minutes=5))
    seal_task()
    assert asked == [waiting.pk]
