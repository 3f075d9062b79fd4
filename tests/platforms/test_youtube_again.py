"""What became of an upload that an earlier attempt began, and going on with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, PlatformClient
from govsocial.platforms.errors import (
    AuthRevoked,
    Hidden,
    NotFound,
    NotOut,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT, PAGES_SEARCHED, SETTLES_IN
from govsocial.platforms.youtube.upload import SESSION
from tests.platforms import youtube_stage as stage
from tests.platforms.fakes import Received, Reply, Reset, Server
from tests.platforms.test_http import NOW


@pytest.fixture
def client(server: Server) -> PlatformClient:
    stage.good(server)
    return stage.client(server)


def begun(server: Server, **changes: Any) -> OutgoingPost:
    """A post whose upload an earlier attempt began."""
    return stage.outgoing(handles={SESSION: stage.begun(server).headers["Location"]}, **changes)


def question(then: Reply, question: Reply) -> Any:
    """An upload that answers how far it is with ``question`` and parts with ``then``."""

    def answer(received: Received) -> Reply:
        asks = received.headers["Content-Range"].startswith("bytes */")
        return question if asks else then

    return answer


def test_an_upload_goes_on_from_where_youtube_has_it(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PUBLISH, question(Reply(200, stage.video(1)), stage.more(20)))
    post = begun(server)
    assert client.find(post) is None
    client.publish(post)
    assert server.calls(stage.BEGIN) == []
    assert stage.ranges(server.calls(stage.PUBLISH)) == [
        "bytes */40",
        "bytes */40",
        "bytes 20-39/40",
    ]
    assert server.calls(stage.PUBLISH)[-1].body == (b"film" * 10)[20:]


def test_an_upload_that_was_taken_is_found_and_not_sent_again(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PUBLISH, Reply(201, stage.video(1)))
    post = begun(server)
    found = client.find(post)
    assert found is not None
    assert client.publish(post).platform_id == found.platform_id == stage.film_id(1)
    assert {one.body for one in server.calls(stage.PUBLISH)} == {b""}


def test_looking_for_a_film_does_not_wait_for_its_processing(server: Server) -> None:
    stage.good(server)
    waits: list[float] = []
    uploaded = stage.video(1, status={"uploadStatus": "uploaded", "privacyStatus": "public"})
    server.on(stage.PUBLISH, Reply(200, uploaded))
    server.on(stage.METRICS, Reply(200, stage.listed("video", uploaded)))
    client = stage.client_of(server, stage.store(), sleep=waits.append)
    assert client.find(begun(server)) is not None
    assert waits == []


def test_while_all_of_a_film_is_there_and_not_taken_nothing_is_known(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PUBLISH, stage.more(40))
    post = begun(server)
    with pytest.raises(Unavailable):
        client.find(post)
    with pytest.raises(UnknownOutcome):
        client.publish(post)
    assert set(stage.ranges(server.calls(stage.PUBLISH))) == {"bytes */40"}
    assert server.calls(stage.BEGIN) == []


@pytest.mark.parametrize("answer", [Reply(500), Reset(), Reply(403, {"error": {}})])
def test_an_upload_that_cannot_be_asked_about_is_not_begun_again(
    server: Server, client: PlatformClient, answer: Reply
) -> None:
    server.on(stage.PUBLISH, answer)
    for call in (client.find, client.publish):
        with pytest.raises(PlatformError):
            call(begun(server))
    assert server.calls(stage.BEGIN) == []


@pytest.mark.parametrize("status", [404, 410])
def test_where_the_upload_is_not_known_any_more_the_latest_films_are_looked_at(
    server: Server, client: PlatformClient, status: int
) -> None:
    server.on(stage.PUBLISH, stage.error(status, "notFound"))
    post = begun(server)
    stage.shows(server, post, 0)
    found = client.find(post)
    assert found is not None
    assert client.publish(post).platform_id == found.platform_id
    assert server.calls(stage.BEGIN) == []


def test_a_film_of_another_publication_is_not_taken_for_this_one_while_sending(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PUBLISH, question(Reply(200, stage.video(1)), stage.error(404, "notFound")))
    post = begun(server)
    stage.shows(server, post, 0)
    found = client.find(post)
    assert found is not None
    client.publish(replace(post, taken={found.platform_id}))
    assert len(server.calls(stage.BEGIN)) == 1


def test_an_upload_that_ran_out_without_a_film_is_begun_anew(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.POSTS, Reply(200, stage.listed("playlistItem")))
    server.on(stage.PUBLISH, question(Reply(200, stage.video(1)), stage.error(404, "notFound")))
    post = begun(server)
    assert client.find(post) is None
    client.publish(post)
    assert len(server.calls(stage.BEGIN)) == 1


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"title": "Rapat tertutup"}, ()),
        ({"text": "Rapat lain."}, ()),
        ({"created_at": NOW.replace(hour=2)}, ()),
        ({}, [stage.film_id(1)]),
    ],
    ids=["title", "text", "older", "taken"],
)
def test_another_film_is_not_taken_for_this_one(
    server: Server, client: PlatformClient, changes: dict[str, Any], taken: list[str]
) -> None:
    server.on(stage.POSTS, Reply(200, stage.listed("playlistItem", stage.item(1))))
    assert client.find(stage.outgoing(**changes, taken=taken)) is None


def test_more_films_than_are_searched_leave_it_unknown(
    server: Server, client: PlatformClient
) -> None:
    pages = [
        Reply(200, {**stage.listed("playlistItem", stage.item(1)), "nextPageToken": f"P{number}"})
        for number in range(PAGES_SEARCHED + 1)
    ]
    server.on(stage.POSTS, *pages)
    with pytest.raises(Unavailable):
        client.find(stage.outgoing(title="Lain"))


def test_a_private_film_of_an_earlier_attempt_is_no_reason_to_send_another(
    server: Server, client: PlatformClient
) -> None:
    private = stage.video(1, status={"privacyStatus": "private"})
    server.on(stage.METRICS, Reply(200, stage.listed("video", private)))
    with pytest.raises(Hidden):
        client.find(stage.outgoing())


@pytest.mark.parametrize("known", [True, False], ids=["upload", "list"])
def test_a_film_that_youtube_rejects_is_certainly_not_out(
    server: Server, client: PlatformClient, known: bool
) -> None:
    rejected = stage.video(1, status={"uploadStatus": "rejected", "rejectionReason": "copyright"})
    server.on(stage.PUBLISH, Reply(200, rejected))
    server.on(stage.METRICS, Reply(200, stage.listed("video", rejected)))
    with pytest.raises(NotOut, match="copyright") as caught:
        client.find(begun(server) if known else stage.outgoing())
    assert isinstance(caught.value.reason, Refused)


@pytest.mark.parametrize("known", [True, False], ids=["upload", "list"])
def test_after_a_film_that_youtube_rejected_another_attempt_begins_anew(
    server: Server, client: PlatformClient, known: bool
) -> None:
    taken, rejected = Reply(200, stage.video(2)), stage.video(1, status={"uploadStatus": "failed"})
    server.on(stage.METRICS, Reply(200, stage.listed("video", rejected)))
    asked = Reply(200, stage.video(1, status={"uploadStatus": "uploaded"}))
    server.on(stage.PUBLISH, question(taken, asked if known else stage.error(404, "notFound")))
    assert client.publish(begun(server)).platform_id == stage.film_id(2)
    assert len(server.calls(stage.BEGIN)) == 1


def test_a_rejected_film_is_not_taken_for_the_one_that_was_sent_after_it(
    server: Server, client: PlatformClient
) -> None:
    items = stage.listed("playlistItem", stage.item(2), stage.item(1))
    server.on(stage.POSTS, Reply(200, items))
    rejected = stage.video(1, status={"uploadStatus": "rejected"})
    server.on(stage.METRICS, Reply(200, stage.listed("video", stage.video(2), rejected)))
    found = client.find(stage.outgoing())
    assert found is not None
    assert found.platform_id == stage.film_id(2)


@pytest.mark.parametrize("privacy", ["public", "private"])
def test_a_film_that_was_deleted_is_not_out(
    server: Server, client: PlatformClient, privacy: str
) -> None:
    asked = stage.video(1, status={"uploadStatus": "processed", "privacyStatus": privacy})
    server.on(stage.PUBLISH, question(Reply(200, stage.video(2)), Reply(200, asked)))
    server.on(stage.METRICS, Reply(200, stage.listed("video")))
    post, now = begun(server), datetime.now(UTC)
    early = replace(post, handles={**post.handles, ASKED_AT: now.isoformat()})
    with pytest.raises(Unavailable):
        client.find(early)
    with pytest.raises(UnknownOutcome):
        client.publish(early)
    assert server.calls(stage.BEGIN) == []
    asked_at = (now - SETTLES_IN - timedelta(seconds=1)).isoformat()
    late = replace(post, handles={**post.handles, ASKED_AT: asked_at})
    with pytest.raises(NotOut, match="deleted"):
        client.find(late)
    assert client.publish(late).platform_id == stage.film_id(2)
    assert len(server.calls(stage.BEGIN)) == 1


def test_a_revoked_consent_is_told_while_sending(server: Server, client: PlatformClient) -> None:
    server.on(stage.BEGIN, stage.REVOKED)
    server.on(stage.REFRESH, stage.REFUSED)
    with pytest.raises(AuthRevoked):
        client.publish(stage.outgoing())
    server.on(stage.BEGIN, stage.error(404, "notFound"))
    with pytest.raises(NotFound):
        stage.client(server).publish(stage.outgoing())
