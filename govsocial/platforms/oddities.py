"""What a platform gives that cannot be meant: a figure of another type, below zero or beyond any
count, and a post that cannot be read.

Such a thing costs nothing but itself: the figure is not given (None, never 0), the post is left
out, and whoever collects is told. Only where nothing is left the whole answer is a bad one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from govsocial.platforms.base import SeenPost
from govsocial.platforms.errors import BadAnswer
from govsocial.platforms.figures import LARGEST
from govsocial.platforms.http import Answer, Model, parse


@dataclass
class Oddities:
    """How often each figure could not be meant, how many posts could not be read, and how many
    figures were told as they should be."""

    figures: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    told: int = 0


_noted: ContextVar[Oddities | None] = ContextVar("oddities", default=None)


@contextmanager
def noting() -> Iterator[Oddities]:
    """What is odd inside; whoever notes outside is told as well."""
    outer, noted = _noted.get(), Oddities()
    before = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(before)
        if outer is not None:
            outer.figures += noted.figures
            outer.posts += noted.posts
            outer.told += noted.told


def note_figure(name: str) -> None:
    noted = _noted.get()
    if noted is not None:
        noted.figures[name] += 1


def count(value: object, name: str) -> int | None:
    """A count of something; None where there is none, or one that cannot be meant."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        note_figure(name)
        return None
    noted = _noted.get()
    if noted is not None:
        noted.told += 1
    return value


def _count(value: Any, info: ValidationInfo) -> int | None:
    return count(value, info.field_name or "")


Count = Annotated[int | None, BeforeValidator(_count)]
"""A figure in a model of what a platform answers."""


def with_figures(model: type[Model], value: Any, answer: Answer) -> Model:
    """``parse`` of an account: a bad answer where figures are there and none of them is one."""
    with noting() as noted:
        found = parse(model, value, answer)
    if noted.figures and not noted.told:
        raise _bad(answer)
    return found


def readable(
    model: type[Model],
    listed: Sequence[Any],
    answer: Answer,
    *,
    first: bool = True,
    searched: bool = False,
) -> list[tuple[Model, Any]]:
    """The posts of a page that can be read, each with what was received.

    Raises ``BadAnswer`` where none is as it should be; behind the ``first`` page one alone may be
    odd. ``searched``: one that is looked for may be the one that cannot be read; then none may.
    """
    if searched:
        return [(parse(model, raw, answer), raw) for raw in listed]
    read: list[tuple[Model, Any]] = []
    whole, failure = 0, _bad(answer)
    for raw in listed:
        with noting() as noted:
            try:
                read.append((parse(model, raw, answer), raw))
            except BadAnswer as unread:
                noted.posts, failure = 1, unread
                continue
        whole += not noted.figures
    if listed and not whole and (first or len(listed) > 1):
        raise failure
    return read


class PartlyRead(BadAnswer):
    """Of posts asked for by name some are there and cannot be read. ``posts`` are the others."""

    def __init__(self, message: str, *, posts: Sequence[SeenPost], names: frozenset[str]) -> None:
        super().__init__(message)
        self.posts = posts
        self.names = names
        """Those that cannot be read, as far as they tell their names; "" for one that does not."""


class ByName:
    """Reads posts that were asked for by name: one that is left out would pass for gone."""

    def __init__(self) -> None:
        self._failure: BadAnswer | None = None
        self._unread: set[str] = set()

    def read(self, model: type[Model], raw: Any, answer: Answer, name: str = "") -> Model | None:
        """``raw`` as a model, or None where it cannot be read; ``name`` is what was asked for."""
        with noting() as noted:
            try:
                return parse(model, raw, answer)
            except BadAnswer as failure:
                if not isinstance(raw, Mapping):
                    # No post at all.
                    raise
                noted.posts, self._failure = 1, failure
        self._unread.add(name or _name_of(raw))
        return None

    def each(
        self, model: type[Model], listed: Sequence[Any], answer: Answer
    ) -> list[tuple[Model, Any]]:
        """Those of an answer that can be read, each with what was received."""
        read = [(self.read(model, raw, answer), raw) for raw in listed]
        return [(one, raw) for one, raw in read if one is not None]

    def all_of(self, posts: Sequence[SeenPost]) -> Sequence[SeenPost]:
        """``posts``, or ``PartlyRead`` with them where there are more."""
        if self._failure is not None:
            names = frozenset(self._unread)
            raise PartlyRead(str(self._failure), posts=posts, names=names)
        return posts


def _name_of(raw: Any) -> str:
    told = raw.get("id", raw.get("uri")) if isinstance(raw, Mapping) else None
    return str(told) if isinstance(told, str | int) else ""


def _bad(answer: Answer) -> BadAnswer:
    message = f"{answer.where}: the answer is not what the platform's API promises."
    return BadAnswer(message, status=answer.status)
