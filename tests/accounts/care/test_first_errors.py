"""Where somebody is led after a refusal: the list of what has to change, by links to the fields."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AttestationPeriod, Handover, OfficialAccount
from tests.accounts.care.conftest import account_of, asked
from tests.accounts.care.test_checklist_seen import opened
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]


class _Refused(HTMLParser):
    """What ``focusFirstError`` looks for, and where the summary leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.summaries = 0
        self.invalid: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.summaries += "data-form-errors" in found
        if found.get("aria-invalid") == "true":
            assert self.summaries, "the summary stands before the fields"
            self.invalid.append(found.get("name") or "")
        self.ids.add(found.get("id") or "")
        target = found.get("href") or ""
        if tag == "a" and target.startswith("#id_"):
            self.links.append(target.removeprefix("#"))


@pytest.mark.parametrize(
    ("wrong", "first"),
    [
        ({"devices-state": "not_needed"}, "devices-note"),
        ({"documents-state": "maybe", "devices-note": "x" * 301}, "documents-state"),
    ],
)
def test_a_refused_checklist_leads_to_the_first_wrong_item(
    cast: Cast, handover: Handover, client_as: ClientAs, wrong: dict[str, str], first: str
) -> None:
    client, check = client_as("sari"), reverse("accounts:handover_check", args=[handover.pk])
    sent = opened(client, handover)
    refused = client.post(check, sent | wrong)
    assert refused.status_code == 422
    page = _Refused(refused.content.decode())
    assert page.summaries == 1
    assert page.invalid[0] == first
    assert page.links
    assert set(page.links) <= page.ids
    shown = client.get(reverse("accounts:handover_detail", args=[handover.pk]))
    fine = _Refused(shown.content.decode())
    assert (fine.summaries, fine.invalid) == (0, [])
    assert client.post(check, sent | {"devices-state": "done"}).status_code == 302


def test_what_is_too_long_is_not_called_empty_as_well(
    handover: Handover, client_as: ClientAs
) -> None:
    client, check = client_as("sari"), reverse("accounts:handover_check", args=[handover.pk])
    sent = opened(client, handover) | {
        "recovery_email-state": "done", "recovery_email-holder": "x" * 151,
        "recovery_phone-state": "done", "recovery_phone-holder": "",
        "devices-state": "not_needed", "devices-note": "x" * 301,
    }  # fmt: skip
    errors = client.post(check, sent).context["shown"].form.errors
    assert {name: len(told) for name, told in errors.items()} == {
        "recovery_email-holder": 1, "recovery_phone-holder": 1, "devices-note": 1
    }  # fmt: skip
    assert "150" in errors["recovery_email-holder"][0]
    assert "Write who holds it now" in errors["recovery_phone-holder"][0]
    assert "300" in errors["devices-note"][0]


def test_a_note_in_the_list_of_what_is_wrong_names_its_item(
    handover: Handover, client_as: ClientAs
) -> None:
    client, check = client_as("sari"), reverse("accounts:handover_check", args=[handover.pk])
    sent = opened(client, handover) | {"devices-state": "not_needed"}
    page = client.post(check, sent).content.decode()
    words = handover.items.get(key="devices").words
    assert f'<a href="#id_devices-note">{words}: Note</a>: ' in page


def test_refused_answers_about_many_accounts_lead_to_the_first_that_is_missing(
    cast: Cast, period: AttestationPeriod, client_as: ClientAs
) -> None:
    def answers(account: OfficialAccount, **given: str) -> dict[str, str]:
        data = {"still_ours": "yes", "still_needed": "yes", "administrators_right": "yes"}
        data |= {"two_step_on": "yes", **asked(account), **given}
        return {f"{account.pk}-{name}": value for name, value in data.items() if value}

    whole, half, worse = (account_of(cast, cast.sari) for _ in range(3))
    client, mine = client_as("sari"), reverse("accounts:attestation_mine")
    sent = answers(whole) | answers(half, two_step_on="") | answers(worse, still_ours="no")
    refused = client.post(mine, sent)
    assert refused.status_code == 422
    page = _Refused(refused.content.decode())
    assert page.summaries == 1
    assert set(page.invalid) == {f"{half.pk}-two_step_on", f"{worse.pk}-problem"}
    fine = _Refused(client.get(mine).content.decode())
    assert (fine.summaries, fine.invalid) == (0, [])
    mended = answers(half) | answers(worse)
    assert client.post(mine, mended).status_code == 302


def test_where_no_field_is_to_blame_the_summary_itself_has_the_focus(
    cast: Cast, period: AttestationPeriod, client_as: ClientAs
) -> None:
    account = account_of(cast, cast.sari)
    carried = asked(account) | {"all_right": "on", "seen": "of-another-day"}
    sent = {f"{account.pk}-{name}": value for name, value in carried.items()}
    refused = client_as("sari").post(reverse("accounts:attestation_mine"), sent)
    assert refused.status_code == 422
    page = _Refused(refused.content.decode())
    assert (page.summaries, page.invalid) == (1, [])
    assert 'data-form-errors tabindex="-1"' in refused.content.decode()
