from __future__ import annotations

import threading

import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    PlatformError,
    TokenExpired,
    Unavailable,
)
from tests.gathering import each
from tests.platforms.bluesky_stage import (
    DID,
    EXPIRED,
    LOGIN,
    PROFILE,
    PUBLISH,
    REFRESH,
    client_of,
    post,
    session_answer,
    signed_in,
    token,
    write_record,
)
from tests.platforms.fakes import MemoryStore, Received, Reply, Server


@pytest.fixture
def store() -> MemoryStore:
    return signed_in()


@pytest.fixture
def client(server: Server, store: MemoryStore) -> PlatformClient:
    return client_of(server, store)


def test_the_first_call_signs_in_with_the_app_password_and_keeps_the_session(
    server: Server,
) -> None:
    store = MemoryStore(app_password="app-pass")
    server.on(LOGIN, Reply(200, session_answer()))
    server.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example", "followersCount": 7}))
    profile = client_of(server, store).profile()
    client_of(server, store).profile()
    assert len(server.calls(LOGIN)) == 1
    assert server.calls(LOGIN)[0].json() == {"identifier": "kota.example", "password": "app-pass"}
    assert store.load()["access_jwt"] == "access-1"
    assert store.load()["app_password"] == "app-pass"
    assert (profile.platform_id, profile.handle, profile.followers) == (DID, "kota.example", 7)
    assert (profile.following, profile.posts) == (None, None)
    assert profile.definition == "bluesky/1"
    assert profile.url == f"{server.base}/profile/kota.example"


def test_an_expired_session_is_refreshed_once_and_the_call_repeated(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    server.on(PUBLISH, EXPIRED, write_record)
    server.on(REFRESH, Reply(200, session_answer()))
    client.publish(post())
    assert [token(one) for one in server.calls(PUBLISH)] == ["Bearer access-0", "Bearer access-1"]
    assert token(server.calls(REFRESH)[0]) == "Bearer refresh-0"
    assert store.load()["refresh_jwt"] == "refresh-1"
    assert server.calls(LOGIN) == []


@pytest.mark.parametrize("error", ["ExpiredToken", "InvalidToken"])
def test_a_session_that_cannot_be_refreshed_is_made_anew_with_the_app_password(
    server: Server, store: MemoryStore, client: PlatformClient, error: str
) -> None:
    server.on(PROFILE, EXPIRED, Reply(200, {"did": DID, "handle": "kota.example"}))
    server.on(REFRESH, Reply(400, {"error": error}))
    server.on(LOGIN, Reply(200, session_answer(2)))
    client.profile()
    assert store.load()["access_jwt"] == "access-2"


def test_without_an_app_password_a_lost_session_needs_a_person(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    store.secret = {**store.secret, "app_password": ""}
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, EXPIRED)
    with pytest.raises(AuthRevoked) as caught:
        client.profile()
    assert caught.value.permanent


@pytest.mark.parametrize("error", ["AuthenticationRequired", "AuthFactorTokenRequired"])
def test_a_revoked_app_password_needs_a_person(
    server: Server, client: PlatformClient, error: str
) -> None:
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, EXPIRED)
    server.on(LOGIN, Reply(401, {"error": error}))
    with pytest.raises(AuthRevoked):
        client.profile()


def test_a_session_refused_again_after_renewal_ends_the_call(
    server: Server, client: PlatformClient
) -> None:
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, Reply(200, session_answer()))
    with pytest.raises(TokenExpired):
        client.profile()
    assert len(server.calls(PROFILE)) == 2


def test_an_outage_during_renewal_keeps_the_stored_session(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    server.on(PUBLISH, EXPIRED)
    server.on(REFRESH, Reply(502))
    with pytest.raises(Unavailable):
        client.publish(post())
    assert store.load() == signed_in().load()
    assert server.calls(LOGIN) == []


def test_two_workers_with_the_same_expired_session_refresh_it_once(
    server: Server, store: MemoryStore
) -> None:
    def profile(received: Received) -> Reply:
        stale = token(received) == "Bearer access-0"
        return EXPIRED if stale else Reply(200, {"did": DID, "handle": "kota.example"})

    server.on(PROFILE, profile)
    server.on(REFRESH, Reply(200, session_answer()), EXPIRED)
    failures: list[PlatformError] = []

    def work() -> None:
        try:
            client_of(server, store).profile()
        except PlatformError as failure:
            failures.append(failure)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert store.rotations == 1


def test_a_session_of_another_account_is_not_stored(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, Reply(200, {**session_answer(), "did": "did:plc:other"}))
    with pytest.raises(BadAnswer):
        client.profile()
    assert store.load() == signed_in().load()


def test_calls_go_to_the_server_of_the_identity_when_it_may_be_reached(server: Server) -> None:
    pds = Server()
    pds.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
    server.on(LOGIN, Reply(200, session_answer(pds=f"{pds.base}/")))
    store = MemoryStore(app_password="app-pass")
    client_of(server, store, pds.host).profile()
    pds.close()
    assert len(pds.received) == 1
    assert store.load()["pds"] == pds.base


@each(
    "pds",
    ["http://127.0.0.1:9", "https://10.0.0.1", "http://localhost:3583", "file:///etc/passwd", "x"],
)
def test_a_server_of_the_identity_that_must_not_be_reached_is_ignored(
    server: Server, pds: str
) -> None:
    server.on(LOGIN, Reply(200, session_answer(pds=pds)))
    server.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
    store = MemoryStore(app_password="app-pass")
    client_of(server, store).profile()
    assert "pds" not in store.load()


def test_a_stored_server_that_is_no_longer_allowed_gives_way_to_the_host(server: Server) -> None:
    store = MemoryStore(**{**signed_in().load(), "pds": "http://127.0.0.1:9"})
    server.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
    assert client_of(server, store).profile().platform_id == DID
