"""The budget of calls, counted in a real Valkey by all workers."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import budgets
from accounts.budgets import RedisBudget, budget_for
from accounts.models import Credential, OfficialAccount
from accounts.quotas_left import QuotaLeft, all_left, quotas_left
from accounts.vault import client_for, seal
from govsocial.local.valkey import Valkey, free_port
from govsocial.platforms import registry
from govsocial.platforms.budget import Quota, Scope, Told
from govsocial.platforms.errors import BudgetSpent
from govsocial.platforms.spec import Spec
from govsocial.training.agency import BY_KEY
from tests import factories
from tests.cast import Cast

SECRET = BY_KEY["mastodon:samudrakota"].secret
QUOTAS = (
    Quota(name="calls", amount=10, seconds=60, scope=Scope.ACCOUNT, reserve=3, source="here"),
    Quota(name="app", amount=10, seconds=600, scope=Scope.APP, source="here"),
    Quota(
        name="units",
        amount=100,
        seconds=86_400,
        scope=Scope.APP,
        reserve=20,
        zone="America/Los_Angeles",
    ),
    Quota(name="posts", amount=10, seconds=3_600, scope=Scope.ACCOUNT, source="here"),
)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Valkey(Path(tmp_path_factory.mktemp("valkey")))
    yield server.start()
    server.stop()


@pytest.fixture(autouse=True)
def counted(
    valkey: str, settings: Settings, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = valkey
    settings.BUDGET_PREFIX = request.node.name
    told = getattr(request, "param", Told(windows="x-rate-limit-", usage=True))
    known: Spec = replace(registry.spec("mastodon"), quotas=QUOTAS, told=told)
    monkeypatch.setattr(budgets, "spec", lambda platform: known)


def left(made: RedisBudget) -> list[QuotaLeft]:
    (found,) = all_left([made])
    return found


class Budget(RedisBudget):
    """Of an account that calls one server only."""

    def take(
        self, costs: Mapping[str, int], *, publishing: bool, server: str = "https://s.example"
    ) -> None:
        super().take(costs, publishing=publishing, server=server)

    def learn(
        self, headers: Mapping[str, str], *, status: int, server: str = "https://s.example/api"
    ) -> None:
        super().learn(headers, status=status, server=server)


def budget(account_id: int = 1) -> Budget:
    return Budget(platform="mastodon", host="s.example", account_id=account_id)


def refused(made: Budget, quota: str, cost: int = 1, *, publishing: bool = False) -> float:
    with pytest.raises(BudgetSpent) as caught:
        made.take({quota: cost}, publishing=publishing)
    assert caught.value.retry_after is not None
    return caught.value.retry_after


def test_pulls_leave_the_reserve_to_publishing() -> None:
    made = budget()
    for _ in range(7):
        made.take({"calls": 1}, publishing=False)
    assert refused(made, "calls") == pytest.approx(60, abs=2)
    for _ in range(3):
        budget().take({"calls": 1}, publishing=True)
    assert refused(made, "calls", publishing=True) == pytest.approx(60, abs=2)
    budget(account_id=2).take({"calls": 7}, publishing=False)


def test_of_several_quotas_none_is_used_up_when_one_refuses() -> None:
    made = budget()
    made.take({"app": 10}, publishing=True)
    for publishing in (True, False):
        with pytest.raises(BudgetSpent, match="app"):
            made.take({"calls": 2, "units": 5, "app": 1}, publishing=publishing)
    used = {one.name: one.used for one in left(made)}
    assert used == {"calls": 0, "app": 10, "units": 0, "posts": 0}
    made.take({"calls": 2, "units": 5}, publishing=False)
    assert {one.name: one.used for one in left(made)} == {
        "calls": 2,
        "app": 10,
        "units": 5,
        "posts": 0,
    }


def test_of_several_quotas_at_once_none_is_passed() -> None:
    """Forty calls of eight workers race for ten of each quota; more may be refused than need be."""
    start, went = threading.Barrier(8), []

    def work(made: Budget) -> None:
        start.wait()
        for _ in range(5):
            try:
                made.take({"calls": 1, "app": 1}, publishing=True)
            except BudgetSpent:
                continue
            went.append(1)

    threads = [threading.Thread(target=work, args=[budget()]) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    used = {one.name: one.used for one in left(budget())}
    assert 0 < len(went) <= 10
    assert used["calls"] == 10 or used["app"] == 10
    assert max(used["calls"] or 0, used["app"] or 0) <= 10


def test_the_window_moves() -> None:
    made = budget()
    start = datetime.now(UTC)
    for second in range(7):
        with _at(start + timedelta(seconds=second * 5)):
            made.take({"calls": 1}, publishing=False)
    with _at(start + timedelta(seconds=40)):
        assert refused(made, "calls") == pytest.approx(20, abs=1)
        assert refused(made, "calls", 3) == pytest.approx(30, abs=1)
        assert refused(made, "calls", 8) == 60, "more than there ever is"
    with _at(start + timedelta(seconds=61)):
        made.take({"calls": 1}, publishing=False)
        assert refused(made, "calls") == pytest.approx(4, abs=1)


def _at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def test_a_budget_of_the_application_is_shared_by_accounts_of_one_server() -> None:
    budget(1).take({"app": 6}, publishing=False)
    assert refused(budget(2), "app", 5) > 0
    budget(2).take({"app": 5}, publishing=False, server="https://other.example")


def test_a_day_begins_at_midnight_where_the_platform_counts() -> None:
    made = budget()
    before = datetime(2026, 11, 24, 7, 59, tzinfo=UTC)
    with _at(before):
        made.take({"units": 80}, publishing=False)
        assert refused(made, "units") == pytest.approx(60)
        made.take({"units": 20}, publishing=True)
        assert refused(made, "units", publishing=True) == pytest.approx(60)
    with _at(before + timedelta(seconds=61)):
        made.take({"units": 80}, publishing=False)
        # The clocks of Los Angeles were set back on November 1st: midnight is at 8 UTC.
        assert refused(made, "units") == pytest.approx(86_400, abs=2)


def test_workers_at_once_take_no_more_than_there_is() -> None:
    taken: list[str] = []
    start = threading.Barrier(16)

    def work(quota: str) -> None:
        made = budget()
        start.wait(timeout=5)
        for _ in range(20):
            try:
                made.take({quota: 1}, publishing=True)
            except BudgetSpent:
                continue
            taken.append(quota)

    workers = [
        threading.Thread(target=work, args=(quota,))
        for quota in ["calls", "units"]
        for _ in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert taken.count("calls") == 10
    assert taken.count("units") == 100


def test_a_quota_that_the_platform_does_not_have_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        budget().take({"likes": 1}, publishing=False)


def test_without_redis_publishing_goes_on_and_pulls_wait(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    settings.REDIS_URL = f"redis://:geheim-sandi@127.0.0.1:{free_port()}/0"
    made = budget()
    made.take({"calls": 1}, publishing=True)
    made.take({"units": 1}, publishing=True)
    assert refused(made, "calls") == budgets.WITHOUT_REDIS
    assert refused(made, "units") == budgets.WITHOUT_REDIS
    made.learn({"X-App-Usage": '{"call_count": 100}'}, status=200)
    assert [one.used for one in left(made)] == [None] * 4
    assert "Redis is not reachable" in caplog.text
    assert all("geheim" not in repr(vars(record)) for record in caplog.records)


USAGE = {"call_count": 28, "total_time": 95, "total_cputime": 12}


@pytest.mark.parametrize(
    ("headers", "pulls", "publishing"),
    [
        ({"X-App-Usage": json.dumps({"call_count": 28, "total_time": 25})}, None, None),
        ({"x-app-usage": json.dumps(USAGE)}, 300, None),
        ({"X-App-Usage": json.dumps({"call_count": 100})}, 300, 300),
        (
            {
                "X-Business-Use-Case-Usage": json.dumps(
                    {"17": [{**USAGE, "call_count": 100, "estimated_time_to_regain_access": 19}]}
                )
            },
            19 * 60,
            19 * 60,
        ),
        (
            {
                "X-Business-Use-Case-Usage": json.dumps(
                    {"17": [{"estimated_time_to_regain_access": 2}], "18": [{"call_count": 5}]}
                )
            },
            120,
            120,
        ),
        ({"X-App-Usage": "[]", "X-Business-Use-Case-Usage": '{"a": 1, "b": [1, {}]}'}, None, None),
        (
            {"X-App-Usage": "{", "X-Business-Use-Case-Usage": '{"a": [{"call_count": "x"}]}'},
            None,
            None,
        ),
        ({"x-rate-limit-limit": "900", "x-rate-limit-remaining": "0", "RESET": "900"}, 900, 900),
        ({"x-rate-limit-limit": "900", "x-rate-limit-remaining": "200", "RESET": "60"}, 60, None),
        ({"x-rate-limit-limit": "900", "x-rate-limit-remaining": "800", "RESET": "60"}, None, None),
        ({"x-rate-limit-limit": "x", "x-rate-limit-remaining": "-1", "RESET": "60"}, None, None),
        ({"x-rate-limit-limit": "9" * 400, "x-rate-limit-remaining": "0"}, None, None),
        ({"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0"}, 60, 60),
    ],
    ids=range(13),
)
def test_a_budget_is_closed_as_the_platform_says(
    headers: dict[str, str], pulls: float | None, publishing: float | None
) -> None:
    made = budget()
    made.take({"calls": 1}, publishing=False)
    if "RESET" in headers:
        ends = datetime.now(UTC) + timedelta(seconds=float(headers.pop("RESET")))
        headers = {**headers, "x-rate-limit-reset": str(int(ends.timestamp()))}
    made.learn(headers, status=200)
    for wanted, is_publishing in ((pulls, False), (publishing, True)):
        if wanted is None:
            budget().take({"calls": 1}, publishing=is_publishing)
        else:
            assert refused(budget(), "calls", publishing=is_publishing) == pytest.approx(
                wanted, abs=2
            )
    by_app = next(iter(headers)).lower() == "x-app-usage" and pulls is not None
    if by_app:
        assert refused(budget(account_id=2), "calls") > 0
    else:
        budget(account_id=2).take({"calls": 1}, publishing=False)


@pytest.mark.parametrize("counted", [Told(windows="x-ratelimit-")], indirect=True)
@pytest.mark.parametrize("hours", [-3, 3])
def test_the_end_of_a_window_is_meant_on_the_clock_of_the_platform(hours: int) -> None:
    made = budget()
    made.take({"calls": 1}, publishing=False)
    there = datetime.now(UTC) + timedelta(hours=hours)
    headers = {
        "Date": format_datetime(there, usegmt=True),
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": (there + timedelta(minutes=4)).isoformat(),
    }
    made.learn(headers, status=200)
    assert refused(made, "calls", publishing=True) == pytest.approx(240, abs=2)


def test_a_refusal_closes_the_quota_that_was_asked_and_no_other() -> None:
    made = budget()
    made.take({"calls": 1}, publishing=False)
    made.take({"app": 1}, publishing=False)
    made.learn({"Retry-After": "90"}, status=429)
    assert refused(made, "app", publishing=True) == pytest.approx(90, abs=2)
    made.take({"calls": 1}, publishing=False)
    made.learn({}, status=429)
    made.take({"calls": 1}, publishing=False)


@pytest.mark.parametrize("counted", [Told(windows="ratelimit-")], indirect=True)
def test_headers_that_name_their_window_speak_of_that_quota() -> None:
    made = budget()
    made.take({"app": 1}, publishing=False)
    made.learn(
        {"RateLimit-Limit": "10", "RateLimit-Remaining": "0", "RateLimit-Policy": "10;w=60"},
        status=200,
    )
    made.take({"app": 1}, publishing=False)
    assert refused(made, "calls", publishing=True) == pytest.approx(60, abs=2)


def test_what_is_left_is_told_and_what_nobody_knows_is_not(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo, platform="mastodon", handle="kota")
    made = Budget(platform="mastodon", host=account.host, account_id=account.pk)
    calls, _app, units, _posts = left(budget_for(account))
    assert (calls.used, calls.left, calls.limit, calls.reserve) == (0, 10, 10, 3)
    assert (calls.closed_until, calls.told_percent) == (None, None)
    now = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    with _at(now):
        made.take({"calls": 4}, publishing=False)
        made.take({"units": 30}, publishing=False)
        headers = {"X-Business-Use-Case-Usage": '{"1": [{"call_count": 100}]}'}
        made.learn(headers, status=200)
        calls, _app, units, _posts = left(budget_for(account))
    assert (calls.used, calls.left, calls.resets_at) == (4, 6, now + timedelta(seconds=60))
    assert calls.closed_until == now + timedelta(seconds=300)
    assert calls.told_percent == 100
    assert (units.used, units.left) == (30, 70)
    assert units.resets_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_the_client_of_an_account_counts_its_calls(
    cast: Cast, mastodon: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "spec", registry.spec)
    sealed, version = seal(mastodon.pk, {"access_token": SECRET})
    Credential.objects.create(
        official_account=mastodon,
        sealed=sealed,
        key_version=version,
        connected_by=cast.bayu,
        connected_at=timezone.now(),
    )
    client_for(mastodon).profile()
    (calls, *_rest) = left(budget_for(mastodon))
    assert (calls.used, calls.limit) == (1, 300)
    assert calls.told_percent is not None


def test_what_is_left_is_told_as_the_health_page_asks_for_it(cast: Cast) -> None:
    account, other = (
        factories.official_account(cast.dinkes, platform="mastodon", handle=name, host="s.example")
        for name in ("kota", "dinas")
    )
    made = Budget(platform="mastodon", host=account.host, account_id=account.pk)
    made.take({"calls": 4}, publishing=False)
    made.take({"app": 1}, publishing=False)
    made.learn({"Retry-After": "90"}, status=429)
    assert quotas_left([account, other]) == {
        account.pk: [
            ("Calls", 6, 10),
            ("app", 0, 10),
            ("Units in a day", 100, 100),
            ("Posts sent", 10, 10),
        ],
        other.pk: [
            ("Calls", 10, 10),
            ("app", 0, 10),
            ("Units in a day", 100, 100),
            ("Posts sent", 10, 10),
        ],
    }
