"""A film is sent in parts, put out by its last one, and found again after any interruption."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import (
    HostRefused,
    NotOut,
    NotReached,
    OperatorNeeded,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from govsocial.platforms.youtube.upload import PART, SESSION
from tests.gathering import each
from tests.platforms import youtube_stage as stage
from tests.platforms.fakes import Reply, Reset, Server


@pytest.fixture
def client(server: Server) -> PlatformClient:
    stage.good(server)
    return stage.client(server)


def patient(server: Server, waits: list[float]) -> PlatformClient:
    return stage.client_of(server, stage.store(), sleep=waits.append)


def test_a_small_film_goes_out_in_one_part(server: Server, client: PlatformClient) -> None:
    kept: list[dict[str, str]] = []
    calls_before_keep: list[int] = []

    def keep(handles: Any) -> None:
        kept.append(dict(handles))
        calls_before_keep.append(len(server.calls(stage.PUBLISH)))

    published = client.publish(stage.outgoing(keep=keep))
    (begin,) = server.calls(stage.BEGIN)
    assert begin.query == {"uploadType": ["resumable"], "part": ["snippet,status"]}
    assert begin.json() == {
        "snippet": {
            "title": "Rapat terbuka",
            "description": "Rapat anggaran kota.",
            "defaultLanguage": "id",
        },
        "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
    }
    assert begin.headers["X-Upload-Content-Type"] == "video/mp4"
    assert begin.headers["X-Upload-Content-Length"] == "40"
    (part,) = server.calls(stage.PUBLISH)
    assert part.body == b"film" * 10
    assert part.headers["Content-Range"] == "bytes 0-39/40"
    assert part.query["upload_id"] == [stage.UPLOAD_ID]
    assert kept[0] == {SESSION: stage.begun(server).headers["Location"]}
    assert [list(one) for one in kept[1:]] == [[ASKED_AT]]
    assert calls_before_keep == [0, 0]
    assert published.platform_id == stage.film_id(1)
    assert published.permalink == f"{server.base}/watch?v={stage.film_id(1)}"
    assert published.sent == begin.json()
    assert published.response["id"] == stage.film_id(1)


def test_a_large_film_goes_out_in_parts_as_youtube_takes_them(
    server: Server, client: PlatformClient
) -> None:
    size = 2 * PART + 5
    half = PART // 2
    # The first part is only taken by half, as happens under load.
    answers = [stage.more(half), stage.more(half + PART), Reply(200, stage.video(1))]
    server.on(stage.PUBLISH, *answers)
    steps: list[int] = []
    post = stage.outgoing(
        video=stage.film(bytes(size)), before_step=lambda: steps.append(len(server.received))
    )
    client.publish(post)
    assert stage.ranges(server.calls(stage.PUBLISH)) == [
        f"bytes 0-{PART - 1}/{size}",
        f"bytes {half}-{half + PART - 1}/{size}",
        f"bytes {half + PART}-{size - 1}/{size}",
    ]
    # Once before anything, and before each call.
    assert steps == [0, 0, 1, 2, 3]


def test_an_upload_that_does_not_get_on_is_given_up_for_now(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PUBLISH, stage.more(0))
    with pytest.raises(Unavailable):
        client.publish(stage.outgoing())
    assert len(server.calls(stage.PUBLISH)) == 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Reply(503), UnknownOutcome),
        (Reset(), UnknownOutcome),
        (Reply(200, b"<html>"), UnknownOutcome),
        (stage.more(40), UnknownOutcome),
        (stage.error(400, "uploadLimitExceeded"), RateLimited),
        (stage.error(403, "quotaExceeded"), RateLimited),
        (stage.error(400, "invalidDescription"), Refused),
        (stage.error(404, "notFound"), Unavailable),
        (Reply(410, headers={"X-GUploader-UploadID": "AB"}), Unavailable),
        (Reply(404), UnknownOutcome),
        (Reply(403, b"<html>"), UnknownOutcome),
    ],
)
def test_how_the_last_part_ends_says_whether_the_film_may_be_out(
    server: Server, client: PlatformClient, fault: Reply, kind: type[PlatformError]
) -> None:
    server.on(stage.PUBLISH, fault)
    kept: dict[str, str] = {}
    with pytest.raises(PlatformError) as caught:
        client.publish(stage.outgoing(keep=kept.update))
    assert type(caught.value) is kind
    assert len(server.calls(stage.PUBLISH)) == 1
    # A film that is certainly not out is not waited for.
    assert bool(kept[ASKED_AT]) == (kind is UnknownOutcome)


@pytest.mark.parametrize("fault", [Reply(503), Reset(), Reset(before_body=True)])
def test_a_part_that_is_not_the_last_puts_nothing_out(
    server: Server, client: PlatformClient, fault: Reply
) -> None:
    server.on(stage.PUBLISH, fault)
    with pytest.raises(Unavailable):
        client.publish(stage.outgoing(video=stage.film(bytes(PART + 5))))


def test_a_token_refused_in_the_middle_is_refreshed_and_the_part_sent_again(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PUBLISH, stage.EXPIRED, Reply(200, stage.video(1)))
    client.publish(stage.outgoing())
    assert len(server.calls(stage.REFRESH)) == 1
    assert stage.ranges(server.calls(stage.PUBLISH)) == ["bytes 0-39/40"] * 2


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/upload?upload_id=1",
        "http://10.0.0.1/upload?upload_id=1",
        "http://user:pass@127.0.0.1/upload",
        "/upload",
        "https://googleapis.com.evil.example/x",
    ],
)
def test_a_film_is_not_sent_to_another_server(
    server: Server, client: PlatformClient, address: str
) -> None:
    server.on(stage.BEGIN, Reply(200, None, {"Location": address}))
    kept: list[Any] = []
    with pytest.raises(HostRefused) as caught:
        client.publish(stage.outgoing(keep=kept.append))
    assert kept == []
    assert server.calls(stage.PUBLISH) == []
    assert "upload_id" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"title": "a < b"},
        {"text": "a > b"},
        {"text": "é" * 2501},
        {"video": None},
        {"video": stage.film(b"")},
        {"video": stage.film(media_type="video/x-flv")},
        {"video": stage.film(seconds=13 * 3600)},
    ],
    ids=str,
)
def test_what_youtube_does_not_take_is_not_sent(
    server: Server, client: PlatformClient, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused):
        client.publish(stage.outgoing(**changes))
    assert server.received == []


def test_a_sender_that_was_given_up_sends_nothing_more(
    server: Server, client: PlatformClient
) -> None:
    def give_up() -> None:
        if server.calls(stage.BEGIN):
            raise NotReached("This sender has been given up.")

    with pytest.raises(NotReached):
        client.publish(stage.outgoing(before_step=give_up))
    assert server.calls(stage.PUBLISH) == []


def test_a_film_that_ends_too_early_is_not_sent(server: Server, client: PlatformClient) -> None:
    short = stage.film(b"x" * 40, size=PART + 40)
    with pytest.raises(Refused):
        client.publish(stage.outgoing(video=short))
    assert server.calls(stage.PUBLISH) == []


# What YouTube makes of a film


def status(**values: str) -> dict[str, Any]:
    return stage.video(1, status=values)


def test_a_film_is_looked_at_until_youtube_has_processed_it(server: Server) -> None:
    stage.good(server)
    waits: list[float] = []
    uploaded = status(uploadStatus="uploaded", privacyStatus="public")
    server.on(stage.PUBLISH, Reply(200, uploaded))
    looks = [Reply(200, stage.listed("video", one)) for one in (uploaded, stage.video(1))]
    server.on(stage.METRICS, *looks)
    patient(server, waits).publish(stage.outgoing())
    assert waits == [2.0]
    assert len(server.calls(stage.METRICS)) == 2


@each("look", [Reply(500), Reply(200, {"kind": "x"}), stage.EXPIRED])
@each("later", ["processed", "rejected"])
def test_what_became_of_a_film_that_cannot_be_looked_at_is_told_by_a_later_look(
    server: Server, look: Reply, later: str
) -> None:
    stage.good(server)
    waits, kept = list[float](), dict[str, str]()
    server.on(stage.PUBLISH, Reply(200, status(uploadStatus="uploaded", privacyStatus="public")))
    server.on(stage.METRICS, look)
    client = patient(server, waits)
    with pytest.raises(UnknownOutcome):
        client.publish(stage.outgoing(keep=kept.update))
    assert waits == [2.0, 4.0, 8.0]
    post = stage.outgoing(handles=kept)
    # As long as nothing is told, nothing is settled, and no second film is sent.
    with pytest.raises(PlatformError) as failed:
        client.find(post)
    assert not isinstance(failed.value, NotOut)
    with pytest.raises(UnknownOutcome):
        client.publish(post)
    assert len(server.calls(stage.BEGIN)) == 1
    server.on(stage.METRICS, Reply(200, stage.listed("video", status(uploadStatus=later))))
    if later == "rejected":
        with pytest.raises(NotOut, match="rejected"):
            client.find(post)
    else:
        found = client.find(post)
        assert found is not None
        assert found.platform_id == stage.film_id(1)


@pytest.mark.parametrize("failing", [1, 3])
def test_one_look_that_tells_something_is_enough(server: Server, failing: int) -> None:
    stage.good(server)
    uploaded = status(uploadStatus="uploaded", privacyStatus="public")
    server.on(stage.PUBLISH, Reply(200, uploaded))
    told = Reply(200, stage.listed("video", uploaded))
    server.on(stage.METRICS, *[Reply(500)] * failing, told, *[Reply(500)] * (3 - failing))
    assert patient(server, []).publish(stage.outgoing()).platform_id == stage.film_id(1)


def test_a_film_that_was_processed_at_once_needs_no_look(server: Server) -> None:
    stage.good(server)
    server.on(stage.PUBLISH, Reply(200, status(uploadStatus="processed", privacyStatus="public")))
    server.on(stage.METRICS, Reply(500))
    assert patient(server, []).publish(stage.outgoing()).platform_id == stage.film_id(1)
    assert server.calls(stage.METRICS) == []


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"uploadStatus": "rejected", "rejectionReason": "copyright"}, Refused),
        ({"uploadStatus": "failed", "failureReason": "codec"}, Refused),
        ({"uploadStatus": "uploaded", "privacyStatus": "private"}, OperatorNeeded),
    ],
)
def test_a_film_that_nobody_will_see_is_not_said_to_be_out(
    server: Server, values: dict[str, str], kind: type[PlatformError]
) -> None:
    stage.good(server)
    server.on(stage.PUBLISH, Reply(200, status(uploadStatus="uploaded")))
    server.on(stage.METRICS, Reply(200, stage.listed("video", status(**values))))
    with pytest.raises(kind):
        patient(server, []).publish(stage.outgoing())


@pytest.mark.parametrize("state", ["failed", "rejected"])
def test_an_upload_that_came_to_nothing_is_forgotten(
    server: Server, client: PlatformClient, state: str
) -> None:
    server.on(stage.PUBLISH, Reply(200, status(uploadStatus=state)))
    kept: dict[str, str] = {}
    with pytest.raises(Refused):
        client.publish(stage.outgoing(keep=kept.update))
    assert kept == {SESSION: "", ASKED_AT: ""}
    server.on(stage.PUBLISH, Reply(200, stage.video(1)))
    client.publish(stage.outgoing(handles=kept))
    assert len(server.calls(stage.BEGIN)) == 2
    assert server.calls(stage.POSTS) == []


def test_a_film_that_is_not_listed_after_its_upload_is_not_known_to_be_out(server: Server) -> None:
    stage.good(server)
    nothing, waits = Reply(200, stage.listed("video")), list[float]()
    server.on(stage.PUBLISH, Reply(200, status(uploadStatus="uploaded")))
    server.on(stage.METRICS, nothing, Reply(500))
    with pytest.raises(UnknownOutcome):
        patient(server, waits).publish(stage.outgoing())
    assert waits == [2.0, 4.0, 8.0]
    server.on(stage.METRICS, nothing, Reply(200, stage.listed("video", stage.video(1))))
    assert patient(server, waits).publish(stage.outgoing()).platform_id == stage.film_id(1)
