"""Reports are counted with being taken in: mistakes cost none, and no race gets one for nothing."""

from __future__ import annotations

import re
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import ImpersonationReport, ImpersonationStatement, OfficialAccount
from accounts.public import throttle
from tests.accounts.public.test_reports import _stamp_of, send
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("accounts")
MISTAKES: list[dict[str, str]] = [
    {"suspect": "@namaakun"},
    {"suspect": "@satu @dua"},
    {"suspect": "@bpbd_samudra", "platform": "mastodon"},
    {"suspect": "https://www.instagram.com/samudrakota/"},
]


@pytest.fixture
def stamp() -> str:
    return _stamp_of(60)


def said(answer: Any) -> str:
    (words,) = re.findall(r'notice-bad" role="alert"><p>([^<]*)', answer.content.decode())
    return str(words)


def test_mistakes_that_the_register_finds_do_not_use_up_the_reports(
    stamp: str, settings: Any
) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    assert [send(stamp, **one).status_code for one in MISTAKES] == [422] * 4
    assert send(stamp).status_code == 302
    refused = send(_stamp_of(60))
    assert refused.status_code == 429
    assert said(refused).startswith("You have sent this form too often.")


def test_mistakes_have_an_end_too(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    tries = throttle.TRIES_PER_REPORT
    answers = [send(stamp, **MISTAKES[0]) for _n in range(tries + 1)]
    assert [one.status_code for one in answers] == [422] * tries + [429]
    assert said(answers[-1]).startswith("You have sent this form too often.")


@pytest.mark.parametrize(
    "limit", ["PUBLIC_REPORTS_PER_HOUR_NETWORK", "PUBLIC_REPORTS_PER_HOUR_ALL"]
)
def test_who_is_refused_for_others_is_not_blamed(stamp: str, settings: Any, limit: str) -> None:
    setattr(settings, limit, 1)
    assert send(stamp).status_code == 302
    assert said(send(_stamp_of(60))).startswith("Too many reports for now.")
    assert ImpersonationStatement.objects.count() == 1


def test_what_is_not_counted_is_not_kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the last of several sent at once: there was one left when it was looked at."""
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    count = throttle._count_everywhere

    def look_away(most: int, *names: str, **how: Any) -> None:
        if not how.get("only_look"):
            count(most, *names, **how)

    monkeypatch.setattr(throttle, "_count_everywhere", look_away)
    assert [send(_stamp_of(60)).status_code for _n in range(3)] == [302, 429, 429]
    assert ImpersonationReport.objects.count() == 1
    assert ImpersonationStatement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_several_sent_at_once_are_no_more_than_one_may_send(
    cast: Cast, stamp: str, settings: Any
) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 2
    codes: list[int] = []
    at_once = threading.Barrier(5)

    def one(number: int) -> None:
        data = {"suspect": f"t.me/penipu{number}", "happened": "Minta uang", "stamp": stamp}
        at_once.wait()
        try:
            codes.append(Client().post("/official/report/", data).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302, 302, 429, 429, 429]
    assert ImpersonationReport.objects.count() == 2
    assert OfficialAccount.objects.exists()


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:1/0"])
@pytest.mark.parametrize(
    ("passed", "minutes"), [(0, "60 minutes"), (1805, "30 minutes"), (3570, "1 minute;")]
)
def test_who_is_refused_waits_for_what_is_left_of_the_hour(
    stamp: str, settings: Any, url: str, passed: int, minutes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    settings.REDIS_URL = url or settings.REDIS_URL
    throttle.forget()
    assert send(stamp).status_code == 302
    now = time.time
    monkeypatch.setattr(
        throttle, "time", SimpleNamespace(time=lambda: now() + passed, monotonic=time.monotonic)
    )
    refused = send(_stamp_of(60))
    assert refused.status_code == 429
    assert 0 <= 3600 - passed - int(refused.headers["Retry-After"]) <= 10
    assert minutes in said(refused)


def test_the_minute_of_requests_says_what_is_left_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for at, left in ((120.0, 60), (130.5, 50), (179.9, 1)):
        monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda at=at: at))
        assert throttle._Minute().left() == left
