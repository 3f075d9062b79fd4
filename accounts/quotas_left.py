"""What is left of the calls of accounts, for people: a page asks for many accounts at once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from limits.errors import StorageError
from redis.client import Pipeline

from accounts.budgets import RedisBudget, budget_for, day_of, latest, quota_words
from accounts.counters import client, heard, storage, wrapped
from accounts.models import OfficialAccount
from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.registry import has_client


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLeft:
    """One quota for the health page. None where nobody knows."""

    name: str
    scope: Scope
    limit: int
    reserve: int
    used: int | None
    left: int | None
    resets_at: datetime | None
    """When all of it is there again, at the latest."""
    closed_until: datetime | None
    """Set by the platform's own word."""
    told_percent: float | None
    """Of the platform's own limit, as it last said; it may count more than we do."""
    source: str


def quotas_left(accounts: Iterable[OfficialAccount]) -> dict[int, list[tuple[str, int, int]]]:
    """What is left of each account's quotas, by its id: (words, left, of), where it is known.

    A quota that the platform itself has closed has nothing left, whatever was counted here.
    """
    asked = list(accounts)
    known = [account for account in asked if has_client(account.platform)]
    found = all_left([budget_for(account) for account in known])
    shown = {
        account.pk: [
            (quota_words(one.name), 0 if one.closed_until else one.left, one.limit)
            for one in left
            if one.left is not None
        ]
        for account, left in zip(known, found, strict=True)
    }
    return {account.pk: shown.get(account.pk, []) for account in asked}


def all_left(budgets: Sequence[RedisBudget]) -> list[list[QuotaLeft]]:
    """Every quota of each as it is now, on the server that was called last. Redis is asked twice,
    for however many; while it is not reachable nothing is known of any."""
    try:
        answers: Iterator[Any] | None = iter(_ask(budgets))
    except StorageError:
        answers = None
    return [[_left(quota, answers) for quota in one.quotas.values()] for one in budgets]


def _ask(budgets: Sequence[RedisBudget]) -> list[Any]:
    """Four answers for each quota: until when it is closed, what the platform told, how much is
    used, and the newest entry of a window."""
    if not budgets:
        return []
    with heard(), wrapped():
        called: Any = client().mget([storage().prefixed_key(one.called_key) for one in budgets])
        pipe = client().pipeline(transaction=False)
        for budget, host in zip(budgets, called, strict=True):
            budget.go_to(None if host is None else host.decode())
            for quota in budget.quotas.values():
                _add(pipe, budget, quota)
        answers: list[Any] = pipe.execute()
    return answers


def _add(pipe: Pipeline, budget: RedisBudget, quota: Quota) -> None:
    named = storage().prefixed_key
    pipe.mget([named(key) for key in budget.closing_keys(quota, publishing=True)])
    pipe.mget([named(key) for key in budget.told_keys(quota)])
    key = named(budget.used_key(quota))
    if quota.zone:
        pipe.get(f"{key}:{day_of(quota)[0]}")
    else:
        # As ``get_moving_window`` of the storage, which asks for one at a time.
        starts = time.time() - quota.seconds
        storage().lua_moving_window([key], [starts, quota.amount], client=pipe)
    pipe.lindex(key, 0)


def _left(quota: Quota, answers: Iterator[Any] | None) -> QuotaLeft:
    used = resets_at = closed = told = None
    if answers is not None:
        closed = latest(next(answers))
        told = next((float(one) for one in next(answers) if one is not None), None)
        used, resets_at = _used(quota, next(answers), next(answers))
    return QuotaLeft(
        name=quota.name,
        scope=quota.scope,
        limit=quota.amount,
        reserve=quota.reserve,
        used=used,
        left=None if used is None else max(quota.amount - used, 0),
        resets_at=resets_at,
        closed_until=None if closed is None else datetime.fromtimestamp(closed, tz=UTC),
        told_percent=told,
        source=quota.source,
    )


def _used(quota: Quota, counted: Any, newest: bytes | None) -> tuple[int, datetime]:
    if quota.zone:
        return int(counted or 0), day_of(quota)[1]
    used = int(counted[1]) if counted else 0
    # The newest entry leaves the window last.
    ends = float(newest) + quota.seconds if used and newest is not None else time.time()
    return used, datetime.fromtimestamp(ends, tz=UTC)
