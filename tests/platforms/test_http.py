from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from govsocial.platforms.clock import retry_after
from govsocial.platforms.errors import (
    BadAnswer,
    HostRefused,
    NotFromPlatform,
    NotReached,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Effect, Session, Timing
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Received, Reply, Server, raw_server

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def session_to(host: str, **changes: float) -> Session:
    timing = Timing(**{"connect": 0.5, "read": 0.3, "total": 1.0, "backoff": 0.01, **changes})  # type: ignore[arg-type] # attempts is never among the changes
    return Session(f"http://{host}", guard=Guard({host}), timing=timing)


def drop_at_once(connection: socket.socket) -> None:
    connection.close()


def drop_after_reading(connection: socket.socket) -> None:
    connection.recv(65_536)


def say_nothing(connection: socket.socket) -> None:
    connection.recv(65_536)
    time.sleep(0.25)


def drip_headers(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        connection.sendall(b"X")
        time.sleep(0.05)


def drip_body(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def cut_body(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")


def talk_nonsense(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"SSH-2.0-OpenSSH\r\n")


BROKEN = [
    drop_at_once,
    drop_after_reading,
    say_nothing,
    drip_headers,
    drip_body,
    cut_body,
    talk_nonsense,
]


@each("talk", BROKEN)
@each(
    ("effect", "error"),
    [
        (Effect.PUBLISH, UnknownOutcome),
        (Effect.STAGE, Unavailable),
        (Effect.READ, Unavailable),
    ],
)
def test_no_answer_after_the_request_left_is_unclear_only_for_a_write(
    talk: Callable[[socket.socket], None], effect: Effect, error: type[PlatformError]
) -> None:
    method = "GET" if effect is Effect.READ else "POST"
    with raw_server(talk) as host:
        session = session_to(host, total=0.2)
        started = time.monotonic()
        with pytest.raises(PlatformError) as caught:
            session.send(method, "/", effect=effect)
    assert type(caught.value) is error
    assert not caught.value.permanent
    assert time.monotonic() - started < 1.5


def test_nothing_left_when_the_connection_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        host = f"127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(NotReached):
        session_to(host).send("POST", "/", effect=Effect.PUBLISH)


def test_nothing_left_when_tls_fails(server: Server) -> None:
    session = Session(f"https://{server.host}", guard=Guard({server.host}), timing=QUICK)
    with pytest.raises(NotReached):
        session.send("POST", "/", effect=Effect.PUBLISH, json={"text": "x"})
    assert server.received == []


def test_nothing_left_when_the_tls_handshake_never_ends() -> None:
    with raw_server(lambda connection: time.sleep(0.6)) as host:
        session = Session(f"https://{host}", guard=Guard({host}), timing=Timing(total=0.3))
        with pytest.raises(NotReached):
            session.send("POST", "/", effect=Effect.PUBLISH)


def test_nothing_left_when_the_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_name(*args: object, **kwargs: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr("govsocial.platforms.guard.socket.getaddrinfo", no_name)
    session = Session("https://nowhere.example", guard=Guard(), timing=QUICK)
    with pytest.raises(NotReached, match=r"nowhere\.example"):
        session.send("POST", "/", effect=Effect.PUBLISH)


def test_nothing_left_when_nobody_takes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(address: tuple[str, int], timeout: float) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr("govsocial.platforms.transport.socket.create_connection", too_late)
    with pytest.raises(NotReached):
        session_to("127.0.0.1:1").send("POST", "/", effect=Effect.PUBLISH)


@each("status", [500, 502, 503, 504, 520, 408])
def test_a_server_error_leaves_a_write_unclear_and_is_not_tried_again(
    server: Server, session: Session, status: int
) -> None:
    server.on("POST /", Reply(status))
    with pytest.raises(UnknownOutcome) as caught:
        session.send("POST", "/", effect=Effect.PUBLISH)
    assert caught.value.status == status
    with pytest.raises(Unavailable):
        session.send("POST", "/", effect=Effect.STAGE)
    assert len(server.received) == 2


def test_a_conflict_with_the_same_write_still_running_leaves_it_unclear(
    server: Server, session: Session
) -> None:
    server.on("POST /", Reply(409))
    with pytest.raises(UnknownOutcome):
        session.send("POST", "/", effect=Effect.PUBLISH)


def test_a_read_is_tried_again_a_few_times(server: Server, session: Session) -> None:
    server.on("GET /", Reply(503), Reply(502), Reply(200, {"a": 1}))
    assert session.send("GET", "/", effect=Effect.READ).json() == {"a": 1}
    server.on("GET /", Reply(503))
    with pytest.raises(Unavailable):
        session.send("GET", "/", effect=Effect.READ)
    assert len(server.received) == 6


def test_a_read_waits_as_long_as_the_platform_says(server: Server) -> None:
    waits: list[float] = []
    session = Session(
        server.base, guard=Guard({server.host}), timing=Timing(backoff=0.01), sleep=waits.append
    )
    server.on("GET /", Reply(429, headers={"Retry-After": "2"}), Reply(200, {}))
    assert session.send("GET", "/", effect=Effect.READ).ok
    assert len(waits) == 1
    assert 2 <= waits[0] < 2.1


@pytest.mark.parametrize("effect", list(Effect))
def test_a_long_wait_is_left_to_the_caller(
    server: Server, session: Session, effect: Effect
) -> None:
    server.on("POST /", Reply(429, headers={"Retry-After": "290", "RateLimit-Reset": "1"}))
    with pytest.raises(RateLimited) as caught:
        session.send("POST", "/", effect=effect)
    assert caught.value.retry_after == 290
    assert len(server.received) == 1


@each(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"retry-after": "Mon, 23 Nov 2026 01:02:00 GMT"}, 120),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 30)}, 30),
        ({"X-RateLimit-Reset": "2026-11-23T01:05:00.400000Z"}, 300.4),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 45)}, 45),
        ({"Retry-After": "7", "X-RateLimit-Reset": "2026-11-23T02:00:00Z"}, 7),
        ({"Retry-After": "soon", "RateLimit-Reset": str(int(NOW.timestamp()) + 3)}, 3),
        ({"Retry-After": "-5"}, 0),
        ({"X-RateLimit-Reset": "2026-11-23T00:00:00Z"}, 0),
        ({"Retry-After": "1e300"}, 86_400),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_every_way_to_say_when_to_come_back_is_understood(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, now=NOW) == (
        None if seconds is None else pytest.approx(seconds, abs=0.01)
    )


def test_a_read_follows_a_redirect_on_its_own_host(server: Server, session: Session) -> None:
    server.on("GET /old", Reply(301, headers={"Location": "/new?page=2"}))
    server.on("GET /new", Reply(200, {"moved": True}))
    assert session.send("GET", "/old", effect=Effect.READ, params={"q": "1"}).json() == {
        "moved": True
    }
    assert server.received[-1].query == {"page": ["2"]}


@each("typed", [False, True])
@each("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(
    server: Server, session: Session, status: int, typed: bool
) -> None:
    other = Server()
    session.typed = typed
    for location, kind in (
        (f"{other.base}/x", HostRefused),
        ("http://[", HostRefused),
        ("ftp://a", HostRefused),
        ("https://10.0.0.1/", HostRefused),
        ("https://evil.example/", NotFromPlatform),
        ("//evil.example/", NotFromPlatform),
        ("http://evil.example:8080/", NotFromPlatform),
        (f"http://me:evil@{server.host}/", HostRefused),
    ):
        server.on("GET /", Reply(status, headers={"Location": location}))
        server.on("POST /", Reply(status, headers={"Location": location}))
        expected = kind if typed else NotFromPlatform
        for method, effect in (("GET", Effect.READ), ("POST", Effect.STAGE)):
            with pytest.raises(PlatformError) as caught:
                session.send(method, "/", effect=effect, token="a-token")
            assert type(caught.value) is expected
            assert "evil" not in str(caught.value)
        with pytest.raises(PlatformError) as caught:
            session.send("POST", "/", effect=Effect.PUBLISH, token="a-token")
        in_doubt = status < 307 or expected is NotFromPlatform
        assert type(caught.value) is (UnknownOutcome if in_doubt else HostRefused)
    other.close()
    assert other.received == []
    assert len(server.received) == 24, "nothing is tried again"


def test_redirects_in_a_circle_end(server: Server, session: Session) -> None:
    server.on("GET /", Reply(302, headers={"Location": "/"}))
    with pytest.raises(BadAnswer):
        session.send("GET", "/", effect=Effect.READ)
    assert len(server.received) == 4


def test_a_write_is_not_sent_to_where_a_redirect_points(server: Server, session: Session) -> None:
    server.on("POST /", Reply(307, headers={"Location": "/new"}))
    with pytest.raises(BadAnswer):
        session.send("POST", "/", effect=Effect.PUBLISH)
    server.on("POST /", Reply(303, headers={"Location": "/new"}))
    with pytest.raises(UnknownOutcome):
        session.send("POST", "/", effect=Effect.PUBLISH)
    assert {one.path for one in server.received} == {"/"}


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_is_too_large_is_not_read(server: Server, packed: bool) -> None:
    session = Session(server.base, guard=Guard({server.host}), timing=QUICK, max_answer=100_000)
    content = b" " * 5_000_000
    reply = (
        Reply(200, gzip.compress(content), {"Content-Encoding": "gzip"})
        if packed
        else Reply(200, content)
    )
    server.on("GET /", reply)
    server.on("POST /", reply)
    with pytest.raises(BadAnswer):
        session.send("GET", "/", effect=Effect.READ)
    with pytest.raises(UnknownOutcome):
        session.send("POST", "/", effect=Effect.PUBLISH)


def test_a_request_names_its_sender_and_keeps_no_cookies(server: Server, session: Session) -> None:
    server.on("GET /", Reply(200, {}, {"Set-Cookie": "a=b"}))
    session.send("GET", "/", effect=Effect.READ, token="abc")
    session.send("GET", "/", effect=Effect.READ)
    first, second = server.received
    assert first.headers["User-Agent"].startswith("govsocial/")
    assert first.headers["Authorization"] == "Bearer abc"
    assert "Authorization" not in second.headers
    assert "Cookie" not in second.headers


def test_a_value_that_cannot_be_a_header_is_refused_without_being_sent(
    server: Server, session: Session
) -> None:
    with pytest.raises(Refused):
        session.send("GET", "/", effect=Effect.READ, token="line\nbreak")
    assert server.received == []


def test_answers_below_500_are_the_callers_to_judge(server: Server, session: Session) -> None:
    def echo(received: Received) -> Reply:
        return Reply(422, {"got": received.json()})

    server.on("POST /", echo)
    answer = session.send("POST", "/", effect=Effect.PUBLISH, json={"a": "b"})
    assert (answer.status, answer.ok, answer.json()) == (422, False, {"got": {"a": "b"}})
