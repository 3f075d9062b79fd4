"""Disconnecting where a person entered a secret: the session ends, and what stays good is said."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import actions, tasks, vault
from accounts.models import Credential, OfficialAccount, Revocation
from govsocial.local.valkey import free_port
from govsocial.platforms.errors import PlatformError
from govsocial.training.agency import BY_KEY
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import give_credential
from tests.accounts.test_revocations import ClientAs, again_now, outcomes
from tests.cast import Cast

SECRET = BY_KEY["bluesky:samudrakota"].secret
STAYS = "The app password stays valid until it is deleted at Bluesky"


def connected(cast: Cast, account: OfficialAccount) -> dict[str, str]:
    """What is stored after connecting: the password, and the session that it gave."""
    actions.connect_account(
        actor=cast.bayu, official_account_id=account.pk, host=account.host, typed_secret=SECRET
    )
    return dict(vault.unseal(Credential.objects.get()))


def disconnect(cast: Cast, account: OfficialAccount) -> None:
    actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Pindah")


def refreshes(account: OfficialAccount, secret: dict[str, str]) -> bool:
    """Whether the server still takes the refresh token, without the password."""
    kept = {name: value for name, value in secret.items() if name != "app_password"}
    store = vault.TypedSecretStore({**kept, "access_jwt": "stale"})
    try:
        vault.typed_client_for(account, host=account.host, store=store).profile()
    except PlatformError:
        return False
    return True


def test_a_session_is_ended_and_the_password_that_stays_is_told(
    cast: Cast, bluesky: OfficialAccount, client_as: ClientAs
) -> None:
    secret = connected(cast, bluesky)
    factories.reads_english(cast.bayu)
    browser, page = client_as("bayu"), "accounts:official_account_disconnect"
    asked = browser.get(reverse(page, args=[bluesky.pk])).content.decode()
    assert STAYS in asked
    disconnect(cast, bluesky)
    revocation = Revocation.objects.get()
    kept = json.loads(vault.open_row(revocation))
    assert kept["refresh_jwt"] == secret["refresh_jwt"]
    assert not {"app_password", "access_jwt"} & set(kept), "no more than it takes"
    tasks.revoke_secrets()
    revocation.refresh_from_db()
    assert (revocation.outcome, revocation.sealed, revocation.tries) == ("ended", "", 1)
    assert outcomes() == ["ended"]
    assert not refreshes(bluesky, secret)
    (entry,) = trail("accounts.connection.revocation")
    assert "app password stays valid" in entry.sentence
    detail = reverse("accounts:official_account_detail", args=[bluesky.pk])
    shown = browser.get(detail).content.decode()
    assert "Session ended at the platform" in shown
    assert STAYS in shown


def test_a_session_that_is_over_already_is_ended(cast: Cast, bluesky: OfficialAccount) -> None:
    secret = connected(cast, bluesky)
    disconnect(cast, bluesky)
    revocation = Revocation.objects.get()
    again = Revocation(official_account=bluesky, host=bluesky.host, requested_by=cast.bayu)
    vault.seal_row(again, vault.open_row(revocation))
    again.next_try_at = timezone.now()
    again.save()
    tasks.revoke_secrets()
    assert outcomes() == ["ended", "ended"]
    assert not refreshes(bluesky, secret)


def test_a_server_that_does_not_answer_is_asked_again(
    cast: Cast, bluesky: OfficialAccount, settings: Settings
) -> None:
    connected(cast, bluesky)
    disconnect(cast, bluesky)
    silent = f"127.0.0.1:{free_port()}"
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({silent})
    Revocation.objects.update(host=silent)
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "waiting"
    for _ in range(5):
        again_now()
    assert outcomes() == ["unanswered"]


@pytest.mark.parametrize(
    ("platform", "outcome"), [("bluesky", "not_here"), ("feed", "not_offered")]
)
def test_without_a_session_there_is_nothing_to_end(cast: Cast, platform: str, outcome: str) -> None:
    name = {"bluesky": "app_password", "feed": "feed_url"}[platform]
    account = factories.official_account(cast.diskominfo, platform=platform, host="")
    give_credential(account, cast.bayu, {name: "abcd"})
    disconnect(cast, account)
    revocation = Revocation.objects.get()
    assert (revocation.outcome, revocation.sealed) == (outcome, "")
    assert outcomes() == [outcome]
