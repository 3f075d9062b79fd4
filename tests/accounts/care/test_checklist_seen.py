"""Two people at one checklist: nobody undoes what they were not shown."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.actions.handover_steps import Check
from accounts.checklists import Side
from accounts.errors import AccountError
from accounts.models import Handover
from accounts.seen import mark_of_item
from tests.accounts.care.conftest import settle
from tests.accounts.conftest import trail
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
NONE_EXIST = Check(state="not_needed", note="Tidak ada dokumen")
WITH_RINA = Check(state="done", holder="Rina Lestari")


class _Filled(HTMLParser):
    """What a browser would send back of the checklist, untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag != "input" or not name.endswith(("-state", "-note", "-holder", "-seen")):
            return
        if found.get("type") != "radio" or "checked" in found:
            self.sent[name] = found.get("value") or ""


def opened(client: Client, handover: Handover) -> dict[str, str]:
    page = client.get(reverse("accounts:handover_detail", args=[handover.pk]))
    return _Filled(page.content.decode()).sent


def says(cast: Cast, handover: Handover, **checks: Check) -> None:
    actions.check_items(actor=cast.bayu, handover_id=handover.pk, checks=checks)


def now(handover: Handover, key: str) -> tuple[str, str, str]:
    item = handover.items.get(key=key)
    return item.state, item.note, item.holder


def test_a_list_opened_earlier_undoes_nothing_that_others_filled_in(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, check = client_as("sari"), reverse("accounts:handover_check", args=[handover.pk])
    sent = opened(client, handover)
    says(cast, handover, documents=NONE_EXIST, recovery_email=WITH_RINA)
    refused = client.post(check, {**sent, "devices-state": "not_needed"})
    again = _Filled(refused.content.decode()).sent
    assert refused.status_code == 422, "no reason given"
    assert again["documents-note"] == "Tidak ada dokumen", "shown as it is by now"
    assert client.post(check, {**again, "devices-state": "done"}).status_code == 302
    assert client.post(check, {**sent, "devices-state": "done"}).status_code == 302
    assert now(handover, "documents") == ("not_needed", "Tidak ada dokumen", "")
    assert now(handover, "recovery_email") == ("done", "", "Rina Lestari")
    assert now(handover, "devices") == ("done", "", "")
    assert len(trail("accounts.handover.checked")) == 3


def test_an_item_that_somebody_else_changed_since_is_refused_beside_it_and_told(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, check = client_as("sari"), reverse("accounts:handover_check", args=[handover.pk])
    mine = {"documents-state": "done", "documents-note": "Map merah", "devices-state": "done"}
    sent = opened(client, handover) | mine
    says(cast, handover, documents=NONE_EXIST, recovery_email=WITH_RINA)
    refused = client.post(check, sent | {"recovery_email-state": "done"})
    errors = refused.context["shown"].form.errors
    assert refused.status_code == 422
    assert set(errors) == {"documents-state", "recovery_email-state"}, "all of them at once"
    told = "It says now: Does not apply · Tidak ada dokumen (Bayu Pratama)."
    assert told in errors["documents-state"][0]
    assert told in refused.content.decode()
    assert now(handover, "devices")[0] == "open", "all of it or nothing"
    again = _Filled(refused.content.decode()).sent
    assert {name: again[name] for name in mine} == mine, "what was typed is kept"
    again["recovery_email-holder"] = "Rina Lestari"
    assert client.post(check, again).status_code == 302, "told, and saved again"
    assert now(handover, "documents") == ("done", "Map merah", "")
    assert now(handover, "devices")[0] == "done"


def test_who_says_the_same_as_somebody_else_is_not_refused(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, check = client_as("sari"), reverse("accounts:handover_check", args=[handover.pk])
    sent = opened(client, handover) | {"devices-state": "done"}
    says(cast, handover, devices=Check(state="done"))
    assert client.post(check, sent).status_code == 302
    assert handover.items.get(key="devices").checked_by == cast.bayu


def test_items_signed_for_meanwhile_and_sent_back_as_shown_hold_nothing_up(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, check = client_as("bayu"), reverse("accounts:handover_check", args=[handover.pk])
    sent = opened(client, handover)
    settle(cast.sari, handover, Side.OUTGOING)
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    assert client.post(check, {**sent, "devices-note": "Lain"}).status_code == 422
    assert client.post(check, {**sent, "password-state": "done"}).status_code == 302
    assert now(handover, "password")[0] == "done"


def test_a_change_between_the_page_and_the_write_is_refused_too(
    cast: Cast, handover: Handover
) -> None:
    mark = mark_of_item(handover.items.get(key="documents"))
    says(cast, handover, documents=NONE_EXIST)
    late = {"documents": Check(state="done", seen=mark)}
    with pytest.raises(AccountError, match="Tidak ada dokumen") as refused:
        actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=late)
    assert refused.value.field == "documents-state"
    mark = mark_of_item(handover.items.get(key="documents"))
    knowing = {"documents": Check(state="done", seen=mark)}
    actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=knowing)
    assert now(handover, "documents") == ("done", "", "")
