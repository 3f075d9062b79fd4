"""What every connection says about triggers before anything else."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.meta.test_code import name, python_files


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_says_that_no_trigger_is_ignored() -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        assert cursor.fetchone() == ("{}",)


def test_only_migrations_and_tests_ignore_triggers() -> None:
    users = [
        name(path)
        for path in python_files()
        if "pgtrigger.ignore(" in path.read_text(encoding="utf-8")
    ]
    assert users == []
