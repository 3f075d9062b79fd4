"""The only place that talks HTTP to a platform: time limits, retries of reads, typed failures, log.

Nothing here puts a header, a query, a body or an answer's text into a message, a log record or the
chain of an exception: failures are made outside of ``except`` blocks for that reason.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import pydantic_core
import requests
from pydantic import BaseModel, ValidationError
from requests.adapters import BaseAdapter

from govsocial.platforms.budget import Budget, Unlimited
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
from govsocial.platforms.guard import Guard, names_public_host
from govsocial.platforms.transport import Attempt, OneShotAdapter

logger = logging.getLogger("govsocial.platforms")

USER_AGENT = "govsocial/0.1"
MAX_REDIRECTS = 3


class Effect(StrEnum):
    """What a call does on the platform, which decides what an unclear end of it means."""

    READ = "read"
    STAGE = "stage"
    """Prepares something that nobody sees yet: a session, an uploaded image."""
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds. ``total`` covers a whole call with its retries; a longer wait is the caller's."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 45.0
    attempts: int = 3
    backoff: float = 0.5
    longest_wait: float = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer below 500 that is neither a redirect nor a rate limit."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    where: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def redirects(self) -> bool:
        """A 308 that leads nowhere is none: Google answers so to a part of an upload."""
        return 300 <= self.status < 400 and (self.status != 308 or "Location" in self.headers)

    def json(self) -> Any:
        """The body as JSON, or None where it is not JSON."""
        try:
            return pydantic_core.from_json(self.body, allow_inf_nan=False)
        except ValueError:
            return None


class _NoQueries(logging.Filter):
    """Keeps urllib3's debug line, which shows the whole URL, away from every handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


logging.getLogger("urllib3.connectionpool").addFilter(_NoQueries())


class Session:
    """Sends requests to one base URL; ``base`` of a single call may name another checked host."""

    def __init__(
        self,
        base: str,
        *,
        guard: Guard,
        timing: Timing | None = None,
        budget: Budget | None = None,
        typed: bool = False,
        max_answer: int = 4_000_000,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.guard = guard
        self.budget: Budget = budget or Unlimited()
        self.base = guard.base_url(base)
        self.typed = typed
        """Whether a person typed the address, so that it may lead where it should not."""
        self.timing = timing or Timing()
        self.max_answer = max_answer
        self._sleep = sleep
        self.judge: Callable[[Answer, Effect], PlatformError | None] | None = None
        """What an answer from 400 on means by its body; None leaves it to the status."""

    def send(
        self,
        method: str,
        path: str,
        *,
        effect: Effect,
        base: str | None = None,
        total: float | None = None,
        silence: float | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        cost: Mapping[str, int] | None = None,
        publishing: bool = False,
        follow: bool = True,
        **content: Any,
    ) -> Answer:
        """Send one request; ``content`` is ``params``, ``json``, ``data`` or ``files``.

        ``cost`` is how many units of which quota of the platform one try takes: without any left,
        ``BudgetSpent`` is raised before anything is sent. ``publishing`` marks reads that belong
        to sending a post; they, ``STAGE`` and ``PUBLISH`` may use what is kept for publishing.
        ``silence`` is how long it may say nothing where it has much to store before it answers.
        Without ``follow``, a redirect is returned like any other answer.

        Returns every answer that only the caller can judge (2xx and most of 4xx). Raises
        ``NotReached`` when the request certainly did not leave; ``UnknownOutcome`` when a
        ``PUBLISH`` may have happened; else ``Unavailable``, ``RateLimited``, ``BadAnswer``,
        ``HostRefused`` or ``Refused``. Only ``READ`` is tried again.
        """
        start = self.guard.base_url(base) if base else self.base
        sent = {"Accept": "application/json", "User-Agent": USER_AGENT, "Connection": "close"}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        sent.update(headers or {})
        deadline = time.monotonic() + (total or self.timing.total)
        url = start + path
        # Never the target of a redirect: a platform could put there what it was sent.
        where = f"{method} {urlsplit(start).hostname}{path}"
        tries = redirects = 0
        while True:
            tries += 1
            if cost:
                own = publishing or effect is not Effect.READ
                self.budget.take(cost, publishing=own, server=start)
            attempt = Attempt(
                self.guard,
                connect_timeout=self.timing.connect,
                silence=silence or self.timing.read,
                deadline=deadline,
            )
            outcome = self._once(attempt, method, url, where, effect, sent, content)
            if follow and isinstance(outcome, Answer) and outcome.redirects:
                target = self._redirect_target(url, outcome, effect, redirects)
                if isinstance(target, str):
                    # The target carries its own query.
                    url, content, tries, redirects = target, {}, 0, redirects + 1
                    continue
                outcome = target
            if isinstance(outcome, Answer):
                return outcome
            wait = self._wait_before_next(outcome, effect, tries, deadline)
            if wait is None:
                raise outcome
            self._sleep(wait)

    def _redirect_target(
        self, url: str, answer: Answer, effect: Effect, followed: int
    ) -> str | PlatformError:
        """Where a read goes on, on the same host only; a write is never repeated elsewhere."""
        if effect is Effect.PUBLISH and answer.status in {301, 302, 303}:
            # After a POST these may say "done, look there"; 307 and 308 say "send it there".
            message = f"{answer.where}: the platform answered with a redirect."
            return UnknownOutcome(message, status=answer.status)
        location = answer.headers.get("Location")
        if not location:
            message = f"{answer.where}: unexpected answer {answer.status}."
            return BadAnswer(message, status=answer.status)
        target = _joined(url, location)
        if _origin(target) != _origin(url):
            # No platform sends its callers elsewhere: the page to sign in to a network does.
            if not self.typed or names_public_host(target):
                return not_from_platform(answer, effect)
            return HostRefused(f"{answer.where}: redirects to another host.", status=answer.status)
        if effect is not Effect.READ:
            message = f"{answer.where}: the platform wants this sent to another address."
            return BadAnswer(message, status=answer.status)
        if followed >= MAX_REDIRECTS:
            return BadAnswer(f"{answer.where}: redirects without end.", status=answer.status)
        return target

    def _wait_before_next(
        self, failure: PlatformError, effect: Effect, tries: int, deadline: float
    ) -> float | None:
        may_pass = isinstance(failure, NotReached | Unavailable | RateLimited)
        if effect is not Effect.READ or tries >= self.timing.attempts or not may_pass:
            return None
        if isinstance(failure, RateLimited) and failure.retry_after is None:
            return None
        backoff = self.timing.backoff * 2 ** (tries - 1)
        # Jitter on top of the platform's word: all workers were told the same second.
        jitter = random.uniform(0, backoff)  # noqa: S311 - spreads load, guards nothing
        wait = jitter if failure.retry_after is None else failure.retry_after + jitter
        if wait > self.timing.longest_wait or time.monotonic() + wait >= deadline:
            return None
        return wait

    def _once(
        self,
        attempt: Attempt,
        method: str,
        url: str,
        where: str,
        effect: Effect,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
    ) -> Answer | PlatformError:
        started = time.monotonic()
        outcome: Answer | PlatformError
        with attempt:
            outcome = self._exchange(attempt, method, url, where, effect, headers, content)
        milliseconds = round((time.monotonic() - started) * 1000)
        host, _, path = where.removeprefix(f"{method} ").partition("/")
        logger.log(
            logging.INFO if isinstance(outcome, Answer) else logging.WARNING,
            "%s: %s in %d ms",
            where,
            outcome.status or type(outcome).__name__,
            milliseconds,
            extra={
                "platform_method": method,
                "platform_host": host,
                "platform_path": f"/{path}",
                "platform_status": outcome.status,
                "platform_ms": milliseconds,
                "platform_outcome": type(outcome).__name__,
            },
        )
        return outcome

    def _adapter(self, attempt: Attempt) -> BaseAdapter:
        """What carries one request; seeding a training instance needs no socket for it."""
        return OneShotAdapter(attempt)

    def _exchange(
        self,
        attempt: Attempt,
        method: str,
        url: str,
        where: str,
        effect: Effect,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
    ) -> Answer | PlatformError:
        try:
            prepared = requests.Request(method, url, headers=dict(headers), **content).prepare()
        except (requests.RequestException, ValueError):
            return Refused(f"{where}: the request cannot be built from these values.")
        timeout = (self.timing.connect, max(0.001, min(attempt.silence, attempt.remaining())))
        adapter = self._adapter(attempt)
        body: bytes | None = b""
        status: int | None = None
        try:
            response = adapter.send(prepared, stream=True, timeout=timeout, verify=True)
            status = response.status_code
            body = _read_capped(response, self.max_answer)
        except (HostRefused, NotReached) as refusal:
            return refusal
        except (requests.RequestException, OSError, ValueError):
            # A body cut off below 500 tells no more than no answer at all.
            if not attempt.connected:
                return NotReached(f"{where}: no secure connection could be made.")
            late = "did not answer in time" if attempt.expired else "broke off without an answer"
            return _unclear(effect, f"{where}: the platform {late}.", status)
        finally:
            adapter.close()
        if body is None:
            return _oversized(effect, where, status)
        self.budget.learn(response.headers, status=status, server=url)
        if attempt.expired:
            return _unclear(effect, f"{where}: the platform did not answer in time.", status)
        answer = Answer(status, response.headers, body, where)
        judged = self.judge(answer, effect) if self.judge is not None and status >= 400 else None
        return judged or _classify(answer, effect)


def _read_capped(response: requests.Response, limit: int) -> bytes | None:
    """Return the decoded body, or None when it is longer than ``limit``."""
    body = bytearray()
    for chunk in response.iter_content(16_384):
        body += chunk
        if len(body) > limit:
            response.close()
            return None
    return bytes(body)


def _unclear(
    effect: Effect, message: str, status: int | None, retry_after: float | None = None
) -> PlatformError:
    kind = UnknownOutcome if effect is Effect.PUBLISH else Unavailable
    return kind(message, status=status, retry_after=retry_after)


def _oversized(effect: Effect, where: str, status: int) -> PlatformError:
    message = f"{where}: the answer is larger than this server reads."
    if effect is Effect.PUBLISH and not 400 <= status < 500:
        return UnknownOutcome(message, status=status)
    return BadAnswer(message, status=status)


def _classify(answer: Answer, effect: Effect) -> Answer | PlatformError:
    status, where = answer.status, answer.where
    after = retry_after(answer.headers)
    if status == 429:
        return RateLimited(f"{where}: too many calls.", status=status, retry_after=after)
    if status >= 500 or status == 408 or (status == 409 and effect is Effect.PUBLISH):
        return _unclear(effect, f"{where}: the platform answered {status}.", status, after)
    if status < 200:
        return BadAnswer(f"{where}: the platform answered {status}.", status=status)
    return answer


def not_from_platform(answer: Answer, effect: Effect) -> PlatformError:
    """The failure that an answer of somebody else is. Whether the request had got through before
    is not known, so that a post may be out."""
    message = (
        f"{answer.where}: the answer ({answer.status}) is not from the platform, perhaps from a "
        "proxy or firewall."
    )
    kind = UnknownOutcome if effect is Effect.PUBLISH else NotFromPlatform
    return kind(message, status=answer.status)


def _joined(url: str, location: str) -> str:
    """``location`` as it is meant in an answer from ``url``; nothing when it is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _origin(url: str) -> tuple[object, ...] | None:
    """Scheme, host and port; None for what names a user, or is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return None if parts.username or parts.password else (parts.scheme, parts.hostname, port)


Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], value: Any, answer: Answer, effect: Effect = Effect.READ) -> Model:
    """Validate ``value``, a part of ``answer``; raise ``BadAnswer``, or ``UnknownOutcome`` after a
    write that the platform took but described in a way that cannot be read."""
    try:
        return model.model_validate(value)
    except ValidationError as invalid:
        # Names of our own fields only; the values would be the platform's text.
        names = sorted({str(error["loc"][0]) for error in invalid.errors() if error["loc"]})
    missing = f" ({', '.join(names)})" if names and set(names) <= _names(model) else ""
    message = f"{answer.where}: the answer is not what the platform's API promises{missing}."
    kind = UnknownOutcome if effect is Effect.PUBLISH else BadAnswer
    raise kind(message, status=answer.status)


def _names(model: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()}
