"""An old page of a unit takes back nothing that is newer, and loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.errors import AccountChanged, AccountError
from accounts.models import Unit
from accounts.seen import marks_of_unit
from tests import factories
from tests.accounts.care.test_periods_seen import filled
from tests.cast import Cast

ClientAs = Callable[[object], Client]
WIB, WITA = "Asia/Jakarta", "Asia/Makassar"


@pytest.fixture(autouse=True)
def reads_english(cast: Cast) -> None:
    factories.reads_english(cast.bayu)


def edit(unit: Unit) -> str:
    return reverse("people:unit_edit", args=[unit.pk])


def opened(client: Client, unit: Unit) -> dict[str, str]:
    """What a browser would send back of the page as it is now."""
    page = client.get(edit(unit))
    return filled(page.content.decode()) | {
        "time_zone": str(page.context["form"]["time_zone"].value())
    }


def change(cast: Cast, unit: Unit, **changes: str) -> Unit:
    now = Unit.objects.get(pk=unit.pk)
    wanted = {name: getattr(now, name) for name in ("name", "short_name", "time_zone")}
    return actions.change_unit(actor=cast.bayu, unit_id=unit.pk, **wanted | changes)


def stands(unit: Unit) -> tuple[str, str, str]:
    now = Unit.objects.get(pk=unit.pk)
    return now.name, now.short_name, now.time_zone


def test_an_old_page_that_changes_the_name_puts_nothing_else_back(
    cast: Cast, client_as: ClientAs
) -> None:
    client, unit = client_as("bayu"), cast.dinkes
    old = opened(client, unit) | {"name": "Dinas Kesehatan Kota"}
    change(cast, unit, short_name="", time_zone=WITA)
    refused = client.post(edit(unit), old)
    told = refused.content.decode()
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"__all__", "short_name", "time_zone"}
    assert "Changed meanwhile to: Central Indonesia (WITA). This stands here now." in told
    assert "Changed meanwhile to: not given. This stands here now." in told
    assert stands(unit) == ("Dinas Kesehatan", "", WITA)
    again = filled(told) | {"time_zone": refused.context["form"]["time_zone"].value()}
    assert again["name"] == "Dinas Kesehatan Kota"
    assert client.post(edit(unit), again).status_code == 302
    assert stands(unit) == ("Dinas Kesehatan Kota", "", WITA)


def test_a_newer_name_is_replaced_once_it_was_told(cast: Cast, client_as: ClientAs) -> None:
    client, unit = client_as("bayu"), cast.dinkes
    old = opened(client, unit) | {"name": "Dinas Sehat"}
    change(cast, unit, name="Dinas Kesehatan Kota")
    refused = client.post(edit(unit), old)
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "Changed meanwhile to: Dinas Kesehatan Kota. What you typed takes its place" in told
    assert stands(unit)[0] == "Dinas Kesehatan Kota"
    again = filled(told) | {"time_zone": WIB}
    assert client.post(edit(unit), again).status_code == 302
    assert stands(unit)[0] == "Dinas Sehat"


def test_the_action_asks_again_under_the_lock(cast: Cast) -> None:
    unit, shown = cast.dinkes, marks_of_unit(cast.dinkes)
    change(cast, unit, name="Lain")
    wanted = {"actor": cast.bayu, "unit_id": unit.pk, "short_name": unit.short_name, "seen": shown}
    with pytest.raises(AccountChanged) as refused:
        actions.change_unit(**wanted, name="Dinas Sehat", time_zone=WIB)
    assert refused.value.fields == {"name": True}
    assert actions.change_unit(**wanted, name="Lain", time_zone=WITA)
    assert stands(unit) == ("Lain", unit.short_name, WITA)


def test_a_name_that_is_sent_back_as_it_stands_is_not_asked_about_again(
    cast: Cast, client_as: ClientAs
) -> None:
    """Units that were called apart by a second blank before that was no difference any more."""
    factories.unit("Dinas Pasar", parent=cast.city)
    unit = factories.unit("Dinas  Pasar", parent=cast.city)
    client = client_as("bayu")
    assert client.post(edit(unit), opened(client, unit) | {"time_zone": WITA}).status_code == 302
    assert stands(unit) == ("Dinas  Pasar", "", WITA)
    change(cast, unit, short_name="Pasar Dua")
    assert stands(unit) == ("Dinas  Pasar", "Pasar Dua", WITA)
    with pytest.raises(AccountError, match="called so already"):
        change(cast, unit, name="Dinas   Pasar")
