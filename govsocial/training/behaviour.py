"""Misbehaviour on command: what the platforms do wrong next, to whom, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any

from govsocial.training.agency import BY_KEY
from govsocial.training.http import Request


class Kind(StrEnum):
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    SLOW = "slow"
    DROP_AFTER_ACCEPT = "drop_after_accept"
    DROP_BEFORE_ACCEPT = "drop_before_accept"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the name of a kind
    REVOKED_TOKEN = "revoked_token"  # noqa: S105 - the name of a kind


class BadRule(Exception):
    """The order is not one that the training platforms understand; the message says why."""


@dataclass(slots=True)
class Rule:
    """One order. ``endpoint`` is a shell pattern on ``METHOD /path`` or on ``/path`` or on the last
    part of the path; ``times`` counts down, None means until it is taken back."""

    kind: Kind
    account: str = "all"
    endpoint: str = "*"
    times: int | None = 1
    seconds: float = 3.0
    retry_after: float = 30.0

    @classmethod
    def parse(cls, order: Mapping[str, Any]) -> Rule:
        """Raises ``BadRule``."""
        unknown = order.keys() - {"kind", "account", "endpoint", "times", "seconds", "retry_after"}
        if unknown:
            raise BadRule(f"Unknown: {', '.join(sorted(unknown))}.")
        try:
            kind = Kind(order.get("kind", ""))
        except ValueError as exc:
            raise BadRule(f"kind is one of {', '.join(Kind)}.") from exc
        account = order.get("account", "all")
        if account != "all" and account not in BY_KEY:
            raise BadRule(f"account is 'all' or one of {', '.join(BY_KEY)}.")
        endpoint = order.get("endpoint", "*")
        if not isinstance(endpoint, str) or not endpoint:
            raise BadRule("endpoint is a pattern such as '*createRecord' or 'POST /api/v1/*'.")
        times = order.get("times", 1)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise BadRule("times is a whole number from 1, or null.")
        rule = cls(kind=kind, account=account, endpoint=endpoint, times=times)
        for name in ("seconds", "retry_after"):
            value = order.get(name, getattr(rule, name))
            if not isinstance(value, int | float) or not 0 <= value <= 86400:
                raise BadRule(f"{name} is a number of seconds from 0 to 86400.")
            setattr(rule, name, float(value))
        return rule

    def matches(self, request: Request, account: str | None) -> bool:
        if self.account not in {"all", account}:
            return False
        if self.kind is Kind.EXPIRED_TOKEN and (
            request.bearer is None or request.path.endswith("refreshSession")
        ):
            return False
        last = request.path.rpartition("/")[2]
        names = (f"{request.method} {request.path}", request.path, last, last.rpartition(".")[2])
        return any(fnmatchcase(name, self.endpoint) for name in names)


class Behaviours:
    """The standing orders, oldest first."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = Lock()

    def add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> int:
        with self._lock:
            count = len(self._rules)
            self._rules.clear()
        return count

    def standing(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def take(self, request: Request, account: str | None) -> Rule | None:
        """The first order that this call meets, counted down."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.matches(request, account):
                    if rule.times is not None:
                        rule.times -= 1
                        if rule.times == 0:
                            self._rules.remove(rule)
                    return rule
        return None
