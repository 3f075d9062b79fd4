"""What a citizen reads while a report is made, and on the page that follows it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import ImpersonationReport
from accounts.public import form_guard
from tests.accounts.public.test_reports import _stamp_of, send

pytestmark = pytest.mark.usefixtures("accounts")
AT = "2026-11-25T00:00Z"
AGAIN = "Send it once more to confirm that this report is right."


def test_being_quick_is_told_alone_and_only_when_nothing_is_wrong() -> None:
    shown = form_guard.stamp()
    quick = send(shown).content.decode()
    assert AGAIN in quick
    assert "Please correct this first" not in quick
    wrong = send(shown, happened="").content.decode()
    assert AGAIN not in wrong
    assert 'id="id_happened_error"' in wrong
    assert not ImpersonationReport.objects.exists()


def test_a_form_that_is_too_old_can_be_sent_again_once_its_fields_are_right() -> None:
    old = _stamp_of(90_000)
    wrong = send(old, happened="").content.decode()
    assert "more than a day" not in wrong
    assert f'value="{old}"' not in wrong


@pytest.mark.parametrize(
    ("suspect", "words"),
    [
        ("@penipu, @lain", "Report one account or number at a time"),
        ("@samudrakota@mas.to", "This account is official"),
        ("https://samudrakota.go.id/", "This website is official"),
        ("@penipu", "Say on which platform"),
    ],
)
def test_what_is_wrong_with_the_account_is_told_with_all_the_rest(suspect: str, words: str) -> None:
    page = send(
        _stamp_of(60), suspect=suspect, platform="", happened="", reporter_email="bukan surel"
    ).content.decode()
    assert words in page
    assert 'id="id_happened_error"' in page
    assert "such as name@example.com" in page
    assert not ImpersonationReport.objects.exists()


def test_the_address_of_a_citizen_is_no_agencys() -> None:
    page = send(_stamp_of(60), reporter_email="bukan surel").content.decode()
    assert "such as name@example.com" in page


def test_the_page_of_a_report_names_the_account_and_what_comes_next() -> None:
    location = send(_stamp_of(60)).headers["Location"]
    moves = [
        ({}, "Next: staff check the report"),
        ({"status": "checking", "checking_at": AT}, "Next: if the account imitates us"),
        ({"status": "reported", "reported_at": AT}, "Next: the platform decides"),
        ({"status": "taken_down", "settled_at": AT}, "has been taken down"),
    ]
    for changes, words in moves:
        ImpersonationReport.objects.update(**changes)
        page = Client().get(location).content.decode()
        assert words in page
        assert ("Next:" in page) is ("settled_at" not in changes)
        assert "samudrakota.<wbr>bantuan" in page
        assert f'data-copy="{settings.SITE_URL}{location}"' in page
        # Whoever is given the address learns nothing of who wrote, or what.
        assert "Meminta uang." not in page
