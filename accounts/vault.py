"""Secrets of official accounts and of second steps: encrypted at rest, opened only for use.

``settings.CREDENTIAL_KEYS`` maps versions to Fernet keys. The newest version encrypts; older ones
only decrypt, until ``manage.py rotate_credentials`` has gone over every row. The keys have nothing
to do with ``SECRET_KEY``: changing one must not break the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from accounts.budgets import budget_for
from accounts.models import Credential, OfficialAccount
from accounts.money import meter_for
from govsocial.platforms.base import PlatformClient, Secret
from govsocial.platforms.errors import AuthRevoked
from govsocial.platforms.registry import connect


class CannotOpen(ImproperlyConfigured):
    """A stored secret does not open with the configured keys. An operator must act."""


def newest_version() -> int:
    """Return the key version that encrypts now."""
    return max(settings.CREDENTIAL_KEYS)


def seal(official_account_id: int, secret: Secret) -> tuple[str, int]:
    """Return the sealed text and the key version that sealed it."""
    version = newest_version()
    # The account is sealed in: a row copied over another account's does not open there.
    text = json.dumps({"official_account": official_account_id, "secret": dict(secret)})
    return _fernet(version).encrypt(text.encode()).decode(), version


def unseal(credential: Credential) -> Secret:
    """Return the secret. Raises ``CannotOpen`` without telling anything about it."""
    opened = None
    # Raised below and not from there: the chain of an exception ends up in logs.
    with suppress(InvalidToken):
        opened = json.loads(_fernet(credential.key_version).decrypt(credential.sealed.encode()))
    if opened is None or opened["official_account"] != credential.official_account_id:
        raise CannotOpen(
            f"The credential of official account {credential.official_account_id} does not open "
            f"with key version {credential.key_version}."
        )
    secret: Secret = opened["secret"]
    return secret


def seal_text(text: str) -> str:
    """Return a text sealed with the newest key, the key's version in front: ``2:gAAAAA...``."""
    version = newest_version()
    return f"{version}:{_fernet(version).encrypt(text.encode()).decode()}"


def open_text(sealed: str) -> str:
    """Return what ``seal_text`` was given. Raises ``CannotOpen``, also for a text never sealed."""
    version = version_of(sealed)
    opened = None
    with suppress(InvalidToken):
        opened = _fernet(version).decrypt(sealed.partition(":")[2].encode()).decode()
    if opened is None:
        raise CannotOpen(f"A sealed text does not open with key version {version}.")
    return opened


def version_of(sealed: str) -> int:
    """Return the key version in front of a sealed text."""
    version, separator, _ = sealed.partition(":")
    if not separator or not version.isdecimal():
        raise CannotOpen("A text that should be sealed names no key version.")
    return int(version)


def _fernet(version: int) -> Fernet:
    key = settings.CREDENTIAL_KEYS.get(version)
    if key is None:
        raise CannotOpen(f"CREDENTIAL_KEYS has no version {version}.")
    return Fernet(key)


class AccountSecretStore:
    """The ``SecretStore`` of one official account, on its row in the database."""

    def __init__(self, official_account_id: int) -> None:
        self.official_account_id = official_account_id

    def load(self) -> Secret:
        """Raises ``AuthRevoked`` when the account is not connected."""
        credential = Credential.objects.filter(official_account_id=self.official_account_id).first()
        return self._open(credential)

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        # The network call stands inside the row lock on purpose. Platforms hand out each refresh
        # token once: of two workers that refresh at the same time one would store a dead token.
        # Only those who refresh this very account wait. ``durable`` keeps it out of a longer
        # transaction, whose rollback would throw the new token away.
        with transaction.atomic(durable=True):
            credential = (
                Credential.objects.select_for_update()
                .filter(official_account_id=self.official_account_id)
                .first()
            )
            stored = self._open(credential)
            if dict(stored) != dict(stale) or credential is None:
                return stored
            fresh = refresh(stored)
            credential.sealed, credential.key_version = seal(self.official_account_id, fresh)
            credential.rotated_at = timezone.now()
            credential.save(update_fields=["sealed", "key_version", "rotated_at"])
            return fresh

    def _open(self, credential: Credential | None) -> Secret:
        if credential is None or credential.status != Credential.Status.GOOD:
            raise AuthRevoked("The official account is not connected.")
        return unseal(credential)


class TypedSecretStore:
    """A secret that somebody typed and nobody has stored yet: to find out whether it is good."""

    def __init__(self, secret: Secret) -> None:
        self.secret = secret

    def load(self) -> Secret:
        return self.secret

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        if dict(self.secret) == dict(stale):
            self.secret = refresh(self.secret)
        return self.secret


def client_for(official_account: OfficialAccount) -> PlatformClient:
    """Return a client that acts as the official account."""
    return connect(
        official_account.platform,
        host=official_account.host,
        handle=official_account.handle,
        secrets=AccountSecretStore(official_account.pk),
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
        budget=budget_for(official_account),
        meter=meter_for(official_account),
    )


def typed_client_for(
    official_account: OfficialAccount, *, host: str, store: TypedSecretStore
) -> PlatformClient:
    """Return a client with a secret that is not stored: nothing changes when it turns out bad."""
    return connect(
        official_account.platform,
        host=host,
        handle=official_account.handle,
        secrets=store,
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
    )
