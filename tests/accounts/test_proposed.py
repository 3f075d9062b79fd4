"""An account that is only proposed is connected once it is in use, and every page says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.compliance_rules import CATALOGUE
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount
from tests import factories
from tests.accounts.consent_stage import Stage
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def page_of(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"accounts:{name}", args=args)).content.decode()


def test_one_word_everywhere_and_no_button_until_it_is_in_use(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(cast.diskominfo, status="proposed")
    client = client_as(factories.reads_english(cast.bayu))
    connect = reverse("accounts:official_account_connect", args=[account.pk])
    detail = page_of(client, "official_account_detail", account.pk)
    for page in (
        detail,
        page_of(client, "official_account_list"),
        page_of(client, "connection_health"),
    ):
        assert "Only proposed" in page
        assert "Not connected</span>" not in page
    assert connect not in detail
    told = page_of(client, "official_account_connect", account.pk)
    assert "This account is only proposed" in told
    assert '<form class="card-body' not in told
    listed = reverse("accounts:official_account_list")
    assert len(client.get(f"{listed}?connection=proposed").context["page"].object_list) == 1
    assert len(client.get(f"{listed}?connection=none").context["page"].object_list) == 0
    actions.activate_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Mulai dipakai"
    )
    assert connect in page_of(client, "official_account_detail", account.pk)
    assert len(client.get(f"{listed}?connection=none").context["page"].object_list) == 1


def test_a_secret_is_refused_and_not_even_tried(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo, status="proposed")
    with pytest.raises(AccountError, match=r"only proposed|baru diusulkan"):
        actions.connect_account(
            actor=cast.bayu,
            official_account_id=account.pk,
            host=account.host,
            typed_secret="abcd-efgh-ijkl-mnop",
        )
    assert not Credential.objects.exists()


def test_a_consent_does_not_begin(consent: Stage) -> None:
    begun = factories.official_account(
        consent.cast.diskominfo, platform="x", handle="usulan", host="", status="proposed"
    )
    with pytest.raises(AccountError):
        actions.start_consent(
            actor=consent.cast.bayu, official_account_id=begun.pk, browser="session"
        )
    actions.activate_official_account(
        actor=consent.cast.bayu, official_account_id=begun.pk, reason="Mulai dipakai"
    )
    assert actions.start_consent(
        actor=consent.cast.bayu, official_account_id=begun.pk, browser="session"
    )


@pytest.mark.parametrize(("status", "asked"), [("proposed", False), ("active", True)])
def test_the_rule_of_connecting_asks_what_is_in_use(
    cast: Cast, status: str, *, asked: bool
) -> None:
    rule = next(one for one in CATALOGUE if one.key == "proven")
    account = factories.official_account(cast.diskominfo, status=status, platform_id="did:1")
    assert rule.asks(account) is asked
    assert rule.asked is not None
    assert OfficialAccount.objects.filter(rule.asked).exists() is asked
    give_credential(account, cast.bayu)
    account = OfficialAccount.objects.get()
    assert rule.holds(account, date(2026, 11, 26))
    Credential.objects.update(status="removed", sealed="")
    account = OfficialAccount.objects.get()
    assert not rule.holds(account, date(2026, 11, 26)), "it measures the connection of today"
    assert "Connected" in str(rule.words) or "Terhubung" in str(rule.words)


def test_who_may_not_connect_is_told_whom_to_ask(cast: Cast, client_as: ClientAs) -> None:
    account = factories.official_account(cast.diskominfo)
    asks = "Ask an administrator to connect it."
    theirs = page_of(
        client_as(factories.reads_english(cast.dwi)), "official_account_detail", account.pk
    )
    ours = page_of(
        client_as(factories.reads_english(cast.bayu)), "official_account_detail", account.pk
    )
    assert (asks in theirs, asks in ours) == (True, False)
    assert ("Connect it." in theirs, "Connect it." in ours) == (False, True)


def test_connecting_again_says_that_the_present_connection_stays(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(cast.diskominfo)
    client = client_as(factories.reads_english(cast.bayu))
    anew = f"<title>Connect {account.at_handle} again"
    stays = "The present connection stays in use until the new one works."
    first = page_of(client, "official_account_connect", account.pk)
    assert (stays in first, anew in first, "Connect later" in first) == (False, False, True)
    give_credential(account, cast.bayu)
    again = page_of(client, "official_account_connect", account.pk)
    assert (stays in again, anew in again, "Connect later" in again) == (True, True, False)
    Credential.objects.update(status="revoked")
    lost = page_of(client, "official_account_connect", account.pk)
    assert (stays in lost, anew in lost) == (False, True)
