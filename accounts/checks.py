"""System checks of what this app is configured with. Ids govsocial.E101 and up."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

KEY_BYTES = 32


def register_checks() -> None:
    register(check_credential_keys, Tags.security)
    register(check_platform_base_url, Tags.security)


def check_platform_base_url(**kwargs: Any) -> list[CheckMessage]:
    """E104: only a training instance reaches the platforms anywhere but where they are."""
    if not settings.PLATFORM_BASE_URL or settings.TRAINING:
        return []
    return [
        Error(
            "PLATFORM_BASE_URL is set, and this is no training instance.",
            hint="Take it away: secrets of official accounts would be sent there.",
            id="govsocial.E104",
        )
    ]


def check_credential_keys(**kwargs: Any) -> list[CheckMessage]:
    """E101: there is a key. E102: each is a Fernet key, once. E103: none comes from SECRET_KEY."""
    keys: dict[int, str] = settings.CREDENTIAL_KEYS
    if not keys:
        return [Error("CREDENTIAL_KEYS is empty.", hint=_MAKE_ONE, id="govsocial.E101")]
    found: list[CheckMessage] = []
    seen: set[bytes] = set()
    for version, key in keys.items():
        raw = _raw(key)
        if raw is None or raw in seen:
            found.append(
                Error(
                    f"Version {version} of CREDENTIAL_KEYS is not a Fernet key of its own.",
                    hint=_MAKE_ONE,
                    id="govsocial.E102",
                )
            )
        elif raw in _derived(settings.SECRET_KEY):
            found.append(
                Error(
                    f"Version {version} of CREDENTIAL_KEYS is derived from SECRET_KEY.",
                    hint="Changing one must not break the other. " + _MAKE_ONE,
                    id="govsocial.E103",
                )
            )
        if raw is not None:
            seen.add(raw)
    return found


_MAKE_ONE = (
    "Make one with: python -c 'from cryptography.fernet import Fernet; "
    "print(Fernet.generate_key().decode())'"
)


def _raw(key: str) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(key.encode())
    except (ValueError, binascii.Error):
        return None
    return raw if len(raw) == KEY_BYTES else None


def _derived(secret_key: str) -> set[bytes]:
    """The ways in which people make 32 bytes out of a text."""
    text = secret_key.encode()
    return {
        hashlib.sha256(text).digest(),
        hashlib.blake2s(text).digest(),
        hashlib.blake2b(text, digest_size=KEY_BYTES).digest(),
        hashlib.md5(text, usedforsecurity=False).hexdigest().encode(),
        text[:KEY_BYTES],
        text[:KEY_BYTES].ljust(KEY_BYTES, b"\0"),
        text[:KEY_BYTES].ljust(KEY_BYTES, b"0"),
        text[-KEY_BYTES:],
    }
