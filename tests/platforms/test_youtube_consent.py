"""Tokens of Google: got by consent, refreshed in time, taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from govsocial.platforms.errors import (
    AppMissing,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.oauth import challenge, missing_scopes, moment_after
from govsocial.platforms.registry import authorisation
from tests.gathering import each
from tests.platforms import youtube_stage as stage
from tests.platforms.fakes import MemoryStore, Reply, Server


def test_a_token_near_its_end_is_refreshed_before_it_is_used(server: Server) -> None:
    stage.good(server)
    store = stage.store(expires_at=moment_after(60) or "")
    stage.client_of(server, store).profile()
    (asked,) = server.calls(stage.REFRESH)
    assert parse_qs(asked.body.decode()) == {
        "client_id": [stage.APP.client_id],
        "client_secret": [stage.APP.client_secret],
        "grant_type": ["refresh_token"],
        "refresh_token": [stage.REFRESH_TOKEN],
    }
    assert server.calls(stage.PROFILE)[0].headers["Authorization"] == f"Bearer {stage.NEW_ACCESS}"
    kept = store.load()
    assert (kept["access_token"], kept["refresh_token"]) == (stage.NEW_ACCESS, stage.REFRESH_TOKEN)
    assert kept["scope"] == stage.SCOPES


def test_a_token_with_time_left_is_not_refreshed(server: Server) -> None:
    stage.good(server)
    client = stage.client_of(server, stage.store(expires_at=moment_after(3000) or ""))
    client.profile()
    client.renew()
    assert server.calls(stage.REFRESH) == []
    stage.client_of(server, stage.store(expires_at=moment_after(300) or "")).renew()
    assert len(server.calls(stage.REFRESH)) == 1


@each(
    ("answer", "kind"),
    [
        (stage.REFUSED, AuthRevoked),
        (Reply(401, {"error": "invalid_client"}), AppRefused),
        (Reply(400, {"error": "admin_policy_enforced"}), AppRefused),
        (Reply(503), Unavailable),
        (Reply(429, {}, {"Retry-After": "30"}), RateLimited),
        (Reply(200, b"<html>"), BadAnswer),
        (Reply(200, {"access_token": ""}), BadAnswer),
        (Reply(400, {"error": "invalid_scope"}), Refused),
    ],
)
def test_each_refusal_of_a_refresh_has_its_meaning(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    stage.good(server)
    server.on(stage.REFRESH, answer)
    store = stage.store(expires_at=moment_after(-5) or "")
    with pytest.raises(PlatformError) as caught:
        stage.client_of(server, store).profile()
    assert type(caught.value) is kind
    assert store.load()["refresh_token"] == stage.REFRESH_TOKEN


def test_without_the_application_a_token_is_used_to_its_end_and_not_refreshed(
    server: Server,
) -> None:
    stage.good(server)
    store = stage.store(expires_at=moment_after(30) or "")
    client = stage.client_of(server, store, app=None)
    client.profile()
    server.on(stage.PROFILE, stage.EXPIRED)
    with pytest.raises(AppMissing):
        client.profile()
    with pytest.raises(AppMissing, match="id and secret are not entered"):
        stage.client_of(server, stage.store(access_token=""), app=None).profile()
    assert server.calls(stage.REFRESH) == []


def test_without_any_token_a_person_must_connect(server: Server) -> None:
    with pytest.raises(AuthRevoked):
        stage.client_of(server, MemoryStore()).profile()
    assert server.received == []


@pytest.mark.parametrize("granted", ["", "openid", stage.SCOPES.split()[1]])
def test_a_consent_without_uploading_is_found_out_before(server: Server, granted: str) -> None:
    stage.good(server)
    store = stage.store()
    store.secret = {**store.secret, "scope": granted}
    with pytest.raises(PermissionMissing):
        stage.client_of(server, store).check_can_publish()
    stage.client(server).check_can_publish()


def way_of(server: Server) -> Any:
    return authorisation("youtube", app=stage.APP, allowed_private={server.host}, base=server.base)


def test_consent_is_asked_for_offline_with_a_challenge() -> None:
    way = authorisation("youtube", app=stage.APP)
    address = way.address(redirect_uri="https://kota.example/k", state="s", verifier="v" * 64)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://accounts.google.com/o/oauth2/v2/auth"
    )
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert asked == {
        "client_id": stage.APP.client_id,
        "redirect_uri": "https://kota.example/k",
        "response_type": "code",
        "scope": stage.SCOPES,
        "state": "s",
        "code_challenge": challenge("v" * 64),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
    }
    assert stage.APP.client_secret not in address


def test_a_code_becomes_a_secret_and_the_secret_a_channel(server: Server) -> None:
    stage.good(server)
    told = {"access_token": stage.ACCESS, "refresh_token": "1//r", "expires_in": 3599}
    server.on(stage.REFRESH, Reply(200, {**told, "scope": stage.SCOPES.split()[:2]}))
    way = way_of(server)
    secret = way.exchange(code="4/code", redirect_uri="https://k.example/", verifier="v" * 64)
    sent = parse_qs(server.calls(stage.REFRESH)[0].body.decode())
    assert (sent["code"], sent["code_verifier"]) == (["4/code"], ["v" * 64])
    assert missing_scopes(way.scopes, secret) == list(way.scopes[2:])
    left = datetime.fromisoformat(secret["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left < timedelta(hours=1)
    (choice,) = way.choices(secret)
    assert (choice.platform_id, choice.handle, choice.display_name) == (
        stage.CHANNEL,
        "@samudrakota",
        "Kota Samudra",
    )
    assert choice.secret == {**secret, "account_id": stage.CHANNEL}
    assert stage.ACCESS not in repr(choice)


def test_a_consent_without_a_refresh_token_is_not_taken(server: Server) -> None:
    server.on(stage.REFRESH, Reply(200, {"access_token": "a", "expires_in": 3599}))
    with pytest.raises(AuthRevoked):
        way_of(server).exchange(code="c", redirect_uri="https://k.example/", verifier="v")


def test_a_consent_is_taken_back_with_its_refresh_token(server: Server) -> None:
    server.on("POST /revoke", Reply(200, {}), Reply(400, {"error": "invalid_token"}), Reply(503))
    way = way_of(server)
    secret = stage.store().load()
    way.revoke(secret)
    way.revoke(secret)
    with pytest.raises(Unavailable):
        way.revoke(secret)
    sent = server.calls("POST /revoke")[0]
    assert parse_qs(sent.body.decode()) == {"token": [stage.REFRESH_TOKEN]}
    assert sent.query == {}
    way.revoke({})
