"""Servers on loopback that answer as told, and a secret store in memory."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from govsocial.platforms.base import Secret


@dataclass(frozen=True, slots=True)
class Received:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Reset(Reply):
    """The connection is torn down instead of answered, before or after the body is read."""

    before_body: bool = False


Answering = Callable[[Received], Reply] | Reply


class Server:
    """Answers ``METHOD /path`` with what was put there; a list is used up, its last stays."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._routes: dict[str, list[Answering]] = {}
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                parts = urlsplit(self.path)
                hangs_up = outer.hangs_up_on(f"{self.command} {parts.path}")
                length = 0 if hangs_up else int(self.headers.get("Content-Length") or 0)
                received = Received(
                    self.command,
                    parts.path,
                    parse_qs(parts.query),
                    dict(self.headers),
                    self.rfile.read(length),
                )
                reply = outer.reply_to(received)
                if isinstance(reply, Reset):
                    tear_down(self.connection)
                    self.close_connection = True
                    return
                content = reply.encoded()
                self.send_response_only(reply.status)
                if "Date" not in reply.headers:
                    self.send_header("Date", self.date_time_string())
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, format: str, *args: Any) -> None:
                """Tests read ``received`` instead."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hangs up early is what some tests are about."""

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        self.base = f"http://{self.host}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.002,), daemon=True)
        self._thread.start()

    def on(self, route: str, *answers: Answering) -> None:
        self._routes[route] = list(answers)

    def reply_to(self, received: Received) -> Reply:
        with self._lock:
            self.received.append(received)
            answers = self._routes.get(f"{received.method} {received.path}")
            if not answers:
                return Reply(404, {"error": "Not Found"})
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Reply) else answer(received)

    def hangs_up_on(self, route: str) -> bool:
        """Whether the next answer to ``route`` comes before the body of the request is read."""
        with self._lock:
            answer = next(iter(self._routes.get(route, ())), None)
        return isinstance(answer, Reset) and answer.before_body

    def answer_of(self, route: str) -> Answering:
        """What ``route`` will answer next, to be put there again with a change."""
        return self._routes[route][0]

    def routes(self) -> list[str]:
        return list(self._routes)

    def calls(self, route: str) -> list[Received]:
        return [one for one in self.received if f"{one.method} {one.path}" == route]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def tear_down(connection: socket.socket) -> None:
    """Let the other side see a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection whatever ``talk`` does; yields ``host:port``."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(2)
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stop.set()
        thread.join()
        listening.close()


class MemoryStore:
    """Keeps a secret as the application does, without a database."""

    def __init__(self, **secret: str) -> None:
        self.secret: Secret = secret
        self.rotations = 0
        self._lock = threading.Lock()

    def load(self) -> Secret:
        return dict(self.secret)

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        with self._lock:
            if dict(self.secret) == dict(stale):
                self.secret = dict(refresh(stale))
                self.rotations += 1
            return dict(self.secret)
