"""Films on Mastodon: sent as they are, waited for, and not sent twice."""

from __future__ import annotations

from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import pytest

from govsocial.platforms.errors import RateLimited, Refused, Unavailable
from govsocial.platforms.streamed import PART
from tests.gathering import each
from tests.platforms import mastodon_stage as stage
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.mastodon_sender import (
    BYTES,
    FILM,
    GONE,
    NOT_USABLE,
    READY,
    WORKING,
    Sender,
    film,
    good,
    routes,
)
from tests.platforms.test_faults_between import PAGE

OTHER_FILM = "GET /api/v1/media/f2"


@pytest.fixture
def sender(server: Server) -> Sender:
    good(server)
    return Sender(server)


def parts(upload: Received) -> dict[str, Any]:
    """The parts of a form by their names."""
    head = f"Content-Type: {upload.headers['Content-Type']}\r\n\r\n".encode()
    read = BytesParser(policy=HTTP).parsebytes(head + upload.body).iter_parts()
    return {str(one.get_param("name", header="content-disposition")): one for one in read}


def test_a_film_is_sent_as_it_is_and_attached_with_its_description(
    server: Server, sender: Sender
) -> None:
    published = sender.publish()
    (upload,) = server.calls(stage.MEDIA)
    told = parts(upload)
    assert told["file"].get_payload(decode=True) == BYTES
    assert told["file"].get_content_type() == "video/mp4"
    assert told["description"].get_payload(decode=True).decode() == "Petugas – membuka pintu air"
    assert upload.headers["Authorization"] == f"Bearer {stage.TOKEN}"
    (sent,) = server.calls(stage.PUBLISH)
    assert sent.json()["media_ids"] == ["f1"]
    assert published.sent == sent.json()
    assert routes(server) == [stage.INSTANCE, stage.MEDIA, FILM, stage.PUBLISH]


def test_a_film_without_words_of_its_own_has_no_description(server: Server, sender: Sender) -> None:
    sender.post = replace(sender.post, text="", video=film(alt=""))
    sender.publish()
    (upload,) = server.calls(stage.MEDIA)
    assert set(parts(upload)) == {"file"}


def test_a_film_is_waited_for_until_it_is_worked_through(server: Server, sender: Sender) -> None:
    server.on(FILM, WORKING, Reply(202, {"id": "f1"}), WORKING, READY)
    sender.publish()
    assert sender.waits == [0.5, 1.0, 2.0, 4.0]
    # Beginning, the upload and its one part, four rounds of waiting, the status.
    assert sender.steps == 8


def test_a_server_that_works_while_it_is_sent_to_is_not_waited_for(
    server: Server, sender: Sender
) -> None:
    server.on(stage.MEDIA, Reply(200, {"id": 77}))
    sender.publish()
    assert sender.waits == []
    (sent,) = server.calls(stage.PUBLISH)
    assert sent.json()["media_ids"] == ["77"]


def test_the_id_is_kept_before_the_film_is_waited_for_and_the_next_attempt_goes_on(
    server: Server, sender: Sender
) -> None:
    server.on(FILM, WORKING)
    failure = sender.fails()
    assert type(failure) is Unavailable
    assert str(failure) == "The platform is still working on the film."
    assert 600 <= sum(sender.waits) < 610
    assert sender.kept == [(2, {"film": "f1"})]
    assert server.calls(stage.PUBLISH) == []

    server.on(FILM, WORKING, READY)
    sender.publish()
    assert len(server.calls(stage.MEDIA)) == 1
    (sent,) = server.calls(stage.PUBLISH)
    assert sent.json()["media_ids"] == ["f1"]


@each("answer", [GONE, Reply(410, {"error": "Gone"}), Reply(404, PAGE), Reply(405, PAGE)])
def test_a_film_that_the_server_no_longer_has_is_sent_anew_in_the_same_attempt(
    server: Server, answer: Reply
) -> None:
    good(server)
    sender = Sender(server)
    sender.handles = {"film": "f1"}
    server.on(FILM, answer)
    server.on(stage.MEDIA, Reply(202, {"id": "f2"}))
    server.on(OTHER_FILM, READY)
    sender.publish()
    assert sender.handles["film"] == "f2"
    (sent,) = server.calls(stage.PUBLISH)
    assert sent.json()["media_ids"] == ["f2"]


def test_a_film_that_was_just_taken_and_is_not_told_yet_is_asked_for_later(
    server: Server, sender: Sender
) -> None:
    server.on(FILM, GONE, READY)
    assert type(sender.fails()) is Unavailable
    sender.publish()
    assert len(server.calls(stage.MEDIA)) == 1


@each("handles", [{}, {"film": "f1"}])
def test_a_film_that_the_server_cannot_use_is_refused_and_forgotten(
    server: Server, handles: dict[str, str]
) -> None:
    good(server)
    sender = Sender(server)
    sender.handles = dict(handles)
    server.on(FILM, NOT_USABLE)
    failure = sender.fails()
    assert type(failure) is Refused
    assert str(failure) == "Mastodon could not use the media."
    assert failure.words == "Error processing thumbnail for uploaded media"
    assert sender.handles["film"] == ""
    assert server.calls(stage.PUBLISH) == []
    assert len(server.calls(stage.MEDIA)) == (0 if handles else 1)
    # Whoever sends it again by hand has it sent anew.
    server.on(FILM, READY)
    sender.publish()
    assert len(server.calls(stage.MEDIA)) == (1 if handles else 2)


@pytest.mark.parametrize("step", range(1, 8))
def test_a_sender_that_was_given_up_sends_nothing_more(server: Server, step: int) -> None:
    good(server)
    server.on(FILM, WORKING, READY)
    sender = Sender(server)
    sender.post = replace(sender.post, video=film(bytes(PART + 1)))
    sender.stop_at = step
    assert type(sender.fails()) is RateLimited
    # Beginning, the upload, its two parts, two rounds of waiting, the status.
    uploads = server.calls(stage.MEDIA)
    whole = [one for one in uploads if len(one.body) == int(one.headers["Content-Length"])]
    assert len(whole) == (1 if step > 4 else 0)
    assert len(server.calls(FILM)) == max(step - 5, 0)
    assert server.calls(stage.PUBLISH) == []
    assert sender.handles == ({"film": "f1"} if step > 4 else {})


OF_A_SERVER = {"video_size_limit": len(BYTES) - 1, "supported_mime_types": ["video/mp4"]}


@each(
    ("changes", "said", "why"),
    [
        ({}, OF_A_SERVER, "10240 bytes"),
        ({"video": film(media_type="video/quicktime")}, OF_A_SERVER, "of a kind"),
        ({}, {"supported_mime_types": ["image/png"]}, "no films here"),
        ({"video": film(alt="x" * 11)}, {"description_limit": 10}, "11 characters"),
        ({"video": film(size=99 * 1024**2 + 1)}, {}, "103809025 bytes"),
        ({"images": [stage.IMAGE]}, {}, "one or the other"),
    ],
)
def test_what_the_server_does_not_take_is_refused_before_anything_is_sent(
    server: Server, changes: dict[str, Any], said: dict[str, Any], why: str
) -> None:
    good(server)
    server.on(stage.INSTANCE, Reply(200, {"configuration": {"media_attachments": said}}))
    sender = Sender(server)
    sender.post = replace(sender.post, **changes)
    with pytest.raises(Refused, match=why):
        sender.publish()
    assert routes(server) == [stage.INSTANCE]


@each(("there", "found"), [([{"id": "f1", "type": "video"}], "8"), ([], None), ([{}, {}], None)])
def test_a_status_with_a_film_is_found_by_its_text_and_its_one_attachment(
    server: Server, there: list[dict[str, str]], found: str | None
) -> None:
    good(server)
    server.on(stage.POSTS, Reply(200, [stage.status(8, media_attachments=there)]))
    sender = Sender(server)
    result = sender.client.find(sender.attempt())
    assert (result.platform_id if result else None) == found
