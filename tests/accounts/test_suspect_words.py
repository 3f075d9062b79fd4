"""Staff and citizens read of a number, a website or an address what it is: no account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import actions
from accounts.errors import AccountError
from accounts.models import ImpersonationReport, User
from accounts.models.impersonation import ReportStatus
from accounts.public.register import register
from accounts.suspect_words import EVERY, kind_of, words_for
from govsocial.audit.events import is_phrase
from govsocial.audit.sentences import sentence
from tests.accounts.conftest import trail
from tests.accounts.test_impersonations import move
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture(autouse=True)
def read_in_english(cast: Cast) -> None:
    User.objects.update(language="en")
    register.forget()


def received(suspect: str, platform: str = "") -> actions.Received:
    return actions.report_impersonation(
        actor=User.objects.system(), channel="public", suspect=suspect, platform=platform,
        imitated="", happened="Meminta uang",
    )  # fmt: skip


def read(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=args)).content.decode()


CASES = [
    ("instagram.com/samudra.palsu", "", "Instagram", "Suspect account", "the platform"),
    ("0812-3456-7890", "", "Number", "Suspect number", "its provider"),
    ("110", "", "Number", "Suspect number", "its provider"),
    ("https://wa.me/6281234567890", "", "WhatsApp number", "Suspect WhatsApp number", "WhatsApp"),
    ("https://evil.example/", "", "Website", "Suspect website", "its registrar or host"),
    ("evil.example/a?id=1", "", "Website", "Suspect website", "its registrar or host"),
    ("evil.example", "feed", "Website", "Suspect website", "its registrar or host"),
    ("penipu@gmail.com", "", "Address", "Suspect address", "its provider"),
    ("@penipu@mas.to", "", "Mastodon", "Suspect account", "the platform"),
    ("@penipu", "x", "X", "Suspect account", "the platform"),
    ("https://bit.ly/abc", "", "Link", "Suspect link", "its provider"),
    ("whatsapp.com/channel/0029Va", "", "WhatsApp channel", "Suspect account", "the platform"),
]


@pytest.mark.parametrize(("suspect", "platform", "kind", "label", "receiver"), CASES)
def test_a_report_is_told_in_the_words_for_its_kind(
    cast: Cast, suspect: str, platform: str, kind: str, label: str, receiver: str
) -> None:
    report = received(suspect, platform).report
    with translation.override("en"):
        words = words_for(report)
        assert (kind_of(report), words.label) == (kind, label)
        assert words.receiver.name == receiver
        assert words.ticket == f"Ticket number at {receiver}"


def test_every_page_and_file_of_staff_speaks_of_the_number(cast: Cast, client_as: ClientAs) -> None:
    made = received("0812-3456-7890")
    client, report = client_as("bayu"), made.report
    assert "Suspect number" in read(client, "impersonations:report_detail", report.pk)
    move(cast, report, "checking")
    step = read(client, "impersonations:report_move", report.pk, "reported")
    assert "You have reported the number to its provider" in step
    assert "Ticket number at its provider" in step
    move(cast, report, "reported")
    pages = [
        read(client, "impersonations:report_detail", report.pk),
        read(client, "impersonations:report_list"),
    ]
    for page in pages:
        assert "Reported to the provider" in page
        assert "Reported to the platform<" not in page
    assert "Note that the number was blocked" in pages[0]
    assert "to the platform" not in pages[0]
    export = client.get(reverse("impersonations:report_export"), {"format": "csv"})
    text = export.getvalue().decode()
    assert "Number" in text
    assert "Reported to the provider" in text
    entry = trail("accounts.impersonation.moved")[-1]
    assert "“Reported to the provider”" in sentence(entry)
    status = Client().get(reverse("official:report_status", args=[made.code]), {"lang": "en"})
    assert "We have reported the number to its provider" in status.content.decode()


@pytest.mark.parametrize(("suspect", "platform", "_kind", "_label", "receiver"), CASES)
def test_staff_and_citizens_read_the_same_words(
    cast: Cast, client_as: ClientAs, suspect: str, platform: str, _kind: str, _label: str,
    receiver: str,
) -> None:  # fmt: skip
    made = received(suspect, platform)
    move(cast, made.report, "checking", "reported")
    public = reverse("official:report_status", args=[made.code])
    assert f"to {receiver}" in Client().get(public, {"lang": "en"}).content.decode()
    detail = read(client_as("bayu"), "impersonations:report_detail", made.report.pk)
    assert f"Ticket number at {receiver}" in detail
    move(cast, made.report, "refused")
    answer = Client().get(public, {"lang": "en"}).content.decode()
    assert f"{receiver[0].upper()}{receiver[1:]} leaves the " in answer


def test_a_second_open_report_is_refused_in_the_same_words(cast: Cast) -> None:
    first = received("0812-3456-7890").report
    move(cast, first, "dismissed")
    received("0812-3456-7890")
    with translation.override("en"), pytest.raises(AccountError, match="this number is open"):
        move(cast, first, "checking")


def test_the_trail_may_keep_each_status_of_each_kind() -> None:
    for words in EVERY:
        assert len(words.trail_ids) == len(ReportStatus.values)
        assert all(is_phrase(one) for one in words.trail_ids)


def test_the_filter_offers_each_status_once(cast: Cast, client_as: ClientAs) -> None:
    received("0812-3456-7890")
    page = read(client_as("bayu"), "impersonations:report_list")
    for status in ReportStatus.values:
        assert page.count(f'<option value="{status}"') == 1
    assert "Reported to the platform or provider" in page
    assert ImpersonationReport.objects.exists()
