"""What the matrix of faults does to good answers, and what it looks for afterwards."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from govsocial.platforms.base import PlatformClient, PostPage
from govsocial.platforms.errors import PlatformError
from tests.platforms.fakes import Answering, Received, Reply, Server
from tests.platforms.stages import Stage
from tests.platforms.test_secrecy import chain

Path = tuple[str | int, ...]
Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One thing that the matrix lets a client do, and the route that it stands or falls with."""

    stage: Stage
    name: str
    route: str

    def __str__(self) -> str:
        return f"{self.stage}-{self.name}"

    # What a case is told as.
    __repr__ = __str__

    def do(self, client: PlatformClient) -> Any:
        if self.name == "profile":
            return client.profile()
        if self.name == "posts":
            return client.posts()
        if self.name == "metrics":
            return client.metrics(self.stage.ids)
        return client.publish(self.stage.outgoing())

    def fails(self, server: Server, answer: Answering) -> PlatformError:
        """How the call ends when its route answers with ``answer``."""
        client = self.stage.client(server)
        server.on(self.route, answer)
        with pytest.raises(PlatformError) as caught:
            self.do(client)
        return caught.value

    def ends(self, server: Server) -> Any:
        """What the call returns, or the failure that it ends with."""
        try:
            return self.do(self.stage.client(server))
        except PlatformError as failure:
            return failure


def reads(stage: Stage) -> Iterator[Call]:
    yield Call(stage, "profile", stage.profile)
    yield Call(stage, "posts", stage.posts)
    if stage.metrics:
        yield Call(stage, "metrics", stage.metrics)


def publishing(stage: Stage) -> Call:
    return Call(stage, "publish", stage.publish)


def calls(stage: Stage) -> Iterator[Call]:
    yield from reads(stage)
    if stage.publish:
        yield publishing(stage)


def prepares(stage: Stage) -> Sequence[str]:
    return stage.prepares


def echoing(body: bytes, status: int = 200, **headers: str) -> Callable[[Received], Reply]:
    """``body`` with everything that was sent put into it, as careless servers do."""

    def answer(received: Received) -> Reply:
        sent = f"{received.headers} {received.query}".encode() + received.body
        return Reply(status, body.replace(b"SENT", sent), headers)

    return answer


def asked(answer: Answering, received: Received) -> Reply:
    return answer if isinstance(answer, Reply) else answer(received)


def changed(answer: Answering, change: Change) -> Callable[[Received], Reply]:
    """``answer`` with its JSON body changed."""

    def reply(received: Received) -> Reply:
        good = asked(answer, received)
        body = json.loads(good.encoded() or b"null")
        return Reply(good.status, change(body), good.headers)

    return reply


def paths(value: Any, start: Path = ()) -> Iterator[Path]:
    """Where every value of a JSON document stands; of a list, only the first element."""
    names: list[str | int] = list(value) if isinstance(value, dict) else []
    if isinstance(value, list) and value:
        names = [0]
    for name in names:
        yield (*start, name)
        yield from paths(value[name], (*start, name))


def without(value: Any, path: Path) -> Any:
    made = deepcopy(value)
    place = made
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return made


def with_value(value: Any, path: Path, other: Any) -> Any:
    made = deepcopy(value)
    place = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = other
    return made


def of_another_type(value: Any) -> list[Any]:
    """Values that a platform never promised to put where ``value`` stands."""
    if isinstance(value, dict):
        return ["x", [value]]
    if isinstance(value, list):
        return ["x", {"0": value}]
    if isinstance(value, str):
        return [{"x": value}, [value]]
    return [{"x": 1}, "banyak"]


def at(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value


def with_unknown_fields(value: Any) -> Any:
    if isinstance(value, dict):
        made = {name: with_unknown_fields(inner) for name, inner in value.items()}
        return {**made, "field_of_tomorrow": {"deep": [1, None, "x"]}}
    return [with_unknown_fields(inner) for inner in value] if isinstance(value, list) else value


def broken(value: Any) -> Iterator[tuple[Path, Any]]:
    """The document once without each field, and once with each of another type."""
    for path in paths(value):
        yield path, without(value, path)
        for other in of_another_type(at(value, path)):
            yield path, with_value(value, path, other)


def items(result: Any) -> list[Any]:
    """The things that a call returned."""
    if isinstance(result, PostPage):
        return list(result.posts)
    return list(result) if isinstance(result, list | tuple) else [result]


def understood(result: Any) -> Any:
    """What a call returned, without the payload as received.

    X's cursor begins with the second of its first call; of two calls that may be another one.
    """
    without_payload = [replace(one, raw={}) for one in items(result)]
    cursor = getattr(result, "next_cursor", None)
    return without_payload, cursor and re.sub(r"^(recent|older)\.\d+\.", r"\1.", cursor)


def numbers(item: Any) -> dict[str, float]:
    """The metrics that are given."""
    values = {one.name: getattr(item, one.name) for one in fields(item)}
    return {name: value for name, value in values.items() if type(value) in {int, float}}


def invented(before: Any, after: Any) -> list[str]:
    """Metrics in ``after`` that the platform did not give like that in ``before``."""
    known = {one.platform_id: numbers(one) for one in items(before)}
    return [
        name
        for one in items(after)
        for name, number in numbers(one).items()
        if known.get(one.platform_id, {}).get(name) != number
    ]


def assert_no_secret(
    stage: Stage, failure: PlatformError, caplog: pytest.LogCaptureFixture
) -> None:
    """No secret in the message, the arguments, the chain or the log."""
    said = [f"{one!s} {one!r} {one.args!r} {vars(one)!r}" for one in chain(failure)]
    said += traceback.format_exception(failure)
    said += [f"{record.getMessage()} {vars(record)!r}" for record in caplog.records]
    found = {secret for secret in stage.secrets for text in said if secret in text}
    assert not found, f"{stage}: {len(found)} secrets are told"
