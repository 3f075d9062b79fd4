"""A film goes out in one request and is never held as a whole."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP

import pytest

from govsocial.platforms.base import Video
from govsocial.platforms.errors import Refused, Unavailable
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Effect, Session
from govsocial.platforms.streamed import PART, Streamed, form
from govsocial.platforms.transport import WRITTEN
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Reply, Server

SIZE = 2 * PART + 5


class Film:
    """A film that notes what is read of it."""

    def __init__(self, size: int = SIZE, there: int = SIZE) -> None:
        self.data = bytes(number % 251 for number in range(1000)) * (there // 1000 + 1)
        self.there = there
        self.asked: list[tuple[int, int]] = []
        self.video = Video(
            size=size,
            media_type="video/mp4",
            seconds=42.0,
            width=1080,
            height=1920,
            read=self.read,
        )

    def read(self, offset: int, length: int) -> bytes:
        self.asked.append((offset, length))
        return self.data[offset : min(offset + length, self.there)]


def go_on() -> None:
    """The sender goes on."""


def send(server: Server, body: Streamed, content_type: str = "video/mp4") -> object:
    session = Session(server.base, guard=Guard({server.host}), timing=QUICK)
    headers = {"Content-Type": content_type}
    return session.send("POST", "/film", effect=Effect.STAGE, data=body, headers=headers)


def test_a_film_arrives_as_it_is_and_again_when_it_is_sent_again(server: Server) -> None:
    film, steps = Film(), list[None]()
    server.on("POST /film", Reply(200))
    body = Streamed(film.video, before_part=lambda: steps.append(None))
    for _ in range(2):
        send(server, body)
    assert [one.body == film.data[:SIZE] for one in server.calls("POST /film")] == [True, True]
    assert server.received[0].headers["Content-Length"] == str(SIZE)
    assert film.asked[:3] == [(0, PART), (PART, PART), (2 * PART, 5)]
    assert len(steps) == len(film.asked) == 6


def test_a_form_holds_the_film_and_its_fields(server: Server) -> None:
    film = Film()
    server.on("POST /film", Reply(200))
    body, content_type = form(film.video, {"description": "Peta – banjir"}, before_part=go_on)
    send(server, body, content_type)
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = BytesParser(policy=HTTP).parsebytes(head + server.received[0].body).iter_parts()
    told = {part.get_param("name", header="content-disposition"): part for part in parts}
    assert told["description"].get_payload(decode=True) == "Peta – banjir".encode()
    assert told["file"].get_content_type() == "video/mp4"
    assert told["file"].get_filename() == "film.mp4"
    assert told["file"].get_payload(decode=True) == film.data[:SIZE]


def test_a_picture_is_handed_over_in_parts_too_as_the_time_limit_is_for_each(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[int] = []
    sendall = socket.socket.sendall

    def noted(connection: socket.socket, data: bytes) -> None:
        if threading.current_thread() is threading.main_thread():
            parts.append(len(data))
        sendall(connection, data)

    monkeypatch.setattr(socket.socket, "sendall", noted)
    server.on("POST /film", Reply(200))
    session = Session(server.base, guard=Guard({server.host}), timing=QUICK)
    data = Film().data[: WRITTEN * 2 + 5]
    session.send("POST", "/film", effect=Effect.STAGE, data=data)
    assert parts[-3:] == [WRITTEN, WRITTEN, 5]
    assert server.received[0].body == data


def test_whoever_was_given_up_stops_in_the_middle_of_a_film(server: Server) -> None:
    film, steps = Film(), iter([None, None])

    def step() -> None:
        if next(steps, "over") == "over":
            raise Unavailable("The attempt was given up.")

    server.on("POST /film", Reply(200))
    with pytest.raises(Unavailable, match="given up"):
        send(server, Streamed(film.video, before_part=step))
    assert [offset for offset, _ in film.asked] == [0, PART]
    assert all(len(one.body) < SIZE for one in server.received)


@each("fault", [FileNotFoundError("/simpanan/rahasia.mp4"), ValueError("x"), RuntimeError("y")])
def test_a_film_that_cannot_be_read_is_not_taken_for_a_fault_of_the_platform(
    server: Server, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def read(offset: int, length: int) -> bytes:
        raise fault

    server.on("POST /film", Reply(200))
    with pytest.raises(Unavailable) as caught:
        send(server, Streamed(replace(Film().video, read=read), before_part=go_on))
    assert str(caught.value) == "The film kept here cannot be read."
    assert type(fault).__name__ in caplog.text
    assert "rahasia" not in caplog.text


def test_a_film_that_has_become_shorter_is_not_sent_to_its_end(server: Server) -> None:
    server.on("POST /film", Reply(200))
    with pytest.raises(Refused, match="shorter"):
        send(server, Streamed(Film(there=PART).video, before_part=go_on))
