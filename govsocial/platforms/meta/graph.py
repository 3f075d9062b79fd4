"""Calls to the Graph API: token, proof of the application, errors, pages and batches."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from govsocial.platforms.base import Secret
from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    NotFound,
    OperatorNeeded,
    PlatformError,
    Refused,
    TokenExpired,
)
from govsocial.platforms.http import Answer, Effect, Session, parse
from govsocial.platforms.meta import errors
from govsocial.platforms.spec import Connection

VERSION = "v26.0"
"""Of 29 July 2026; each version lives about two years."""
QUOTA = "calls"
MOST_IDS = 50
"""Objects that ``?ids=`` takes in one call (error 100, "Too many IDs. Maximum: 50")."""
MOST_A_PAGE = 100
"""Objects that a page of an edge brings at most; fewer where each of them is heavy."""
LEAST_A_PAGE = 10

Accept = Callable[[Answer], bool]
"""Whether an answer that holds an error is one that the caller knows what to do with."""


Model = TypeVar("Model", bound="Answered")
Count = StrictInt | None


class Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Created(Answered):
    id: str


class _Cursors(Answered):
    after: str | None = None


class _Paging(Answered):
    cursors: _Cursors = Field(default_factory=_Cursors)
    next: str | None = None


class Listing(Answered):
    """One page of an edge."""

    data: list[dict[str, Any]]
    paging: _Paging = Field(default_factory=_Paging)

    def cursor_after(self, cursor: str | None) -> str | None:
        """The cursor of the next page. The address that Graph gives is never followed."""
        following = self.paging.cursors.after if self.paging.next else None
        # A server that repeats a page would otherwise be read for ever.
        return following if following and following != cursor else None


class TokenFacts(Answered):
    is_valid: bool
    scopes: list[str] = Field(default_factory=list)
    user_id: str | None = None
    expires_at: int | None = None
    """Unix seconds; 0 for never."""
    data_access_expires_at: int | None = None
    """Meta's second clock: when the person must consent again, whatever the token says."""


class _Debugged(Answered):
    data: TokenFacts


class _Several(Answered):
    found: dict[str, dict[str, Any]]


class Graph:
    """Acts with the secret of one connection; every failure is a ``PlatformError``."""

    def __init__(self, connection: Connection, *, base: str = "") -> None:
        self._session: Session = connection.session(base)
        self._secrets = connection.secrets
        self._app = connection.app
        self._page_size = MOST_A_PAGE

    def secret(self) -> Secret:
        """The stored secret. Raises ``AuthRevoked`` when there is no token in it."""
        stored = self._secrets.load()
        if not stored.get("access_token"):
            raise AuthRevoked("No access token is stored for this account.")
        return stored

    def call(
        self,
        method: str,
        path: str,
        *,
        effect: Effect = Effect.READ,
        token: str | None = None,
        accept: Accept | None = None,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Answer:
        """Send one call below the version. ``accept`` lets answers through that hold an error.

        The token goes into a header, never into the address. Without ``token`` it is that of the
        account; an empty one is for calls before there is any. A token of a Page cannot be
        refreshed: an expired one is ``AuthRevoked``.
        """
        token = self.secret()["access_token"] if token is None else token
        proof = self._proof(token)
        if method in {"GET", "DELETE"}:
            more["params"] = {**(params or {}), **proof}
        else:
            more["data"] = {**(data or {}), **proof}

        def judged(answer: Answer, effect: Effect) -> PlatformError | None:
            found = self._failure(answer, token, effect)
            # What no further try of this call mends is judged below, where ``accept`` is known.
            hopeless = found.permanent and answer.status < 429
            return None if hopeless or errors.is_too_much(answer) else found

        self._session.judge = judged
        answer = self._session.send(
            method,
            f"/{VERSION}{path}",
            effect=effect,
            token=token or None,
            cost={QUOTA: 1},
            **more,
        )
        if is_good(answer) or (accept is not None and accept(answer)):
            return answer
        raise self._failure(answer, token, effect)

    def get(
        self, path: str, model: type[Model], *, publishing: bool = False, **params: str
    ) -> tuple[Model, dict[str, Any]]:
        """Read one object: as ``model`` and as received. ``publishing`` as in ``Session.send``."""
        answer = self.call("GET", path, params=params, publishing=publishing)
        raw = answer.json()
        return parse(model, raw, answer), raw

    def page(
        self, path: str, fields: str, cursor: str | None, *, publishing: bool = False, **more: str
    ) -> tuple[Listing, Answer]:
        """The page of an edge that begins at ``cursor``, as large as Graph gives it. ``more`` are
        parameters of this edge.

        It refuses pages that are too heavy, as insights of many posts may be; then half as many are
        asked for, from there on.
        """

        def too_much(answer: Answer) -> bool:
            return self._page_size > LEAST_A_PAGE and errors.is_too_much(answer)

        while True:
            params = {"fields": fields, "limit": str(self._page_size), **more}
            if cursor is not None:
                params["after"] = cursor
            answer = self.call("GET", path, accept=too_much, params=params, publishing=publishing)
            if is_good(answer):
                return parse(Listing, answer.json(), answer), answer
            self._page_size = max(self._page_size // 2, LEAST_A_PAGE)

    def nodes(
        self, ids: Sequence[str], fields: str, *, accept: Accept
    ) -> tuple[Answer, dict[str, dict[str, Any]]]:
        """Read at most ``MOST_IDS`` objects in one call, as received, by name.

        One bad name fails the whole call; nothing is found in an answer that ``accept`` lets
        through.
        """
        alone = len(ids) == 1
        params = {"fields": fields}
        if not alone:
            params["ids"] = ",".join(segment(name) for name in ids)
        path = f"/{segment(ids[0])}" if alone else "/"
        answer = self.call("GET", path, accept=accept, params=params)
        if not is_good(answer):
            return answer, {}
        value = {ids[0]: answer.json()} if alone else answer.json()
        found = parse(_Several, {"found": value}, answer).found
        return answer, {name: found[name] for name in ids if name in found}

    def several(
        self, ids: Sequence[str], fields: str, model: type[Model]
    ) -> Iterator[tuple[Model, dict[str, Any]]]:
        """Read the named objects, in as few calls as possible; those that are gone are left out.

        A failed call is halved until the bad names stand alone; so is one that is too heavy.
        """

        def may_be_halved(answer: Answer) -> bool:
            return is_gone(answer) or (len(ids) > 1 and errors.is_too_much(answer))

        if len(ids) > MOST_IDS:
            yield from self.several(ids[:MOST_IDS], fields, model)
            yield from self.several(ids[MOST_IDS:], fields, model)
        elif ids:
            answer, found = self.nodes(ids, fields, accept=may_be_halved)
            for raw in found.values():
                yield parse(model, raw, answer), raw
            if not is_good(answer) and len(ids) > 1:
                middle = len(ids) // 2
                yield from self.several(ids[:middle], fields, model)
                yield from self.several(ids[middle:], fields, model)

    def facts(self, token: str) -> TokenFacts | None:
        """What Meta knows about a token; None without the application's secret to ask with."""
        if self._app is None:
            return None
        answer = self.as_application("GET", "/debug_token", params={"input_token": token})
        return parse(_Debugged, answer.json(), answer).data

    def as_application(self, method: str, path: str, **more: Any) -> Answer:
        """A call with the application's own token, which is made of its identifier and secret."""
        if self._app is None:
            raise OperatorNeeded("No application is registered for this platform.")
        own = f"{self._app.client_id}|{self._app.client_secret}"
        try:
            return self.call(method, path, token=own, **more)
        except AuthRevoked:
            message = "The platform does not take the application's own identifier and secret."
            raise AppRefused(message) from None

    def _failure(self, answer: Answer, token: str, effect: Effect) -> PlatformError:
        stored = self._secrets.load().get("access_token", "")
        known = [*token.split("|"), stored, *self._proof(token).values()]
        if self._app is not None:
            known.append(self._app.client_secret)
        found = errors.failure(answer, secrets=known, effect=effect)
        if isinstance(found, TokenExpired):
            ended = f"{answer.where}: the connection has run out."
            return AuthRevoked(ended, status=answer.status)
        return found

    def _proof(self, token: str) -> dict[str, str]:
        """That the caller holds the application's secret, for applications that demand it."""
        if self._app is None or not token:
            return {}
        key = self._app.client_secret.encode()
        return {"appsecret_proof": hmac.new(key, token.encode(), hashlib.sha256).hexdigest()}


def segment(name: str) -> str:
    """``name`` as one part of a path; identifiers are digits, with one ``_`` in those of posts."""
    if not name or not all(part.isascii() and part.isalnum() for part in name.split("_")):
        raise Refused("This is not an identifier of this platform.")
    return name


def is_good(answer: Answer) -> bool:
    """Whether it is no error: Meta also sends errors with 200."""
    return answer.ok and errors.told(answer) is None


def is_gone(answer: Answer) -> bool:
    """Whether something that was asked for is not there any more."""
    return isinstance(errors.failure(answer, secrets=()), NotFound)
