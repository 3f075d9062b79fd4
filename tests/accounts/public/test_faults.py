"""What cannot be read of the register does not take down what was read before."""

from __future__ import annotations

import logging
import threading
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount, Unit
from accounts.public import loading
from accounts.public import register as public_register
from accounts.public.register import UnreadError, register
from tests import factories
from tests.accounts.public.conftest import official
from tests.cast import Cast

PAGES = ["register_list", "account_check", "register_json"]
FAULTS = [
    ZoneInfoNotFoundError("No time zone found with key Nowhere/Zone"),
    ProgrammingError('column "new" does not exist'),
    KeyError("a status that nobody knows"),
]


class Reading:
    """Reading the register, which fails while there is a ``fault``."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.tries = 0
        self.load = loading.load

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.tries += 1
        if self.fault is not None:
            raise self.fault
        return self.load(*args, **kwargs)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    made = Reading()
    monkeypatch.setattr(public_register, "load", made)
    return made


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return official(cast, "instagram", "samudrakota")


def change() -> None:
    """Something that the public sees: the copy in memory is not the newest any more."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE accounts_registerversion SET number = number + 1, changed_in = 0")


def look_again() -> None:
    register._looked_at -= 2 * public_register.LOOK_EVERY


def page(name: str = "register_list") -> Any:
    client = Client(raise_request_exception=False)
    return client.get(reverse(f"official:{name}"), {"lang": "en"})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_after_any_fault_the_last_copy_is_shown_and_marked_until_it_is_mended(
    account: OfficialAccount,
    reading: Reading,
    fault: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert page("register_json").headers["X-Register-State"] == "current"
    OfficialAccount.objects.filter(pk=account.pk).update(display_name="Nama baru")
    change()
    reading.fault = fault
    with caplog.at_level(logging.WARNING, "accounts.public.register"):
        for _look in range(3):
            look_again()
            assert [page(name).status_code for name in PAGES] == [200, 200, 200]
    assert page("register_json").headers["X-Register-State"] == "stale"
    shown = page().content.decode()
    assert "Nama baru" not in shown
    assert "The register cannot be reached right now" in shown
    # Told once, with what whoever mends it needs.
    (told,) = caplog.records
    assert told.exc_info is not None
    assert told.exc_info[1] is fault
    reading.fault = None
    look_again()
    assert page("register_json").headers["X-Register-State"] == "current"
    assert "Nama baru" in page().content.decode()


def test_what_cannot_be_read_is_tried_again_after_a_while_and_not_with_each_request(
    account: OfficialAccount, reading: Reading
) -> None:
    page()
    change()
    reading.fault = FAULTS[0]
    look_again()
    before = reading.tries
    for _request in range(5):
        page()
    assert reading.tries == before + 1
    look_again()
    page()
    assert reading.tries == before + 2


def test_another_fault_is_told_too(
    account: OfficialAccount, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    page()
    change()
    with caplog.at_level(logging.WARNING, "accounts.public.register"):
        for fault in (FAULTS[0], FAULTS[0], FAULTS[1]):
            reading.fault = fault
            look_again()
            page()
    assert len(caplog.records) == 2


def test_without_any_copy_the_pages_say_that_they_cannot_answer_and_not_all_try(
    account: OfficialAccount, reading: Reading
) -> None:
    reading.fault = FAULTS[0]
    answers = [page(name) for name in PAGES]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert all(answer.headers["Retry-After"] for answer in answers)
    assert reading.tries == 1
    reading.fault = None
    look_again()
    assert [page(name).status_code for name in PAGES] == [200] * 3


def test_those_who_waited_for_a_first_copy_do_not_all_try_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, go_on = threading.Barrier(9), threading.Event()
    tries, refused = [], []

    def slow() -> Any:
        tries.append(1)
        assert go_on.wait(10)
        raise ZoneInfoNotFoundError

    def ask() -> None:
        asked.wait(10)
        with pytest.raises(UnreadError):
            register.now()
        refused.append(1)

    monkeypatch.setattr(public_register, "_version", slow)
    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    asked.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert (len(tries), len(refused)) == (1, 8)


@pytest.mark.parametrize("zone", ["Nowhere/Zone", "", "WIB-7", "asia/jakarta", "../etc/passwd"])
def test_a_unit_has_a_time_zone_that_there_is(cast: Cast, zone: str) -> None:
    for known in ("America/Lima", "UTC", "Asia/Jayapura"):
        Unit.objects.filter(pk=cast.dinkes.pk).update(time_zone=known)
    with pytest.raises(DatabaseError), transaction.atomic():
        Unit.objects.filter(pk=cast.dinkes.pk).update(time_zone=zone, short_name="zzz")
    with pytest.raises(DatabaseError), transaction.atomic():
        factories.unit(parent=cast.city, time_zone=zone)
    cast.dinkes.refresh_from_db()
    assert cast.dinkes.time_zone == "Asia/Jayapura"


def test_what_changes_while_it_is_read_stands_under_its_own_number(
    account: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = []

    def slow(number: int, *args: Any, **kwargs: Any) -> Any:
        numbers.append(number)
        if len(numbers) == 1:
            OfficialAccount.objects.filter(pk=account.pk).update(display_name="Nama baru")
            with connection.cursor() as cursor:
                # As a commit would.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("UPDATE accounts_registerversion SET number = number + 1")
        return loading.load(number, *args, **kwargs)

    monkeypatch.setattr(public_register, "load", slow)
    snapshot = register.now().snapshot
    assert snapshot.number == numbers[-1] > numbers[0]
    assert [one.name for one in snapshot.accounts] == ["Nama baru"]
