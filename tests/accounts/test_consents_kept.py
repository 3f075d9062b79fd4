"""What a consent connects and keeps, and what is refused and given back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DataError, connection
from django.test import Client
from django.utils import timezone

from accounts import actions, tasks, vault
from accounts.actions import consents
from accounts.models import ConsentRequest, Credential, OfficialAccount, Revocation
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_checks import refused
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import account, fake_spec, standing_in_for
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]


def test_the_account_is_taken_out_of_several(consent: Stage, client_as: ClientAs) -> None:
    consent.platform.accounts = [account("7", "lain"), account("101", "SamudraKota")]
    assert consent.connect(client_as("bayu")).status_code == 302
    assert Credential.objects.get().official_account.platform_id == "101"


def test_another_account_is_refused_and_what_was_given_is_given_back(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.platform.accounts = [account("7", "akun_pribadi", "Bayu P."), account("8", "toko")]
    answer = consent.connect(client_as("bayu"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bayu P." in page
    assert "toko" in page
    refused("other_account")
    assert not Credential.objects.exists()
    (given,) = consent.platform.good
    revocation = actions.claim_revocation()
    assert revocation is not None
    actions.revoke_at_platform(actor=consent.cast.bayu, revocation=revocation)
    assert given not in consent.platform.good
    assert Revocation.objects.get().outcome == "revoked"


def test_the_same_name_with_another_id_is_not_the_account_any_more(
    consent: Stage, client_as: ClientAs
) -> None:
    OfficialAccount.objects.filter(pk=consent.account.pk).update(platform_id="99")
    assert consent.connect(client_as("bayu")).status_code == 409
    refused("other_account")


def test_an_identity_that_another_row_has_is_not_connected_twice(
    consent: Stage, client_as: ClientAs
) -> None:
    factories.official_account(
        consent.cast.dinkes, platform="x", handle="nama_lama", host="", platform_id="101"
    )
    factories.reads_english(consent.cast.bayu).save()
    answer = consent.connect(client_as("bayu"))
    assert answer.status_code == 409
    assert "registered already: @nama_lama" in answer.content.decode()
    refused("not_now")
    assert not Credential.objects.exists()


def test_without_the_right_to_publish_the_connection_from_before_stays(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    kept = Credential.objects.get().sealed
    consent.platform.scope = "read insights"
    assert consent.connect(browser).status_code == 409
    refused("rights_missing")
    credential = Credential.objects.get()
    assert (credential.sealed, credential.status) == (kept, "good")


def test_other_rights_that_miss_are_kept_as_a_warning(consent: Stage, client_as: ClientAs) -> None:
    consent.platform.scope = "read write"
    assert consent.connect(client_as("bayu")).status_code == 302
    assert Credential.objects.get().missing_scopes == ["insights"]


def test_a_platform_that_fails_is_told_and_the_request_is_used_up(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    consent.platform.server.on("GET /accounts", Reply(200, b"<html>"))
    assert consent.come_back(browser, **brought).status_code == 502
    assert refused("no_answer").data["error"] == "BadAnswer"
    assert Revocation.objects.get().outcome == "waiting", "the token was given already"


def test_connecting_again_keeps_the_history_and_replaces_the_secret(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    before = Credential.objects.get()
    actions.mark_revoked(
        actor=consent.cast.bayu,
        official_account_id=consent.account.pk,
        reason="gone",
        used_since=timezone.now(),
    )
    consent.connect(browser)
    after = Credential.objects.get()
    assert (after.pk, after.status) == (before.pk, "good")
    assert after.sealed != before.sealed
    assert len(trail("accounts.connection.made")) == 2


def test_a_worker_with_the_old_secret_does_not_end_the_new_connection(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    begun = timezone.now()
    consent.connect(browser)
    assert not actions.mark_revoked(
        actor=consent.cast.bayu,
        official_account_id=consent.account.pk,
        reason="The old token is refused.",
        used_since=begun,
    )
    assert Credential.objects.get().status == "good"
    assert not trail("accounts.connection.revoked")


def test_the_platform_is_asked_outside_of_transactions(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth: list[int] = []
    for name in ("_token", "_listed"):
        real = getattr(consent.platform, name)

        def watched(received: object, real: Callable[[object], Reply] = real) -> Reply:
            depth.append(len(connection.savepoint_ids))
            return real(received)

        route = {"_token": "POST /token", "_listed": "GET /accounts"}[name]
        consent.platform.server.on(route, watched)
    here = len(connection.savepoint_ids)
    consent.connect(client_as("bayu"))
    assert depth == [here, here]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("url", "https://x.example/" + "u" * 500),
        ("url", "https://x.example/\0u"),
        ("url", "https://x.example/\ud800"),
        ("platform_id", "1" * 300),
    ],
)
def test_what_cannot_be_kept_is_refused_and_the_token_given_back(
    consent: Stage, client_as: ClientAs, name: str, told: str
) -> None:
    consent.platform.accounts[0][name] = told
    assert consent.connect(client_as("bayu")).status_code == 502
    assert refused("no_answer").data["error"] == "BadAnswer"
    assert not Credential.objects.exists()
    tasks.revoke_secrets()
    assert not consent.platform.good


def test_rights_of_odd_names_do_not_hinder_a_connection(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.platform.scope = "read write insights a\0b " + "s" * 300
    assert consent.connect(client_as("bayu")).status_code == 302
    assert Credential.objects.get().scopes == ["read", "write", "insights"]


@pytest.mark.parametrize("where", ["_seen", "_keep"])
def test_a_fault_of_our_own_gives_the_token_back(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def broken(*args: object) -> None:
        raise DataError("Nobody foresaw this.")

    monkeypatch.setattr(consents, where, broken)
    with pytest.raises(DataError):
        consent.connect(client_as("bayu"))
    assert ConsentRequest.objects.get().status == "refused"
    tasks.revoke_secrets()
    assert not consent.platform.good


def test_connecting_again_takes_the_former_secret_back(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    (former,) = consent.platform.good
    consent.connect(browser)
    tasks.revoke_secrets()
    assert len(consent.platform.good) == 1
    assert former not in consent.platform.good
    stored = vault.AccountSecretStore(consent.account.pk).load()
    assert stored["access_token"] in consent.platform.good


def test_a_shared_consent_is_not_taken_back_when_it_is_given_again(
    consent: Stage, client_as: ClientAs
) -> None:
    with standing_in_for("x", fake_spec(shared_consent=True)):
        browser = client_as("bayu")
        consent.connect(browser)
        consent.connect(browser)
    assert not Revocation.objects.exists()
