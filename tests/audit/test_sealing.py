from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, connections, transaction

from govsocial.audit import sealing
from govsocial.audit.models import Entry, Seal
from govsocial.audit.sealing import seal_entries
from govsocial.audit.tasks import seal_entries as seal_task
from govsocial.audit.verification import verify
from tests.audit.conftest import Happen
from tests.cast import Cast, the_cast


def test_a_seal_covers_the_entries_since_the_one_before(cast: Cast, happen: Happen) -> None:
    first = happen(cast.sari, cast.city, 3)
    assert seal_entries() == 3
    second = happen(cast.dwi, cast.city, 2)
    seal_task()

    one, two = Seal.objects.order_by("pk")
    assert (one.first_id, one.last_id, one.count) == (first[0].pk, first[-1].pk, 3)
    assert (two.first_id, two.last_id, two.count) == (second[0].pk, second[-1].pk, 2)
    assert one.previous_sha256 == sealing.GENESIS
    assert two.previous_sha256 == one.sha256
    assert one.entries_sha256 == hashlib.sha256(bytes(one.links)).hexdigest()


def test_nothing_new_makes_no_seal(cast: Cast, happen: Happen) -> None:
    happen(cast.sari, cast.city)
    assert seal_entries() == 1
    assert seal_entries() == 0
    assert Seal.objects.count() == 1


def test_many_entries_are_sealed_in_several_seals(
    cast: Cast, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "SEAL_SIZE", 10)
    monkeypatch.setattr(sealing, "READ_SIZE", 7)
    happen(cast.sari, cast.city, 25)
    assert seal_entries() == 25
    assert list(Seal.objects.order_by("pk").values_list("count", flat=True)) == [10, 10, 5]
    result = verify()
    assert (result.broken, result.sealed, result.seals, result.unsealed) == (None, 25, 3, 0)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_seal SET count = 2", "DELETE FROM audit_seal"], ids=str.lower
)
def test_seals_are_only_added(cast: Cast, happen: Happen, statement: str) -> None:
    happen(cast.sari, cast.city)
    seal_entries()
    with (
        pytest.raises(DatabaseError, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Seal.objects.get().count == 1


@pytest.fixture
def elsewhere() -> Callable[..., None]:
    """Run something in another thread, with a database connection of its own, to its end."""

    def run(work: Callable[[], object]) -> None:
        failures: list[BaseException] = []

        def body() -> None:
            try:
                work()
            except BaseException as exc:  # noqa: BLE001  # raised in the test below
                failures.append(exc)
            finally:
                connections.close_all()

        thread = threading.Thread(target=body)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()
        if failures:
            raise failures[0]

    return run


@pytest.mark.django_db(transaction=True)
def test_no_late_entry_slips_under_a_seal(
    happen: Happen, elsewhere: Callable[[Callable[[], object]], None]
) -> None:
    cast = the_cast()
    before = happen(cast.sari, cast.city)
    sealed_early: list[int] = []
    with transaction.atomic():
        (late,) = happen(cast.sari, cast.city)  # has its number, and is not committed
        elsewhere(lambda: happen(cast.dwi, cast.city))
        elsewhere(lambda: sealed_early.append(seal_entries(patience=0.3)))
    assert sealed_early == [0]
    assert Entry.objects.filter(pk__gt=late.pk).exists()

    assert seal_entries(patience=5) == 3
    assert Seal.objects.get().first_id == before[0].pk
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_a_sealer_waits_for_the_transactions_under_way(
    happen: Happen, elsewhere: Callable[[Callable[[], object]], None]
) -> None:
    cast = the_cast()
    sealed: list[int] = []

    def seal_patiently() -> None:
        sealed.append(seal_entries(patience=20))
        connections.close_all()

    sealer = threading.Thread(target=seal_patiently)
    with transaction.atomic():
        happen(cast.sari, cast.city)
        elsewhere(lambda: happen(cast.dwi, cast.city))
        sealer.start()
        sealer.join(0.5)
        assert sealer.is_alive()
    sealer.join(20)
    # The late entry is older than the newest that the sealer knew of, so it is sealed with it.
    assert sealed == [2]
    assert verify().unsealed == 0


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_of_other_tables_do_not_hold_the_sealer_up(
    happen: Happen, elsewhere: Callable[[Callable[[], object]], None]
) -> None:
    cast = the_cast()
    happen(cast.sari, cast.city)
    sealed: list[int] = []
    with transaction.atomic():
        assert Entry.objects.count() == 1
        cast.city.save()
        elsewhere(lambda: sealed.append(seal_entries(patience=0.3)))
    assert sealed == [1]


@pytest.mark.django_db(transaction=True)
def test_two_sealers_do_no_harm(
    happen: Happen, elsewhere: Callable[[Callable[[], object]], None]
) -> None:
    cast = the_cast()
    happen(cast.sari, cast.city, 5)
    sealed: list[int] = []
    with transaction.atomic():
        assert sealing._seal_next(2**62) == 5  # not committed: the other one is in the middle
        elsewhere(lambda: sealed.append(seal_entries()))
    assert sealed == [0]
    assert Seal.objects.get().count == 5
    assert verify().broken is None
