"""Texts encrypted at rest, each bound to the one place where it belongs.

AES-256-GCM with a random nonce. The associated data names purpose, table and row: a sealed text
that is copied to another row, table or purpose does not open there. The key is derived
(HKDF-SHA256) from the one in ``settings.CREDENTIAL_KEYS`` with the same version. Earlier releases
wrote Fernet tokens, of credentials and of second steps: those alone open by ``unseal_unbound``,
until ``manage.py rotate_keys`` has sealed them anew.
"""

from __future__ import annotations

import base64
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

MARK = "a1."
"""Begins every text sealed with associated data. A Fernet token cannot begin like this."""

NONCE_BYTES = 12


class CannotOpen(ImproperlyConfigured):
    """A stored secret does not open with the configured keys. An operator must act."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text belongs. ``row`` holds whatever names the row, in a fixed order."""

    purpose: str
    table: str
    row: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.table} {':'.join(self.row)}"

    def bound_to(self, version: int) -> bytes:
        # As JSON no two places share their bytes, whatever stands in the parts.
        return json.dumps([self.purpose, self.table, list(self.row), version]).encode()


def newest_version() -> int:
    """Return the key version that encrypts now."""
    return max(settings.CREDENTIAL_KEYS)


def seal(text: str, place: Place) -> tuple[str, int]:
    """Return the sealed text and the key version that sealed it."""
    version = newest_version()
    nonce = os.urandom(NONCE_BYTES)
    encrypted = _aead(version).encrypt(nonce, text.encode(), place.bound_to(version))
    return MARK + base64.urlsafe_b64encode(nonce + encrypted).decode(), version


def unseal(sealed: str, version: int, place: Place) -> str:
    """Return what was sealed. Raises ``CannotOpen``, which tells the place and nothing else."""
    opened: str | None = None
    # Raised below and not from there: the chain of an exception ends up in logs.
    with suppress(InvalidTag, ValueError):
        if is_bound(sealed):
            raw = base64.urlsafe_b64decode(sealed.removeprefix(MARK).encode())
            nonce, encrypted = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            opened = _aead(version).decrypt(nonce, encrypted, place.bound_to(version)).decode()
    if opened is None:
        raise CannotOpen(f"The {place} does not open with key version {version}.")
    return opened


def unseal_unbound(sealed: str, version: int, place: Place) -> str:
    """Return what an earlier release sealed, bound to no place. Raises ``CannotOpen``."""
    opened: str | None = None
    with suppress(InvalidToken, ValueError):
        opened = Fernet(_key(version)).decrypt(sealed.encode()).decode()
    if opened is None:
        raise CannotOpen(f"The {place} does not open with key version {version}.")
    return opened


def is_bound(sealed: str) -> bool:
    """Whether a text is sealed with associated data, not as earlier releases did."""
    return sealed.startswith(MARK)


def is_current(sealed: str, version: int) -> bool:
    """Whether there is nothing for ``rotate_keys`` to do."""
    return is_bound(sealed) and version == newest_version()


def _key(version: int) -> str:
    key: str | None = settings.CREDENTIAL_KEYS.get(version)
    if key is None:
        raise CannotOpen(f"CREDENTIAL_KEYS has no version {version}.")
    return key


def _aead(version: int) -> AESGCM:
    return AESGCM(_derived(_key(version)))


@lru_cache(maxsize=32)
def _derived(key: str) -> bytes:
    """A key of its own for this use of the configured one."""
    raw = base64.urlsafe_b64decode(key.encode())
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"govsocial sealed text 1").derive(
        raw
    )
