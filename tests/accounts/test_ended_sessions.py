"""Disconnecting where a person entered a secret: the session ends, and what stays good is said."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import actions, tasks, vault
from accounts.actions.former_secrets import former_secret
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
PASSWORD = {"app_password": "abcd-efgh"}
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


def test_connecting_again_ends_the_session_from_before_and_no_other(
    cast: Cast, bluesky: OfficialAccount
) -> None:
    former, kept = connected(cast, bluesky), connected(cast, bluesky)
    assert former["refresh_jwt"] != kept["refresh_jwt"]
    revocation = Revocation.objects.get()
    sealed = json.loads(vault.open_row(revocation))
    assert sealed["refresh_jwt"] == former["refresh_jwt"]
    assert not {"app_password", "access_jwt"} & set(sealed), "no more than it takes"
    tasks.revoke_secrets()
    assert outcomes() == ["ended"]
    assert not refreshes(bluesky, former)
    assert refreshes(bluesky, kept)
    disconnect(cast, bluesky)
    tasks.revoke_secrets()
    assert outcomes() == ["ended", "ended"]


@pytest.mark.parametrize(
    ("platform", "before", "now", "planned"),
    [
        ("bluesky", PASSWORD | {"refresh_jwt": "r1"}, {"refresh_jwt": "r2"}, True),
        ("bluesky", PASSWORD | {"refresh_jwt": "r1"}, {"refresh_jwt": "r1"}, False),
        ("bluesky", PASSWORD, {"refresh_jwt": "r2"}, False),
        ("mastodon", {"access_token": "t1"}, {"access_token": "t2"}, False),
        ("feed", {"feed_url": "https://a.example"}, {"feed_url": "https://b.example"}, False),
    ],
)
def test_what_cannot_be_ended_or_is_kept_is_replaced_without_a_word(
    cast: Cast, platform: str, before: dict[str, str], now: dict[str, str], planned: bool
) -> None:
    account = factories.official_account(cast.diskominfo, platform=platform, host="new.example")
    give_credential(account, cast.bayu, before)
    with transaction.atomic():
        former = former_secret(account, "old.example", None, now)
    assert (former is not None) == planned
    if former is not None:
        former.plan_end(cast.bayu)
        assert Revocation.objects.get().host == "old.example"
        assert PASSWORD["app_password"] not in repr(former)


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
    ("platform", "name", "told"),
    [("bluesky", "app_password", ["not_here"]), ("feed", "feed_url", [])],
)
def test_without_a_session_there_is_nothing_to_end_and_of_a_feed_nothing_to_tell(
    cast: Cast, platform: str, name: str, told: list[str]
) -> None:
    account = factories.official_account(cast.diskominfo, platform=platform, host="")
    give_credential(account, cast.bayu, {name: "abcd"})
    disconnect(cast, account)
    assert [(one.outcome, one.sealed) for one in Revocation.objects.all()] == [
        (outcome, "") for outcome in told
    ]
    assert outcomes() == told
