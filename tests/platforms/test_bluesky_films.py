"""Films to Bluesky: worked through by its video service, or a blob where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, Video
from govsocial.platforms.bluesky import films
from govsocial.platforms.bluesky.account import Account
from govsocial.platforms.bluesky.client import BlueskyClient
from govsocial.platforms.errors import (
    BadAnswer,
    NotFromPlatform,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from tests.gathering import each
from tests.platforms import bluesky_stage as stage
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Reply, Reset, Server
from tests.platforms.fault_tools import assert_no_secret
from tests.platforms.stages import load

LIMITS = "GET /xrpc/app.bsky.video.getUploadLimits"
SEND = "POST /xrpc/app.bsky.video.uploadVideo"
LOOK = "GET /xrpc/app.bsky.video.getJobStatus"
TOKEN = "GET /xrpc/com.atproto.server.getServiceAuth"
SERVICE_TOKEN = "service-token-of-the-account"
BLOB = {"$type": "blob", "ref": {"$link": "bafyfilm"}, "mimeType": "video/mp4", "size": 9}
DATA = b"film" * 1000
NO_SERVICE = Reply(501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"})
NO_ROOM = {"canUpload": False, "remainingDailyVideos": 0, "remainingDailyBytes": 0}
UNKNOWN = {"error": "JobNotFound", "message": "Job not found"}


def film(data: bytes = DATA, **changes: Any) -> Video:
    values: dict[str, Any] = {
        "size": len(data),
        "media_type": "video/mp4",
        "seconds": 42.0,
        "width": 1080,
        "height": 1920,
        "alt": "Peta banjir",
        "read": lambda offset, length: data[offset : offset + length],
        **changes,
    }
    return Video(**values)


def job(state: str = "JOB_STATE_COMPLETED", **more: Any) -> dict[str, Any]:
    done = {"blob": BLOB} if state == "JOB_STATE_COMPLETED" else {}
    return {"jobId": "job-1", "did": stage.DID, "state": state, **done, **more}


def look(*answers: dict[str, Any]) -> tuple[Reply, ...]:
    return tuple(Reply(200, {"jobStatus": one}) for one in answers)


def ready(server: Server, *others: Server, waits: list[float] | None = None) -> BlueskyClient:
    """A client, and a network that takes its film and has worked through it at once."""
    stage.good(server)
    server.on(TOKEN, Reply(200, {"token": SERVICE_TOKEN}))
    server.on(LIMITS, Reply(200, {"canUpload": True, "remainingDailyVideos": 3}))
    server.on(SEND, Reply(200, job("JOB_STATE_CREATED")))
    server.on(LOOK, *look(job()))
    guard = Guard({one.host for one in (server, *others)})
    return BlueskyClient(
        handle="kota.example",
        session=Session(server.base, guard=guard, timing=QUICK),
        secrets=stage.signed_in(),
        sleep=([] if waits is None else waits).append,
    )


def of_bluesky(service: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the account be on Bluesky's own network, whose video service is ``service``."""
    monkeypatch.setattr(Account, "own_network", None)
    monkeypatch.setattr(films, "SERVICE", service.base)


@pytest.fixture
def client(server: Server) -> BlueskyClient:
    return ready(server)


@pytest.fixture
def kept() -> dict[str, str]:
    return {}


def post(kept: dict[str, str] | None = None, **changes: Any) -> OutgoingPost:
    handles = {} if kept is None else kept
    changes = {"video": film(), "handles": dict(handles), "keep": handles.update, **changes}
    return stage.post(**changes)


def routes(server: Server) -> list[str]:
    return [f"{one.method} {one.path}" for one in server.received]


def test_the_service_has_worked_through_a_film_before_the_post_is_written(
    server: Server,
) -> None:
    waited: list[float] = []
    client = ready(server, waits=waited)
    encoding = job("JOB_STATE_ENCODING", progress=50)
    server.on(LOOK, *look(encoding, encoding, job()))
    client.publish(post())
    assert routes(server)[-5:] == [SEND, LOOK, LOOK, LOOK, stage.PUBLISH]
    assert waited == [1.0, 2.0]
    sent = server.calls(SEND)[0]
    assert sent.body == DATA
    assert sent.headers["Content-Type"] == "video/mp4"
    assert sent.query["did"] == [stage.DID]
    assert server.calls(LOOK)[0].query == {"jobId": ["job-1"]}
    assert server.calls(stage.PUBLISH)[0].json()["record"]["embed"] == {
        "$type": "app.bsky.embed.video",
        "video": BLOB,
        "alt": "Peta banjir",
        "aspectRatio": {"width": 1080, "height": 1920},
    }


def test_nothing_is_said_of_a_film_that_is_not_known(server: Server, client: BlueskyClient) -> None:
    client.publish(post(video=film(alt="", width=0, height=0)))
    embed = server.calls(stage.PUBLISH)[0].json()["record"]["embed"]
    assert embed == {"$type": "app.bsky.embed.video", "video": BLOB}


def test_the_service_gets_tokens_of_its_own_and_never_the_session(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Server()
    of_bluesky(service, monkeypatch)
    client = ready(server, service)
    for route in (LIMITS, SEND, LOOK):
        service.on(route, server.answer_of(route))
    try:
        client.publish(post())
    finally:
        service.close()
    asked = [(one.query["aud"], one.query["lxm"]) for one in server.calls(TOKEN)]
    assert asked == [
        ([films.did_of(service.host)], ["app.bsky.video.getUploadLimits"]),
        ([films.did_of(server.host)], ["com.atproto.repo.uploadBlob"]),
    ]
    assert routes(service) == [LIMITS, SEND, LOOK]
    sent = [one.headers.get("Authorization") for one in service.received]
    assert sent == [f"Bearer {SERVICE_TOKEN}"] * 2 + [None]


def test_a_later_attempt_asks_what_became_of_the_film(
    server: Server, client: BlueskyClient, kept: dict[str, str]
) -> None:
    server.on(LOOK, Reply(503))
    with pytest.raises(Unavailable):
        client.publish(post(kept))
    assert kept == {"film": "job-1"}
    server.on(LOOK, *look(job()))
    client.publish(post(kept))
    assert len(server.calls(SEND)) == 1
    assert len(server.calls(stage.PUBLISH)) == 1


@each("status", [400, 404])
def test_a_film_that_the_service_forgot_is_sent_again(server: Server, status: int) -> None:
    client = ready(server)
    kept = {"film": "job-0"}
    server.on(LOOK, Reply(status, UNKNOWN), *look(job()))
    client.publish(post(kept))
    assert len(server.calls(SEND)) == 1
    assert kept == {"film": "job-1"}


def test_a_film_that_the_service_has_already_is_not_worked_through_twice(
    server: Server, client: BlueskyClient
) -> None:
    known = job(error="already_exists", message="Video already processed")
    server.on(SEND, Reply(409, known))
    client.publish(post())
    assert len(server.calls(stage.PUBLISH)) == 1


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


def test_a_film_that_the_server_of_the_account_has_lost_is_sent_there(
    server: Server, client: BlueskyClient, kept: dict[str, str]
) -> None:
    """The service knows the film and says so, however often it is sent again."""
    server.on(SEND, Reply(409, job(error="already_exists", message="Video already processed")))
    lost = {"error": "BlobNotFound", "message": "Could not find blob"}
    server.on(stage.PUBLISH, Reply(400, lost), server.answer_of(stage.PUBLISH))
    with pytest.raises(Unavailable):
        client.publish(post(kept))
    client.publish(post(kept))
    assert len(server.calls(SEND)) == len(server.calls(stage.UPLOAD)) == 1
    embed = server.calls(stage.PUBLISH)[-1].json()["record"]["embed"]
    assert embed["video"]["ref"] == {"$link": "bafy"}


@each(("answer", "failure"), [(Reply(503), UnknownOutcome), (stage.refuses("Too long"), Refused)])
def test_a_film_that_was_worked_through_is_not_sent_again_after_any_other_refusal(
    server: Server, answer: Reply, failure: type[PlatformError]
) -> None:
    client, kept = ready(server), dict[str, str]()
    server.on(stage.PUBLISH, answer, server.answer_of(stage.PUBLISH))
    with pytest.raises(failure):
        client.publish(post(kept))
    client.publish(post(kept))
    assert len(server.calls(SEND)) == 1


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
    "answer",
    [
        NO_SERVICE,
        Reply(404, {"error": "NotFound"}),
        Reply(404, b"<html>"),
        Reply(403, {"error": "Forbidden"}),
        Reply(401, {"error": "AuthMissing"}),
    ],
)
def test_a_network_without_such_a_service_keeps_the_film_as_it_is(
    server: Server, answer: Reply
) -> None:
    client = ready(server)
    server.on(LIMITS, answer)
    client.publish(post())
    (sent,) = server.calls(stage.UPLOAD)
    assert sent.body == DATA
    assert server.calls(SEND) == []
    embed = server.calls(stage.PUBLISH)[0].json()["record"]["embed"]
    assert embed["video"] == {"$type": "blob", "ref": {"$link": "bafy"}}


UNCONFIRMED = {"did": "", "error": "unconfirmed_email", "jobId": "", "state": ""}


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


def test_a_film_is_sent_from_its_beginning_again_with_a_new_session(
    server: Server, client: BlueskyClient
) -> None:
    server.on(LIMITS, NO_SERVICE)
    server.on(stage.UPLOAD, stage.EXPIRED, server.answer_of(stage.UPLOAD))
    client.publish(post())
    assert [one.body for one in server.calls(stage.UPLOAD)] == [DATA, DATA]


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


def test_a_post_with_a_film_is_found_by_its_key(server: Server, client: BlueskyClient) -> None:
    sent = post()
    stage.shows(server, sent, 0)
    found = client.find(sent)
    assert found is not None
    assert found.platform_id.endswith(sent.key)


@each(
    "changes",
    [
        {"images": [stage.IMAGE]},
        {"link": "https://samudrakota.example/a"},
        {"video": film(seconds=601)},
        {"video": film(media_type="video/quicktime")},
        {"video": film(alt="x" * 1001)},
    ],
)
def test_what_bluesky_takes_with_no_film_is_refused_before_anything_is_sent(
    server: Server, changes: dict[str, Any]
) -> None:
    client = ready(server)
    with pytest.raises(Refused):
        client.publish(post(**changes))
    assert server.received == []
