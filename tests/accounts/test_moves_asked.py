"""What a page asks before an account moves: only what can be done, and only what will happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OfficialAccount
from tests import factories
from tests.accounts.consent_stage import Stage
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]

FORM = 'method="post" novalidate'
REVOKED_HERE = "the platform is asked to revoke it"
BY_HAND = "To be safe, also revoke it on the platform."


def address_of(account: OfficialAccount, move: str) -> str:
    return reverse(f"accounts:official_account_{move}", args=[account.pk])


@pytest.mark.parametrize(
    ("move", "status", "told"),
    [
        ("activate", "proposed", ""),
        ("activate", "suspended", ""),
        ("activate", "active", "This account is in use already."),
        ("activate", "closed", "This account is closed. Reopen it first."),
        ("suspend", "active", ""),
        ("suspend", "suspended", "This account is suspended already."),
        ("suspend", "proposed", "This account is only proposed. Take it into use first."),
        ("close", "active", ""),
        ("close", "closed", "This account is closed already."),
        ("reopen", "closed", ""),
        ("reopen", "active", "This account is not closed."),
        ("release", "closed", ""),
        ("release", "active", "Only the handle of a closed account can be released."),
        ("disconnect", "active", "This account is not connected."),
    ],
)
def test_a_move_that_cannot_be_made_is_not_asked_about(
    cast: Cast, client_as: ClientAs, move: str, status: str, told: str
) -> None:
    closed: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    account = factories.official_account(
        cast.diskominfo,
        handle="kota.example",
        status=status,
        **closed if status == "closed" else {},
    )
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(address_of(account, move))
    assert page.status_code == 200
    assert (FORM in page.content.decode()) == (not told)
    done = client.post(address_of(account, move), {"reason": "Diminta"})
    assert done.status_code == (422 if told else 302)
    back = f'{reverse("accounts:official_account_detail", args=[account.pk])}">To the account'
    for answer in (page, done) if told else ():
        assert told in answer.content.decode()
        assert back in answer.content.decode()
    account.refresh_from_db()
    assert (account.status == status) == bool(told)


@pytest.mark.parametrize("status", ["active", "closed"])
@pytest.mark.parametrize("platform", ["telegram", "whatsapp", "linkedin"])
def test_an_account_managed_by_hand_is_said_to_have_no_connection(
    cast: Cast, client_as: ClientAs, platform: str, status: str
) -> None:
    closed: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    by_hand = factories.official_account(
        cast.diskominfo, platform=platform, host="", status=status,
        **closed if status == "closed" else {},
    )  # fmt: skip
    address = address_of(by_hand, "disconnect")
    client = client_as(factories.reads_english(cast.bayu))
    for answer in (client.get(address), client.post(address, {"reason": "Diminta"})):
        text = answer.content.decode()
        assert "This account has no connection: its platform is published to" in text
        assert "not connected" not in text
        assert FORM not in text


@pytest.mark.parametrize("move", ["disconnect", "close"])
def test_it_is_said_who_revokes_the_secret(consent: Stage, client_as: ClientAs, move: str) -> None:
    cast = consent.cast
    client = client_as(factories.reads_english(cast.bayu))
    consent.connect(client)
    asked = client.get(address_of(consent.account, move)).content.decode()
    assert (REVOKED_HERE in asked, BY_HAND in asked) == (True, False)
    pasted = factories.official_account(
        cast.diskominfo, platform="mastodon", handle="lain", host="mastodon.example"
    )
    give_credential(pasted, cast.bayu)
    asked = client.get(address_of(pasted, move)).content.decode()
    assert (REVOKED_HERE in asked, BY_HAND in asked) == (False, True)


def test_closing_what_was_never_connected_speaks_of_no_secret(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(cast.diskominfo, handle="lain.example")
    client = client_as(factories.reads_english(cast.bayu))
    assert "secret" not in client.get(address_of(account, "close")).content.decode()


def test_accounts_that_share_a_handle_are_told_apart_by_their_platform(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    for platform, name in (("facebook", "Facebook"), ("x", "X")):
        account = factories.official_account(
            cast.diskominfo, platform=platform, handle="samudrakota", host=""
        )
        page = client.get(address_of(account, "close")).content.decode()
        assert f"Close @samudrakota ({name})?" in page.replace("<wbr>", "")
        assert f">Close @samudrakota ({name})</button>" in page
