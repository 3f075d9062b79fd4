"""Names stand in lists, letters and the trail: one line, without signs that nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.errors import AccountError
from accounts.models import Unit, User
from accounts.names import one_line
from tests import factories
from tests.conftest import Cast

ClientAs = Callable[[object], Client]
HIDDEN = ["Dwi\nHartono", "Dwi\r\nHartono", "Dwi\tHartono", "Dwi\u2028Hartono", "Dwi \u202eonotraH"]


@pytest.mark.parametrize("typed", HIDDEN, ids=ascii)
@pytest.mark.parametrize("field", ["full_name", "position"])
def test_a_name_of_several_lines_is_refused_beside_its_field(
    cast: Cast, client_as: ClientAs, field: str, typed: str
) -> None:
    told = {"full_name": "Dwi Hartono", "position": "", "language": "en", "theme": "dark"}
    factories.reads_english(cast.dwi)
    answer = client_as("dwi").post(reverse("people:profile_edit"), {**told, field: typed})
    assert answer.status_code == 422
    assert "on one line" in str(answer.context["form"].errors[field])
    cast.dwi.refresh_from_db()
    assert (cast.dwi.full_name, cast.dwi.position) == ("Dwi Hartono", "")


@pytest.mark.parametrize("field", ["full_name", "position"])
def test_nobody_is_invited_under_a_name_of_several_lines(cast: Cast, field: str) -> None:
    wanted: dict[str, Any] = {
        "full_name": "Siti Rahma",
        "position": "Humas",
        field: "Siti\nSubject: x",
    }
    with pytest.raises(AccountError) as refused:
        actions.invite_user(
            actor=cast.bayu,
            email="siti@samudrakota.example",
            language="id",
            role="drafter",
            unit_id=cast.diskominfo.pk,
            **wanted,
        )
    assert refused.value.field == field
    assert not User.objects.filter(email="siti@samudrakota.example").exists()


@pytest.mark.parametrize("field", ["name", "short_name"])
def test_units_have_names_of_one_line(cast: Cast, field: str) -> None:
    wanted = {"name": "Dinas Baru", "short_name": "Baru", "time_zone": "Asia/Jakarta"}
    broken = {**wanted, field: "Dinas\nLain"}
    with pytest.raises(AccountError) as made:
        actions.create_unit(actor=cast.bayu, parent_id=cast.city.pk, **broken)
    with pytest.raises(AccountError) as changed:
        actions.change_unit(actor=cast.bayu, unit_id=cast.dinkes.pk, **broken)
    assert (made.value.field, changed.value.field) == (field, field)
    assert not Unit.objects.filter(short_name="Baru").exists()


@pytest.mark.parametrize("field", ["display_name", "purpose"])
def test_official_accounts_are_described_on_one_line(cast: Cast, field: str) -> None:
    wanted: dict[str, Any] = {"display_name": "Kota Samudra", "purpose": "Kabar"}
    wanted[field] = "Kota\nSamudra"
    with pytest.raises(AccountError) as refused:
        actions.register_official_account(
            actor=cast.bayu,
            unit_id=cast.diskominfo.pk,
            platform="bluesky",
            handle="kota.example",
            **wanted,
        )
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["Siti Rahma", "  Siti Rahma ", "\u00a0Siti Rahma"])
def test_spaces_around_a_name_are_left_out(name: str) -> None:
    assert one_line(name, "full_name") == "Siti Rahma"


@pytest.mark.parametrize("name", ["I Gusti Ngurah Rai, S.Sos.", "Zoë D'Ávila", "ꦱꦶꦠꦶ", "नेत्र‍ा"])
def test_names_of_every_script_are_kept(name: str) -> None:
    assert one_line(name, "full_name") == name
