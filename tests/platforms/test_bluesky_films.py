"""Films to Bluesky: worked through by its video service, or a blob where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.bluesky import films
from govsocial.platforms.bluesky.client import BlueskyClient
from govsocial.platforms.errors import (
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from tests.gathering import each
from tests.platforms import bluesky_stage as stage
from tests.platforms.bluesky_films import (
    BLOB,
    DATA,
    LIMITS,
    LOOK,
    NO_SERVICE,
    SEND,
    SERVICE_TOKEN,
    TOKEN,
    UNKNOWN,
    film,
    job,
    look,
    of_bluesky,
    post,
    ready,
    routes,
)
from tests.platforms.fakes import Reply, Server


@pytest.fixture
def client(server: Server) -> BlueskyClient:
    return ready(server)


@pytest.fixture
def kept() -> dict[str, str]:
    return {}


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


def test_a_film_is_sent_from_its_beginning_again_with_a_new_session(
    server: Server, client: BlueskyClient
) -> None:
    server.on(LIMITS, NO_SERVICE)
    server.on(stage.UPLOAD, stage.EXPIRED, server.answer_of(stage.UPLOAD))
    client.publish(post())
    assert [one.body for one in server.calls(stage.UPLOAD)] == [DATA, DATA]


def test_a_lost_picture_is_refused_as_no_film_is_kept_for_another_attempt(
    server: Server, client: BlueskyClient, kept: dict[str, str]
) -> None:
    lost = {"error": "BlobNotFound", "message": "Could not find blob"}
    server.on(stage.PUBLISH, Reply(400, lost))
    with pytest.raises(Refused):
        client.publish(post(kept, video=None, images=[stage.IMAGE]))
    assert kept == {}


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
