"""Connecting over real HTTP with the training platforms, which speak the platforms' own APIs."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from accounts import actions, vault
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount, User
from govsocial.audit.models import Entry
from govsocial.platforms import registry
from govsocial.platforms.errors import AccountBlocked, AuthRevoked
from govsocial.platforms.mastodon.client import MastodonClient
from govsocial.training.app import TrainingPlatforms
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import SECRET, give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def told_secret(platforms: TrainingPlatforms, key: str) -> str:
    return platforms.story.account(key).secret


def connect(account: OfficialAccount, actor: User, secret: str, host: str = "") -> OfficialAccount:
    return actions.connect_account(
        actor=actor,
        official_account_id=account.pk,
        host=host or account.host,
        typed_secret=secret,
    )


@pytest.mark.parametrize("platform", ["bluesky", "mastodon"])
def test_a_good_secret_connects_and_the_client_works_with_it(
    cast: Cast, request: pytest.FixtureRequest, platforms: TrainingPlatforms, platform: str
) -> None:
    account: OfficialAccount = request.getfixturevalue(platform)
    told = platforms.story.account(f"{platform}:samudrakota")
    connect(account, cast.bayu, told.secret)
    account = OfficialAccount.objects.select_related("credential").get(pk=account.pk)
    assert account.is_connected
    assert account.platform_id == told.platform_id
    assert account.credential.connected_by == cast.bayu
    assert told.secret not in account.credential.sealed
    profile = vault.client_for(account).profile()
    assert profile.platform_id == told.platform_id
    (entry,) = trail("accounts.connection.made")
    assert entry.data["platform_id"] == told.platform_id


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "nur", "inactive"])
def test_others_connect_nothing(
    cast: Cast, bluesky: OfficialAccount, platforms: TrainingPlatforms, who: str
) -> None:
    with pytest.raises(PermissionDenied):
        connect(bluesky, getattr(cast, who), told_secret(platforms, "bluesky:samudrakota"))
    assert not Credential.objects.exists()


def test_the_secret_of_another_account_is_refused(
    cast: Cast, bluesky: OfficialAccount, mastodon: OfficialAccount, platforms: TrainingPlatforms
) -> None:
    with pytest.raises(AccountError, match="belongs to") as refused:
        connect(mastodon, cast.bayu, told_secret(platforms, "mastodon:bpbd_samudra"))
    assert refused.value.field == "secret"
    with pytest.raises(AccountError) as other:
        connect(bluesky, cast.bayu, told_secret(platforms, "bluesky:dinkes-samudra"))
    assert other.value.field == "secret"
    assert not Credential.objects.exists()


def test_a_handle_that_somebody_else_took_over_is_not_the_account_any_more(
    cast: Cast, mastodon: OfficialAccount, platforms: TrainingPlatforms
) -> None:
    OfficialAccount.objects.filter(pk=mastodon.pk).update(platform_id="someone-else")
    with pytest.raises(AccountError, match="belongs to"):
        connect(mastodon, cast.bayu, told_secret(platforms, "mastodon:samudrakota"))


@pytest.mark.parametrize("platform", ["bluesky", "mastodon"])
def test_an_identity_that_another_official_account_has_is_not_connected_twice(
    cast: Cast, request: pytest.FixtureRequest, platforms: TrainingPlatforms, platform: str
) -> None:
    account: OfficialAccount = request.getfixturevalue(platform)
    told = platforms.story.account(f"{platform}:samudrakota")
    # It was registered and connected before the platform renamed it.
    factories.official_account(
        cast.dinkes,
        platform=platform,
        handle="namalama.example",
        host=account.host,
        platform_id=told.platform_id,
    )
    with pytest.raises(AccountError, match=r"already: @namalama\.example") as refused:
        connect(account, cast.bayu, told.secret)
    assert refused.value.field == "secret"
    assert not Credential.objects.exists()


def test_a_token_that_may_only_read_is_refused_and_the_working_one_stays(
    cast: Cast, mastodon: OfficialAccount, platforms: TrainingPlatforms, client_as: ClientAs
) -> None:
    told = platforms.story.account("mastodon:samudrakota")
    connect(mastodon, cast.bayu, told.secret)
    kept = Credential.objects.get().sealed
    factories.reads_english(cast.bayu)
    address = reverse("accounts:official_account_connect", args=[mastodon.pk])
    page = client_as("bayu").post(address, {"host": mastodon.host, "secret": told.read_only_secret})
    assert page.status_code == 422
    assert "right to publish" in str(page.context["form"].errors["secret"])
    credential = Credential.objects.get()
    assert (credential.sealed, credential.status) == (kept, Credential.Status.GOOD)
    assert len(trail("accounts.connection.made")) == 1


def test_a_blocked_account_is_told_as_such_beside_the_secret(
    cast: Cast, mastodon: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blocked(_client: MastodonClient) -> None:
        raise AccountBlocked("The account is disabled.")

    monkeypatch.setattr(MastodonClient, "profile", blocked)
    factories.reads_english(cast.bayu)
    with translation.override("en"), pytest.raises(AccountError, match="blocked") as refused:
        connect(mastodon, cast.bayu, SECRET)
    assert refused.value.field == "secret"


@pytest.mark.parametrize("platform", ["bluesky", "mastodon"])
def test_a_bad_secret_is_told_beside_it_and_never_sent_back(
    request: pytest.FixtureRequest,
    client_as: ClientAs,
    platform: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    account: OfficialAccount = request.getfixturevalue(platform)
    address = reverse("accounts:official_account_connect", args=[account.pk])
    with caplog.at_level(logging.DEBUG):
        response = client_as("bayu").post(address, {"host": account.host, "secret": SECRET})
    assert response.status_code == 422
    assert "secret" in response.context["form"].errors
    assert SECRET not in response.content.decode()
    assert account.host in response.content.decode()
    assert SECRET not in caplog.text
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:1", "169.254.169.254", "localhost", "http://mastodon.social", "[::1]", "x y", ""],
)
def test_a_server_that_must_not_be_reached_is_told_beside_the_host(
    cast: Cast, mastodon: OfficialAccount, client_as: ClientAs, host: str
) -> None:
    address = reverse("accounts:official_account_connect", args=[mastodon.pk])
    response = client_as("bayu").post(address, {"host": host, "secret": SECRET})
    assert response.status_code == 422
    assert "host" in response.context["form"].errors


def test_a_server_that_does_not_answer_is_told_beside_the_host(
    cast: Cast, mastodon: OfficialAccount, settings: Settings
) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:9"})
    OfficialAccount.objects.filter(pk=mastodon.pk).update(host="127.0.0.1:9")
    with pytest.raises(AccountError) as refused:
        connect(mastodon, cast.bayu, SECRET, host="127.0.0.1:9")
    assert refused.value.field == "host"


def test_the_platform_is_asked_outside_of_a_transaction(
    cast: Cast,
    mastodon: OfficialAccount,
    platforms: TrainingPlatforms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    depth: list[int] = []
    real = registry.connect

    def watched(*args: object, **kwargs: object) -> object:
        depth.append(len(connection.savepoint_ids))
        return real(*args, **kwargs)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(vault, "connect", watched)
    before = len(connection.savepoint_ids)
    connect(mastodon, cast.bayu, told_secret(platforms, "mastodon:samudrakota"))
    assert depth == [before]


def test_an_account_that_became_another_one_while_the_platform_was_asked_is_not_connected(
    cast: Cast,
    mastodon: OfficialAccount,
    platforms: TrainingPlatforms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def became_another(client: MastodonClient) -> None:
        OfficialAccount.objects.filter(pk=mastodon.pk).update(platform_id="someone-else")

    monkeypatch.setattr(MastodonClient, "check_can_publish", became_another)
    with pytest.raises(AccountError, match="belongs to"):
        connect(mastodon, cast.bayu, told_secret(platforms, "mastodon:samudrakota"))
    assert not Credential.objects.exists()
    mastodon.refresh_from_db()
    assert mastodon.platform_id == "someone-else"


def test_an_account_that_was_closed_meanwhile_is_not_connected(
    cast: Cast,
    mastodon: OfficialAccount,
    platforms: TrainingPlatforms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = registry.connect

    def closed_meanwhile(*args: object, **kwargs: object) -> object:
        actions.close_official_account(
            actor=cast.bayu, official_account_id=mastodon.pk, reason="Meanwhile"
        )
        return real(*args, **kwargs)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(vault, "connect", closed_meanwhile)
    with pytest.raises(AccountError, match="closed"):
        connect(mastodon, cast.bayu, told_secret(platforms, "mastodon:samudrakota"))
    assert not Credential.objects.exists()


def test_disconnecting_forgets_the_secret_and_keeps_the_row(
    cast: Cast, bluesky: OfficialAccount, client_as: ClientAs
) -> None:
    give_credential(bluesky, cast.bayu)
    address = reverse("accounts:official_account_disconnect", args=[bluesky.pk])
    client = client_as(factories.reads_english(cast.bayu))
    assert client.post(address, {"reason": ""}).status_code == 422
    assert Credential.objects.get().sealed
    assert client.post(address, {"reason": "Ganti pengelola"}).status_code == 302
    credential = Credential.objects.get()
    assert (credential.sealed, credential.status) == ("", Credential.Status.REMOVED)
    with pytest.raises(AuthRevoked):
        vault.AccountSecretStore(bluesky.pk).load()
    page = reverse("accounts:official_account_detail", args=[bluesky.pk])
    told = client.get(page).content.decode()
    assert "It was disconnected. Posts can still be written for this account" in told
    assert client.post(address, {"reason": "Lagi"}).status_code == 422
    assert trail("accounts.connection.removed")[0].data == {"reason": "Ganti pengelola"}


def test_a_revoked_connection_says_why_once_and_can_be_made_again(
    cast: Cast, bluesky: OfficialAccount, platforms: TrainingPlatforms
) -> None:
    give_credential(bluesky, cast.bayu)
    system = User.objects.system()
    for expected in (True, False):
        news = actions.mark_revoked(
            actor=system,
            official_account_id=bluesky.pk,
            reason="Bluesky refuses the password.",
            used_since=timezone.now(),
        )
        assert news is expected
    bluesky = OfficialAccount.objects.get(pk=bluesky.pk)
    assert bluesky.needs_reconnecting
    assert bluesky.credential.problem == "Bluesky refuses the password."
    assert len(trail("accounts.connection.revoked")) == 1
    with pytest.raises(AuthRevoked):
        vault.AccountSecretStore(bluesky.pk).load()
    connect(bluesky, cast.bayu, told_secret(platforms, "bluesky:samudrakota"))
    again = OfficialAccount.objects.get(pk=bluesky.pk)
    assert again.is_connected
    assert again.credential.problem == ""


def test_no_page_and_no_entry_of_the_trail_ever_holds_a_secret(
    cast: Cast,
    bluesky: OfficialAccount,
    platforms: TrainingPlatforms,
    client_as: ClientAs,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = told_secret(platforms, "bluesky:samudrakota")
    client = client_as("bayu")
    page = reverse("accounts:official_account_connect", args=[bluesky.pk])
    with caplog.at_level(logging.DEBUG):
        response = client.post(page, {"host": bluesky.host, "secret": secret}, follow=True)
    stored = vault.AccountSecretStore(bluesky.pk).load()
    hidden = [*stored.values(), Credential.objects.get().sealed]
    hidden = [value for value in hidden if value not in {bluesky.handle, stored.get("did")}]
    hidden = [value for value in hidden if not value.startswith("http")]
    assert secret in hidden
    pages = [
        response.content.decode(),
        client.get(page).content.decode(),
        client.get(reverse("accounts:official_account_list")).content.decode(),
        client.get(
            f"/admin/accounts/credential/{Credential.objects.get().pk}/change/"
        ).content.decode(),
    ]
    told = str([(entry.data, entry.target_label) for entry in Entry.objects.all()])
    for value in hidden:
        assert value not in told
        assert value not in caplog.text
        assert not [page for page in pages if value in page]
