"""The live network, its citizens and govsocial's client of its official account."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from govsocial.platforms.base import PlatformClient, Secret
from govsocial.platforms.registry import connect
from tests.live.citizens import Account, Citizen, Network

VARIABLE = "GOVSOCIAL_LIVE_NETWORK"
SECONDS = 20.0
"""How long the AppView may take to notice what happened in a repository."""

Value = TypeVar("Value")


class MemorySecrets:
    """A ``SecretStore`` that counts how often a session was made or renewed."""

    def __init__(self, secret: Secret) -> None:
        self.secret = dict(secret)
        self.rotations = 0

    def load(self) -> Secret:
        return dict(self.secret)

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        if dict(stale) == self.secret:
            self.secret = dict(refresh(self.secret))
            self.rotations += 1
        return self.load()


@pytest.fixture(scope="session")
def network() -> Network:
    path = os.environ.get(VARIABLE)
    if not path:
        pytest.fail(
            f"{VARIABLE} is not set. Start the network (tests/live/network/README.md) and name "
            "the network.json that it wrote.",
            pytrace=False,
        )
    if not Path(path).is_file():
        pytest.fail(f"{VARIABLE} names {path}: no such file. Is it running?", pytrace=False)
    return Network.read(Path(path))


@pytest.fixture(scope="session")
def citizens(network: Network) -> list[Citizen]:
    return [Citizen(network.pds_url, account) for account in network.citizens]


@pytest.fixture(scope="session")
def owner(network: Network) -> Citizen:
    """The official account in the hands of its owner, beside govsocial."""
    return Citizen(network.pds_url, network.official)


@pytest.fixture(scope="session")
def secrets(network: Network) -> MemorySecrets:
    """One session for all tests: the platform rations sign-ins."""
    return MemorySecrets({"app_password": network.official.app_password})


def client_of(network: Network, account: Account, secrets: MemorySecrets) -> PlatformClient:
    return connect(
        "bluesky",
        host=network.pds_url,
        handle=account.handle,
        secrets=secrets,
        allowed_private=[urlsplit(network.pds_url).netloc],
    )


@pytest.fixture
def client(network: Network, secrets: MemorySecrets) -> PlatformClient:
    return client_of(network, network.official, secrets)


def eventually(
    look: Callable[[], Value], wanted: Callable[[Value], bool], *, seconds: float = SECONDS
) -> Value:
    """Look until what is seen is what is wanted, and return it; else what was seen last."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if wanted(seen) or time.monotonic() > end:
            return seen
        time.sleep(0.25)
