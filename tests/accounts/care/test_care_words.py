"""What the pages of the care for accounts are called, what they claim, and which words they use."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import AttestationPeriod, Finding, OfficialAccount
from tests import factories
from tests.accounts.care.conftest import account_of, asked, attest
from tests.accounts.care.test_attestation_pages import MINE, answers
from tests.accounts.conftest import trail
from tests.accounts.test_impersonations import move, report
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
CONNECTED = re.compile(r"stored secret|stored connection|pulled|connected anew")


def title_of(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page, re.S)
    assert found
    return " ".join(found[1].split())


@pytest.mark.parametrize(("platform", "host"), [("mastodon", "mastodon.example"), ("whatsapp", "")])
@pytest.mark.parametrize("what", ["close", "suspend"])
def test_only_who_has_a_connection_is_told_what_becomes_of_it(
    cast: Cast, client_as: ClientAs, platform: str, host: str, what: str
) -> None:
    account = factories.official_account(
        cast.diskominfo, platform=platform, host=host, handle="kota"
    )
    address = reverse(f"accounts:official_account_{what}", args=[account.pk])
    page = client_as("bayu").get(address).content.decode()
    shown = page[page.index("<main") :]
    assert bool(CONNECTED.search(shown)) == (platform == "mastodon")
    move = f"{what.title()} {account.in_words}"
    assert account.get_platform_display() in move
    assert title_of(page).startswith(move)
    assert re.search(rf"<button[^>]*>{re.escape(move)}</button>", page)


def test_the_page_of_one_account_says_above_what_is_missing_and_leads_there(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    client, address = client_as("sari"), reverse("accounts:attestation_add", args=[account.pk])
    assert title_of(client.get(address).content.decode()).startswith("Confirm @kota.example")
    typed = {"still_ours": "no", "still_needed": "yes", "administrators_right": "yes"}
    refused = client.post(address, {**typed, **asked(account)})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Nothing has been saved yet" in page
    for field in ("two_step_on", "problem"):
        assert f'href="#id_{field}"' in page
        assert page.count(f' id="id_{field}"') == 1
    typed = {**asked(account), "all_right": "on", "seen": "0" * 64}
    gone = client.post(address, typed).content.decode()
    assert gone.count("The register has changed since you looked.") == 1


def test_what_came_of_many_answers_is_told_by_account(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    half = account_of(cast, cast.sari, handle="kota2.example")
    only_half = answers(half, two_step_on="")
    page = client_as("sari").post(reverse(MINE), answers(account) | only_half).content.decode()
    assert "1 account is confirmed and kept. 1 account still needs something from you." in page
    assert 'four questions<span class="visually-hidden">: @kota2.example (Bluesky)' in page
    again = client_as("sari").post(reverse(MINE), only_half).content.decode()
    assert "confirmed and kept" not in again
    assert "1 account still needs something from you." in again


def test_the_trail_of_a_finding_names_its_question(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    attest(cast.sari, account, "Bukan kita", still_ours=False)
    actions.close_finding(actor=cast.sari, finding_id=Finding.objects.get().pk, outcome="Beres")
    (opened,) = trail("accounts.finding.opened")
    (closed,) = trail("accounts.finding.closed")
    for entry in (opened, closed):
        assert "“Is the account still ours?”" in entry.sentence


def test_nothing_to_do_is_an_empty_cell(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    attest(cast.sari, account)
    page = client_as("bayu").get(reverse("accounts:attestation_list")).content.decode()
    assert '<span class="visually-hidden nothing">nothing</span>' in page
    assert '<span class="muted">nothing</span>' not in page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accounts:attestation_list", "Name, handle, unit, person"),
        ("accounts:finding_list", "Name, handle, unit, what is wrong"),
        ("accounts:handover_list", "Name, handle, person"),
        ("accounts:connection_health", "Name, handle, decree, person"),
        ("impersonations:report_list", "Suspect, number, unit"),
    ],
)
def test_a_search_box_says_what_it_looks_in(
    cast: Cast, client_as: ClientAs, name: str, words: str
) -> None:
    page = client_as("bayu").get(reverse(name)).content.decode()
    assert f'placeholder="{words}"' in page


def test_the_history_of_a_report_says_of_what_it_speaks(cast: Cast, client_as: ClientAs) -> None:
    made = report(cast).report
    address = reverse("impersonations:report_detail", args=[made.pk])
    page = client_as("bayu").get(address).content.decode()
    assert "Came in today" in page
    move(cast, made, "checking")
    page = client_as("bayu").get(address).content.decode()
    assert "Declare it not an imitation" in page
    assert f"set the status of the report {made.reference} to “" in page
    move(cast, made, "not_imitation")
    page = client_as("bayu").get(address).content.decode()
    assert "Settled the same day" in page
    assert "Settled after" not in page
