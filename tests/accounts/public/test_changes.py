"""A change of the register is public at once, whoever makes it; a database that is gone is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions
from accounts.models import OfficialAccount, PublicListing, RegisterVersion
from accounts.public import loading, machine
from accounts.public import register as public_register
from accounts.public.register import register
from tests.accounts.public.conftest import official
from tests.cast import Cast, the_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return the_cast()


def version() -> int:
    return RegisterVersion.objects.values_list("number", flat=True).first() or 0


def page() -> str:
    return Client().get(reverse("official:register_list"), {"lang": "en"}).content.decode()


@pytest.fixture
def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_register, "LOOK_EVERY", 0.0)


def by_shell(statement: str, *values: object) -> None:
    """Change the database as a shell would, around the application."""
    with closing(psycopg2.connect(**connection.get_connection_params())) as shell:
        shell.autocommit = True
        shell.cursor().execute(statement, values)


def test_a_change_is_looked_for_every_second() -> None:
    assert public_register.LOOK_EVERY <= 1.0


@pytest.mark.usefixtures("looks_at_once")
def test_a_change_is_public_at_the_next_look_whoever_made_it(cast: Cast) -> None:
    assert "No official account is listed yet" in page()
    account = official(cast, "instagram", "samudrakota")
    assert "@samudrakota" in page()
    actions.close_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Digabung"
    )
    assert ">since " in page()
    by_shell("UPDATE accounts_officialaccount SET display_name = 'Dari cangkang'")
    assert "Dari cangkang" in page()
    by_shell("UPDATE accounts_unit SET name = 'Dinas Baru' WHERE id = %s", cast.diskominfo.pk)
    assert "Dinas Baru" in page()


def test_between_two_looks_nothing_is_asked(cast: Cast) -> None:
    official(cast, "instagram", "samudrakota")
    page()
    with CaptureQueriesContext(connection) as queries:
        register.now()
    assert len(queries) == 0


def test_what_was_kept_in_english_and_indonesian_changes_with_it(cast: Cast) -> None:
    account = official(cast, "x", "samudrakota", display_name="Nama lama")
    client, url = Client(), reverse("official:register_json")
    before = client.get(url)
    OfficialAccount.objects.filter(pk=account.pk).update(display_name="Nama baru")
    register.forget()
    after = client.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert b"Nama baru" in after.content


def test_another_time_zone_of_the_unit_is_another_version_of_its_days(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = official(cast, "x", "samudrakota")
    # Listed late in the evening in Jakarta, when it is the next day in Jayapura.
    late = datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
    rows = loading._rows

    def late_rows() -> list[loading.Row]:
        return [row._replace(listed_at=late) for row in rows()]

    monkeypatch.setattr(loading, "_rows", late_rows)
    first = register.now().snapshot
    by_shell("UPDATE accounts_unit SET time_zone = 'Asia/Jayapura' WHERE id = %s", account.unit_id)
    assert version() == first.number + 1
    register.forget()
    second = register.now().snapshot
    assert [one.accounts[0].since.day for one in (first, second)] == [17, 18]


def test_one_transaction_raises_the_version_once_and_a_rollback_never(cast: Cast) -> None:
    accounts = [official(cast, "x", f"kota{number}") for number in range(20)]
    before = version()
    with transaction.atomic():
        OfficialAccount.objects.update(purpose="Kabar")
        OfficialAccount.objects.update(purpose="Layanan")
    assert version() == before + 1
    with transaction.atomic():
        OfficialAccount.objects.update(purpose="Lain")
        transaction.set_rollback(True)
    assert version() == before + 1
    # What the public does not see is no change.
    accounts[0].two_step = "on"
    OfficialAccount.objects.update(two_step="on", two_step_checked_on="2026-11-01")
    OfficialAccount.objects.update(purpose="Layanan")
    assert version() == before + 1


def test_a_proposal_is_listed_when_it_is_first_used_and_stays_listed(cast: Cast) -> None:
    account = official(cast, "x", "usulan", status="proposed")
    before = version()
    assert not PublicListing.objects.filter(pk=account.pk).exists()
    OfficialAccount.objects.filter(pk=account.pk).update(status="active")
    listing = PublicListing.objects.get(pk=account.pk)
    assert version() == before + 1
    OfficialAccount.objects.filter(pk=account.pk).update(status="suspended")
    OfficialAccount.objects.filter(pk=account.pk).update(status="active")
    assert PublicListing.objects.get(pk=account.pk).code == listing.code


def test_changes_side_by_side_wait_for_no_one_until_they_commit(cast: Cast) -> None:
    first, second = official(cast, "x", "satu"), official(cast, "x", "dua")
    before = version()
    parameters = connection.get_connection_params()
    update = "UPDATE accounts_officialaccount SET purpose = 'x' WHERE id = %s"
    with (
        closing(psycopg2.connect(**parameters)) as one,
        closing(psycopg2.connect(**parameters)) as two,
    ):
        # With a lock taken at once the second would wait here for the first, and for ever.
        two.cursor().execute("SET lock_timeout = '5s'")
        one.cursor().execute(update, [first.pk])
        two.cursor().execute(update, [second.pk])
        two.commit()
        one.commit()
    assert version() == before + 2


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def gone() -> Any:
        raise OperationalError("the database does not answer")

    def stop() -> None:
        monkeypatch.setattr(public_register, "_version", gone)
        monkeypatch.setattr(public_register, "LOOK_EVERY", 0.0)

    yield stop
    monkeypatch.undo()


def test_without_a_database_the_last_register_is_shown_and_marked(
    cast: Cast, no_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    official(cast, "instagram", "samudrakota")
    fresh = Client().get(reverse("official:register_json"))
    assert fresh.headers["X-Register-State"] == "current"
    no_database()
    assert "The register cannot be reached right now" in page()
    assert "@samudrakota" in page()
    stale = Client().get(reverse("official:register_json"))
    assert stale.headers["X-Register-State"] == "stale"
    assert stale.content == fresh.content
    monkeypatch.undo()
    register.forget()
    assert "cannot be reached" not in page()


def test_a_process_that_never_saw_the_register_says_that_it_cannot_answer(
    cast: Cast, no_database: Any
) -> None:
    no_database()
    client = Client(raise_request_exception=False)
    assert client.get(reverse("official:register_list")).status_code == 503


def test_while_one_thread_reads_the_register_the_others_go_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    official(cast, "instagram", "samudrakota")
    seen = register.now()
    reading, go_on = threading.Event(), threading.Event()

    def slow() -> Any:
        reading.set()
        assert go_on.wait(10)
        return seen.snapshot.number, seen.snapshot.changed_at

    monkeypatch.setattr(public_register, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(public_register, "_version", slow)
    thread = threading.Thread(target=register.now)
    thread.start()
    assert reading.wait(10)
    assert register.now() is seen
    go_on.set()
    thread.join(10)


def test_a_server_has_the_register_before_the_first_request(cast: Cast) -> None:
    official(cast, "instagram", "samudrakota")
    register.warm()
    assert connection.connection is None
    with CaptureQueriesContext(connection) as queries:
        assert "@samudrakota" in page()
    assert len(queries) == 0


def test_a_server_that_starts_without_a_database_answers_when_it_is_back(
    cast: Cast, no_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    official(cast, "instagram", "samudrakota")
    no_database()
    register.warm()
    monkeypatch.undo()
    assert "@samudrakota" in page()


def test_a_server_starts_although_the_register_cannot_be_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_how: Any) -> Any:
        raise KeyError("a status that nobody knows")

    official(cast, "instagram", "samudrakota")
    with monkeypatch.context() as at_first:
        at_first.setattr(public_register, "load", broken)
        register.warm()
    # Nobody waits for the next look: the first request tries again.
    assert "@samudrakota" in page()


def test_an_answer_that_many_ask_for_at_once_is_worked_out_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    official(cast, "instagram", "samudrakota")
    register.now()
    asked, go_on = threading.Barrier(9), threading.Event()
    made, answers = [], []

    def slow(snapshot: Any) -> bytes:
        made.append(snapshot)
        assert go_on.wait(10)
        return b"{}"

    def ask() -> None:
        asked.wait(10)
        answers.append(Client().get(reverse("official:register_json")).content)

    monkeypatch.setattr(machine, "document", slow)
    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    asked.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert (len(made), answers) == (1, [b"{}"] * 8)
