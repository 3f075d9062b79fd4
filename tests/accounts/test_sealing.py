"""A sealed text opens in its own place and in no other."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from accounts import sealing, vault
from accounts.models import ConsentRequest, Credential, OfficialAccount, PlatformApp, Revocation
from accounts.sealing import CannotOpen, Place
from tests import factories
from tests.accounts.secrets import SECRET, give_credential
from tests.cast import Cast

FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))

# Parts that would run into each other if they were only strung together.
PARTS = ("1", "11", "1:1", "", "1,1", '"', "credential")
PLACES = [
    Place(purpose, table, row)
    for purpose, table in (("a", "bc"), ("ab", "c"), ("credential", "accounts_credential"))
    for row in [(), *((one,) for one in PARTS), *itertools.product(PARTS[:3], repeat=2)]
]


@pytest.fixture(autouse=True)
def two_keys(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = {1: FIRST, 2: SECOND}


def test_a_text_opens_in_its_own_place_and_in_no_other() -> None:
    for here in PLACES:
        sealed, version = sealing.seal(SECRET, here)
        assert sealing.unseal(sealed, version, here) == SECRET
        for there in PLACES:
            if there != here:
                with pytest.raises(CannotOpen):
                    sealing.unseal(sealed, version, there)


def test_a_text_opens_with_its_own_key_version_only(settings: Settings) -> None:
    here = PLACES[0]
    sealed, version = sealing.seal(SECRET, here)
    assert version == 2
    with pytest.raises(CannotOpen):
        sealing.unseal(sealed, 1, here)
    settings.CREDENTIAL_KEYS = {1: SECOND, 2: SECOND}
    with pytest.raises(CannotOpen):
        sealing.unseal(sealed, 1, here)


def test_no_changed_bit_passes() -> None:
    here = PLACES[0]
    sealed, version = sealing.seal(SECRET, here)
    raw = base64.urlsafe_b64decode(sealed.removeprefix(sealing.MARK))
    for bit in range(0, len(raw) * 8, 5):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        broken = sealing.MARK + base64.urlsafe_b64encode(changed).decode()
        with pytest.raises(CannotOpen) as refused:
            sealing.unseal(broken, version, here)
        assert SECRET not in str(refused.value)
        assert refused.value.__context__ is None


@pytest.mark.parametrize("stored", ["", "a1.", "a1.AAAA", "a1.%%%", "gAAAAA", SECRET, "a1.ä"])
def test_what_was_never_sealed_opens_nothing(stored: str) -> None:
    with pytest.raises(CannotOpen) as refused:
        sealing.unseal(stored, 1, PLACES[0])
    assert SECRET not in str(refused.value)
    assert refused.value.__context__ is None


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({sealing.seal(SECRET, PLACES[0])[0] for _ in range(50)}) == 50


def test_rows_of_different_tables_share_no_place() -> None:
    rows: list[Any] = [
        Credential(official_account_id=1),
        PlatformApp(platform="x", host="1"),
        PlatformApp(platform="x", host=""),
        PlatformApp(platform="x", host="", client_id="another"),
        PlatformApp(platform="threads", host=""),
        ConsentRequest(official_account_id=1, user_id=1),
        ConsentRequest(official_account_id=1, user_id=2),
        Revocation(official_account_id=1),
    ]
    for row in rows:
        vault.seal_row(row, SECRET)
        assert vault.open_row(row) == SECRET
    for here, there in itertools.permutations(rows, 2):
        there_before = there.sealed
        there.sealed = here.sealed
        with pytest.raises(CannotOpen):
            vault.open_row(there)
        there.sealed = there_before
        with pytest.raises(CannotOpen):
            vault.open_text(f"{here.key_version}:{here.sealed}")


def test_what_was_bound_from_its_first_release_on_opens_no_other_way() -> None:
    text = Fernet(FIRST).encrypt(SECRET.encode()).decode()
    for row in (
        PlatformApp(platform="x", host=""),
        ConsentRequest(official_account_id=1, user_id=1),
        Revocation(official_account_id=1),
    ):
        row.sealed, row.key_version = text, 1
        with pytest.raises(CannotOpen):
            vault.open_row(row)


def test_a_credential_of_an_earlier_release_still_opens_at_its_own_account(cast: Cast) -> None:
    mine, other = (factories.official_account(unit) for unit in (cast.diskominfo, cast.dinkes))
    old = json.dumps({"official_account": mine.pk, "secret": {"app_password": SECRET}})
    text = Fernet(FIRST).encrypt(old.encode()).decode()
    for account in (mine, other):
        give_credential(account, cast.bayu)
    Credential.objects.update(sealed=text, key_version=1)
    assert vault.AccountSecretStore(mine.pk).load() == {"app_password": SECRET}
    with pytest.raises(CannotOpen):
        vault.AccountSecretStore(other.pk).load()


def test_a_credential_given_to_another_account_does_not_open(cast: Cast) -> None:
    mine, other = (factories.official_account(unit) for unit in (cast.diskominfo, cast.dinkes))
    give_credential(mine, cast.bayu)
    Credential.objects.update(official_account=other)
    with pytest.raises(CannotOpen):
        vault.AccountSecretStore(OfficialAccount.objects.get(pk=other.pk).pk).load()
