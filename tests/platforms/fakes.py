"""Servers on loopback that answer as told, and a secret store in memory."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import responses
from typing import Any
from urllib.parse import parse_qs

from govsocial.platforms import refusals
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
    """Answers ``METHOD /path`` with what was put there; a list is used up, its last stays.

    Thousands of calls go through it, so it reads no more of HTTP than clients of ours send: one
    request on each connection, with a length.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._routes: dict[str, list[Answering]] = {}
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.base = f"http://{self.host}"
        self._closed = False
        self._waiting: set[threading.Thread] = set()
        self._wait()

    def _wait(self) -> None:
        thread = threading.Thread(target=self._serve, daemon=True)
        self._waiting.add(thread)
        thread.start()

    def _serve(self) -> None:
        """Answer one connection after the other; some thread always waits for the next one."""
        me = threading.current_thread()
        while True:
            connection, _ = self._listening.accept()
            with connection:
                with self._lock:
                    if self._closed:
                        return
                    self._waiting.remove(me)
                    if not self._waiting:
                        self._wait()
                # A client that hangs up early or speaks TLS is what some tests are about.
                with suppress(OSError, ValueError):
                    self._answer(connection)
            with self._lock:
                if self._closed:
                    return
                self._waiting.add(me)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as reading:
            method, target, version = reading.readline().decode("latin-1").split(" ")
            if not version.startswith("HTTP/"):
                return
            headers = {}
            while line := reading.readline().strip():
                name, _, value = line.decode("latin-1").partition(":")
                headers[name] = value.strip()
            path, _, query = target.partition("?")
            hangs_up = self.hangs_up_on(f"{method} {path}")
            body = reading.read(0 if hangs_up else int(headers.get("Content-Length") or 0))
            reply = self.reply_to(Received(method, path, parse_qs(query), headers, body))
            if isinstance(reply, Reset):
                tear_down(connection)
                return
            content = reply.encoded()
            told = {"Date": formatdate(usegmt=True), **reply.headers}
            lines = [f"HTTP/1.0 {reply.status} {responses.get(reply.status, '')}"]
            lines += [f"{name}: {value}" for name, value in told.items()]
            lines += [f"Content-Length: {len(content)}", "", ""]
            connection.sendall("\r\n".join(lines).encode("latin-1") + content)

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

    def forget(self) -> None:
        """Be as a server that nobody has called or told anything, nor been refused by."""
        self._routes.clear()
        self.received = []
        refusals.forget()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            waiting = list(self._waiting)
        for _ in waiting:
            # Wakes one of them: closing what they wait on does not, on every system. Names are not
            # looked up for it: some tests play the resolver.
            with socket.socket() as waking:
                waking.connect(self._listening.getsockname())
        for thread in waiting:
            thread.join()
        self._listening.close()


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


@contextmanager
def held(host: str) -> Iterator[None]:
    """Nobody listens at ``host``: without this, a server of another test could have its port."""
    address, port = host.split(":")
    with socket.socket() as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holding.bind((address, int(port)))
        yield
