"""The first unit and the first person of a new installation."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.forms import default_token_generator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Grant, Unit, User
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
    out = StringIO()
    call_command("verify_roles", stdout=out)
    assert out.getvalue() == "Roles: 1\nUnits: 1\nAll are borne out.\n"


def test_the_page_for_a_new_password_writes_no_more_for_the_first_person_than_for_nobody(
    nothing_yet: None,
) -> None:
    """By its time it would tell whose address is known. What allauth writes of an address that it
    has not met is written when somebody is invited: with the token of their link."""
    found()
    default_token_generator.make_token(User.objects.system())
    written = {}
    for address in ("citra@kotabaru.example", "siapa@lain.example"):
        with CaptureQueriesContext(connection) as queries:
            Client().post(reverse("account_reset_password"), {"email": address})
        inserts = [one["sql"] for one in queries if one["sql"].startswith("INSERT")]
        written[address] = [sql.split()[2] for sql in inserts]
    first, second = written.values()
    assert first == second != []


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
