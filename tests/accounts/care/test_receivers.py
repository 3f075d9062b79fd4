"""A handover to somebody who is deactivated, and acting where another has the say or has signed."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.checklists import Side
from accounts.models import Grant, Handover, User
from tests import factories
from tests.accounts.care.conftest import marks, settle, sign_both
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture(autouse=True)
def in_english(cast: Cast) -> None:
    factories.reads_english(cast.bayu)


def test_the_page_of_deactivating_lists_the_handovers_that_somebody_would_receive(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, link = client_as("bayu"), reverse("accounts:handover_detail", args=[handover.pk])
    address = reverse("people:user_deactivate", args=[cast.rina.pk])
    page = client.get(address).content.decode()
    assert "Rina Lestari is about to take over official accounts" in page
    assert link in page
    assert "still answers for" not in page
    actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="x")
    assert link not in client.get(address).content.decode()


def test_a_handover_to_somebody_deactivated_says_so_and_offers_to_cancel(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, advice = client_as("bayu"), "cannot take the account over: cancel this handover"
    address = reverse("accounts:handover_detail", args=[handover.pk])
    sign_both(cast, handover)
    complete = reverse("accounts:handover_complete", args=[handover.pk])
    page = client.get(address).content.decode()
    assert (advice in page, complete in page) == (False, True)
    actions.deactivate_user(actor=cast.bayu, user_id=cast.rina.pk, reason="Pindah")
    page = client.get(address).content.decode()
    assert (advice in page, complete in page) == (True, False)
    assert "(deactivated)" in page
    assert reverse("accounts:handover_cancel", args=[handover.pk]) in page


def test_a_handover_to_somebody_without_a_role_says_so_and_what_to_do(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, address = client_as("bayu"), reverse("accounts:handover_detail", args=[handover.pk])
    advice = "Rina Lestari has no role in Dinas Komunikasi dan Informatika now"
    complete = reverse("accounts:handover_complete", args=[handover.pk])
    kept = Grant.objects.get(user=cast.rina)
    actions.end_grant(actor=cast.bayu, grant_id=kept.pk, reason="Pindah")
    factories.grant(cast.rina, Role.DRAFTER, cast.dinkes)
    page = client.get(address).content.decode()
    assert advice in page
    assert "settles the checklist and signs" not in page
    assert "cancel this handover and start another" in page
    factories.grant(cast.rina, Role.REVIEWER, cast.diskominfo)
    sign_both(cast, handover)
    page = client.get(address).content.decode()
    assert (advice in page, complete in page) == (False, True)
    Grant.objects.filter(user=cast.rina, ends_at=None).update(ends_at=timezone.now())
    page = client.get(address).content.decode()
    assert (advice in page, complete in page) == (True, False)


def test_lists_of_handovers_mark_who_takes_over_without_a_role(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    sign_both(cast, handover)
    client, both = client_as("bayu"), [reverse("accounts:handover_list"), reverse("home")]

    def marked(*addresses: str) -> list[tuple[int, int]]:
        pages = [client.get(address).content.decode() for address in addresses]
        assert all("Rina Lestari" in page for page in pages)
        return [
            (page.count("(no role on this unit)"), page.count("(deactivated)")) for page in pages
        ]

    assert marked(*both) == [(0, 0), (0, 0)]
    Grant.objects.filter(user=cast.rina).update(ends_at=timezone.now())
    assert marked(*both) == [(1, 0), (1, 0)]
    factories.grant(cast.rina, Role.AUDITOR, cast.city)
    assert marked(*both) == [(0, 0), (0, 0)], "a role above reaches the unit"
    User.objects.filter(pk=cast.rina.pk).update(is_active=False)
    assert marked(*both) == [(0, 1), (0, 1)]
    actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Batal")
    assert marked(f"{both[0]}?state=cancelled") == [(0, 0)], "a record asks nothing any more"


def test_a_handover_by_somebody_who_cannot_sign_in_says_who_signs(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, address = client_as("bayu"), reverse("accounts:handover_detail", args=[handover.pk])

    def told() -> tuple[bool, bool, bool]:
        page = client.get(address).content.decode()
        return (
            "Sari Wulandari settles the checklist and signs" in page,
            "Sari Wulandari has no role now and cannot sign" in page,
            "Sari Wulandari is deactivated and cannot sign" in page,
        )

    assert told() == (True, False, False)
    Grant.objects.filter(user=cast.sari).update(ends_at=timezone.now())
    assert told() == (False, True, False)
    moved = factories.grant(cast.sari, Role.DRAFTER, cast.dinkes)
    assert told() == (True, False, False), "who moved away signs from there"
    Grant.objects.filter(pk=moved.pk).update(ends_at=timezone.now())
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    assert told() == (False, False, True)


def test_nobody_is_offered_to_sign_for_somebody_who_has_signed(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client, address = (
        client_as("bayu"),
        reverse("accounts:handover_sign_in_place", args=[handover.pk]),
    )
    assert client.get(address).status_code == 200
    settle(cast.sari, handover, Side.OUTGOING)
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    for answer in (client.get(address), client.post(address, {"reason": "Sakit"})):
        assert answer.status_code == 409
        assert "has signed already" in answer.content.decode()
        assert 'name="reason"' not in answer.content.decode()


def test_what_is_sent_about_items_of_somebody_else_is_refused_by_name(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    factories.reads_english(cast.rina)
    items = {side: [one for one in handover.items.all() if one.side == side] for side in Side}
    check = reverse("accounts:handover_check", args=[handover.pk])
    client, theirs, own = client_as("rina"), items[Side.OUTGOING], items[Side.INCOMING]
    shown = marks(handover)
    sent = shown | {f"{item.key}-state": "done" for item in [*theirs[:2], *own]}
    answer = client.post(check, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    refusal = page.partition("Not yours to fill in")[2].partition("</ul>")[0]
    assert all(str(item) in html.unescape(refusal) for item in theirs[:2])
    assert not handover.items.exclude(state="open").exists(), "all of it or nothing"
    sent = shown | {f"{item.key}-state": "done" for item in own}
    assert client.post(check, sent).status_code == 302
    assert handover.items.filter(state="done").count() == len(own)
