"""Every platform with consent, there and back over HTTP, with its own client and stand-in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import Settings

from accounts import actions, tasks, vault
from accounts.consent_words import advice_for
from accounts.demo_connections import configure, consent
from accounts.models import Credential, OfficialAccount, PlatformSpending, Revocation
from govsocial.platforms.registry import spec
from govsocial.training.agency import ACCOUNTS, MORE_APPS, TrainingAccount
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_checks import everything_at_rest
from tests.cast import Cast

CONSENTING = [told for told in ACCOUNTS if spec(told.platform).authorisation is not None]
# Threads lets applications take nothing back.
TAKES_NOTHING_BACK = {"threads"}


@pytest.fixture
def at_training(platform_host: str, settings: Settings) -> str:
    settings.PLATFORM_BASE_URL = f"http://{platform_host}"
    return platform_host


def registered(cast: Cast, told: TrainingAccount, host: str) -> OfficialAccount:
    own_server = spec(told.platform).addresses is None
    if not own_server:
        configure(cast.bayu, told.platform)
    return factories.official_account(
        cast.diskominfo,
        platform=told.platform,
        handle=told.handle,
        host=host if own_server else "",
    )


@pytest.mark.parametrize("told", CONSENTING, ids=lambda told: told.key)
def test_an_account_is_connected_read_and_disconnected(
    cast: Cast, at_training: str, told: TrainingAccount
) -> None:
    account = registered(cast, told, at_training)
    consent(cast.bayu, account, told)
    credential = Credential.objects.select_related("official_account").get()
    assert credential.official_account.platform_id == told.platform_id
    assert credential.missing_scopes == []
    store = vault.AccountSecretStore(account.pk)
    tokens = [
        value for name, value in store.load().items() if name in {"access_token", "refresh_token"}
    ]
    assert tokens
    assert all(token not in everything_at_rest() for token in tokens)
    assert vault.client_for(credential.official_account).profile().platform_id == told.platform_id
    actions.disconnect_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Pindah platform"
    )
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == (
        Revocation.Outcome.NOT_OFFERED
        if told.platform in TAKES_NOTHING_BACK
        else Revocation.Outcome.REVOKED
    )


@pytest.mark.parametrize("allowed", [True, False])
def test_what_connecting_costs_is_counted_and_capped(
    cast: Cast, at_training: str, allowed: bool
) -> None:
    told = next(one for one in CONSENTING if one.platform == "x")
    account = registered(cast, told, at_training)
    if allowed:
        consent(cast.bayu, account, told)
        assert PlatformSpending.objects.filter(platform="x").exists()
        return
    actions.set_spending_cap(actor=cast.bayu, platform="x", monthly=Decimal(0), kept=Decimal(0))
    with pytest.raises(actions.ConsentRefused, match="budget") as refused:
        consent(cast.bayu, account, told)
    assert refused.value.reason == "spent"
    assert "spending cap" in advice_for(refused.value.reason, account)[0]
    assert not Credential.objects.exists()
    assert Revocation.objects.get().outcome == "waiting", "what was given is given back"


@pytest.mark.parametrize("told", CONSENTING, ids=lambda told: told.key)
def test_another_account_than_the_one_who_agreed_is_refused(
    cast: Cast, at_training: str, told: TrainingAccount
) -> None:
    account = registered(cast, told, at_training)
    OfficialAccount.objects.filter(pk=account.pk).update(platform_id="another-one")
    with pytest.raises(actions.ConsentRefused) as refused:
        consent(cast.bayu, account, told)
    assert refused.value.reason == "other_account"
    assert not Credential.objects.exists()


@pytest.mark.parametrize("same_handle", [True, False])
def test_another_application_knows_the_account_by_another_id(
    cast: Cast, at_training: str, same_handle: bool
) -> None:
    """As from TikTok's sandbox to use: what was collected stays with the account."""
    told = next(one for one in CONSENTING if one.platform == "tiktok")
    account = registered(cast, told, at_training)
    consent(cast.bayu, account, told)
    client_id, client_secret = MORE_APPS["tiktok"][0]
    actions.set_platform_app(
        actor=cast.bayu, platform="tiktok", client_id=client_id, client_secret=client_secret
    )
    if not same_handle:
        OfficialAccount.objects.filter(pk=account.pk).update(handle="dinkes")
        with pytest.raises(actions.ConsentRefused) as refused:
            consent(cast.bayu, account, told)
        assert refused.value.reason == "other_account"
        return
    consent(cast.bayu, account, told)
    account.refresh_from_db()
    assert account.platform_id not in {"", told.platform_id}
    (entry,) = trail("accounts.connection.id_told")
    assert entry.data == {
        "platform_id": account.platform_id,
        "platform_id_before": told.platform_id,
    }
    # To the application that was told it, it is the only one.
    OfficialAccount.objects.filter(pk=account.pk).update(platform_id="another-one")
    with pytest.raises(actions.ConsentRefused):
        consent(cast.bayu, account, told)
