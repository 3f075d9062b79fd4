"""Putting films on a Page: in parts, once, and found again by their number."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.errors import (
    BadAnswer,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.facebook.client import FacebookClient
from govsocial.platforms.finding import ASKED_AT
from tests.platforms import facebook_stage as stage
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import V, error
from tests.platforms.test_facebook_publishing import Journal, sent

FILM = f"GET {V}/601"
READY = {"id": "601", "post_id": "77", "permalink_url": "/kota/videos/601/"}


@pytest.fixture
def client(server: Server) -> FacebookClient:
    stage.good(server)
    return stage.client(server)


def film_server(server: Server, *, part: int = 4) -> bytearray:
    """Takes a film in parts and returns what came."""
    came = bytearray()
    begun = {"upload_session_id": "s1", "video_id": "601"}

    def offsets() -> dict[str, str]:
        end = min(len(came) + part, 10)
        return {"start_offset": str(len(came)), "end_offset": str(end)}

    def answer(received: Received) -> Reply:
        body = received.body
        if b"finish" in body:
            return Reply(200, {"success": True})
        if b"file_size=10" in body:
            return Reply(200, {**begun, **offsets()})
        head = body.split(b'filename="part"')[1]
        chunk = head.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0]
        came.extend(chunk)
        return Reply(200, offsets())

    server.on(stage.FILMS, answer)
    server.on(FILM, Reply(200, READY))
    return came


def film_post(journal: Journal) -> OutgoingPost:
    return journal.post(images=[], video=stage.film())


def test_a_film_is_sent_in_the_parts_that_are_asked_for(
    server: Server, client: FacebookClient
) -> None:
    came = film_server(server)
    journal = Journal()
    published = client.publish(film_post(journal))
    assert bytes(came) == b"0123456789"
    assert published.platform_id == "1049_77"
    assert published.permalink == f"{server.base}/kota/videos/601/"
    assert journal.handles.pop(ASKED_AT)
    assert journal.handles == {"upload": "s1", "film": "601", "offset": "10"}
    assert "description=Halo" in sent(server.calls(stage.FILMS)[-1])
    # One step each: checking, beginning, three parts, the end.
    assert journal.steps == 6


def test_an_interrupted_film_goes_on_where_it_was(server: Server, client: FacebookClient) -> None:
    came = film_server(server)
    journal = Journal(stop_at=4)
    with pytest.raises(RateLimited):
        client.publish(film_post(journal))
    assert bytes(came) == b"0123"
    client.publish(film_post(journal))
    assert bytes(came) == b"0123456789"


def test_a_film_is_waited_for_and_then_its_outcome_is_unknown(
    server: Server, client: FacebookClient
) -> None:
    film_server(server)
    working = Reply(200, {"id": "601", "status": {"video_status": "processing"}})
    server.on(FILM, working, error(2, status=500), error(4), Reply(200, READY))
    assert client.publish(film_post(Journal())).platform_id == "1049_77"
    server.on(FILM, working)
    with pytest.raises(UnknownOutcome):
        client.publish(film_post(Journal()))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply(200, {"success": False}), Refused),
        (error(6000, 1363041), Refused),
        (error(1, status=500), UnknownOutcome),
        (Reply(200, b"<html>"), UnknownOutcome),
    ],
)
def test_a_film_that_is_refused_is_begun_anew_next_time(
    server: Server, client: FacebookClient, answer: Reply, kind: type[PlatformError]
) -> None:
    film_server(server)
    journal = Journal()
    journal.handles = {"upload": "s1", "film": "601", "offset": "10"}
    server.on(stage.FILMS, answer)
    with pytest.raises(kind):
        client.publish(film_post(journal))
    assert len(server.calls(stage.FILMS)) == 1
    assert journal.handles["film"] == ("" if kind is Refused else "601")


@pytest.mark.parametrize(
    "offsets", [{"start_offset": "0", "end_offset": "4"}, {"start_offset": 4, "end_offset": 99}]
)
def test_an_upload_that_does_not_go_on_or_asks_for_too_much_ends(
    server: Server, client: FacebookClient, offsets: dict[str, Any]
) -> None:
    begun = {"upload_session_id": "s1", "video_id": "601", "start_offset": 0, "end_offset": 4}
    server.on(stage.FILMS, Reply(200, begun), Reply(200, offsets))
    with pytest.raises(BadAnswer):
        client.publish(film_post(Journal()))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Reply(200, READY), "1049_77"),
        (Reply(200, {"id": "601", "post_id": "1049_78"}), "1049_78"),
        (Reply(200, {"id": "601", "status": {"video_status": "uploading"}}), None),
        (Reply(200, {"id": "601", "status": {"video_status": "error"}}), None),
        (error(100, 33), None),
    ],
)
def test_what_became_of_a_film_is_asked_of_the_film(
    server: Server, client: FacebookClient, answer: Reply, found: str | None
) -> None:
    server.on(FILM, answer)
    post = stage.outgoing(images=[], video=stage.film(), handles={"film": "601"})
    result = client.find(post)
    assert (result.platform_id if result else None) == found
    assert not server.calls(stage.POSTS)


def test_a_film_that_is_worked_on_cannot_be_told_yet(
    server: Server, client: FacebookClient
) -> None:
    server.on(FILM, Reply(200, {"id": "601", "status": {"video_status": "processing"}}))
    with pytest.raises(Unavailable):
        client.find(stage.outgoing(images=[], video=stage.film(), handles={"film": "601"}))
