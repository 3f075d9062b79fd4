"""What the workers of one run copy is made once in a run, and is nobody else's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.db import connection

from tests import template_database

pytestmark = pytest.mark.django_db


def there() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(template_database, "_migrate", lambda name: None)
    name = secrets.token_hex(8)
    yield name
    template_database.forget(name)


def test_it_is_made_once_in_a_run(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(template_database, "_migrate", made.append)
    names = {template_database.migrated(run) for _worker in range(3)}
    assert names == set(made)
    assert len(made) == 1


def test_what_was_given_up_half_way_is_made_anew(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as first:
        first.setattr(template_database, "_migrate", stopped)
        with pytest.raises(KeyboardInterrupt):
            template_database.migrated(run)
    made: list[str] = []
    monkeypatch.setattr(template_database, "_migrate", made.append)
    template_database.migrated(run)
    assert len(made) == 1


def test_another_run_has_another_and_each_forgets_its_own(run: str) -> None:
    other = f"{run}b"
    mine, theirs = template_database.migrated(run), template_database.migrated(other)
    assert mine != theirs
    template_database.forget(other)
    assert there() & {mine, theirs} == {mine}
