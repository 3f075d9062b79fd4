"""Consents and tokens of X on the training server, from the first code to the last refusal."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from govsocial.platforms.errors import (
    AuthRevoked,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.oauth import new_verifier
from govsocial.platforms.registry import authorisation
from govsocial.platforms.x.client import XClient
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import Caller, Clock
from tests.training.x_line import ACCOUNT, APP, BACK, client_of, consented, host, misbehave


@pytest.fixture
def store(served: Caller) -> MemoryStore:
    return MemoryStore(**consented(served).secret)


def test_a_denied_consent_gives_nothing(served: Caller) -> None:
    with pytest.raises(Refused):
        consented(served, "deny")


def test_a_code_is_good_once_in_time_and_for_whoever_asked(served: Caller, clock: Clock) -> None:
    consent = authorisation("x", app=APP, base=served.base, allowed_private={host(served)})
    verifier = new_verifier()

    def code() -> str:
        address = consent.address(redirect_uri=BACK, state="s", verifier=verifier)
        query = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        answer = served.session.post(
            f"{served.base}/i/oauth2/authorize",
            data={**query, "decision": "allow"},
            allow_redirects=False,
            timeout=5,
        )
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    first = code()
    consent.exchange(code=first, redirect_uri=BACK, verifier=verifier)
    for used, redirect_uri, proof, late in (
        (first, BACK, verifier, 0),
        (code(), f"{BACK}/other", verifier, 0),
        (code(), BACK, new_verifier(), 0),
        (code(), BACK, verifier, 31),
    ):
        clock.forward(seconds=late)
        with pytest.raises(Refused):
            consent.exchange(code=used, redirect_uri=redirect_uri, verifier=proof)


def test_a_page_of_consent_leads_only_to_the_known_application(served: Caller) -> None:
    asked = {
        "client_id": "lain",
        "redirect_uri": BACK,
        "response_type": "code",
        "code_challenge": "x",
        "code_challenge_method": "S256",
    }
    for change in (
        {},
        {"client_id": APP.client_id, "redirect_uri": "javascript:alert(1)"},
        {"client_id": APP.client_id, "code_challenge_method": "plain"},
        {"client_id": APP.client_id, "response_type": "token"},
    ):
        answer = served.get("/i/oauth2/authorize", params={**asked, **change})
        assert answer.status_code == 400
        assert "location" not in answer.headers


def test_an_expired_token_is_refreshed_once_by_many(
    served: Caller, store: MemoryStore, clock: Clock
) -> None:
    clock.forward(hours=3)
    before = store.load()["refresh_token"]
    clients = [client_of(served, store) for _ in range(4)]
    failures: list[Exception] = []

    def run(client: XClient) -> None:
        try:
            client.profile()
        except Exception as failed:  # noqa: BLE001 - whatever a thread meets must be seen
            failures.append(failed)

    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.rotations == 1
    assert store.load()["refresh_token"] != before


def test_a_refresh_token_that_comes_twice_ends_the_connection(
    served: Caller, store: MemoryStore, clock: Clock
) -> None:
    stale = MemoryStore(**store.load())
    clock.forward(hours=3)
    client_of(served, store).profile()
    with pytest.raises(AuthRevoked):
        client_of(served, stale).profile()
    with pytest.raises(AuthRevoked):
        client_of(served, store).profile()


@pytest.mark.parametrize("kind", ["expired_token", "revoked_token"])
def test_a_token_taken_back_is_renewed_or_asks_for_a_person(
    served: Caller, store: MemoryStore, kind: str
) -> None:
    misbehave(served, kind, endpoint="*/users/me")
    client = client_of(served, store)
    if kind == "expired_token":
        assert client.profile().handle == ACCOUNT.handle
        assert store.rotations == 1
    else:
        with pytest.raises(AuthRevoked):
            client.profile()


def test_a_revoked_consent_ends_every_token(served: Caller, store: MemoryStore) -> None:
    consent = authorisation("x", app=APP, base=served.base, allowed_private={host(served)})
    consent.revoke(store.load())
    with pytest.raises(AuthRevoked):
        client_of(served, store).profile()


def test_a_wait_and_an_outage_are_told_apart(
    served: Caller, store: MemoryStore, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    client = client_of(served, store)
    misbehave(served, "rate_limited", retry_after=30.0)
    with pytest.raises(RateLimited) as caught:
        client.profile()
    assert caught.value.retry_after == pytest.approx(30, abs=3)
    misbehave(served, "server_error", times=3)
    with pytest.raises(Unavailable):
        client.profile()


def test_a_right_that_was_not_granted_is_missing(served: Caller, store: MemoryStore) -> None:
    kept = store.load()
    token = MemoryStore(**{**kept, "scope": "tweet.read users.read"})
    with pytest.raises(PermissionMissing, match=r"tweet\.write"):
        client_of(served, token).check_can_publish()
