"""The tokens of X, and the consent that they come from."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from govsocial.platforms.errors import (
    AppMissing,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    BudgetSpent,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
    Refused,
    Unavailable,
)
from govsocial.platforms.oauth import challenge
from govsocial.platforms.x.consent import XAuthorisation
from tests.gathering import each
from tests.platforms import x_stage as x
from tests.platforms.fakes import MemoryStore, Reply, Server


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


# Tokens


def test_a_token_near_its_end_is_renewed_before_the_call(server: Server) -> None:
    x.good(server)
    store = x.store(expires_at=soon(120))
    x.client_of(server, store).profile()
    assert x.token(server.calls(x.PROFILE)[0]) == "Bearer x-access-1-second"
    kept = store.load()
    assert (kept["access_token"], kept["refresh_token"]) == (x.SECRETS[2], x.SECRETS[3])
    assert kept["account_id"] == x.ACCOUNT
    ends = datetime.fromisoformat(kept["expires_at"]) - datetime.now(UTC)
    assert ends == pytest.approx(timedelta(hours=2), abs=timedelta(seconds=5))
    (call,) = server.calls(x.REFRESH)
    assert parse_qs(call.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": [x.SECRETS[1]],
    }
    basic = base64.b64encode(b"aplikasi:x-app-secret-77").decode()
    assert call.headers["Authorization"] == f"Basic {basic}"


def test_a_refresh_token_that_is_not_sent_anew_stays(server: Server) -> None:
    x.good(server)
    server.on(x.REFRESH, Reply(200, {"access_token": "baru-1", "token_type": "bearer"}))
    store = x.store(expires_at=soon(1))
    x.client_of(server, store).profile()
    assert store.load()["refresh_token"] == x.SECRETS[1]
    assert "expires_at" not in store.load()


def test_renewing_does_nothing_before_it_is_time(server: Server) -> None:
    x.good(server)
    x.client(server).renew()
    x.client(server, expires_at="").renew()
    x.client(server, refresh_token="", expires_at=soon(5)).renew()
    assert server.received == []
    x.client(server, expires_at=soon(5)).renew()
    assert len(server.calls(x.REFRESH)) == 1


@each(
    ("answer", "kind"),
    [
        (x.REFUSED, AuthRevoked),
        (Reply(401, {"error": "unauthorized_client"}), AppRefused),
        (Reply(400, {"error": "invalid_client"}), AppRefused),
        (Reply(503), Unavailable),
        (Reply(200, {"access_token": ""}), BadAnswer),
        (Reply(200, b"<html>"), BadAnswer),
    ],
)
def test_a_refresh_that_fails_loses_nothing(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    x.good(server)
    server.on(x.REFRESH, answer)
    store = x.store(expires_at=soon(1))
    before = store.load()
    with pytest.raises(PlatformError) as caught:
        x.client_of(server, store).profile()
    assert type(caught.value) is kind
    assert store.load() == before
    assert len(server.calls(x.REFRESH)) == 1
    assert server.calls(x.PROFILE) == []


def test_without_the_application_or_a_refresh_token_a_person_is_needed(server: Server) -> None:
    x.good(server)
    server.on(x.PROFILE, x.EXPIRED)
    with pytest.raises(AppMissing, match="are not entered"):
        x.client_of(server, x.store(), app=None).profile()
    with pytest.raises(AuthRevoked):
        x.client(server, refresh_token="").profile()
    with pytest.raises(AuthRevoked, match="No token is stored"):
        x.client_of(server, MemoryStore()).profile()
    assert server.calls(x.REFRESH) == []


def test_the_rights_of_a_token_are_looked_at_without_a_call(server: Server) -> None:
    x.client(server).check_can_publish()
    x.client(server, scope="").check_can_publish()
    with pytest.raises(PermissionMissing, match=r"media\.write"):
        x.client(server, scope="tweet.read tweet.write").check_can_publish()
    assert server.received == []


# Consent


def consent(server: Server, **more: Any) -> XAuthorisation:
    return XAuthorisation(x.connection(server, MemoryStore(), **more))


def test_consent_is_asked_for_with_pkce(server: Server) -> None:
    address = consent(server).address(
        redirect_uri="https://app.example/back", state="s-1", verifier="v" * 64
    )
    parts = urlsplit(address)
    assert parts.path == "/i/oauth2/authorize"
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert asked == {
        "response_type": "code",
        "client_id": "aplikasi",
        "redirect_uri": "https://app.example/back",
        "scope": "tweet.read tweet.write users.read media.write offline.access",
        "state": "s-1",
        "code_challenge": challenge("v" * 64),
        "code_challenge_method": "S256",
    }
    assert "v" * 64 not in address


def test_a_code_becomes_tokens_and_the_account_behind_them(server: Server) -> None:
    x.good(server)
    asking = consent(server)
    secret = asking.exchange(code="c-1", redirect_uri="https://a.example", verifier="v-1")
    (call,) = server.calls(x.REFRESH)
    assert parse_qs(call.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["c-1"],
        "redirect_uri": ["https://a.example"],
        "code_verifier": ["v-1"],
    }
    (choice,) = asking.choices(secret)
    assert (choice.platform_id, choice.handle) == (x.ACCOUNT, "samudrakota")
    assert choice.secret["refresh_token"] == x.SECRETS[3]
    assert choice.secret["account_id"] == x.ACCOUNT
    assert x.SECRETS[2] not in repr(choice)


@each(
    ("answer", "kind"),
    [
        (Reply(400, {"error": "invalid_request"}), Refused),
        (Reply(401, {"error": "unauthorized_client"}), AppRefused),
        (Reply(500), Unavailable),
        (Reply(200, {}), BadAnswer),
    ],
)
def test_a_code_that_is_not_taken_gives_nothing(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(x.REFRESH, answer)
    with pytest.raises(PlatformError) as caught:
        consent(server).exchange(code="c", redirect_uri="https://a.example", verifier="v")
    assert type(caught.value) is kind


def test_both_tokens_are_given_back(server: Server) -> None:
    server.on(x.REVOKE, Reply(200, {"revoked": True}))
    consent(server).revoke(x.as_secret())
    given = [parse_qs(call.body.decode())["token"][0] for call in server.calls(x.REVOKE)]
    assert given == [x.SECRETS[1], x.SECRETS[0]]
    server.on(x.REVOKE, Reply(503))
    with pytest.raises(Unavailable):
        consent(server).revoke(x.as_secret())


def test_whose_account_it_is_costs_as_much_as_any_profile_and_is_capped(server: Server) -> None:
    x.good(server)
    purse = x.Purse("0.015")
    asking = consent(server, meter=purse)
    asking.choices(x.as_secret())
    assert (purse.items, purse.open) == ([("user read", 1)], Decimal(0))
    with pytest.raises(BudgetSpent):
        asking.choices(x.as_secret())
    assert len(server.calls(x.PROFILE)) == 1
    server.on(x.PROFILE, x.EXPIRED)
    purse.cap = Decimal(1)
    with pytest.raises(AuthRevoked):
        asking.choices(x.as_secret())
    assert (purse.items[-1], purse.open) == (("user read", 0), Decimal(0)), (
        "what was refused is not billed"
    )


def test_without_the_application_there_is_no_consent(server: Server) -> None:
    with pytest.raises(OperatorNeeded):
        consent(server, app=None).address(redirect_uri="https://a", state="s", verifier="v")
