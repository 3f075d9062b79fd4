"""What a server may say to break its reader: dates beyond the calendar, numbers without end, depth.

Whatever it says, a call ends with what was asked for or with a ``PlatformError``: anything else
leaves an attempt open, an account's health at "good" and a page with an error of the server.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from math import isfinite
from typing import Any

import pytest

from accounts.actions.matching import LONGEST_ADDRESS, LONGEST_ID, public_address, refuse_unkeepable
from accounts.models import OfficialAccount
from accounts.usage import words_of
from govsocial.platforms import oauth
from govsocial.platforms.base import PostPage
from govsocial.platforms.clock import FIRST, LAST, ONE_DAY, clock_ahead, moment, retry_after
from govsocial.platforms.errors import BadAnswer, PlatformError, RateLimited, UnknownOutcome
from govsocial.platforms.figures import json_object, number, whole
from govsocial.platforms.keeping import LONGEST_LINK, fits, storable
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.registry import register_app, spec
from govsocial.platforms.spec import Registration
from kpi.actions.reading import Reading, _keep
from tests.gathering import each
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.fault_tools import (
    Call,
    asked,
    at,
    calls,
    changed,
    items,
    paths,
    reads,
    understood,
    with_value,
)
from tests.platforms.stages import Stage, stages

STAGES = stages()
TOO_LATE = "Fri, 31 Dec 9999 23:59:59 -2300"
TOO_EARLY = "Mon, 01 Jan 0001 00:00:00 +2300"
ENDS_OF_THE_CALENDAR = ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"]
HUGE = "9" * 400
HEADERS = [
    {"Date": TOO_LATE, "Retry-After": TOO_EARLY},
    {"Date": TOO_EARLY, "Retry-After": HUGE, "X-RateLimit-Reset": TOO_LATE},
    {"Date": "\xff", "Retry-After": "nan", "RateLimit-Reset": "-inf", "X-RateLimit-Reset": "1e999"},
    {"Content-Type": "text/xml; charset=a\0b", "ETag": "\xff", "Last-Modified": TOO_LATE},
    {"X-App-Usage": f'{{"call_count": {HUGE}}}'},
    {"X-App-Usage": "[" * 30_000, "X-Business-Use-Case-Usage": '{"a":' * 10_000},
    {"X-Business-Use-Case-Usage": f'{{"1": [{{"estimated_time_to_regain_access": {HUGE}}}]}}'},
    {"x-rate-limit-reset": "9" * 11, "x-rate-limit-remaining": "0", "Date": TOO_LATE},
    {"RateLimit-Limit": "1", "RateLimit-Remaining": "1", "RateLimit-Policy": f"1;w={'9' * 5000}"},
]
BODIES = {
    "deep": b'{"data": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "digits": b'{"data": ' + b"9" * 5000 + b"}",
    "surrogate": b'{"data": "\\ud800"}',
    "infinite": b"[1e400]",
}
DATES = {"created_at", "createdAt", "created_time", "timestamp", "publishedAt", "end_time"}


def these(wanted: list[Stage]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", wanted, ids=str)


def with_headers(answer: Any, headers: dict[str, str]) -> Callable[[Received], Reply]:
    def reply(received: Received) -> Reply:
        good = asked(answer, received)
        return Reply(good.status, good.body, {**good.headers, **headers})

    return reply


@these(STAGES)
@each("call", calls)
def test_no_header_of_a_good_answer_changes_what_it_says(server: Server, call: Call) -> None:
    call.stage.good(server)
    good = server.answer_of(call.route)
    post = call.stage.outgoing()
    before = _done(call, server, post)
    for headers in HEADERS:
        server.on(call.route, with_headers(good, headers))
        assert _done(call, server, post) == before, headers


def _done(call: Call, server: Server, post: Any) -> Any:
    client = call.stage.client(server)
    if call.name != "publish":
        return understood(call.do(client))
    done = client.publish(post)
    return done.platform_id, done.permalink


@these(STAGES)
@each("call", calls)
def test_no_header_of_a_limit_hides_that_there_is_one(server: Server, call: Call) -> None:
    call.stage.good(server)
    for headers in HEADERS:
        failure = call.fails(server, Reply(429, {}, headers))
        assert type(failure) is RateLimited, headers
        assert failure.retry_after is None or 0 <= failure.retry_after <= ONE_DAY


@these(STAGES)
@each("body", BODIES)
@each("call", calls)
def test_a_body_that_breaks_readers_is_a_bad_answer(
    server: Server, call: Call, body: bytes
) -> None:
    call.stage.good(server)
    assert type(call.fails(server, Reply(200, body))) is (
        UnknownOutcome if call.name == "publish" else BadAnswer
    )
    assert isinstance(call.fails(server, Reply(403, body)), PlatformError)


@these(STAGES)
@each("call", calls)
def test_a_refusal_whose_parts_are_of_another_type_is_a_refusal(server: Server, call: Call) -> None:
    call.stage.good(server)
    names = ("error", "code", "title", "reason", "message", "detail", "type", "status")
    odds: list[Any] = [[], {"a": 1}, 10**30]
    for odd in odds:
        inner = dict.fromkeys(names, odd)
        for body in (inner, {"error": inner}, {"errors": [inner]}, {"error": {"errors": [inner]}}):
            assert isinstance(call.fails(server, Reply(403, body)), PlatformError), body


@these(STAGES)
@each("date", ENDS_OF_THE_CALENDAR)
@each("call", lambda stage: [one for one in reads(stage) if one.name != "profile"])
def test_a_date_at_the_end_of_the_calendar_loses_no_post(
    server: Server, call: Call, date: str
) -> None:
    """The post is given with a year that whoever keeps posts leaves out, and the others stay."""
    call.stage.good(server)
    before = items(call.do(call.stage.client(server)))
    for route in server.routes():
        server.on(route, _dated(server.answer_of(route), date))
    after = items(call.do(call.stage.client(server)))
    assert [one.platform_id for one in after] == [one.platform_id for one in before]
    # Numbers of seconds and feeds have bounds of their own.
    beyond = [one for one in after if one.posted_at.year in {1, 9999}]
    assert beyond or call.stage.name in {"feed", "tiktok"}
    for one in after:
        assert FIRST <= one.posted_at <= LAST
        assert one.posted_at.utcoffset() == timedelta(0)


def _dated(answer: Any, date: str) -> Any:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: date if name in DATES and isinstance(inner, str) else change(inner)
                for name, inner in value.items()
            }
        return [change(inner) for inner in value] if isinstance(value, list) else value

    is_json = not isinstance(answer, Reply) or isinstance(answer.body, dict | list)
    return changed(answer, change) if is_json else answer


def test_header_dates_numbers_and_objects_are_told_or_not_and_never_raise() -> None:
    for date in (TOO_LATE, TOO_EARLY, *ENDS_OF_THE_CALENDAR):
        told = moment(date)
        assert told is not None
        assert FIRST <= told <= LAST
        assert retry_after({"Date": date, "Retry-After": "30"}) == 30
        # A year of two digits is one of ours in an HTTP date.
        assert clock_ahead({"Date": date}) == timedelta(0) or told.year == 2000
    here = datetime.now(UTC) - timedelta(days=20_000)
    behind = clock_ahead({"Date": here.isoformat()}) + timedelta(days=20_000)
    assert abs(behind) < timedelta(minutes=1)
    assert [number(one) for one in (True, "1", None, 10**400, 1e400, float("nan"))] == [None] * 6
    assert [whole(one) for one in (42, 42.0, -1, 1e400, False)] == [42, 42, -1, None, None]
    assert [json_object(one) for one in (None, "", "[1]", "{", "[" * 30_000)] == [{}] * 5
    assert storable({"a": [1e400, -1e400], "b": 1.5}) == {"a": [None, None], "b": 1.5}


@each("status", [200, 429])
@each("platform", sorted({stage.name for stage in STAGES}))
def test_what_a_platform_says_of_its_limits_is_taken_or_left(platform: str, status: int) -> None:
    known = spec(platform)
    quotas = {quota.name: quota for quota in known.quotas}
    for headers, last in product(HEADERS, (None, *quotas.values())):
        for word in words_of(headers, status=status, quotas=quotas, last=last, told=known.told):
            told = (word.percent, word.closes, word.closes_pulls)
            assert all(one is None or isfinite(one) for one in told), headers


@each("client_id", ["x" * 5000, "1\0", "", []])
def test_a_client_id_that_cannot_be_kept_is_a_bad_answer(server: Server, client_id: Any) -> None:
    given = {"client_id": "1", "client_secret": "rahasia"}
    asked_for = Registration(name="govsocial", website="", redirect_uri="https://kota.example/")
    server.on("POST /api/v1/apps", Reply(200, given), Reply(200, {**given, "client_id": client_id}))

    def register() -> AppCredentials:
        allowed = {server.host}
        return register_app("mastodon", asked_for, host=server.host, allowed_private=allowed)

    assert register().client_id == "1"
    with pytest.raises(BadAnswer):
        register()


ROTATING = [stage for stage in STAGES if stage.expired is not None and stage.refresh]
ODD = [1e12, 1e18, 1e300, -5, 0, "abc", HUGE, [], ["a", 1], {}, True, None]
BESIDE = ("expires_in", "refresh_expires_in", "refresh_token_expires_in", "scope", "handle")


def test_the_platforms_whose_refresh_tokens_rotate_take_part() -> None:
    assert {"bluesky", "tiktok", "x", "youtube"} <= {stage.name for stage in ROTATING}


@these(ROTATING)
@each("odd", ODD)
def test_nothing_beside_the_tokens_loses_them(server: Server, stage: Stage, odd: Any) -> None:
    """The token from before is used up: an odd end of the new one is only not told."""
    stage.good(server)
    assert stage.expired is not None
    body = json.loads(asked(server.answer_of(stage.refresh), NOTHING).encoded())
    names = [*BESIDE, *(name for name in body if body[name] not in stage.secrets)]
    for name in dict.fromkeys(names):
        # Another account than ours is refused: that is for a person.
        if name in {"did", "open_id"} and isinstance(odd, str):
            continue
        if name == "did":
            continue
        stage.good(server)
        good = server.answer_of(stage.profile)
        server.on(stage.refresh, Reply(200, {**body, name: odd}))
        server.on(stage.profile, stage.expired, good)
        refreshed = len(server.calls(stage.refresh))
        client = stage.client(server)
        client.profile()
        client.profile()
        assert len(server.calls(stage.refresh)) == refreshed + 1, name
        first, *later = [_token(one) for one in server.calls(stage.profile)[-3:]]
        assert later == [later[0]] * 2, name
        assert later[0] != first, name


NOTHING = Received("POST", "/", {}, {}, b"")


def _token(received: Received) -> str:
    return received.headers.get("Authorization", "")


def test_an_end_is_told_or_not() -> None:
    assert [oauth.moment_after(one) for one in (None, 1e12, -1e300, float("nan"))] == [None] * 4
    never = (None, 0, 253_402_300_799, -1e300, 10**400)
    assert [oauth.moment_at(one) for one in never] == [None] * 5
    told = oauth.moment_at(datetime.now(UTC).timestamp() + 60)
    assert told is not None
    assert oauth.is_near_end({"expires_at": told}, timedelta(minutes=2))


@these(STAGES)
@each("odd", ["x" * 5000, "kota\0", "https://kota.example/" + "x" * 5000])
@each("call", lambda stage: [one for one in reads(stage) if one.name != "metrics"])
def test_no_text_of_a_platform_is_too_long_for_where_it_is_kept(
    server: Server, call: Call, odd: str
) -> None:
    call.stage.good(server)
    answer = asked(server.answer_of(call.route), Received("GET", "/", {}, {}, b""))
    if not isinstance(answer.body, dict | list):
        assert call.stage.name == "feed"
        return
    account = OfficialAccount(platform=call.stage.name, host=server.host, handle="kota")
    for path in paths(answer.body):
        if not isinstance(at(answer.body, path), str):
            continue
        server.on(call.route, Reply(200, with_value(answer.body, path, odd)))
        told = call.ends(server)
        if isinstance(told, PostPage):
            for post in _keep(Reading(), told.posts):
                assert fits(post.platform_id, LONGEST_ID + 100), path
                assert fits(post.permalink, LONGEST_LINK), path
        elif not isinstance(told, PlatformError):
            try:
                refuse_unkeepable(account, told)
            except BadAnswer:
                continue
            assert fits(told.platform_id, LONGEST_ID), path
            assert fits(public_address(account, told.url), LONGEST_ADDRESS), path
