"""A signature is for the checklist that was shown with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.actions.handover_steps import Check
from accounts.checklists import Side
from accounts.errors import AccountError
from accounts.models import Handover
from accounts.seen import marks_of_checklist
from tests.accounts.care.conftest import settle, sign_both
from tests.accounts.conftest import trail
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
CHANGES = [
    ("recovery_email", Check(state="done", holder="Kabid Humas")),
    ("documents", Check(state="not_needed", note="Tidak ada dokumen")),
]
_CARRIED = re.compile(r'name="seen" value="([^"]*)"')


def carried_by(page: str) -> dict[str, str]:
    """The last hidden field of the page that carries marks, as a browser would send it back."""
    return {"seen": unescape(_CARRIED.findall(page)[-1])}


@pytest.mark.parametrize(("key", "change"), CHANGES)
def test_an_old_page_does_not_sign_what_others_changed_since(
    cast: Cast, handover: Handover, client_as: ClientAs, key: str, change: Check
) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    client, page = client_as("sari"), reverse("accounts:handover_detail", args=[handover.pk])
    sign = reverse("accounts:handover_sign", args=[handover.pk])
    sent = carried_by(client.get(page).content.decode())
    actions.check_items(actor=cast.bayu, handover_id=handover.pk, checks={key: change})
    for stale in (sent, {}, {"seen": "[1]"}):
        refused = client.post(sign, stale)
        assert refused.status_code == 409
        assert change.holder + change.note in refused.content.decode()
        assert "(Bayu Pratama)" in refused.content.decode(), "who changed it"
    assert "”: Not yet; “" in refused.content.decode(), "and nobody where nobody did"
    assert Handover.objects.get().state == "started"
    assert client.post(sign, carried_by(refused.content.decode())).status_code == 302
    assert Handover.objects.get().state == "outgoing_signed"


def test_who_has_signed_is_told_so_whatever_changed_since(cast: Cast, handover: Handover) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    settle(cast.rina, handover, Side.INCOMING)
    for person in (cast.sari, cast.rina):
        actions.sign_handover(actor=person, handover_id=handover.pk)
        with pytest.raises(AccountError, match="You have signed already"):
            actions.sign_handover(actor=person, handover_id=handover.pk, seen={})


def test_who_signs_in_a_place_is_told_too_and_keeps_the_reason(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    client, page = client_as("bayu"), reverse("accounts:handover_sign_in_place", args=[handover.pk])
    sent = carried_by(client.get(page).content.decode())
    actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=dict(CHANGES))
    empty = client.post(page, {**sent, "reason": ""})
    assert carried_by(empty.content.decode()) == sent, "another mistake tells nothing of the list"
    refused = client.post(page, {**sent, "reason": "Mutasi mendadak"})
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "Kabid Humas" in told
    assert "Mutasi mendadak" in told
    assert client.post(page, {**carried_by(told), "reason": "Mutasi mendadak"}).status_code == 302
    assert Handover.objects.get().in_place_reason == "Mutasi mendadak"


def test_completing_is_for_the_list_that_was_shown_as_well(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    sign_both(cast, handover)
    client, page = client_as("bayu"), reverse("accounts:handover_detail", args=[handover.pk])
    complete = reverse("accounts:handover_complete", args=[handover.pk])
    sent = carried_by(client.get(page).content.decode())
    assert client.post(complete, {"seen": "{}"}).status_code == 409
    assert Handover.objects.get().state == "incoming_signed"
    assert client.post(complete, sent).status_code == 302
    assert Handover.objects.get().state == "completed"


def test_a_change_between_the_page_and_the_write_is_refused_by_the_action(
    cast: Cast, handover: Handover
) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    marks = marks_of_checklist(handover.items.all())
    actions.check_items(actor=cast.bayu, handover_id=handover.pk, checks=dict(CHANGES))
    with pytest.raises(AccountError, match="Kabid Humas"):
        actions.sign_handover(actor=cast.sari, handover_id=handover.pk, seen=marks)
    marks = marks_of_checklist(handover.items.all())
    assert actions.sign_handover(actor=cast.sari, handover_id=handover.pk, seen=marks)


def test_the_trail_keeps_who_was_said_to_hold_what_before_and_after(
    cast: Cast, handover: Handover
) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    actions.check_items(actor=cast.bayu, handover_id=handover.pk, checks=dict(CHANGES))
    told = [
        [str(change) for change in entry.changes] for entry in trail("accounts.handover.checked")
    ]
    assert ["New holder: Kepala Bidang Humas → Kabid Humas"] in told
    assert ["Answer: Done → Does not apply", "Note: not given → Tidak ada dokumen"] in told
    assert ["Answer: Not yet → Done", "New holder: not given → Kepala Bidang Humas"] in told
