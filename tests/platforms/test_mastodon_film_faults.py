"""Faults while a film goes to Mastodon: nothing is out, and the next attempt goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from tests.gathering import each
from tests.platforms import mastodon_stage as stage
from tests.platforms import stages
from tests.platforms.fakes import Answering, Reply, Reset, Server
from tests.platforms.fault_tools import assert_no_secret, echoing
from tests.platforms.mastodon_sender import FILM, GONE, READY, Sender, good, routes
from tests.platforms.test_faults_between import PAGE

ATTACHED = stage.refuses(
    "Validation failed: Media f1 not found or already attached to another post"
)


@pytest.fixture
def sender(server: Server) -> Sender:
    good(server)
    return Sender(server)


# What a refused or unanswered status leaves behind


@each(
    ("answer", "kind", "kept"),
    [
        (ATTACHED, Refused, ""),
        (stage.refuses("Validation failed: Text character limit of 500 exceeded"), Refused, ""),
        (GONE, NotFound, ""),
        (stage.refuses("files that have not finished processing"), Unavailable, "f1"),
        (stage.refuses("berkas yang belum selesai diproses"), Unavailable, "f1"),
        (stage.REVOKED, AuthRevoked, "f1"),
        (Reply(403, {"error": "outside the authorized scopes"}), PermissionMissing, "f1"),
        (Reply(403, {"error": "Your login is currently disabled"}), AccountBlocked, "f1"),
        (Reply(429, {"error": "Too many requests"}), RateLimited, "f1"),
        (Reply(503, {"error": "x"}), UnknownOutcome, "f1"),
        (Reply(404, PAGE), UnknownOutcome, "f1"),
        (Reset(), UnknownOutcome, "f1"),
    ],
)
def test_only_a_refused_status_has_its_film_sent_anew(
    server: Server, answer: Answering, kind: type[PlatformError], kept: str
) -> None:
    good(server)
    sender = Sender(server)
    server.on(stage.PUBLISH, answer, server.answer_of(stage.PUBLISH))
    assert type(sender.fails()) is kind
    assert sender.handles["film"] == kept
    sender.publish()
    assert len(server.calls(stage.MEDIA)) == (1 if kept else 2)


def lost(server: Server, sender: Sender) -> None:
    """Let the answer to the status be lost, so that nobody knows whether it is out."""
    server.on(stage.PUBLISH, Reset(), server.answer_of(stage.PUBLISH))
    assert type(sender.fails()) is UnknownOutcome
    assert sender.handles[ASKED_AT]


def test_a_status_that_may_be_out_is_found_with_its_film(server: Server, sender: Sender) -> None:
    lost(server, sender)
    server.on(stage.POSTS, Reply(200, [stage.status(8, media_attachments=[{"id": "f1"}])]))
    found = sender.client.find(sender.attempt())
    assert found is not None
    assert found.platform_id == "8"


def test_a_status_that_is_certainly_not_out_is_sent_again_with_its_film_and_the_same_key(
    server: Server, sender: Sender
) -> None:
    lost(server, sender)
    server.on(stage.POSTS, Reply(200, []))
    with pytest.raises(Unavailable):
        sender.client.find(sender.attempt())
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert sender.client.find(sender.attempt()) is None
    sender.publish()
    assert len(server.calls(stage.MEDIA)) == 1
    first, second = server.calls(stage.PUBLISH)
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert second.json()["media_ids"] == ["f1"]


@each(
    ("film_told", "status_told"),
    {
        "a film of some status is not told": (GONE, None),
        "nor on a server that answers with a page": (Reply(404, PAGE), None),
        "nor by one that refuses to": (Reply(403, {"error": "no"}), None),
        "or it is": (READY, ATTACHED),
        "in whatever language": (READY, stage.refuses("Media f1 sudah terpakai")),
        "with whatever status": (READY, Reply(400, {"error": "media already attached to status"})),
    },
)
def test_a_film_that_a_status_has_after_a_lost_answer_may_be_out(
    server: Server, film_told: Reply, status_told: Reply | None
) -> None:
    """Somebody may have deleted that status or changed its words: it is not sent once more."""
    good(server)
    sender = Sender(server)
    lost(server, sender)
    server.on(FILM, film_told)
    if status_told is not None:
        server.on(stage.PUBLISH, status_told)
    for _ in range(2):
        assert type(sender.fails()) is UnknownOutcome
        assert sender.handles["film"] == "f1"
        assert sender.handles[ASKED_AT]
    assert len(server.calls(stage.MEDIA)) == 1


# Faults on the way: nothing is out after any of them

STEPS = (stage.MEDIA, FILM)
OWN = {
    **dict.fromkeys((400, 402, 403, 405, 407, 409, 413), Refused),
    401: AuthRevoked,
    404: NotFound,
    408: Unavailable,
    410: NotFound,
    422: Refused,
    429: RateLimited,
    500: Unavailable,
    502: Unavailable,
    503: Unavailable,
}


def assert_nothing_is_out(
    server: Server, failure: PlatformError, caplog: pytest.LogCaptureFixture
) -> None:
    assert server.calls(stage.PUBLISH) == []
    assert len(server.calls(stage.MEDIA)) == 1
    assert_no_secret(stages.load("mastodon", stage), failure, caplog)


@each("route", STEPS)
@each(("status", "kind"), OWN.items())
def test_a_refusal_or_fault_on_the_way_publishes_nothing(
    server: Server,
    route: str,
    status: int,
    kind: type[PlatformError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    good(server)
    server.on(route, Reply(status, {"error": f"Refused {stage.TOKEN}"}))
    sender = Sender(server)
    failure = sender.fails()
    # The film has just been taken: a copy of the server's data that lags behind does not know it.
    assert type(failure) is (Unavailable if kind is NotFound and route == FILM else kind)
    assert_nothing_is_out(server, failure, caplog)
    if route == stage.MEDIA:
        assert sender.handles == {}
    else:
        assert sender.handles["film"] == ("" if isinstance(failure, Refused) else "f1")


@each("route", STEPS)
@each("status", [400, 401, 403, 404, 405, 410, 418, 451])
def test_a_page_of_somebody_between_ends_nothing_for_good(
    server: Server, route: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    good(server)
    server.on(route, echoing(PAGE, status, **{"Content-Type": "text/html"}))
    failure = Sender(server).fails()
    assert type(failure) is NotFromPlatform
    assert_nothing_is_out(server, failure, caplog)


@each("answer", [Reply(401, PAGE), Reply(403, PAGE), Reply(503), Reset()])
def test_a_film_that_could_not_be_asked_for_is_not_sent_anew(server: Server, answer: Reply) -> None:
    good(server)
    sender = Sender(server)
    sender.handles = {"film": "f1"}
    server.on(FILM, answer)
    assert not sender.fails().permanent
    assert routes(server)[-1] == FILM
    assert server.calls(stage.MEDIA) == []
    assert sender.handles == {"film": "f1"}


@each("body", [{"error": "Too large"}, PAGE])
def test_a_film_that_a_server_or_its_proxy_finds_too_large_is_said_to_be(
    server: Server, body: Any
) -> None:
    good(server)
    server.on(stage.MEDIA, Reply(413, body))
    failure = Sender(server).fails()
    assert type(failure) is Refused
    assert str(failure) == "The film is too large for Mastodon."


@each("route", STEPS)
@each("answer", [Reset(), Reset(before_body=True)])
def test_a_torn_connection_publishes_nothing(
    server: Server, route: str, answer: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    good(server)
    server.on(route, answer)
    sender = Sender(server)
    failure = sender.fails()
    assert type(failure) is Unavailable
    assert_nothing_is_out(server, failure, caplog)
    # An upload whose answer was lost has no id that could be kept.
    assert sender.handles == ({} if route == stage.MEDIA else {"film": "f1"})
    good(server)
    sender.publish()
    assert len(server.calls(stage.MEDIA)) == (2 if route == stage.MEDIA else 1)


@each("body", [b"", b"<html>", [], {}, {"id": None}, {"id": ["f1"]}, "f1"])
def test_an_upload_that_is_answered_otherwise_is_a_bad_answer(server: Server, body: Any) -> None:
    good(server)
    server.on(stage.MEDIA, Reply(202, body))
    sender = Sender(server)
    assert type(sender.fails()) is BadAnswer
    assert sender.handles == {}
    assert server.calls(stage.PUBLISH) == []


@each("name", ["../accounts", "1?x=1", ""])
def test_an_identifier_of_a_film_cannot_change_the_path(server: Server, name: str) -> None:
    good(server)
    server.on(stage.MEDIA, Reply(202, {"id": name}))
    sender = Sender(server)
    assert type(sender.fails()) is Refused
    assert sender.handles == {}
    assert routes(server) == [stage.INSTANCE, stage.MEDIA]
