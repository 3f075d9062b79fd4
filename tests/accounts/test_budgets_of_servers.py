"""Whose word about limits counts: each server's for itself, each platform's in its own headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts import budgets
from accounts.budgets import RedisBudget, budget_for
from accounts.counters import client
from accounts.quotas_left import quotas_left
from govsocial.local.valkey import Valkey, free_port
from govsocial.platforms import registry
from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import BudgetSpent, RateLimited
from tests import factories
from tests.cast import Cast
from tests.gathering import each
from tests.platforms.bluesky_stage import DID, PROFILE
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server

ENTRYWAY, PDS, EVIL = "https://bsky.social", "https://pds.example", "https://evil.example"
FAR = str(int((datetime.now(UTC) + timedelta(days=400)).timestamp()))
HOSTILE = [
    ({"Retry-After": "86400"}, 429),
    ({"Retry-After": "99999999999"}, 429),
    ({"RateLimit-Reset": FAR}, 429),
    ({"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": FAR}, 200),
    ({"X-App-Usage": '{"call_count": 100}'}, 200),
    ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 900}]}'}, 200),
    ({"x-rate-limit-limit": "9", "x-rate-limit-remaining": "0", "x-rate-limit-reset": FAR}, 200),
]


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Valkey(Path(tmp_path_factory.mktemp("valkey")))
    yield server.start()
    server.stop()


@pytest.fixture(autouse=True)
def counted(valkey: str, settings: Settings, request: pytest.FixtureRequest) -> None:
    settings.REDIS_URL, settings.BUDGET_PREFIX = valkey, request.node.name


def budget(account_id: int, platform: str = "bluesky") -> RedisBudget:
    return RedisBudget(platform=platform, host="bsky.social", account_id=account_id)


def wait(made: RedisBudget, costs: Mapping[str, int], server: str) -> float | None:
    """Seconds that a post has to wait there; None where it may go out."""
    try:
        made.take(costs, publishing=True, server=server)
    except BudgetSpent as spent:
        return spent.retry_after
    return None


@pytest.mark.parametrize(("headers", "status"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_one_server_says_closes_no_account_on_another(
    headers: dict[str, str], status: int
) -> None:
    theirs = budget(2)
    theirs.take({"calls": 1}, publishing=False, server=EVIL)
    theirs.learn(headers, status=status, server=f"{EVIL}/xrpc/app.bsky.actor.getProfile")
    for server in (ENTRYWAY, PDS):
        assert wait(budget(1), {"calls": 1, "writes": 3}, server) is None
        assert wait(budget(2), {"calls": 1, "writes": 3}, server) is None
    # Its own accounts wait, and never longer than a window of the platform lasts.
    own = wait(budget(2), {"calls": 1, "writes": 3}, EVIL)
    limits = next(iter(headers)).startswith(("Retry", "RateLimit"))
    assert own == (pytest.approx(300, abs=2) if limits else None)


def test_a_server_that_an_identity_names_stops_none_of_the_other_accounts() -> None:
    """The same over HTTP: both were registered at one server, and one lives elsewhere by now."""
    with closing(Server()) as entryway, closing(Server()) as elsewhere:
        entryway.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
        elsewhere.on(PROFILE, Reply(429, {}, {"Retry-After": "86400"}))

        def account(number: int, **secret: str) -> PlatformClient:
            known = MemoryStore(access_jwt="a", refresh_jwt="r", did=DID, **secret)
            hosts = {entryway.host, elsewhere.host}
            return registry.connect(
                "bluesky",
                host=entryway.base,
                handle="kota.example",
                secrets=known,
                allowed_private=hosts,
                timing=QUICK,
                budget=RedisBudget(platform="bluesky", host=entryway.host, account_id=number),
            )

        with pytest.raises(RateLimited):
            account(2, pds=elsewhere.base).profile()
        assert account(1).profile().platform_id == DID
        with pytest.raises(BudgetSpent) as spent:
            account(2, pds=elsewhere.base).profile()
    assert spent.value.retry_after == pytest.approx(300, abs=5)


def test_what_a_server_says_of_a_call_that_was_not_counted_there_is_not_heard() -> None:
    made = budget(1)
    made.take({"calls": 1}, publishing=False, server=ENTRYWAY)
    made.learn({"Retry-After": "90"}, status=429, server=EVIL)
    assert wait(budget(1), {"calls": 1}, ENTRYWAY) is wait(budget(1), {"calls": 1}, EVIL) is None


@each("platform", registry.with_clients())
def test_a_platform_is_heard_in_its_own_headers_only(platform: str) -> None:
    known = registry.spec(platform)
    assert known.told.usage == (platform in {"facebook", "instagram", "threads"})
    for quota in known.quotas:
        for headers, status in HOSTILE:
            if status == 429:
                continue
            made = budget(3, platform)
            made.take({quota.name: 1}, publishing=True, server=EVIL)
            made.learn(headers, status=status, server=EVIL)
            name = next(iter(headers)).lower()
            windows = known.told.windows
            heard = name.startswith(windows) if windows else False
            heard = heard or (known.told.usage and "usage" in name)
            closed = wait(made, {quota.name: 1}, EVIL)
            assert (closed is not None) == heard, (quota.name, name)
            assert closed is None or closed <= max(one.seconds for one in known.quotas)
            _forget()


def _forget() -> None:
    client().flushdb()


def test_the_page_shows_what_is_left_where_the_account_is_called(cast: Cast) -> None:
    here = factories.official_account(cast.diskominfo, handle="a.example", host="bsky.social")
    there = factories.official_account(cast.diskominfo, handle="b.example", host="bsky.social")
    budget_for(here).take({"calls": 2}, publishing=False, server=ENTRYWAY)
    made = budget_for(there)
    made.take({"calls": 1}, publishing=False, server=ENTRYWAY)
    made.take({"calls": 5}, publishing=False, server=EVIL)
    made.learn({"Retry-After": "90"}, status=429, server=EVIL)
    left = quotas_left([here, there])
    assert left[here.pk][0] == ("Calls", 2997, 3000)
    assert left[there.pk][0] == ("Calls", 0, 3000)


def test_what_is_left_is_not_told_while_nobody_knows(cast: Cast, settings: Settings) -> None:
    account = factories.official_account(cast.diskominfo, platform="mastodon", handle="kota")
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert quotas_left([account]) == {account.pk: []}


@each("platform", registry.with_clients())
def test_every_quota_has_words_for_people(platform: str) -> None:
    for quota in registry.spec(platform).quotas:
        assert budgets.quota_words(quota.name) != quota.name
