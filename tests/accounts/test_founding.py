"""The first unit and the first person of a new installation."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import Grant, Unit
from tests.accounts.conftest import trail
from tests.cast import Cast


@pytest.fixture
def nothing_yet(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_unit CASCADE")


def found(**changes: str) -> str:
    out = StringIO()
    wanted = {
        "name": "Pemerintah Kota Baru",
        "short_name": "Kota Baru",
        "email": "citra@kotabaru.example",
        "full_name": "Citra Dewi",
        **changes,
    }
    call_command("create_agency", **wanted, stdout=out)
    return out.getvalue()


def test_the_agency_is_founded_with_its_first_administrator(nothing_yet: None) -> None:
    assert "Citra Dewi chooses a password here" in found()
    grant = Grant.objects.get()
    assert (grant.user.full_name, grant.role) == ("Citra Dewi", "administrator")
    assert (grant.unit.name, grant.unit.short_name) == ("Pemerintah Kota Baru", "Kota Baru")
    assert trail("accounts.agency.founded")


def test_the_agency_is_founded_once(cast: Cast) -> None:
    with pytest.raises(CommandError):
        found()


def test_the_names_of_the_agency_are_written_like_those_of_every_other_unit(
    nothing_yet: None,
) -> None:
    found(
        name="\N{FULLWIDTH LATIN CAPITAL LETTER P}emerintah\N{NO-BREAK SPACE}Kota  Baru",
        short_name="Kota\N{NO-BREAK SPACE}Baru",
    )
    unit = Unit.objects.get()
    assert (unit.name, unit.short_name) == ("Pemerintah Kota Baru", "Kota Baru")
