"""Requests and responses of the training server: just what its two APIs and pages need."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP as HTTP_POLICY
from functools import cached_property
from http import HTTPStatus
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl

Environ: TypeAlias = dict[str, Any]
MAX_BODY = 24 * 1024 * 1024
JSON_TYPE = "application/json; charset=utf-8"


class StartResponse(Protocol):
    def __call__(self, status: str, headers: list[tuple[str, str]], /) -> object: ...


WsgiApp: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]


class ConnectionDropped(Exception):
    """Close the connection without an answer; ``timed_out`` where the client has given up waiting.

    Raised out of the WSGI application: the training server and the adapter know it.
    """

    def __init__(self, *, timed_out: bool = False) -> None:
        super().__init__("The connection is dropped as asked.")
        self.timed_out = timed_out


class BadBody(Exception):
    """The body of the request cannot be read as what it claims to be."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart form."""

    data: bytes
    media_type: str


@dataclass
class Request:
    """One call. ``now`` is the moment of the story that is asked for, ``wall`` the server's own
    time: sessions and limits run on the latter, so that a walk through years needs one sign-in."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    base: str
    remote: str
    now: float
    wall: float

    @classmethod
    def from_environ(
        cls, environ: Environ, *, now: float, wall: float, public_url: str | None
    ) -> Request:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers["content-type"] = environ.get("CONTENT_TYPE") or ""
        host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
            query=parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
            base=public_url or f"{environ.get('wsgi.url_scheme', 'http')}://{host}",
            remote=environ.get("REMOTE_ADDR", ""),
            now=now,
            wall=wall,
        )

    def one(self, name: str) -> str | None:
        """The last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def many(self, name: str) -> list[str]:
        """All values of a query parameter, written with or without ``[]``."""
        return [value for key, value in self.query if key in {name, f"{name}[]"}]

    @property
    def bearer(self) -> str | None:
        """The token of the ``Authorization`` header."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None

    @property
    def media_type(self) -> str:
        return self.headers["content-type"].partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises ``BadBody``."""
        try:
            value = json.loads(self.body)
        except ValueError as exc:
            raise BadBody("The request body is not valid JSON.") from exc
        if not isinstance(value, dict):
            raise BadBody("The request body is not a JSON object.")
        return value

    @cached_property
    def form(self) -> list[tuple[str, Any]]:
        """Fields of a JSON, urlencoded or multipart body in order; files are ``Upload``."""
        if self.media_type == "application/json":
            return _flat(self.json)
        if self.media_type == "multipart/form-data":
            return list(_parts(self.headers["content-type"], self.body))
        try:
            return list(parse_qsl(self.body.decode(), keep_blank_values=True))
        except UnicodeDecodeError as exc:
            raise BadBody("The form is not UTF-8.") from exc

    def field(self, name: str) -> Any:
        """The last value of a form field, or None."""
        return next((value for key, value in reversed(self.form) if key == name), None)

    def fields(self, name: str) -> list[str]:
        """All values of a form field that may be repeated, written with or without ``[]``."""
        return [str(value) for key, value in self.form if key in {name, f"{name}[]"}]


def _flat(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, item in value.items():
        if isinstance(item, list):
            pairs.extend((f"{name}[]", part) for part in item)
        else:
            pairs.append((name, item))
    return pairs


def _parts(content_type: str, body: bytes) -> Iterable[tuple[str, str | Upload]]:
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP_POLICY).parsebytes(head + body)
    if not message.is_multipart():
        raise BadBody("The multipart body has no parts.")
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(data, bytes):
            continue
        if part.get_filename() is not None:
            yield name, Upload(data, part.get_content_type())
        else:
            yield name, data.decode("utf-8", "replace")


@dataclass
class Response:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(
        cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        return cls.raw_json(json.dumps(value, ensure_ascii=False), status, headers)

    @classmethod
    def raw_json(
        cls, text: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """``text`` is JSON already."""
        return cls(status, text.encode(), {"content-type": JSON_TYPE, **(headers or {})})

    def send(self, start_response: StartResponse, *, head: bool = False) -> list[bytes]:
        """Hand the response to a WSGI server; with ``head``, without the body."""
        phrase = HTTPStatus(self.status).phrase
        headers = [*self.headers.items(), ("content-length", str(len(self.body)))]
        start_response(f"{self.status} {phrase}", headers)
        return [] if head else [self.body]
