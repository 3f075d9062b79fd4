"""``manage.py rotate_keys``: every kind of secret, while everything goes on, and killed midway."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts import actions, vault
from accounts.actions.keys import KINDS
from accounts.models import (
    ConsentRequest,
    Credential,
    PlatformApp,
    Revocation,
    User,
    WaitingLetter,
)
from accounts.second_step import opened
from govsocial.platforms.base import Secret
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import SECRET, give_credential
from tests.cast import Cast, the_cast

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture(autouse=True)
def one_key(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = {1: FIRST}


def one_of_each(cast: Cast) -> Credential:
    account = factories.official_account(cast.diskominfo)
    app = PlatformApp(
        platform="x", client_id="c", created_by=cast.bayu, changed_by=cast.bayu,
        changed_at=timezone.now(),
    )  # fmt: skip
    vault.seal_row(app, SECRET)
    app.save()
    former = PlatformApp(
        platform="x", client_id="former", created_by=cast.bayu, changed_by=cast.bayu,
        changed_at=timezone.now(), replaced_at=timezone.now(),
    )  # fmt: skip
    vault.seal_row(former, SECRET)
    former.save()
    consent = ConsentRequest(
        official_account=account, user=cast.bayu, app=app, state_sha256="0" * 64,
        browser_sha256="0" * 64, redirect_uri="/", expires_at=timezone.now(),
    )  # fmt: skip
    vault.seal_row(consent, SECRET)
    consent.save(force_insert=True)
    revocation = Revocation(
        official_account=account, app=app, next_try_at=timezone.now(), requested_by=cast.bayu
    )
    vault.seal_row(revocation, SECRET)
    revocation.save(force_insert=True)
    now = timezone.now()
    letter = WaitingLetter(kind="new_password", next_try_at=now, expires_at=now + timedelta(days=1))
    vault.seal_row(letter, SECRET)
    letter.save(force_insert=True)
    TOTP.activate(cast.bayu, "A" * 32)
    return give_credential(account, cast.bayu)


def test_every_kind_of_secret_is_sealed_anew_and_opens_without_the_old_key(
    cast: Cast, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    credential = one_of_each(cast)
    settings.CREDENTIAL_KEYS = {2: SECOND, 1: FIRST}
    call_command("rotate_keys")
    told = capsys.readouterr().out
    for kind in KINDS:
        number = 2 if kind.name == "applications" else 1
        assert f"{number} {kind.name} encrypted anew." in told
    settings.CREDENTIAL_KEYS = {2: SECOND}
    for model in (PlatformApp, ConsentRequest, Revocation, WaitingLetter):
        assert {vault.open_row(row) for row in model._default_manager.all()} == {SECRET}
    assert vault.AccountSecretStore(credential.official_account_id).load()["app_password"] == SECRET
    assert opened(Authenticator.objects.get().data["secret"]) == "A" * 32
    (entry,) = trail("accounts.keys.rotated")
    assert entry.data["credentials"] == entry.data["second_steps"] == 1
    call_command("rotate_keys")
    assert len(trail("accounts.keys.rotated")) == 1, "there was nothing to do"


def test_texts_of_the_earlier_kind_are_sealed_anew_with_the_same_key(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    old = json.dumps({"official_account": account.pk, "secret": {"app_password": SECRET}})
    Credential.objects.update(sealed=Fernet(FIRST).encrypt(old.encode()).decode())
    second_step = Authenticator.objects.create(
        user=cast.bayu, type="totp",
        data={"secret": f"1:{Fernet(FIRST).encrypt(b'A' * 32).decode()}"},
    )  # fmt: skip
    call_command("rotate_keys")
    assert Credential.objects.get().sealed.startswith("a1.")
    second_step.refresh_from_db()
    assert second_step.data["secret"].startswith("1:a1.")
    assert opened(second_step.data["secret"]) == "A" * 32
    assert vault.AccountSecretStore(account.pk).load() == {"app_password": SECRET}


def test_a_row_that_does_not_open_is_named_and_stops_nothing(
    cast: Cast, settings: Settings
) -> None:
    accounts = [factories.official_account(cast.diskominfo) for _ in range(3)]
    for account in accounts:
        give_credential(account, cast.bayu)
    Credential.objects.filter(official_account=accounts[1]).update(sealed="not a secret")
    settings.CREDENTIAL_KEYS = {2: SECOND, 1: FIRST}
    with pytest.raises(CommandError, match="1 credentials"):
        call_command("rotate_keys", batch=1)
    versions = dict(Credential.objects.values_list("official_account_id", "key_version"))
    assert [versions[account.pk] for account in accounts] == [2, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(settings: Settings) -> None:
    cast = the_cast()
    for _ in range(12):
        give_credential(factories.official_account(cast.diskominfo), cast.bayu)
    # The sixth row is locked by somebody: there the command waits, and is killed.
    sixth = Credential.objects.order_by("pk")[5]
    settings.CREDENTIAL_KEYS = {2: SECOND, 1: FIRST}
    with locked(sixth.pk):
        command = subprocess.Popen(
            [sys.executable, "manage.py", "rotate_keys", "--batch", "5"],
            cwd=ROOT,
            env=environment(f"2:{SECOND},1:{FIRST}"),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert command.stdout is not None
        assert "credentials: 5" in command.stdout.readline()
        command.send_signal(signal.SIGKILL)
        command.wait()
        command.stdout.close()
    left = Credential.objects.filter(key_version=1).count()
    assert left == 7
    assert len(trail("accounts.credential.resealed")) == 5, "told for each row that is done"
    call_command("rotate_keys")
    settings.CREDENTIAL_KEYS = {2: SECOND}
    for account in Credential.objects.values_list("official_account_id", flat=True):
        assert vault.AccountSecretStore(account).load() == {"app_password": SECRET}
    assert len(trail("accounts.credential.resealed")) == 12


class locked:
    """A row that another connection holds."""

    def __init__(self, pk: int) -> None:
        self._pk = pk
        self._held, self._done = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._held.wait(10)

    def __exit__(self, *exc: object) -> None:
        self._done.set()
        self._thread.join()

    def _hold(self) -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                Credential.objects.select_for_update().get(pk=self._pk)
                self._held.set()
                self._done.wait(30)
        finally:
            connection.close()


def environment(keys: str) -> dict[str, str]:
    """A process on the test database, with these keys."""
    name = str(connection.settings_dict["NAME"])
    head, _, query = os.environ["DATABASE_URL"].partition("?")
    address = f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    return os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.test",
        "CREDENTIAL_KEYS": keys,
    }


@pytest.mark.django_db(transaction=True)
def test_refreshing_while_the_keys_are_rotated_loses_nothing(settings: Settings) -> None:
    cast = the_cast()
    accounts = [factories.official_account(cast.diskominfo) for _ in range(3)]
    for account in accounts:
        give_credential(account, cast.bayu, {"token": "0"})
    system = User.objects.system()
    failures: list[BaseException] = []

    def refresh(account_id: int) -> None:
        store = vault.AccountSecretStore(account_id)
        for _ in range(8):
            store.rotate(stale=store.load(), refresh=one_more)

    def rotate() -> None:
        # Each time with a newer key, so that there is something to do.
        for version in range(2, 8):
            settings.CREDENTIAL_KEYS = dict(list(KEYS.items())[:version])
            for _ in actions.rotate_keys(actor=system, batch=2):
                continue

    run_together([rotate, *(partial(refresh, account.pk) for account in accounts)], failures)
    assert failures == []
    settings.CREDENTIAL_KEYS = KEYS
    for account in accounts:
        assert vault.AccountSecretStore(account.pk).load() == {"token": "8"}


KEYS = {1: FIRST, 2: SECOND} | {n: Fernet.generate_key().decode() for n in range(3, 9)}


def one_more(old: Secret) -> Secret:
    return {"token": str(int(old["token"]) + 1)}


def run_together(work: list[Callable[[], None]], failures: list[BaseException]) -> None:
    def guarded(one: Callable[[], None]) -> None:
        try:
            one()
        except Exception as exc:
            failures.append(exc)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_recovery_codes_in_the_other_form_of_the_library_are_saved_and_left_alone(
    cast: Cast,
) -> None:
    data = {"used_mask": 0, "migrated_codes": ["1:sealed-elsewhere"]}
    codes = Authenticator.objects.create(user=cast.bayu, type="recovery_codes", data=dict(data))
    codes.save()
    call_command("rotate_keys")
    codes.refresh_from_db()
    assert codes.data == data
