"""Attestation and handover together: who gets which page, what others say of them, the cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.checklists import Side
from accounts.models import Attestation, AttestationPeriod, Finding, Handover, OfficialAccount
from govsocial.web import navigation
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period, settle, start
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]


def test_strangers_get_404_and_known_viewers_403(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    said = attest(cast.sari, account, "Mati", two_step_on=False)
    made = start(cast, account)
    finding = Finding.objects.get()
    about = [
        reverse("accounts:attestation_add", args=[account.pk]),
        reverse("accounts:finding_close", args=[finding.pk]),
    ]
    for address in about:
        assert client_as("nur").get(address).status_code == 404
        assert client_as("dwi").get(address).status_code == 403
        assert client_as("dwi").post(address, {"outcome": "x"}).status_code == 403
        assert client_as("sari").get(address).status_code == 200
    for name in ("attestation_detail", "handover_detail", "handover_minutes"):
        pk = said.pk if name == "attestation_detail" else made.pk
        address = reverse(f"accounts:{name}", args=[pk])
        assert client_as("nur").get(address).status_code == 404
        assert client_as("dwi").get(address).status_code == 200
    for name in ("check", "sign", "scan_add"):
        address = reverse(f"accounts:handover_{name}", args=[made.pk])
        assert client_as("nur").post(address).status_code == 404
        assert client_as("dwi").post(address).status_code == 403
        assert client_as("dwi").get(address).status_code == 405
    for name in ("cancel", "postpone", "sign_in_place", "complete"):
        address = reverse(f"accounts:handover_{name}", args=[made.pk])
        assert client_as("sari").post(address, {"reason": "x"}).status_code == 403
    assert Handover.objects.get().state == "started"


def test_the_page_of_deactivating_lists_what_somebody_would_leave_behind(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    address = reverse("people:user_deactivate", args=[cast.sari.pk])
    hand_over = reverse("accounts:handover_start", args=[account.pk])
    page = client_as("bayu").get(address).content.decode()
    assert "Sari Wulandari still answers for official accounts" in page
    assert f"{hand_over}?outgoing={cast.sari.pk}" in page
    made = start(cast, account)
    page = client_as("bayu").get(address).content.decode()
    assert reverse("accounts:handover_detail", args=[made.pk]) in page
    none = reverse("people:user_deactivate", args=[cast.made.pk])
    assert "still answers for" not in client_as("bayu").get(none).content.decode()


def test_the_home_page_says_what_waits_for_whom(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    made = start(cast, account)
    page = client_as("sari").get(reverse("home"))
    assert "1 account waits for your confirmation" in page.content.decode()
    assert page.context["waiting"] >= 2, "to confirm, and to sign"
    counts = {link.key: link.count for _place, link in navigation.links(page.wsgi_request)}
    assert counts["accounts"] == 2
    assert "Handovers that wait for you" in page.content.decode()
    assert "wait for you" not in client_as("rina").get(reverse("home")).content.decode()
    settle(cast.sari, made, Side.OUTGOING)
    actions.sign_handover(actor=cast.sari, handover_id=made.pk)
    assert "Handovers that wait" in client_as("rina").get(reverse("home")).content.decode()


def test_findings_are_counted_and_shown_to_who_may_close_them_until_they_are_closed(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    attest(cast.sari, account, "Mati", two_step_on=False, still_needed=False)
    tab = 'findings/" >Findings&nbsp;<span class="count">'
    for name in ("sari", "bayu"):
        client = client_as(name)
        page = client.get(reverse("home"))
        (card,) = [
            one
            for one in page.context["aside_cards"]
            if one.template == "accounts/_home_findings.html"
        ]
        assert (card.waiting, card.context["more"]) == (2, False)
        assert "Is two-step sign-in on? <strong>No</strong>" in page.content.decode()
        counts = {link.key: link.count for _place, link in navigation.links(page.wsgi_request)}
        assert counts["accounts"] in {2, 3}, "and for Bayu an account to connect"
        assert f"{tab}2" in client.get(reverse("accounts:attestation_list")).content.decode()
    for name in ("dwi", "nur"):
        client = client_as(name)
        assert "Findings that wait" not in client.get(reverse("home")).content.decode()
        assert tab not in client.get(reverse("accounts:attestation_list")).content.decode()
    for finding in Finding.objects.all():
        asked = {"two_step_is_on": True} if finding.question == "two_step_on" else {}
        actions.close_finding(actor=cast.bayu, finding_id=finding.pk, outcome="Beres", **asked)
    assert "Findings that wait" not in client_as("sari").get(reverse("home")).content.decode()


def test_the_page_of_an_account_shows_how_far_it_is(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    address = reverse("accounts:official_account_detail", args=[account.pk])
    assert (
        "Nobody has confirmed this account yet." in client_as("dwi").get(address).content.decode()
    )
    attest(cast.bayu, account, "Mati", two_step_on=False)
    made = start(cast, account)
    page = client_as("sari").get(address).content.decode()
    assert "on behalf of Sari Wulandari" in page
    assert reverse("accounts:finding_close", args=[Finding.objects.get().pk]) in page
    assert reverse("accounts:handover_detail", args=[made.pk]) in page


def test_no_page_needs_more_than_fifteen_queries_however_many_rows(
    cast: Cast,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_period(cast.bayu, starts=-40, due=-9)
    for number in range(60):
        unit = factories.unit(f"Kelurahan {number}", parent=cast.diskominfo)
        one = account_of(cast, cast.sari, display_name=f"Kanal {number}")
        OfficialAccount.objects.filter(pk=one.pk).update(unit=unit)
        if number % 3 == 0:
            attest(cast.sari, one, "Mati", two_step_on=False)
        if number % 2 == 0:
            start(cast, one)
    names: dict[str, list[int]] = {
        "attestation_list": [],
        "attestation_export": [],
        "attestation_mine": [],
        "attestation_period_add": [],
        "finding_list": [],
        "finding_export": [],
        "handover_list": [],
        "handover_export": [],
        "attestation_detail": [Attestation.objects.first().pk],  # type: ignore[union-attr]  # made above
        "finding_close": [Finding.objects.first().pk],  # type: ignore[union-attr]  # made above
        "handover_detail": [Handover.objects.first().pk],  # type: ignore[union-attr]  # made above
        "handover_minutes": [Handover.objects.first().pk],  # type: ignore[union-attr]  # made above
        "handover_start": [OfficialAccount.objects.last().pk],  # type: ignore[union-attr]  # made above
        "attestation_add": [OfficialAccount.objects.last().pk],  # type: ignore[union-attr]  # made above
        "official_account_detail": [OfficialAccount.objects.last().pk],  # type: ignore[union-attr]  # made above
    }
    for who in ("bayu", "sari"):
        for name, arguments in names.items():
            client = client_as(who)
            with django_assert_max_num_queries(15):
                answer: Any = client.get(reverse(f"accounts:{name}", args=arguments))
                parts = answer.streaming_content if answer.streaming else [answer.content]
                size = len(b"".join(parts))
            assert answer.status_code in {200, 403}, name
            assert size < 100_000, name
    for address in (reverse("people:user_deactivate", args=[cast.sari.pk]), reverse("home")):
        client = client_as("bayu")
        with django_assert_max_num_queries(15):
            client.get(address)
