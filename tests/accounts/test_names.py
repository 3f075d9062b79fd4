"""Names stand in lists, letters and the trail: one line, without signs that nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions, importing
from accounts.errors import AccountError
from accounts.models import OfficialAccount, Unit, User
from accounts.names import one_line, unit_name
from tests import factories
from tests.accounts.register_stage import typed
from tests.accounts.test_import import row
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]
# A fire fighter of two signs and a joiner, and signs that a choice of shape makes an emoji.
EMOJI = [
    "Damkar 👩\u200d🚒",
    "👩🏽\u200d🚒 112",
    "\u2139\ufe0f Info",
    "Pos 1\ufe0f\u20e3",
    "Kota ❤\ufe0f",
]
HIDDEN = [
    "Dwi\nHartono", "Dwi\r\nHartono", "Dwi\tHartono", "Dwi\u2028Hartono", "Dwi \u202eonotraH",
    "Dwi\u200bHartono", "\u200dDwi", "Dwi\u00adHartono", "Dwi\ufe0f", "Dwi\u3164", "Dwi\U000e0041",
    "Dwi\U000e0100", "Dwi\U000e01f0", "Dwi\u180b", "Dwi\u2065", "Dwi\ufff0", "Pos 1\u200d",
    "Pos 1\u200c", "Pos 1\ufe0f\u200d",
]  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN, ids=ascii)
@pytest.mark.parametrize("field", ["full_name", "position"])
def test_a_name_of_several_lines_is_refused_beside_its_field(
    cast: Cast, client_as: ClientAs, field: str, name: str
) -> None:
    told = {"full_name": "Dwi Hartono", "position": "", "language": "en", "theme": "dark"}
    factories.reads_english(cast.dwi)
    answer = client_as("dwi").post(reverse("people:profile_edit"), {**told, field: name})
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
        actions.change_unit(actor=cast.bayu, unit_id=cast.dinkes.pk, seen=None, **broken)
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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("\u2063", "hidden signs"),
        ("\u200f\u061c", "hidden signs"),
        ("Kota\u200bSamudra", "hidden signs"),
        ("Kota\u200dSamudra", "hidden signs"),
        ("Kota\ufe0fSamudra", "hidden signs"),
        ("\u3164", "hidden signs"),
        ("\u2800", "hidden signs"),
        ("\ufeffKota", "hidden signs"),
        ("Kota \U000e0041", "hidden signs"),
        ("—", "letter or digit"),
        ("…!", "letter or digit"),
    ],
    ids=ascii,
)
def test_an_account_has_a_name_that_people_see(
    cast: Cast, client_as: ClientAs, name: str, words: str
) -> None:
    factories.reads_english(cast.bayu)
    form = typed(cast, display_name=name)
    answer = client_as("bayu").post(reverse("accounts:official_account_register"), form)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["display_name"])
    (imported,) = importing.check(cast.bayu, [(2, row(1, display_name=name))])
    assert words in str(imported.errors["display_name"])
    for unit in ({"name": name, "short_name": ""}, {"name": "Dinas", "short_name": name}):
        with pytest.raises(AccountError, match=words):
            actions.create_unit(
                actor=cast.bayu, parent_id=cast.city.pk, time_zone="Asia/Jakarta", **unit
            )
    assert not OfficialAccount.objects.exists()


@each("name", ["I Gusti Ngurah Rai, S.Sos.", "Zoë D'Ávila", "ꦱꦶꦠꦶ", "नेत्र‍ा", *EMOJI])
def test_names_of_every_script_are_kept(name: str) -> None:
    assert one_line(name, "full_name") == name


@pytest.mark.parametrize("name", ["\u0301Dinas", "\u00b4Dinas", " \u0338D"], ids=ascii)
def test_a_unit_whose_name_begins_with_an_accent_alone_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(AccountError) as refused:
        actions.create_unit(
            actor=cast.bayu,
            parent_id=cast.city.pk,
            name=name,
            short_name="",
            time_zone="Asia/Jakarta",
        )
    assert (refused.value.field, str(refused.value)) == (
        "name",
        "A name cannot begin with an accent alone.",
    )
    assert unit_name("Édukasi", "name") == "Édukasi"
