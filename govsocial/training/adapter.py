"""Talk to the training platforms in the same process, without sockets: for seeding and tests."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from govsocial.training.app import CLOCK, READ_TIMEOUT, Clock, TrainingPlatforms
from govsocial.training.http import ConnectionDropped, Environ


class TrainingAdapter(BaseAdapter):
    """Answers the calls of a ``requests`` session with ``app``.

    ``clock`` says at which moment of the story each call happens; without it, the application's
    own. A dropped connection is a ``ConnectionError``, an answer too late a ``ReadTimeout``.
    """

    def __init__(self, app: TrainingPlatforms, *, clock: Clock | None = None) -> None:
        super().__init__()
        self._app = app
        self._clock = clock

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], /) -> object:
            started.append((status, headers))
            return None

        try:
            body = b"".join(self._app(self._environ(request, timeout), start_response))
        except ConnectionDropped as dropped:
            error = requests.ReadTimeout if dropped.timed_out else requests.ConnectionError
            raise error("The training platform gave no answer.", request=request) from dropped
        status, headers = started[0]
        return _response(request, status, headers, body)

    def close(self) -> None:
        """Nothing is held open."""

    def _environ(self, request: requests.PreparedRequest, timeout: Any) -> Environ:
        address = urlsplit(request.url or "")
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        environ: Environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(address.path or "/").decode("latin-1"),
            "QUERY_STRING": address.query,
            "SERVER_NAME": address.hostname or "",
            "SERVER_PORT": str(address.port or (443 if address.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.url_scheme": address.scheme,
            "wsgi.input": BytesIO(data),
            READ_TIMEOUT: timeout[1] if isinstance(timeout, tuple) else timeout,
        }
        for name, value in request.headers.items():
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            environ["HTTP_" + name.upper().replace("-", "_")] = text
        environ.setdefault("HTTP_HOST", address.netloc)
        if self._clock is not None:
            environ[CLOCK] = self._clock().isoformat()
        return environ


def _response(
    request: requests.PreparedRequest, status: str, headers: list[tuple[str, str]], body: bytes
) -> requests.Response:
    code, _, reason = status.partition(" ")
    response = requests.Response()
    response.status_code = int(code)
    response.reason = reason
    response.headers = CaseInsensitiveDict(headers)
    response.encoding = "utf-8"
    response.raw = HTTPResponse(
        body=BytesIO(body),
        headers=HTTPHeaderDict(headers),
        status=int(code),
        reason=reason,
        preload_content=False,
        request_method=request.method,
    )
    response.url = request.url or ""
    response.request = request
    return response


def mount(
    session: requests.Session, base_url: str, app: TrainingPlatforms, *, clock: Clock | None = None
) -> None:
    """Let every call of ``session`` below ``base_url`` go to ``app`` instead of the network."""
    session.mount(base_url, TrainingAdapter(app, clock=clock))
