"""Every fault on every platform: the right kind of failure, nothing twice, no secret told.

Platforms take part through their stage (stages.py).
"""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    HostRefused,
    NotFromPlatform,
    NotReached,
    PlatformError,
    RateLimited,
    TokenExpired,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.registry import spec
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Answering, Received, Reply, Reset, Server, held
from tests.platforms.fault_tools import (
    Call,
    asked,
    assert_no_secret,
    broken,
    calls,
    changed,
    echoing,
    invented,
    prepares,
    publishing,
    reads,
    understood,
    with_unknown_fields,
)
from tests.platforms.stages import Stage, stages

STAGES = stages()
PUBLISHERS = [stage for stage in STAGES if stage.publish]
HTML = b"<!DOCTYPE html><html><body><h1>Bad gateway</h1>SENT</body></html>"
BROKEN = b'{"error": "SENT'
UNREADABLE: dict[str, Answering] = {
    "html": echoing(HTML),
    "cut": echoing(BROKEN),
    "10MB": Reply(200, b" " * 10_000_000),
    "reset": Reset(),
    "reset-early": Reset(before_body=True),
}


def these(wanted: list[Stage]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", wanted, ids=str)


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_every_platform_with_a_client_of_its_own_takes_part() -> None:
    assert {"bluesky", "mastodon"} <= {stage.name for stage in STAGES}
    for stage in STAGES:
        assert all(len(secret) >= 8 for secret in stage.secrets), stage


@these(STAGES)
@each("call", calls)
def test_a_good_answer_is_understood(server: Server, call: Call) -> None:
    call.stage.good(server)
    call.do(call.stage.client(server))
    assert len(server.calls(call.route)) == 1 or call.name != "publish"


@these(STAGES)
@each("call", calls)
def test_too_many_calls_without_a_time(
    server: Server, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    for limited in (echoing(b'{"error": "SENT"}', 429), call.stage.limited):
        if limited is None:
            continue
        call.stage.good(server)
        before = len(server.calls(call.route))
        failure = call.fails(server, limited)
        assert type(failure) is RateLimited
        assert failure.retry_after is None
        assert len(server.calls(call.route)) == before + 1
        assert_no_secret(call.stage, failure, caplog)


@these(STAGES)
@each("call", calls)
def test_too_many_calls_with_a_time(server: Server, call: Call) -> None:
    call.stage.good(server)
    told: list[tuple[Answering, float]] = [(Reply(429, {}, {"Retry-After": "290"}), 290)]
    told += filter(None, [call.stage.limited_for])
    for limited, seconds in told:
        before = len(server.calls(call.route))
        failure = call.fails(server, limited)
        assert type(failure) is RateLimited
        assert failure.retry_after == pytest.approx(seconds, abs=5)
        assert len(server.calls(call.route)) == before + 1


@these(STAGES)
@each("hours", [-5, 5])
@each("call", calls)
def test_a_time_to_come_back_is_meant_on_the_clock_of_the_platform(
    server: Server, call: Call, hours: int
) -> None:
    call.stage.good(server)
    there = datetime.now(UTC) + timedelta(hours=hours)
    headers = {
        "Date": format_datetime(there, usegmt=True),
        "Retry-After": format_datetime(there + timedelta(minutes=10), usegmt=True),
    }
    failure = call.fails(server, Reply(429, {}, headers))
    assert type(failure) is RateLimited
    assert failure.retry_after == pytest.approx(600, abs=5)


@these(STAGES)
@each("status", [500, 502, 504])
@each("call", reads)
def test_a_server_error_of_a_read_is_tried_again_and_may_pass(
    server: Server, call: Call, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    call.stage.good(server)
    call.do(call.stage.client(server))
    usual = len(server.calls(call.route))
    good = server.answer_of(call.route)
    server.on(call.route, echoing(HTML, status), good)
    call.do(call.stage.client(server))
    assert len(server.calls(call.route)) == 2 * usual + 1
    failure = call.fails(server, echoing(HTML, status))
    assert type(failure) is Unavailable
    assert len(server.calls(call.route)) == 2 * usual + 1 + QUICK.attempts
    assert_no_secret(call.stage, failure, caplog)


@these(PUBLISHERS)
@each(
    "fault",
    {
        **{f"{status}": echoing(HTML, status) for status in (500, 502, 504)},
        **UNREADABLE,
        **{f"{code}": Reply(code, headers={"Location": "/elsewhere"}) for code in (301, 302, 303)},
        "302-away": Reply(302, headers={"Location": "https://203.0.113.9/"}),
    },
)
def test_a_post_with_an_unclear_end_is_sent_once_and_looked_for(
    server: Server, stage: Stage, fault: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    stage.good(server)
    failure = publishing(stage).fails(server, fault)
    assert type(failure) is UnknownOutcome
    assert len(server.calls(stage.publish)) == 1
    assert_no_secret(stage, failure, caplog)


@these(STAGES)
@each("name", UNREADABLE.keys())
@each("call", reads)
def test_a_read_without_a_readable_answer(
    server: Server, call: Call, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    call.stage.good(server)
    failure = call.fails(server, UNREADABLE[name])
    torn_down = name.startswith("reset")
    assert type(failure) is (Unavailable if torn_down else BadAnswer)
    assert len(server.calls(call.route)) == (QUICK.attempts if torn_down else 1)
    assert_no_secret(call.stage, failure, caplog)


@these(STAGES)
@each("status", [301, 302, 307, 308])
@each("call", calls)
def test_a_redirect_to_a_private_address_is_not_followed(
    server: Server, call: Call, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    call.stage.good(server)
    other = Server()
    for target in (
        f"{other.base}/x",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "https://203.0.113.9/",
    ):
        failure = call.fails(server, Reply(status, headers={"Location": target}))
        typed = spec(call.stage.name).addresses is None
        perhaps_done = call.name == "publish" and (status < 307 or not typed)
        expected = HostRefused if typed else NotFromPlatform
        assert type(failure) is (UnknownOutcome if perhaps_done else expected)
        assert_no_secret(call.stage, failure, caplog)
    other.close()
    assert other.received == []
    assert len(server.calls(call.route)) == 4


@these(STAGES)
@each("call", reads)
def test_fields_of_tomorrow_change_nothing(server: Server, call: Call) -> None:
    call.stage.good(server)
    before = call.do(call.stage.client(server))
    server.on(call.route, changed(server.answer_of(call.route), with_unknown_fields))
    after = call.do(call.stage.client(server))
    assert understood(after) == understood(before)


@these(PUBLISHERS)
def test_fields_of_tomorrow_do_not_hide_that_a_post_is_out(server: Server, stage: Stage) -> None:
    stage.good(server)
    post = stage.outgoing()
    before = stage.client(server).publish(post)
    server.on(stage.publish, changed(server.answer_of(stage.publish), with_unknown_fields))
    after = stage.client(server).publish(post)
    assert (after.platform_id, after.permalink) == (before.platform_id, before.permalink)


@these(STAGES)
@each("call", reads)
def test_no_missing_field_and_no_wrong_type_is_taken_for_a_number(
    server: Server, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    """Each field of the answer in turn: it is not given, or the answer is bad; never a crash."""
    call.stage.good(server)
    good = server.answer_of(call.route)
    before = call.do(call.stage.client(server))
    body = asked(good, server.calls(call.route)[-1]).encoded()
    for path, answer in broken(json.loads(body)):
        caplog.clear()
        server.on(call.route, Reply(200, answer))
        after = call.ends(server)
        if isinstance(after, PlatformError):
            assert not isinstance(after, UnknownOutcome | NotReached | RateLimited), path
            assert_no_secret(call.stage, after, caplog)
        else:
            assert invented(before, after) == [], path


@these(PUBLISHERS)
@each("body", [None, [], {}, "x", 0, [[]], [{}]])
def test_a_post_that_was_taken_with_an_answer_of_another_shape_may_be_out(
    server: Server, stage: Stage, body: object
) -> None:
    stage.good(server)
    failure = publishing(stage).fails(server, Reply(200, body))
    assert type(failure) is UnknownOutcome
    assert len(server.calls(stage.publish)) == 1


@these([stage for stage in STAGES if stage.prepares])
@each(
    "fault",
    {
        "500": Reply(500),
        "429": Reply(429, {}),
        "redirect": Reply(302, headers={"Location": "http://10.0.0.1/"}),
        **UNREADABLE,
    },
)
@each("route", prepares)
def test_when_a_preparing_call_fails_nothing_is_out(
    server: Server, stage: Stage, fault: Answering, route: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage.good(server)
    failure = Call(stage, "publish", route).fails(server, fault)
    assert not isinstance(failure, UnknownOutcome)
    assert server.calls(stage.publish) == []
    assert_no_secret(stage, failure, caplog)


@these([stage for stage in STAGES if stage.expired is not None and stage.publish])
def test_an_expired_token_is_refreshed_once_and_the_post_taken_once(
    server: Server, stage: Stage
) -> None:
    stage.good(server)
    assert stage.expired is not None
    server.on(stage.publish, stage.expired, server.answer_of(stage.publish))
    stage.client(server).publish(stage.outgoing())
    assert len(server.calls(stage.refresh)) == 1
    assert len(server.calls(stage.publish)) == 2


@these([stage for stage in STAGES if stage.expired is not None])
def test_workers_with_the_same_expired_token_refresh_it_once(server: Server, stage: Stage) -> None:
    stage.good(server)
    good, expired = server.answer_of(stage.profile), stage.expired
    assert expired is not None
    first: list[str] = []
    together = threading.Barrier(3)

    def profile(received: Received) -> Reply:
        token = f"{received.headers.get('Authorization')} {received.query.get('access_token')}"
        if not first:
            first.append(token)
        if token != first[0]:
            return asked(good, received)
        together.wait(timeout=5)
        return asked(expired, received)

    server.on(stage.profile, profile)
    client = stage.client(server)
    failures: list[Exception] = []

    def work() -> None:
        try:
            client.profile()
        except (PlatformError, threading.BrokenBarrierError) as failure:
            failures.append(failure)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert len(server.calls(stage.refresh)) == 1


@these([stage for stage in STAGES if stage.revoked is not None])
@each("call", calls)
def test_a_revoked_token_asks_for_a_person(
    server: Server, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    call.stage.good(server)
    revoked, refused = call.stage.revoked, call.stage.refused
    assert revoked is not None
    for route in (call.stage.profile, call.stage.posts):
        server.on(route, revoked)
    if refused is not None:
        server.on(call.stage.refresh, refused)
        for route in call.stage.ways_in:
            server.on(route, refused)
    failure = call.fails(server, revoked)
    assert type(failure) is AuthRevoked
    assert failure.permanent
    assert len(server.calls(call.route)) <= 2
    assert_no_secret(call.stage, failure, caplog)


@these([stage for stage in STAGES if stage.expired is not None])
def test_a_token_refused_again_after_its_refresh_ends_the_call(
    server: Server, stage: Stage
) -> None:
    stage.good(server)
    assert stage.expired is not None
    failure = Call(stage, "profile", stage.profile).fails(server, stage.expired)
    assert isinstance(failure, AuthRevoked | TokenExpired)
    assert len(server.calls(stage.profile)) == 2
    assert len(server.calls(stage.refresh)) == 1


@these([stage for stage in STAGES if stage.loop is not None])
def test_pages_in_a_circle_end(server: Server, stage: Stage) -> None:
    stage.good(server)
    assert stage.loop is not None
    server.on(stage.posts, stage.loop)
    client = stage.client(server)
    cursor, pages = client.posts().next_cursor, 1
    while cursor is not None and pages < 20:
        cursor, pages = client.posts(cursor=cursor).next_cursor, pages + 1
    assert cursor is None
    assert pages == 2


@these([stage for stage in STAGES if stage.shows is not None])
@each("hours", [-5, 0, 5])
def test_what_is_out_is_found_whatever_the_clock_of_the_platform_says(
    server: Server, stage: Stage, hours: int
) -> None:
    stage.good(server)
    assert stage.shows is not None
    post = stage.outgoing()
    stage.shows(server, post, hours)
    found = stage.client(server).find(post)
    assert found is not None
    assert server.calls(stage.publish) == []


@these(STAGES)
@each("call", calls)
def test_nothing_left_when_the_platform_takes_no_connection(call: Call) -> None:
    server = Server()
    call.stage.good(server)
    client = call.stage.client(server)
    server.close()
    with held(server.host), pytest.raises(NotReached):
        call.do(client)
