"""Processes at one token that is given out once: two at the same time, and one that is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts import actions, vault
from accounts.models import Credential, OfficialAccount
from govsocial.platforms.errors import AuthRevoked
from tests import factories, processes
from tests.accounts.secrets import give_credential
from tests.cast import the_cast
from tests.platforms import tiktok_stage as tiktok
from tests.platforms.fakes import Received, Reply, Server

READ = """
import sys
from accounts.models import OfficialAccount
from accounts.vault import client_for
client = client_for(OfficialAccount.objects.get(pk={pk}))
print("ready", flush=True)
sys.stdin.readline()
print(client.profile().platform_id, flush=True)
"""
OPEN_ID = tiktok.USER["open_id"]
pytestmark = pytest.mark.django_db(transaction=True)


class Rotating:
    """The token server of TikTok: each refresh token is taken once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.taken: list[str] = []
        self.before_answer: Callable[[], None] = lambda: None
        self.refresh, self.access = "refresh-0", "access-0"
        server.on(tiktok.REFRESH, self._token)
        server.on(tiktok.PROFILE, self._profile)

    def _token(self, received: Received) -> Reply:
        asked = parse_qs(received.body.decode())["refresh_token"][0]
        self.taken.append(asked)
        if asked != self.refresh:
            return tiktok.REFUSED
        number = len(self.taken)
        self.refresh, self.access = f"refresh-{number}", f"access-{number}"
        self.before_answer()
        return Reply(200, tiktok.token(refresh_token=self.refresh, access_token=self.access))

    def _profile(self, received: Received) -> Reply:
        good = received.headers["Authorization"] == f"Bearer {self.access}"
        return tiktok.ok({"user": tiktok.USER}) if good else tiktok.EXPIRED


@pytest.fixture
def platform(settings: Settings) -> Iterator[Rotating]:
    server = Server()
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({server.host})
    settings.PLATFORM_BASE_URL = server.base
    yield Rotating(server)
    server.close()


@pytest.fixture
def account(platform: Rotating) -> OfficialAccount:
    """Connected, with a token whose time is over."""
    cast = the_cast()
    actions.set_platform_app(
        actor=cast.bayu, platform="tiktok", client_id="aplikasi", client_secret="rahasia-aplikasi"
    )
    found: OfficialAccount = factories.official_account(
        cast.diskominfo, platform="tiktok", handle="samudrakota", host=""
    )
    ended = (timezone.now() - timedelta(minutes=5)).isoformat()
    secret = {"access_token": "access-0", "refresh_token": "refresh-0", "expires_at": ended}
    give_credential(found, cast.bayu, secret)
    return found


def test_two_processes_at_an_ended_token_refresh_once_and_both_go_on(
    platform: Rotating, account: OfficialAccount
) -> None:
    """One of them is this one."""
    waited: list[bool] = []

    def let_the_other_come() -> None:
        waited.append(processes.until_waiting(1))
        connection.close()

    platform.before_answer = let_the_other_come
    client = vault.client_for(account)
    with processes.worker(READ.format(pk=account.pk), **processes.at(platform.server)) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        assert client.profile().platform_id == OPEN_ID
        assert other.communicate(timeout=processes.WITHIN)[0] == f"{OPEN_ID}\n"
    assert platform.taken == ["refresh-0"]
    assert waited == [True]
    assert vault.AccountSecretStore(account.pk).load()["refresh_token"] == "refresh-1"
    assert Credential.objects.get().refresh_started_at is None


@pytest.mark.parametrize("takes", [True, False], ids=["taken", "not taken"])
def test_a_process_killed_between_the_new_token_and_its_saving_is_known_afterwards(
    platform: Rotating, account: OfficialAccount, takes: bool
) -> None:
    held = processes.Held(platform.server, tiktok.REFRESH, takes=takes)
    code = READ.format(pk=account.pk)
    with processes.worker(code, **processes.at(platform.server)) as worker:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
        held.kill(worker)
    store = vault.AccountSecretStore(account.pk)
    assert store.load()["refresh_token"] == "refresh-0", "what came was never saved"
    begun = Credential.objects.get().refresh_started_at
    assert begun is not None
    Credential.objects.update(refresh_started_at=begun - timedelta(minutes=1))
    client = vault.client_for(account)
    if takes:
        # The token from before is used up: that is told, and told as what it is.
        with pytest.raises(AuthRevoked, match="cut off"):
            client.profile()
        assert platform.taken == ["refresh-0", "refresh-0"]
        return
    assert client.profile().platform_id == OPEN_ID
    assert store.load()["refresh_token"] == "refresh-1"
    assert Credential.objects.get().refresh_started_at is None
