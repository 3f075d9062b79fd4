"""Identifiers in the forms that the platforms use, and repeatable chance.

Everything here is a pure function of its arguments, so that any moment of the story can be asked
again with the same answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on ``parts`` only."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def digest_of(secret: str) -> str:
    """What the state keeps of a token, code or secret that was given out."""
    return hashlib.sha256(secret.encode()).hexdigest()


def number(bits: int, *parts: object) -> int:
    """A whole number of at most ``bits`` bits that depends on ``parts`` only."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - bits)


def tid(timestamp: float, clock: int) -> str:
    """An AT Protocol record key (TID) for a moment; sorts like the moments do."""
    value = (int(timestamp * 1_000_000) << 10) | (clock & 1023)
    letters = []
    for _ in range(13):
        letters.append(_SORTABLE[value & 31])
        value >>= 5
    return "".join(reversed(letters))


def snowflake(timestamp: float, low: int) -> str:
    """A Mastodon id for a moment; as a number it sorts like the moments do."""
    return str((int(timestamp * 1000) << 16) | (low & 0xFFFF))


def did(handle: str) -> str:
    """The made-up ``did:plc`` of a made-up handle."""
    digest = hashlib.blake2b(handle.encode(), digest_size=15).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()


def _cid(codec: int, digest: bytes) -> str:
    raw = bytes((0x01, codec, 0x12, 0x20)) + digest
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")


def blob_cid(data: bytes) -> str:
    """The CID that a real server gives these bytes (raw codec, SHA-256)."""
    return _cid(0x55, hashlib.sha256(data).digest())


def record_cid(value: Mapping[str, Any]) -> str:
    """A well-formed CID that changes with the record.

    Taken over canonical JSON and not DAG-CBOR: clients treat it as opaque.
    """
    return _cid(0x71, hashlib.sha256(canonical(value).encode()).digest())


def canonical(value: Any) -> str:
    """JSON text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def iso(timestamp: float) -> str:
    """UTC in milliseconds, as both platforms write it: ``2026-11-22T22:40:48.110Z``."""
    moment = datetime.fromtimestamp(int(timestamp * 1000) / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
