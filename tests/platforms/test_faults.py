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
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Answering, Received, Reply, Reset, Server
from tests.platforms.fault_tools import (
    Call,
    asked,
    assert_no_secret,
    broken,
    changed,
    echoing,
    invented,
    reads,
    understood,
    with_unknown_fields,
)
from tests.platforms.stages import Stage, stages

STAGES = stages()
READS = [call for stage in STAGES for call in reads(stage)]
PUBLISHES = [Call(stage, "publish", stage.publish) for stage in STAGES if stage.publish]
CALLS = [*READS, *PUBLISHES]
HTML = b"<!DOCTYPE html><html><body><h1>Bad gateway</h1>SENT</body></html>"
BROKEN = b'{"error": "SENT'


def these(wanted: list[Stage]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", wanted, ids=str)


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def staged(server: Server, call: Call) -> Server:
    call.stage.good(server)
    return server


def test_every_platform_with_a_client_of_its_own_takes_part() -> None:
    assert {"bluesky", "mastodon"} <= {stage.name for stage in STAGES}
    for stage in STAGES:
        assert all(len(secret) >= 8 for secret in stage.secrets), stage


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_good_answer_is_understood(staged: Server, call: Call) -> None:
    call.do(call.stage.client(staged))
    assert len(staged.calls(call.route)) == 1 or call in READS


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_too_many_calls_without_a_time(
    staged: Server, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Answering] = [echoing(b'{"error": "SENT"}', 429)]
    if call.stage.limited is not None:
        told.append(call.stage.limited)
    for limited in told:
        before = len(staged.calls(call.route))
        failure = call.fails(staged, limited)
        assert type(failure) is RateLimited
        assert failure.retry_after is None
        assert len(staged.calls(call.route)) == before + 1
        assert_no_secret(call.stage, failure, caplog)


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_too_many_calls_with_a_time(staged: Server, call: Call) -> None:
    told: list[tuple[Answering, float]] = [(Reply(429, {}, {"Retry-After": "290"}), 290)]
    if call.stage.limited_for is not None:
        told.append(call.stage.limited_for)
    for limited, seconds in told:
        before = len(staged.calls(call.route))
        failure = call.fails(staged, limited)
        assert type(failure) is RateLimited
        assert failure.retry_after == pytest.approx(seconds, abs=5)
        assert len(staged.calls(call.route)) == before + 1


@pytest.mark.parametrize("hours", [-5, 5])
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_time_to_come_back_is_meant_on_the_clock_of_the_platform(
    staged: Server, call: Call, hours: int
) -> None:
    there = datetime.now(UTC) + timedelta(hours=hours)
    headers = {
        "Date": format_datetime(there, usegmt=True),
        "Retry-After": format_datetime(there + timedelta(minutes=10), usegmt=True),
    }
    failure = call.fails(staged, Reply(429, {}, headers))
    assert type(failure) is RateLimited
    assert failure.retry_after == pytest.approx(600, abs=5)


@pytest.mark.parametrize("status", [500, 502, 504])
@pytest.mark.parametrize("call", READS, ids=str)
def test_a_server_error_of_a_read_is_tried_again_and_may_pass(
    staged: Server, call: Call, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    call.do(call.stage.client(staged))
    usual = len(staged.calls(call.route))
    good = staged.answer_of(call.route)
    staged.on(call.route, echoing(HTML, status), good)
    call.do(call.stage.client(staged))
    assert len(staged.calls(call.route)) == 2 * usual + 1
    failure = call.fails(staged, echoing(HTML, status))
    assert type(failure) is Unavailable
    assert len(staged.calls(call.route)) == 2 * usual + 1 + QUICK.attempts
    assert_no_secret(call.stage, failure, caplog)


@pytest.mark.parametrize(
    "fault",
    [
        *(echoing(HTML, status) for status in (500, 502, 504)),
        echoing(HTML),
        echoing(BROKEN),
        Reset(),
        Reset(before_body=True),
        Reply(200, b" " * 10_000_000),
        *(Reply(status, headers={"Location": "/elsewhere"}) for status in (301, 302, 303)),
        Reply(302, headers={"Location": "https://203.0.113.9/"}),
    ],
    ids=[
        *("500", "502", "504", "html", "cut", "reset", "reset-early", "10MB"),
        *("301", "302", "303", "302-away"),
    ],
)
@pytest.mark.parametrize("call", PUBLISHES, ids=str)
def test_a_post_with_an_unclear_end_is_sent_once_and_looked_for(
    staged: Server, call: Call, fault: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    failure = call.fails(staged, fault)
    assert type(failure) is UnknownOutcome
    assert len(staged.calls(call.route)) == 1
    assert_no_secret(call.stage, failure, caplog)


@pytest.mark.parametrize(
    ("fault", "kind", "times"),
    [
        (echoing(HTML), BadAnswer, 1),
        (echoing(BROKEN), BadAnswer, 1),
        (Reply(200, b" " * 10_000_000), BadAnswer, 1),
        (Reset(), Unavailable, QUICK.attempts),
        (Reset(before_body=True), Unavailable, QUICK.attempts),
    ],
    ids=["html", "cut", "10MB", "reset", "reset-early"],
)
@pytest.mark.parametrize("call", READS, ids=str)
def test_a_read_without_a_readable_answer(
    staged: Server,
    call: Call,
    fault: Answering,
    kind: type[PlatformError],
    times: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failure = call.fails(staged, fault)
    assert type(failure) is kind
    assert len(staged.calls(call.route)) == times
    assert_no_secret(call.stage, failure, caplog)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_redirect_to_a_private_address_is_not_followed(
    staged: Server, call: Call, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    other = Server()
    for target in (
        f"{other.base}/x",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "https://203.0.113.9/",
    ):
        failure = call.fails(staged, Reply(status, headers={"Location": target}))
        typed = spec(call.stage.name).addresses is None
        perhaps_done = call in PUBLISHES and (status < 307 or not typed)
        expected = HostRefused if typed else NotFromPlatform
        assert type(failure) is (UnknownOutcome if perhaps_done else expected)
        assert_no_secret(call.stage, failure, caplog)
    other.close()
    assert other.received == []
    assert len(staged.calls(call.route)) == 4


@pytest.mark.parametrize("call", READS, ids=str)
def test_fields_of_tomorrow_change_nothing(staged: Server, call: Call) -> None:
    before = call.do(call.stage.client(staged))
    staged.on(call.route, changed(staged.answer_of(call.route), with_unknown_fields))
    after = call.do(call.stage.client(staged))
    assert understood(after) == understood(before)


@pytest.mark.parametrize("call", PUBLISHES, ids=str)
def test_fields_of_tomorrow_do_not_hide_that_a_post_is_out(staged: Server, call: Call) -> None:
    post = call.stage.outgoing()
    before = call.stage.client(staged).publish(post)
    staged.on(call.route, changed(staged.answer_of(call.route), with_unknown_fields))
    after = call.stage.client(staged).publish(post)
    assert (after.platform_id, after.permalink) == (before.platform_id, before.permalink)


@pytest.mark.parametrize("call", READS, ids=str)
def test_no_missing_field_and_no_wrong_type_is_taken_for_a_number(
    staged: Server, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    """Each field of the answer in turn: it is not given, or the answer is bad; never a crash."""
    good = staged.answer_of(call.route)
    before = call.do(call.stage.client(staged))
    body = asked(good, staged.calls(call.route)[-1]).encoded()
    for path, answer in broken(json.loads(body)):
        staged.on(call.route, Reply(200, answer))
        after = call.ends(staged)
        if isinstance(after, PlatformError):
            assert not isinstance(after, UnknownOutcome | NotReached | RateLimited), path
            assert_no_secret(call.stage, after, caplog)
        else:
            assert invented(before, after) == [], path


@pytest.mark.parametrize("body", [None, [], {}, "x", 0, [[]], [{}]], ids=repr)
@pytest.mark.parametrize("call", PUBLISHES, ids=str)
def test_a_post_that_was_taken_with_an_answer_of_another_shape_may_be_out(
    staged: Server, call: Call, body: object
) -> None:
    failure = call.fails(staged, Reply(200, body))
    assert type(failure) is UnknownOutcome
    assert len(staged.calls(call.route)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Reply(500),
        Reply(429, {}),
        Reset(),
        Reset(before_body=True),
        echoing(HTML),
        echoing(BROKEN),
        Reply(200, b" " * 10_000_000),
        Reply(302, headers={"Location": "http://10.0.0.1/"}),
    ],
    ids=["500", "429", "reset", "reset-early", "html", "cut", "10MB", "redirect"],
)
@these([stage for stage in STAGES if stage.prepares])
def test_when_a_preparing_call_fails_nothing_is_out(
    server: Server, stage: Stage, fault: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    for route in stage.prepares:
        stage.good(server)
        call = Call(stage, "publish", route)
        failure = call.fails(server, fault)
        assert not isinstance(failure, UnknownOutcome), route
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


@pytest.mark.parametrize("call", [c for c in CALLS if c.stage.revoked is not None], ids=str)
def test_a_revoked_token_asks_for_a_person(
    staged: Server, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    revoked, refused = call.stage.revoked, call.stage.refused
    assert revoked is not None
    for route in (call.stage.profile, call.stage.posts):
        staged.on(route, revoked)
    if refused is not None:
        staged.on(call.stage.refresh, refused)
        for route in call.stage.ways_in:
            staged.on(route, refused)
    failure = call.fails(staged, revoked)
    assert type(failure) is AuthRevoked
    assert failure.permanent
    assert len(staged.calls(call.route)) <= 2
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


@pytest.mark.parametrize("hours", [-5, 0, 5])
@these([stage for stage in STAGES if stage.shows is not None])
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


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_nothing_left_when_the_platform_takes_no_connection(staged: Server, call: Call) -> None:
    client = call.stage.client(staged)
    staged.close()
    with pytest.raises(NotReached):
        call.do(client)
