"""How many calls are left on each platform: counted in Redis, shared by all workers.

One budget per quota of the platform's ``Spec``, for the agency's application or for one account.
Publishing may use all of it, pulls only what lies above the reserve. What a platform itself says
(its usage headers) closes a budget until the time that it names, whatever was counted here, and
never longer than a real window of the platform.

Where accounts live on servers of their own, the application's budget is one for each server that is
really called: an account may name any server as its own, and what that one says, or its refusals,
are no business of accounts elsewhere.

Nothing here is a source of truth: a flushed Redis forgets what was used, and the platform's own
refusal still holds. While Redis is not reachable publishing goes on, because a warning to citizens
must not wait for a counter, and pulls wait.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from limits.errors import StorageError

from accounts.counters import added_within, client, heard, storage, wrapped
from accounts.models import OfficialAccount
from accounts.money import meter_for
from accounts.usage import Word, words_of
from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.errors import BudgetSpent
from govsocial.platforms.registry import spec

logger = logging.getLogger(__name__)

ALL = "*"
"""In place of a quota's name: everything that is counted for the application or the account."""
WITHOUT_REDIS = 60.0
"""Seconds that a pull waits when nobody can say what is left."""
LONGEST = 86_400.0
SHOWN_FOR = 7 * 86_400
"""Seconds for which it is remembered which server an account called last."""
_WORDS: dict[str, str | Promise] = {
    "calls": _("Calls"),
    "posts": _("Posts sent"),
    "media": _("Images sent"),
    "deletions": _("Deletions"),
    "writes": _("Changes"),
    "sign-ins": _("Sign-ins"),
    "sign-ins a day": _("Sign-ins in a day"),
    "threads posts": _("Posts sent"),
    "threads replies": _("Replies sent"),
    "threads deletes": _("Deletions"),
    "x posts": _("Posts sent in 15 minutes"),
    "x posts of three hours": _("Posts sent in three hours"),
    "x posts of the application": _("Posts of all accounts in a day"),
    "x deletes": _("Deletions"),
    "x timeline": _("Lists of posts read"),
    "x lookup": _("Posts asked for by name"),
    "x profile": _("Profiles read"),
    "x media": _("Parts of media sent"),
    "units": _("Units in a day"),
    "video inserts": _("Films sent in a day"),
    "user info": _("Profiles read"),
    "video list": _("Lists of posts read"),
    "video query": _("Posts asked for by name"),
    "creator info": _("Checks before sending"),
    "publish": _("Posts sent in a minute"),
    "publish status": _("Checks after sending"),
}


class RedisBudget:
    """The ``Budget`` of one official account."""

    def __init__(self, *, platform: str, host: str, account_id: int) -> None:
        """``host`` is where the account is looked for as long as it was not called."""
        known = spec(platform)
        self.quotas = {quota.name: quota for quota in known.quotas}
        self._speaks = known.told
        self._scopes = {Scope.ACCOUNT: f"{platform}:account:{account_id}"}
        self._platform, self._host = platform, host
        self._has_own_server = known.addresses is None
        self._last: Quota | None = None
        self._last_host = self._noted_host = ""
        self._at(host)

    def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        """Raises ``LookupError`` for a quota that the platform's ``Spec`` does not have."""
        asked = [(self.quotas[name], cost) for name, cost in costs.items()]
        self._last_host = self._at(server)
        self._note_host(self._last_host)
        # Of several all are looked at before any is used up. Should another worker come in between
        # and the last one refuse, what was taken stays taken: less is used then, never more.
        steps = [self._wait, self._take] if len(asked) > 1 else [self._take]
        for step in steps:
            for quota, cost in asked:
                self._last = quota
                try:
                    with heard():
                        wait = step(quota, cost, publishing=publishing)
                except StorageError:
                    wait = self._without_redis(quota.name, publishing=publishing)
                if wait is not None:
                    raise BudgetSpent(
                        f"The budget of calls to {self._platform} is used up ({quota.name}).",
                        retry_after=min(max(wait, 1.0), LONGEST),
                    )

    def learn(self, headers: Mapping[str, str], *, status: int, server: str) -> None:
        # What was not counted at this server is nothing that this server can speak of.
        last = self._last if self._at(server) == self._last_host else None
        words = list(
            words_of(headers, status=status, quotas=self.quotas, last=last, told=self._speaks)
        )
        try:
            with heard():
                for word in words:
                    self._note(word)
        except StorageError:
            logger.warning(
                "What a platform says about its limits was not kept: Redis is not reachable.",
                extra={"platform": self._platform},
            )

    def go_to(self, host: str | None) -> None:
        """Speak of the server ``host``; of the account's own where none was called yet."""
        self._at(self._host if host is None else host)

    def _at(self, server: str) -> str:
        """Go on with what the application has at ``server``; return the name of its host."""
        host = urlsplit(server if "://" in server else f"//{server}").netloc.lower()
        own = f"{self._platform}@{host}" if self._has_own_server else self._platform
        self._scopes[Scope.APP] = f"{own}:app"
        return host

    @property
    def called_key(self) -> str:
        """Where it is kept which server was called last."""
        return f"called:{self._scopes[Scope.ACCOUNT]}"

    def _note_host(self, host: str) -> None:
        """Only for people, who are shown what is left there."""
        if self._has_own_server and host != self._noted_host:
            with suppress(StorageError), heard():
                _set(self.called_key, host, SHOWN_FOR)
                self._noted_host = host

    def _wait(self, quota: Quota, cost: int, *, publishing: bool) -> float | None:
        """Seconds until ``cost`` may be taken; None when it may be now. Takes nothing."""
        closed = self._closed(quota, publishing=publishing)
        if closed is not None:
            return closed - time.time()
        limit = _limit(quota, publishing=publishing)
        if quota.zone:
            day, ends = day_of(quota)
            used = storage().get(f"{self.used_key(quota)}:{day}")
            return None if used + cost <= limit else ends.timestamp() - time.time()
        if cost > limit:
            return float(quota.seconds)
        # The entry that has to leave the window first.
        found = self._redis(storage().prefixed_key(self.used_key(quota)), limit - cost)
        wait = 0.0 if found is None else float(found) + quota.seconds - time.time()
        return wait if wait >= 0 and found is not None else None

    def _take(self, quota: Quota, cost: int, *, publishing: bool) -> float | None:
        """Seconds until ``cost`` may be taken; None when it was taken."""
        closed = self._closed(quota, publishing=publishing)
        if closed is not None:
            return closed - time.time()
        limit = _limit(quota, publishing=publishing)
        if quota.zone:
            return self._take_of_day(quota, cost, limit)
        if storage().acquire_entry(self.used_key(quota), limit, quota.seconds, amount=cost):
            return None
        wait = self._wait(quota, cost, publishing=publishing)
        # It became free in between: the next try finds it.
        return 1.0 if wait is None else wait

    def _take_of_day(self, quota: Quota, cost: int, limit: int) -> float | None:
        day, ends = day_of(quota)
        # More than one day, so that a counter never ends before the day that it counts.
        lasting = 2 * int(LONGEST)
        if added_within(f"{self.used_key(quota)}:{day}", cost, limit=limit, seconds=lasting):
            return None
        return ends.timestamp() - time.time()

    def _without_redis(self, quota: str, *, publishing: bool) -> float | None:
        logger.warning(
            "The budget of calls was not asked: Redis is not reachable.",
            extra={"platform": self._platform, "quota": quota, "publishing": publishing},
        )
        return None if publishing else WITHOUT_REDIS

    # The platform's own word

    def _note(self, word: Word) -> None:
        place = f"{self._scopes[word.scope]}:{word.quota or ALL}"
        if word.percent is not None:
            _set(f"told:{place}", str(round(word.percent, 1)), 3600)
        for name, seconds in (("closed", word.closes), ("pulls", word.closes_pulls)):
            if seconds is not None and seconds > 0:
                lasting = min(seconds, LONGEST)
                _set(f"{name}:{place}", str(time.time() + lasting), math.ceil(lasting))

    def _closed(self, quota: Quota, *, publishing: bool) -> float | None:
        """Until when (Unix seconds) the platform has closed this."""
        return latest(_get(self.closing_keys(quota, publishing=publishing)))

    def closing_keys(self, quota: Quota, *, publishing: bool) -> list[str]:
        """Where it is kept until when the platform has closed this."""
        places = [f"{self._scopes[quota.scope]}:{quota.name}"]
        places += [f"{scope}:{ALL}" for scope in self._scopes.values()]
        names = ["closed"] if publishing else ["closed", "pulls"]
        return [f"{name}:{place}" for name in names for place in places]

    def told_keys(self, quota: Quota) -> list[str]:
        """Where it is kept how much of it is used, as the platform said; the nearest first."""
        scope = self._scopes[quota.scope]
        return [f"told:{scope}:{quota.name}", f"told:{scope}:{ALL}"]

    def used_key(self, quota: Quota) -> str:
        """Where it is counted: a moving window, or a number for each of its days."""
        return f"used:{self._scopes[quota.scope]}:{quota.name}"

    @staticmethod
    def _redis(key: str, index: int) -> bytes | None:
        """One entry of a moving window, the newest first: the moment at which it was taken."""
        with wrapped():
            return cast("bytes | None", client().lindex(key, index))


def budget_for(official_account: OfficialAccount) -> RedisBudget:
    """The calls left for one account."""
    return RedisBudget(
        platform=official_account.platform,
        host=official_account.host,
        account_id=official_account.pk,
    )


def counts(official_account: OfficialAccount, *, connecting: bool = False) -> dict[str, Any]:
    """The budget and the meter of one account's calls, as its client takes them by name."""
    meter = meter_for(official_account.platform, connecting=connecting)
    return {"budget": budget_for(official_account), "meter": meter}


def quota_words(name: str) -> str:
    return str(_WORDS.get(name, name))


def latest(kept: Iterable[bytes | None]) -> float | None:
    """The latest of the moments (Unix seconds) that is still to come."""
    moments = [float(one) for one in kept if one is not None]
    return max((moment for moment in moments if moment > time.time()), default=None)


def _limit(quota: Quota, *, publishing: bool) -> int:
    return quota.amount if publishing else max(quota.amount - quota.reserve, 0)


def day_of(quota: Quota) -> tuple[str, datetime]:
    """The calendar day that the platform counts now, and its end."""
    zone = ZoneInfo(quota.zone)
    today = datetime.now(zone).date()
    tomorrow = today + timedelta(days=1)
    return today.isoformat(), datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone)


def _set(key: str, value: str, seconds: int) -> None:
    with wrapped():
        client().set(storage().prefixed_key(key), value, ex=seconds)


def _get(keys: Iterable[str]) -> list[Any]:
    names = [storage().prefixed_key(key) for key in keys]
    with wrapped():
        return list(cast("list[Any]", client().mget(names)))
