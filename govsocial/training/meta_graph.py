"""How the Graph API is asked and how it answers: fields with expansions, pages, errors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import urlencode

from govsocial.training.http import Request, Response, Upload

MAX_PAGE = 100
_KEPT = {"fields", "limit", "metric", "period"}


class GraphError(Exception):
    """An error in Meta's envelope."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        transient: bool = False,
        shown: str = "",
        minutes: int = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.subcode = subcode
        self.status = status
        self.transient = transient
        self.shown = shown
        self.minutes = minutes

    def response(self) -> Response:
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.message}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AlatihanTrace0000000000",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        if self.shown:
            error |= {"error_user_title": "Tidak dapat diproses", "error_user_msg": self.shown}
        return Response.json({"error": error}, self.status, usage(self.minutes))


def usage(minutes: int = 0) -> dict[str, str]:
    """The usage headers; ``minutes`` until calls are taken again."""
    spent = 100 if minutes else 4
    counts = {"call_count": spent, "total_cputime": 2, "total_time": 3}
    by_account = {"type": "pages", **counts, "estimated_time_to_regain_access": minutes}
    return {
        "x-app-usage": json.dumps(counts),
        "x-business-use-case-usage": json.dumps({"104958162837465": [by_account]}),
        "facebook-api-version": "v26.0",
    }


def unknown_object(name: str) -> GraphError:
    message = (
        f"Unsupported request. Object with ID '{name}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation"
    )
    return GraphError(100, message, subcode=33)


@dataclass(slots=True)
class Field:
    """One name of ``fields``: ``comments.limit(0).summary(true){id}``."""

    calls: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Field] = field(default_factory=dict)


Fields: TypeAlias = dict[str, Field]


def parse_fields(text: str) -> Fields:
    """Raises ``GraphError`` for what is not written well."""
    fields, rest = _fields(text.replace(" ", ""))
    if rest:
        raise GraphError(2500, "Syntax error in the field list", status=400)
    return fields


def _fields(text: str) -> tuple[Fields, str]:
    found: Fields = {}
    while text and text[0] != "}":
        name, text = _until(text, ".{},")
        one = found.setdefault(name, Field())
        while text.startswith("."):
            call, text = _until(text[1:], "(")
            value, text = _until(text[1:], ")")
            one.calls[call] = value
            text = text[1:]
        if text.startswith("{"):
            one.inside, text = _fields(text[1:])
            if not text.startswith("}"):
                raise GraphError(2500, "Syntax error in the field list")
            text = text[1:]
        text = text[1:] if text.startswith(",") else text
    return found, text


def _until(text: str, ends: str) -> tuple[str, str]:
    end = min((text.index(sign) for sign in ends if sign in text), default=len(text))
    return text[:end], text[end:]


def param(request: Request, name: str) -> str:
    """A parameter of the address or of the form; empty where it is missing."""
    value = request.one(name)
    if value is None and request.method != "GET" and request.body:
        value = request.field(name)
    return "" if value is None or isinstance(value, Upload) else str(value)


def wanted(request: Request, default: str) -> Fields:
    return parse_fields(param(request, "fields") or default)


def picked(values: Mapping[str, Callable[[Field], Any]], fields: Fields) -> dict[str, Any]:
    """The fields asked for, with ``id`` always; what has no value is left out, as Meta does."""
    shown: dict[str, Any] = {}
    for name, asked in {**fields, "id": Field()}.items():
        if name not in values:
            raise GraphError(100, f"Tried accessing nonexisting field ({name})")
        value = values[name](asked)
        if value is not None:
            shown[name] = value
    return shown


def insight(name: str, value: Any, owner: str) -> dict[str, Any]:
    return {
        "name": name,
        "period": "lifetime",
        "values": [{"value": value}],
        "title": name.replace("_", " ").capitalize(),
        "description": "Angka latihan.",
        "id": f"{owner}/insights/{name}/lifetime",
    }


def names_of(text: str) -> list[str]:
    """Names in a parameter, as a JSON list or between commas. Raises ``GraphError``."""
    if not text.startswith("["):
        return [name for name in text.split(",") if name]
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise GraphError(100, "Invalid JSON") from exc
    return [str(name) for name in value]


def insights(figures: Mapping[str, Any], names: str, owner: str) -> dict[str, Any]:
    """The insights asked for. One unknown name fails the whole call, as at Meta."""
    asked = names_of(names)
    if not asked or any(name not in figures for name in asked):
        raise GraphError(100, "The value must be a valid insights metric")
    return {"data": [insight(name, figures[name], owner) for name in asked]}


def moment(timestamp: float) -> str:
    return datetime.fromtimestamp(int(timestamp), tz=UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def limit_of(request: Request, default: int = 25) -> int:
    text = request.one("limit") or ""
    return min(max(int(text), 1), MAX_PAGE) if text.isdecimal() and len(text) < 6 else default


def cursor_of(at: float, key: str) -> str:
    return base64.urlsafe_b64encode(f"{at!r}|{key}".encode()).decode()


def place_of(request: Request) -> tuple[float, str] | None:
    """The post after which the page begins. Raises ``GraphError``."""
    after = request.one("after")
    if not after:
        return None
    try:
        at, _, key = base64.urlsafe_b64decode(after).decode().partition("|")
        return float(at), key
    except (ValueError, binascii.Error) as exc:
        raise GraphError(100, "Invalid cursor") from exc


def listing(
    request: Request, data: list[dict[str, Any]], places: list[str], *, more: bool
) -> Response:
    """One page of an edge. The address of the next page never holds a token."""
    answer: dict[str, Any] = {"data": data}
    if places:
        answer["paging"] = {"cursors": {"before": places[0], "after": places[-1]}}
        if more:
            kept = [pair for pair in request.query if pair[0] in _KEPT]
            query = urlencode([*kept, ("after", places[-1])])
            answer["paging"]["next"] = f"{request.base}{request.path}?{query}"
    return Response.json(answer, headers=usage())


def json_list(text: str) -> Iterator[Mapping[str, Any]]:
    """Objects of a JSON list in a parameter. Raises ``GraphError``."""
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise GraphError(100, "Invalid JSON") from exc
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise GraphError(100, "Must be an array of objects")
    yield from value
