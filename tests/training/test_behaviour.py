"""Misbehaviour on command, over a real socket, and who may order it."""

from __future__ import annotations

import http.client
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from govsocial.training.agency import TrainingAccount
from govsocial.training.app import TrainingPlatforms
from tests.training.conftest import ANCHOR, CONTROL, Caller, in_process

CREATE = "/xrpc/com.atproto.repo.createRecord"
PUT = "/xrpc/com.atproto.repo.putRecord"
STATUSES = "/api/v1/statuses"
KEY = "3n2wopmkuyh2b"


def order(caller: Caller, **rule: Any) -> requests.Response:
    return caller.post("/training/behave", json=rule, headers={"X-Training-Control": CONTROL})


def published(app: TrainingPlatforms, account: TrainingAccount) -> int:
    return app.state.count_posts(account.key, app.clock().timestamp())


def test_a_rate_limit_on_bluesky_says_when_to_come_back(
    served: Caller, kominfo: TrainingAccount
) -> None:
    assert order(served, kind="rate_limited", retry_after=17, times=2).status_code == 201
    path = f"/xrpc/app.bsky.actor.getProfile?actor={kominfo.handle}"
    for _ in range(2):
        answer = served.get(path)
        assert (answer.status_code, answer.json()["error"]) == (429, "RateLimitExceeded")
        assert answer.headers["retry-after"] == "17"
        assert answer.headers["ratelimit-remaining"] == "0"
    assert served.get(path).status_code == 200


def test_a_rate_limit_on_mastodon_says_when_to_come_back(served: Caller) -> None:
    order(served, kind="rate_limited", endpoint="/api/v2/*", retry_after=60)
    answer = served.get("/api/v2/instance")
    assert (answer.status_code, answer.json()) == (429, {"error": "Too many requests"})
    assert answer.headers["x-ratelimit-reset"].startswith("2026-11-22T22:41:46")
    assert served.get("/api/v2/instance").status_code == 200


def test_a_server_error_does_nothing(
    served: Caller, app: TrainingPlatforms, mastodon: TrainingAccount, kominfo: TrainingAccount
) -> None:
    order(served, kind="server_error", endpoint="POST /api/v1/statuses")
    served.token = mastodon.secret
    assert served.post(STATUSES, data={"status": "Halo"}).status_code == 503
    assert published(app, mastodon) == 0
    served.sign_in(kominfo)
    order(served, kind="server_error", endpoint="createRecord")
    assert served.post(CREATE, json=served.record(kominfo, "Halo")).status_code == 502
    assert published(app, kominfo) == 0


def test_dropping_after_accepting_publishes_and_gives_no_answer(
    served: Caller, app: TrainingPlatforms, kominfo: TrainingAccount, mastodon: TrainingAccount
) -> None:
    served.sign_in(kominfo)
    order(served, kind="drop_after_accept", endpoint="*putRecord")
    body = served.record(kominfo, "Sekali saja.", rkey=KEY)
    with pytest.raises(requests.ConnectionError):
        served.post(PUT, json=body)
    assert published(app, kominfo) == 1
    assert served.post(PUT, json=body).status_code == 200
    assert published(app, kominfo) == 1

    served.token = mastodon.secret
    order(served, kind="drop_after_accept", endpoint="POST /api/v1/statuses")
    headers = {"Idempotency-Key": "publication-1"}
    with pytest.raises(requests.ConnectionError):
        served.post(STATUSES, data={"status": "Halo"}, headers=headers)
    assert published(app, mastodon) == 1
    assert served.post(STATUSES, data={"status": "Halo"}, headers=headers).status_code == 200
    assert published(app, mastodon) == 1


def test_dropping_before_accepting_publishes_nothing(
    served: Caller, app: TrainingPlatforms, kominfo: TrainingAccount
) -> None:
    served.sign_in(kominfo)
    order(served, kind="drop_before_accept", endpoint="*createRecord", account=kominfo.key)
    with pytest.raises(requests.ConnectionError):
        served.post(CREATE, json=served.record(kominfo, "Halo"))
    assert published(app, kominfo) == 0
    assert served.post(CREATE, json=served.record(kominfo, "Halo")).status_code == 200


def test_a_slow_answer_comes_after_the_client_gave_up(
    served: Caller, app: TrainingPlatforms, mastodon: TrainingAccount
) -> None:
    served.token = mastodon.secret
    order(served, kind="slow", seconds=0.4, endpoint="POST /api/v1/statuses", times=2)
    started = monotonic()
    assert served.post(STATUSES, data={"status": "Pelan"}).status_code == 200
    assert monotonic() - started >= 0.4
    with pytest.raises(requests.ReadTimeout):
        served.post(STATUSES, data={"status": "Halo"}, timeout=0.1)


def test_an_expired_token_is_expired_until_it_is_refreshed(
    served: Caller, kominfo: TrainingAccount
) -> None:
    session = served.sign_in(kominfo)
    order(served, kind="expired_token", account=kominfo.key)
    for _ in range(2):
        answer = served.post(CREATE, json=served.record(kominfo, "Halo"))
        assert (answer.status_code, answer.json()["error"]) == (400, "ExpiredToken")
    served.token = session["refreshJwt"]
    served.token = served.post("/xrpc/com.atproto.server.refreshSession").json()["accessJwt"]
    assert served.post(CREATE, json=served.record(kominfo, "Halo")).status_code == 200


def test_a_revoked_connection_cannot_be_refreshed_or_opened(
    served: Caller, kominfo: TrainingAccount, mastodon: TrainingAccount
) -> None:
    session = served.sign_in(kominfo)
    order(served, kind="revoked_token", times=None)
    assert served.post(CREATE, json=served.record(kominfo, "Halo")).status_code == 400
    served.token = session["refreshJwt"]
    refused = served.post("/xrpc/com.atproto.server.refreshSession")
    assert refused.json() == {"error": "ExpiredToken", "message": "Token has been revoked"}
    body = {"identifier": kominfo.handle, "password": kominfo.secret}
    again = served.post("/xrpc/com.atproto.server.createSession", json=body)
    assert (again.status_code, again.json()["error"]) == (401, "AuthenticationRequired")

    served.token = mastodon.secret
    answer = served.get("/api/v1/accounts/verify_credentials")
    assert (answer.status_code, answer.json()["error"]) == (401, "The access token was revoked")


def test_misbehaviour_meets_only_the_account_it_is_meant_for(
    served: Caller, kominfo: TrainingAccount, dinkes: TrainingAccount
) -> None:
    order(served, kind="server_error", account=dinkes.key)
    path = "/xrpc/app.bsky.actor.getProfile?actor="
    assert served.get(path + kominfo.handle).status_code == 200
    assert served.get(path + dinkes.handle).status_code == 502


def test_orders_can_be_seen_and_taken_back(served: Caller) -> None:
    order(served, kind="server_error", times=None)
    control = {"X-Training-Control": CONTROL}
    state = served.get("/training/state", headers=control).json()
    assert [rule["kind"] for rule in state["behaviours"]] == ["server_error"]
    assert {account["key"] for account in state["accounts"]} >= {"mastodon:bpbd_samudra"}
    assert served.call("DELETE", "/training/behave", headers=control).json() == {"cleared": 1}
    assert served.get("/api/v2/instance").status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"kind": "explode"},
        {"kind": "slow", "seconds": -1},
        {"kind": "slow", "times": 0},
        {"kind": "slow", "account": "nobody"},
        {"kind": "slow", "endpoint": ""},
        {"kind": "slow", "delay": 3},
    ],
)
def test_an_order_that_is_not_understood_is_refused_with_the_reason(
    served: Caller, rule: dict[str, Any]
) -> None:
    answer = order(served, **rule)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")
    assert served.get("/api/v2/instance").status_code == 200


def test_the_moment_shown_to_everybody_can_be_moved_and_given_back(
    served: Caller, kominfo: TrainingAccount
) -> None:
    control = {"X-Training-Control": CONTROL}
    path = f"/xrpc/app.bsky.actor.getProfile?actor={kominfo.handle}"

    def followers() -> int:
        return int(served.get(path).json()["followersCount"])

    today = followers()
    earlier = {"now": (ANCHOR - timedelta(days=300)).isoformat()}
    assert served.call("PUT", "/training/clock", json=earlier, headers=control).ok
    assert followers() < today
    assert served.call("DELETE", "/training/clock", headers=control).ok
    assert followers() == today
    for wrong in ({"now": "soon"}, {"now": "1990-01-01T00:00:00Z"}, {}):
        answer = served.call("PUT", "/training/clock", json=wrong, headers=control)
        assert answer.status_code == 400
    assert served.call("PUT", "/training/clock", json=earlier).status_code == 403


@pytest.mark.parametrize("token", ["", "guessed"])
def test_only_the_control_token_orders(served: Caller, token: str) -> None:
    answer = served.post(
        "/training/behave", json={"kind": "slow"}, headers={"X-Training-Control": token}
    )
    assert answer.status_code == 403


def test_only_this_machine_orders(app: TrainingPlatforms) -> None:
    seen: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/training/state",
        "SERVER_NAME": "latihan.test",
        "SERVER_PORT": "80",
        "HTTP_X_TRAINING_CONTROL": CONTROL,
    }
    for remote in ("203.0.113.9", "127.0.0.1"):
        app(environ | {"REMOTE_ADDR": remote}, lambda status, headers: seen.append(status))
    assert seen == ["403 Forbidden", "200 OK"]


def test_without_a_control_token_nobody_orders(make_app: Any) -> None:
    caller = in_process(make_app(control_token=None))
    assert order(caller, kind="slow").status_code == 403


def test_a_connection_is_kept_alive(served: Caller) -> None:
    connection = http.client.HTTPConnection(urlsplit(served.base).netloc, timeout=5)
    for _ in range(3):
        connection.request("GET", "/api/v2/instance")
        answer = connection.getresponse()
        assert (answer.status, answer.version) == (200, 11)
        assert answer.read()
        assert connection.sock is not None
    connection.close()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("drop_after_accept", requests.ConnectionError),
        ("drop_before_accept", requests.ConnectionError),
        ("slow", requests.ReadTimeout),
    ],
)
def test_the_adapter_misbehaves_like_the_socket(
    make_app: Any, mastodon: TrainingAccount, kind: str, error: type[requests.RequestException]
) -> None:
    app = make_app(sleep=lambda seconds: None)
    caller = in_process(app)
    caller.token = mastodon.secret
    order(caller, kind=kind, seconds=30)
    with pytest.raises(error):
        caller.post(STATUSES, data={"status": "Halo"}, timeout=2)
    assert published(app, mastodon) == (0 if kind == "drop_before_accept" else 1)
