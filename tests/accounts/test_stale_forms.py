"""Who saves a form that others have overtaken is told, and undoes nothing without knowing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import actions, seen
from accounts.errors import AccountChanged
from accounts.models import OfficialAccount
from tests import factories
from tests.accounts.care.conftest import sign_both, start
from tests.accounts.conftest import trail
from tests.accounts.register_stage import PDF, register, save_details, typed
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    factories.reads_english(cast.bayu)
    return register(cast, person_in_charge_id=cast.sari.pk, purpose="Kabar kota")


def address_of(account: OfficialAccount) -> str:
    return reverse("accounts:official_account_edit", args=[account.pk])


def as_shown(answer: Any) -> dict[str, Any]:
    """What a browser sends back of a form that nobody touched."""
    form = answer.context["form"]
    sent: dict[str, Any] = {"seen": form.shown}
    for name in form.fields:
        value = form[name].value()
        # People are shown as a field that can be searched.
        value = getattr(value, "row", getattr(value, "pk", value))
        if name != "decree_file":
            sent[name] = "" if value is None else value
    return sent


def test_an_old_form_does_not_undo_a_handover(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client, address = client_as("bayu"), address_of(account)
    old = as_shown(client.get(address))
    handover = start(cast, account)
    sign_both(cast, handover)
    actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    answer = client.post(address, old | {"purpose": "Kabar warga"})
    assert answer.status_code == 422
    account.refresh_from_db()
    assert (account.person_in_charge, account.purpose) == (cast.rina, "Kabar kota")
    page = answer.content.decode()
    assert "This account has changed since you opened it" in page
    assert "Changed meanwhile to: Rina Lestari. This stands here now." in page
    # What was typed is still there; what was only sent back is what the register says now.
    again = as_shown(answer)
    assert (again["purpose"], again["person_in_charge"]) == ("Kabar warga", str(cast.rina.pk))
    assert client.post(address, again).status_code == 302
    account.refresh_from_db()
    assert (account.person_in_charge, account.purpose) == (cast.rina, "Kabar warga")


def test_who_typed_something_else_into_the_same_field_keeps_it_and_saves_it_knowingly(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client, address = client_as("bayu"), address_of(account)
    old = as_shown(client.get(address))
    save_details(client_as("bayu"), address, old | {"purpose": "Kabar laut", "audiences": ["g2b"]})
    answer = client.post(address, old | {"purpose": "Kabar <b>warga</b>"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Changed meanwhile to: Kabar laut. What you typed takes its place" in page
    assert "Changed meanwhile to: Businesses (G2B). This stands here now." in page
    again = as_shown(answer)
    assert (again["purpose"], again["audiences"]) == ("Kabar <b>warga</b>", ["g2b"])
    assert client.post(address, again).status_code == 302
    account.refresh_from_db()
    assert (account.purpose, account.audiences) == ("Kabar <b>warga</b>", ["g2b"])


def test_the_same_change_by_two_and_changes_of_other_things_hinder_nobody(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client, address = client_as("bayu"), address_of(account)
    old = as_shown(client.get(address))
    save_details(client_as("bayu"), address, old | {"purpose": "Kabar laut"})
    OfficialAccount.objects.update(platform_id="42")
    assert client.post(address, old | {"purpose": "Kabar laut"}).status_code == 302
    assert len(trail("accounts.official_account.changed")) == 1


@pytest.mark.parametrize(
    "carried", ["", "{", "[]", "[" * 3_000, '{"purpose": ["x"]}', "x" * 5_000], ids=lambda x: x[:9]
)
def test_a_form_that_does_not_say_what_it_showed_changes_nothing_at_first(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, carried: str
) -> None:
    client = client_as("bayu")
    data = typed(cast, purpose="Baru", person_in_charge=cast.sari.pk, seen=carried)
    answer = client.post(address_of(account), data)
    assert answer.status_code == 422
    account.refresh_from_db()
    assert account.purpose == "Kabar kota"
    assert client.post(address_of(account), as_shown(answer)).status_code == 302


def test_a_file_of_the_decree_that_was_replaced_meanwhile_is_chosen_again(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client, address = client_as("bayu"), address_of(account)
    old = as_shown(client.get(address))
    first = SimpleUploadedFile("sk-1.pdf", PDF)
    assert save_details(client, address, old | {"decree_file": first}).status_code == 302
    mine = old | {"decree_file": SimpleUploadedFile("sk-2.pdf", PDF + b"2")}
    answer = client.post(address, mine)
    assert answer.status_code == 422
    assert "Changed meanwhile to: sk-1.pdf. Choose yours again" in answer.content.decode()
    account.refresh_from_db()
    assert str(account.decree_file) == "sk-1.pdf"


def test_it_is_judged_by_what_is_there_once_the_row_is_locked(
    cast: Cast, account: OfficialAccount
) -> None:
    marks = seen.marks_of(account)
    wanted = {
        name: getattr(account, name) for name in ("unit_id", "handle", "host", "display_name")
    }
    OfficialAccount.objects.update(person_in_charge=cast.rina)
    save = {"actor": cast.bayu, "official_account_id": account.pk, **wanted}
    with pytest.raises(AccountChanged) as refused:
        actions.change_official_account(**save, person_in_charge_id=cast.sari.pk, seen=marks)
    assert refused.value.fields == {"person_in_charge_id": False}
    with pytest.raises(AccountChanged) as refused:
        actions.change_official_account(**save, person_in_charge_id=cast.dwi.pk, seen=marks)
    assert refused.value.fields == {"person_in_charge_id": True}
    actions.change_official_account(**save, purpose="Lain", seen=marks)
