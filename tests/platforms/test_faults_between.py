"""What stands between answers in the platform's place: nothing final may follow from that.

A proxy, a firewall or a challenge page answers with a status that a platform uses as well, and with
a page of its own. Feeds take no part: the pages of a website are its own answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import ModuleType

import pytest
import time_machine

from govsocial.platforms.errors import (
    AppMissing,
    AuthRevoked,
    NotFromPlatform,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.oauth import AppCredentials, Authorisation
from govsocial.platforms.registry import authorisation, spec
from tests.gathering import each
from tests.platforms import mastodon_stage, tiktok_stage, x_stage, youtube_stage
from tests.platforms import stages as of_platforms
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.fault_tools import Call, assert_no_secret, calls, echoing, prepares
from tests.platforms.stages import Stage

STAGES = [stage for stage in of_platforms.stages() if stage.name != "feed"]
CONSENTS = [stage for stage in STAGES if spec(stage.name).authorisation is not None]
PAGE = b"<!DOCTYPE html><html><body><h1>Access denied</h1>SENT</body></html>"
STATUSES = (400, 401, 402, 403, 404, 405, 407, 410, 418, 451)
LATER = (datetime.now(UTC) + timedelta(days=2)).isoformat()
ENDED = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


def these(wanted: list[Stage]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", wanted, ids=str)


def pages(status: int) -> Callable[[Received], Reply]:
    return echoing(PAGE, status, **{"Content-Type": "text/html"})


def stand_between(server: Server, monkeypatch: pytest.MonkeyPatch, route: str, status: int) -> None:
    """Answer ``route`` and everything below it with a page, whatever the platform says there."""
    own, page = server.reply_to, pages(status)

    def reply(received: Received) -> Reply:
        answer = own(received)
        below = f"{received.method} {received.path}".startswith(route)
        return page(received) if below else answer

    monkeypatch.setattr(server, "reply_to", reply)


@these(STAGES)
@each("status", STATUSES)
@each("call", calls)
def test_a_page_in_place_of_an_answer_ends_nothing_for_good(
    server: Server,
    call: Call,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    call.stage.good(server)
    stand_between(server, monkeypatch, call.route, status)
    with pytest.raises(PlatformError) as caught:
        call.do(call.stage.client(server))
    publishes = call.name == "publish"
    assert type(caught.value) is (UnknownOutcome if publishes else NotFromPlatform)
    assert not caught.value.permanent
    assert caught.value.status == status
    assert len(server.calls(call.route)) == 1
    if call.stage.refresh:
        assert server.calls(call.stage.refresh) == []
    assert_no_secret(call.stage, caught.value, caplog)


@these(STAGES)
@each("call", calls)
def test_a_page_that_calls_a_read_too_large_is_not_from_the_platform(
    server: Server, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call.stage.good(server)
    stand_between(server, monkeypatch, call.route, 413)
    with pytest.raises(PlatformError) as caught:
        call.do(call.stage.client(server))
    if call.name == "publish":
        assert isinstance(caught.value, Refused | UnknownOutcome | Unavailable)
    else:
        assert type(caught.value) is NotFromPlatform


@each("status", [401, 403, 404, 410])
@each("said", [{"message": "Unauthorized"}, "Unauthorized", {"error": ""}])
def test_the_json_of_a_gateway_before_mastodon_ends_nothing(
    server: Server, said: object, status: int
) -> None:
    stage = of_platforms.load("mastodon", mastodon_stage)
    stage.good(server)
    status_of = "GET /api/v1/statuses/7"
    for route in (stage.profile, stage.metrics, status_of, "DELETE /api/v1/statuses/7"):
        server.on(route, Reply(status, said))
    client = stage.client(server)
    for call in (client.profile, partial(client.metrics, ["7"]), partial(client.delete, "7")):
        with pytest.raises(NotFromPlatform):
            call()
    server.on(stage.profile, Reply(401, {"message": "Unauthenticated."}))
    with pytest.raises(AuthRevoked):
        client.profile()


PORTAL = "https://login.proxy.example/sign-in?from=here"


@these(STAGES)
@each("status", [301, 302, 303, 307, 308])
@each("call", calls)
def test_the_page_to_sign_in_to_a_network_ends_nothing_for_good(
    server: Server, call: Call, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    call.stage.good(server)
    leads_away(server, monkeypatch, call.route, status)
    with pytest.raises(PlatformError) as caught:
        call.do(call.stage.client(server))
    assert type(caught.value) is (UnknownOutcome if call.name == "publish" else NotFromPlatform)
    assert len(server.calls(call.route)) == 1


@these(STAGES)
@each("status", [302, 307])
def test_the_page_to_sign_in_to_a_network_before_publishing_is_tried_again(
    server: Server, stage: Stage, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for route in stage.prepares:
        stage.good(server)
        server.on(route, Reply(status, headers={"Location": PORTAL}))
        with pytest.raises(PlatformError) as caught:
            stage.client(server).publish(stage.outgoing())
        assert not caught.value.permanent, route
        assert server.calls(stage.publish) == [], route
    leads_away(server, monkeypatch, "", status)
    if spec(stage.name).renew_before is not None:
        with pytest.raises(NotFromPlatform):
            stage.client(server, expires_at=ENDED).renew()
    # Threads lets applications take nothing back.
    if stage in CONSENTS and stage.name != "threads":
        with pytest.raises(NotFromPlatform):
            consent_at(server, stage).revoke({"access_token": "a", "refresh_token": "another"})


def leads_away(server: Server, monkeypatch: pytest.MonkeyPatch, route: str, status: int) -> None:
    own = server.reply_to

    def reply(received: Received) -> Reply:
        answer = own(received)
        below = f"{received.method} {received.path}".startswith(route)
        return Reply(status, headers={"Location": PORTAL}) if below else answer

    monkeypatch.setattr(server, "reply_to", reply)


@these([one for one in STAGES if one.prepares])
@each("status", STATUSES)
@each("route", prepares)
def test_a_page_in_place_of_a_step_before_publishing_is_tried_again(
    server: Server, stage: Stage, status: int, route: str
) -> None:
    stage.good(server)
    failure = Call(stage, "publish", route).fails(server, pages(status))
    assert not failure.permanent
    assert server.calls(stage.publish) == []


@these([one for one in STAGES if one.expired is not None])
@each("status", STATUSES)
def test_a_page_in_place_of_a_new_token_revokes_nothing(
    server: Server, stage: Stage, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    stage.good(server)
    assert stage.expired is not None
    server.on(stage.profile, stage.expired)
    for route in (stage.refresh, *stage.ways_in):
        server.on(route, pages(status))
    with pytest.raises(NotFromPlatform) as caught:
        stage.client(server).profile()
    assert len(server.calls(stage.refresh)) == 1
    assert all(server.calls(way) == [] for way in stage.ways_in), "no way in is tried for it"
    assert_no_secret(stage, caught.value, caplog)


@these([one for one in STAGES if spec(one.name).renew_before is not None])
@each("status", STATUSES)
def test_a_page_in_place_of_a_renewal_revokes_nothing(
    server: Server, stage: Stage, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.good(server)
    stand_between(server, monkeypatch, "", status)
    with pytest.raises(NotFromPlatform):
        stage.client(server, expires_at=ENDED).renew()
    assert len(server.received) == 1


@these(STAGES)
@each("status", STATUSES)
def test_a_page_in_place_of_what_became_of_a_post_lets_nobody_send_it_again(
    server: Server, stage: Stage, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    stage.good(server)
    stage.client(server).publish(replace(stage.outgoing(), keep=kept.update))
    stand_between(server, monkeypatch, "", status)
    an_hour_on = datetime.now(UTC) + timedelta(hours=1)
    for handles in (kept, {}):
        with time_machine.travel(an_hour_on), pytest.raises(PlatformError) as caught:
            stage.client(server, expires_at=LATER).find(replace(stage.outgoing(), handles=handles))
        assert not caught.value.permanent


@these([one for one in STAGES if one.name not in {"instagram", "tiktok"}])
def test_a_page_in_place_of_a_deletion_is_none(
    server: Server, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instagram and TikTok let applications delete nothing."""
    stage.good(server)
    client = stage.client(server)
    stand_between(server, monkeypatch, "", 404)
    with pytest.raises(NotFromPlatform):
        client.delete(stage.ids[0])


def consent_at(server: Server, stage: Stage) -> Authorisation:
    app = AppCredentials(client_id="id-of-ours", client_secret="a-secret-of-ours")
    return authorisation(
        stage.name,
        app=app,
        host=server.base,
        base=server.base,
        allowed_private={server.host},
        timing=QUICK,
    )


@these(CONSENTS)
@each("status", STATUSES)
def test_a_page_in_place_of_a_consent_refuses_neither_it_nor_the_application(
    server: Server, stage: Stage, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_between(server, monkeypatch, "", status)
    consent = consent_at(server, stage)
    with pytest.raises(NotFromPlatform):
        consent.exchange(code="a-code", redirect_uri="https://here.example/", verifier="v" * 43)
    with pytest.raises(NotFromPlatform):
        consent.choices({"access_token": "a-token", "refresh_token": "another"})


@pytest.mark.parametrize("stage", [x_stage, tiktok_stage, youtube_stage])
def test_without_the_application_an_ended_token_is_no_revoked_one(
    server: Server, stage: ModuleType
) -> None:
    stage.good(server)
    server.on(stage.PROFILE, stage.EXPIRED)
    secrets = stage.store(expires_at=ENDED)
    for call in ("renew", "profile"):
        with pytest.raises(AppMissing):
            getattr(stage.client_of(server, secrets, app=None), call)()
    assert server.calls(stage.REFRESH) == []
    assert stage.client_of(server, secrets).renew() is True, "entered again, it goes on"


# X's token endpoint, whose refusals are mostly about something else than the token


@each(
    ("status", "told", "revoked"),
    [
        (400, {"error": "invalid_grant"}, True),
        (
            400,
            {
                "error": "invalid_request",
                "error_description": "Value passed for the token was invalid.",
            },
            True,
        ),
        (400, {"error": "invalid_request", "error_description": "Missing parameter"}, False),
        (400, {"error": "invalid_scope"}, False),
        (403, {"title": "Forbidden", "detail": "Forbidden", "type": "about:blank"}, False),
        (404, {"error": "not_found"}, False),
    ],
)
def test_only_a_refused_grant_ends_a_connection_on_x(
    server: Server, status: int, told: dict[str, str], revoked: bool
) -> None:
    x_stage.good(server)
    server.on(x_stage.REFRESH, Reply(status, told))
    with pytest.raises(PlatformError) as caught:
        x_stage.client(server, expires_at=ENDED).renew()
    assert isinstance(caught.value, AuthRevoked) is revoked
    assert caught.value.permanent is revoked


# A film on YouTube, which would be sent twice


def test_a_page_in_place_of_what_became_of_a_film_lets_nobody_send_it_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    youtube_stage.good(server)
    youtube_stage.client(server).publish(replace(youtube_stage.outgoing(), keep=kept.update))
    ago = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    post = replace(youtube_stage.outgoing(), handles={**kept, "asked_at": ago})
    begun = len(server.calls(youtube_stage.BEGIN))
    stand_between(server, monkeypatch, youtube_stage.PUBLISH, 404)
    stand_between(server, monkeypatch, youtube_stage.POSTS, 404)
    for attempt in (youtube_stage.client(server).find, youtube_stage.client(server).publish):
        with pytest.raises(UnknownOutcome):
            attempt(post)
    lost = replace(post, handles={"asked_at": ago})
    with pytest.raises(NotFromPlatform):
        youtube_stage.client(server).find(lost)
    assert len(server.calls(youtube_stage.BEGIN)) == begun
