"""Faults on the way of a film to Bluesky: nothing is out after any of them."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.bluesky import films
from govsocial.platforms.bluesky.client import BlueskyClient
from govsocial.platforms.errors import (
    BadAnswer,
    NotFromPlatform,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from tests.gathering import each
from tests.platforms import bluesky_stage as stage
from tests.platforms.bluesky_films import (
    LIMITS,
    LOOK,
    NO_ROOM,
    NO_SERVICE,
    SEND,
    SERVICE_TOKEN,
    TOKEN,
    job,
    look,
    of_bluesky,
    post,
    ready,
)
from tests.platforms.fakes import Reply, Reset, Server
from tests.platforms.fault_tools import assert_no_secret
from tests.platforms.stages import load

UNCONFIRMED = {"did": "", "error": "unconfirmed_email", "jobId": "", "state": ""}


@pytest.fixture
def client(server: Server) -> BlueskyClient:
    return ready(server)


@pytest.fixture
def kept() -> dict[str, str]:
    return {}


def test_a_film_that_cannot_be_used_is_refused_with_the_reason(
    server: Server, client: BlueskyClient, kept: dict[str, str]
) -> None:
    failed = job("JOB_STATE_FAILED", error="codec", message="Video codec is not supported")
    server.on(LOOK, *look(failed))
    with pytest.raises(Refused) as caught:
        client.publish(post(kept))
    assert caught.value.words == "Video codec is not supported"
    assert kept == {"film": ""}
    assert server.calls(stage.PUBLISH) == []


def test_a_film_that_takes_too_long_is_asked_for_later(
    server: Server, kept: dict[str, str]
) -> None:
    waited: list[float] = []
    client = ready(server, waits=waited)
    server.on(LOOK, *look(job("JOB_STATE_ENCODING")))
    with pytest.raises(Unavailable, match="still working"):
        client.publish(post(kept))
    assert sum(waited) >= films.PROCESSING_SECONDS
    assert kept == {"film": "job-1"}
    assert server.calls(stage.PUBLISH) == []


@each(
    ("answer", "failure"),
    [
        (Reply(200, NO_ROOM), RateLimited),
        (Reply(200, {"canUpload": True, "remainingDailyBytes": 3}), RateLimited),
        (Reply(200, NO_ROOM | {"error": "unconfirmed_email", "message": "Confirm"}), Refused),
        (Reply(200, {"canUpload": False, "message": "Confirm the email first"}), Refused),
        (Reply(403, {"error": "x", "message": "Confirm the email first"}), Refused),
        (Reply(400, {"error": "AccountTakedown", "message": "Suspended"}), Refused),
        (Reply(401, {"error": "AuthMissing", "message": "jwt"}), Unavailable),
        (Reply(400, {"error": "ExpiredToken", "message": "jwt"}), Unavailable),
        (Reply(200, {"remainingDailyVideos": 3}), BadAnswer),
        (Reply(403, b"<html>"), NotFromPlatform),
        (Reply(502), Unavailable),
    ],
)
def test_no_film_is_sent_where_none_is_taken(
    server: Server, monkeypatch: pytest.MonkeyPatch, answer: Reply, failure: type[PlatformError]
) -> None:
    client = ready(server)
    of_bluesky(server, monkeypatch)
    server.on(LIMITS, answer)
    with pytest.raises(PlatformError) as caught:
        client.publish(post())
    assert type(caught.value) is failure
    assert server.calls(SEND) == server.calls(stage.PUBLISH) == []
    if failure is Refused:
        assert isinstance(answer.body, dict)
        assert caught.value.words == answer.body["message"]


@each(
    ("answer", "failure", "said"),
    [
        *(
            (Reply(status, {"jobStatus": UNCONFIRMED}), Refused, "unconfirmed_email")
            for status in (200, 400, 401, 403)
        ),
        (Reply(200, job("JOB_STATE_FAILED", message="No film")), Refused, "No film"),
        (Reply(400, {"error": "x", "message": "No film"}), Refused, "No film"),
        (Reply(401, {"error": "BadJwt", "message": "x"}), Unavailable, ""),
        (Reply(200, job("JOB_STATE_CREATED", jobId="")), BadAnswer, ""),
        (Reply(200, {}), BadAnswer, ""),
        (Reply(409, {"error": "x"}), Refused, "x"),
    ],
)
def test_an_upload_without_a_job_that_goes_on_is_understood(
    server: Server, answer: Reply, failure: type[PlatformError], said: str
) -> None:
    client, kept = ready(server), dict[str, str]()
    server.on(SEND, answer)
    with pytest.raises(PlatformError) as caught:
        client.publish(post(kept))
    assert (type(caught.value), caught.value.words) == (failure, said)
    assert kept == {}
    assert server.calls(LOOK) == server.calls(stage.PUBLISH) == []


@each("blob", [None, {}, {"ref": {}}, {"ref": "bafy"}])
def test_a_film_without_its_reference_is_a_bad_answer(server: Server, blob: Any) -> None:
    client = ready(server)
    server.on(LOOK, *look(job(blob=blob)))
    with pytest.raises(BadAnswer):
        client.publish(post())
    assert server.calls(stage.PUBLISH) == []


def test_a_job_is_not_forgotten_for_a_question_that_was_refused(
    server: Server, client: BlueskyClient
) -> None:
    kept = {"film": "job-1"}
    server.on(LOOK, Reply(400, {"error": "ExpiredToken", "message": "jwt"}))
    with pytest.raises(Unavailable):
        client.publish(post(kept))
    assert kept == {"film": "job-1"}
    assert server.calls(SEND) == []


@each(("route", "service"), [(SEND, True), (stage.UPLOAD, False)])
def test_a_film_that_is_too_large_for_the_server_is_refused(
    server: Server, route: str, service: bool
) -> None:
    client = ready(server)
    if not service:
        server.on(LIMITS, NO_SERVICE)
    server.on(route, Reply(413, {"error": "PayloadTooLarge", "message": "entity too large"}))
    with pytest.raises(Refused, match="too large for Bluesky"):
        client.publish(post())
    assert server.calls(stage.PUBLISH) == []


@each("route", [LIMITS, TOKEN, SEND, LOOK, stage.UPLOAD])
@each("answer", [*(Reply(one) for one in (400, 403, 404, 429, 500, 503)), Reset(), b"{", b"[]"])
def test_no_fault_before_the_post_puts_it_out(
    server: Server, caplog: Any, route: str, answer: Reply | bytes
) -> None:
    client = ready(server)
    if route == stage.UPLOAD:
        server.on(LIMITS, NO_SERVICE)
    server.on(route, answer if isinstance(answer, Reply) else Reply(200, answer))
    if route == LIMITS and getattr(answer, "status", 0) in {400, 403, 404}:
        return  # Then there is no service, and the film is a blob.
    with pytest.raises(PlatformError) as caught:
        client.publish(post())
    assert not caught.value.permanent
    assert server.calls(stage.PUBLISH) == []
    told = load("bluesky", stage)
    assert_no_secret(told, caught.value, caplog)
    assert SERVICE_TOKEN not in f"{caught.value!r} {caplog.text}"


@each("steps", range(1, 9))
def test_whoever_was_given_up_sends_nothing_more(server: Server, steps: int) -> None:
    client = ready(server)
    left = list(range(steps))

    def step() -> None:
        if not left:
            raise Unavailable("The attempt was given up.")
        left.pop()

    try:
        client.publish(post(before_step=step))
    except Unavailable:
        assert left == []
        assert server.calls(stage.PUBLISH) == []
