from __future__ import annotations

import base64
import hashlib
import threading

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from accounts import vault
from accounts.checks import check_credential_keys
from accounts.models import Credential, OfficialAccount
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import AuthRevoked, Unavailable
from tests import factories
from tests.accounts.secrets import SECRET, give_credential
from tests.cast import Cast, the_cast

FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture(autouse=True)
def one_key(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = {1: FIRST}


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    return account


def test_a_secret_comes_back_as_it_was_and_is_not_readable_at_rest(
    account: OfficialAccount,
) -> None:
    assert vault.AccountSecretStore(account.pk).load() == {"app_password": SECRET}
    sealed = Credential.objects.get().sealed
    assert SECRET not in sealed
    assert SECRET.encode() not in base64.urlsafe_b64decode(sealed.removeprefix("a1."))


def test_a_secret_copied_to_another_account_does_not_open_there(
    cast: Cast, account: OfficialAccount
) -> None:
    other = factories.official_account(cast.dinkes)
    credential = give_credential(other, cast.bayu)
    stolen = Credential.objects.get(official_account=account).sealed
    Credential.objects.filter(pk=credential.pk).update(sealed=stolen)
    with pytest.raises(vault.CannotOpen) as refused:
        vault.AccountSecretStore(other.pk).load()
    assert SECRET not in str(refused.value)


def test_a_lost_key_is_told_with_its_version_and_nothing_else(
    account: OfficialAccount, settings: Settings
) -> None:
    settings.CREDENTIAL_KEYS = {2: SECOND}
    with pytest.raises(vault.CannotOpen, match="version 1"):
        vault.AccountSecretStore(account.pk).load()
    settings.CREDENTIAL_KEYS = {1: SECOND}
    with pytest.raises(vault.CannotOpen, match="does not open") as refused:
        vault.AccountSecretStore(account.pk).load()
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_an_account_without_a_secret_is_revoked_for_its_client(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    with pytest.raises(AuthRevoked):
        vault.AccountSecretStore(account.pk).load()


def test_a_removed_credential_holds_nothing_and_a_good_one_something(
    account: OfficialAccount,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.update(status=Credential.Status.REMOVED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.update(sealed="")


def refreshed(secret: Secret) -> Secret:
    return {**secret, "refresh_jwt": "second"}


def test_a_refreshed_secret_is_stored(account: OfficialAccount) -> None:
    store = vault.AccountSecretStore(account.pk)
    assert store.rotate(stale=store.load(), refresh=refreshed)["refresh_jwt"] == "second"
    assert store.load()["refresh_jwt"] == "second"
    assert Credential.objects.get().rotated_at is not None


def test_who_comes_second_gets_what_the_first_one_fetched(account: OfficialAccount) -> None:
    store = vault.AccountSecretStore(account.pk)
    stale = store.load()
    store.rotate(stale=stale, refresh=refreshed)

    def never(secret: Secret) -> Secret:
        raise AssertionError("The secret had been refreshed already.")

    assert store.rotate(stale=stale, refresh=never)["refresh_jwt"] == "second"


def test_a_failed_refresh_leaves_the_old_secret(account: OfficialAccount) -> None:
    store = vault.AccountSecretStore(account.pk)

    def fails(secret: Secret) -> Secret:
        raise Unavailable("The platform is down.")

    with pytest.raises(Unavailable):
        store.rotate(stale=store.load(), refresh=fails)
    assert store.load() == {"app_password": SECRET}


@pytest.mark.django_db(transaction=True)
def test_workers_that_refresh_at_the_same_time_ask_the_platform_once() -> None:
    cast = the_cast()
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    stale = vault.AccountSecretStore(account.pk).load()
    together, asked = threading.Barrier(4), []
    got: list[Secret] = []

    def refresh(secret: Secret) -> Secret:
        asked.append(1)
        return {**secret, "refresh_jwt": f"number {len(asked)}"}

    def work() -> None:
        try:
            together.wait(timeout=10)
            got.append(vault.AccountSecretStore(account.pk).rotate(stale=stale, refresh=refresh))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert len(asked) == 1
    assert [secret["refresh_jwt"] for secret in got] == ["number 1"] * 4


def derived(secret_key: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(secret_key.encode()).digest()).decode()


@pytest.mark.parametrize(
    ("keys", "ids"),
    [
        ({1: FIRST, 2: SECOND}, []),
        ({}, ["govsocial.E101"]),
        ({1: "short"}, ["govsocial.E102"]),
        ({1: "!" * 44}, ["govsocial.E102"]),
        ({1: FIRST, 2: FIRST}, ["govsocial.E102"]),
        ({1: derived("the secret key of this test")}, ["govsocial.E103"]),
    ],
    ids=["good", "none", "short", "no base64", "one key twice", "derived"],
)
def test_the_key_list_is_checked_at_start(
    settings: Settings, keys: dict[int, str], ids: list[str]
) -> None:
    settings.SECRET_KEY = "the secret key of this test"
    settings.CREDENTIAL_KEYS = keys
    assert [problem.id for problem in check_credential_keys()] == ids
