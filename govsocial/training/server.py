"""HTTP/1.1 with keep-alive and threads, and the one thing ordinary servers refuse: to hang up."""

from __future__ import annotations

import logging
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any
from urllib.parse import unquote_to_bytes

from govsocial.training.http import MAX_BODY, ConnectionDropped, Environ, WsgiApp

logger = logging.getLogger(__name__)

#: ``l_onoff`` and ``l_linger``: closing resets the connection instead of ending it politely.
_RESET = struct.pack("ii", 1, 0)


class TrainingServer(ThreadingMixIn, TCPServer):
    """Serves ``app`` on one address; each connection has its thread."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: WsgiApp) -> None:
        self.app = app
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.error("A call failed.", exc_info=sys.exc_info())


@contextmanager
def running(app: WsgiApp, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve ``app`` from a thread of this process; yields the address. For seeding and tests."""
    with TrainingServer((host, port), app) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: TrainingServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75  # idle keep-alive connections end some time

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do_GET

    def _answer(self) -> None:
        body = self._body()
        if body is None:
            return
        head: list[str] = []

        def start_response(status: str, headers: list[tuple[str, str]], /) -> object:
            head.append(f"HTTP/1.1 {status}\r\n")
            head.append(f"Server: govsocial-training\r\nDate: {self.date_time_string()}\r\n")
            head.extend(f"{name}: {value}\r\n" for name, value in headers)
            return None

        try:
            chunks = self.server.app(self._environ(body), start_response)
        except ConnectionDropped:
            self._hang_up()
            return
        if self.close_connection:
            head.append("Connection: close\r\n")
        # One write: head and body in two would meet delayed acknowledgements.
        payload = "".join([*head, "\r\n"]).encode("latin-1") + b"".join(chunks)
        try:
            self.wfile.write(payload)
        except ConnectionError:
            self.close_connection = True

    def _body(self) -> bytes | None:
        """The body, or None after refusing it."""
        text = self.headers.get("Content-Length") or "0"
        if self.headers.get("Transfer-Encoding") or not text.isdecimal():
            self.send_error(411)
            return None
        if int(text) > MAX_BODY:
            self.send_error(413)
            return None
        return self.rfile.read(int(text))

    def _environ(self, body: bytes) -> Environ:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: Environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)
