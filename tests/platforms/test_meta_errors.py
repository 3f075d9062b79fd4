"""What the Graph API's errors mean: by code and subcode, whatever the status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    TokenExpired,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect
from govsocial.platforms.meta import errors
from tests.gathering import each

TOKEN = "EAABsecret"


def answer(body: Any, status: int = 400, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {k.replace("_", "-"): v for k, v in headers.items()}, content, "GET h/x")


def envelope(code: Any = None, subcode: Any = None, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "error_subcode": subcode, "message": "no", **more}}


def judged(
    body: Any, status: int = 400, *, headers: Mapping[str, str] = MappingProxyType({})
) -> PlatformError:
    return errors.failure(answer(body, status, **headers), secrets=[TOKEN])


@each("status", [200, 400, 401, 403, 500])
@each(
    ("code", "subcode", "kind"),
    [
        (190, 463, TokenExpired),
        (102, 463, TokenExpired),
        (190, None, AuthRevoked),
        (190, 458, AuthRevoked),
        (190, 460, AuthRevoked),
        (102, None, AuthRevoked),
        (190, 459, AccountBlocked),
        (190, 490, AccountBlocked),
        (200, 1404078, AccountBlocked),
        (100, 4854002, AccountBlocked),
        (101, None, AppRefused),
        (3, None, PermissionMissing),
        (10, None, PermissionMissing),
        (200, None, PermissionMissing),
        (299, None, PermissionMissing),
        (4, None, RateLimited),
        (17, None, RateLimited),
        (32, None, RateLimited),
        (341, None, RateLimited),
        (613, None, RateLimited),
        (80001, None, RateLimited),
        (80002, None, RateLimited),
        (9, 2207042, RateLimited),
        (368, 1390008, RateLimited),
        (1, None, Unavailable),
        (2, None, Unavailable),
        (-1, 2207001, Unavailable),
        (9004, 2207003, Unavailable),
        (9007, 2207027, Unavailable),
        (24, 4279009, Unavailable),
        (100, 33, NotFound),
        (803, None, NotFound),
        (100, None, Refused),
        (12, None, Refused),
        (506, None, errors.Duplicate),
        (368, None, Refused),
        (36003, 2207009, Refused),
        (100, 2108006, Refused),
    ],
)
def test_code_and_subcode_decide_and_the_status_does_not(
    code: int, subcode: int | None, kind: type[PlatformError], status: int
) -> None:
    assert type(judged(envelope(code, subcode), status)) is kind


def test_a_passing_failure_wins_over_a_text_about_tokens() -> None:
    body = envelope(190, is_transient=True, message="Error validating access token")
    assert type(judged(body)) is Unavailable


def test_a_limit_stays_a_limit_when_it_is_called_passing() -> None:
    assert type(judged(envelope(4, is_transient=True))) is RateLimited


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("(#100) This endpoint requires the 'pages_read_engagement' permission", PermissionMissing),
        ("(#100) missing permission or reviewable feature", PermissionMissing),
        ("(#100) The value must be a valid insights metric", Refused),
    ],
)
def test_a_wrong_parameter_is_told_from_a_missing_right_by_its_words(
    message: str, kind: type[PlatformError]
) -> None:
    assert type(judged(envelope(100, message=message))) is kind


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (1, "Error validating client secret."),
        (100, "Invalid appsecret_proof provided in the API argument"),
        (100, "API calls from the server require an appsecret_proof argument"),
    ],
)
def test_a_wrong_secret_of_the_application_is_the_operators_matter(code: int, message: str) -> None:
    body = envelope(code, message=message)
    assert type(judged(body)) is AppRefused
    # Nothing of a post or of its figures is given up for it.
    assert not errors.is_bad_parameter(answer(body))


def test_an_unclear_end_of_publishing_is_an_unknown_outcome() -> None:
    for body, status in ((envelope(2), 400), (envelope(1), 500), (b"", 504), (b"<html>", 200)):
        found = errors.failure(answer(body, status), secrets=[], effect=Effect.PUBLISH)
        assert type(found) is UnknownOutcome
    ready = errors.failure(answer(envelope(9007, 2207027)), secrets=[], effect=Effect.PUBLISH)
    assert type(ready) is Unavailable, "what was not ready is certainly not published"


@each(
    ("status", "kind"),
    [
        (200, BadAnswer),
        *((status, NotFromPlatform) for status in (400, 401, 403, 404, 410)),
        (429, RateLimited),
    ],
)
def test_without_the_envelope_it_is_not_the_platform_that_speaks(
    status: int, kind: type[PlatformError]
) -> None:
    assert type(judged(b"<html>Forbidden</html>", status)) is kind


def test_a_spent_day_without_a_time_is_asked_for_again_in_an_hour() -> None:
    assert judged(envelope(9, 2207042)).retry_after == 3600
    told = {"X_App_Usage": '{"estimated_time_to_regain_access":2}'}
    assert judged(envelope(9, 2207042), headers=told).retry_after == 120
    assert judged(envelope(368, 1390008)).retry_after is None


@each(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry_After": "7"}, 7.0),
        ({"X_Business_Use_Case_Usage": '{"1":[{"estimated_time_to_regain_access":3}]}'}, 180.0),
        (
            {
                "x_business_use_case_usage": '{"1":[{"estimated_time_to_regain_access":0},'
                '{"estimated_time_to_regain_access":9}],"2":[{"call_count":3}]}'
            },
            540.0,
        ),
        ({"X_App_Usage": '{"call_count":100,"estimated_time_to_regain_access":2}'}, 120.0),
        ({"X_Business_Use_Case_Usage": '{"1":[{"estimated_time_to_regain_access":99999}]}'}, 86400),
        ({"X_Business_Use_Case_Usage": "not json", "Retry_After": "5"}, 5.0),
        ({"X_Business_Use_Case_Usage": "[[[[", "X_App_Usage": "[1]"}, None),
        ({"X_Business_Use_Case_Usage": '{"1":[{"estimated_time_to_regain_access":"x"}]}'}, None),
        ({"X_Business_Use_Case_Usage": '{"1":[{"estimated_time_to_regain_access":1e999}]}'}, None),
    ],
)
def test_the_wait_is_what_the_headers_say(headers: dict[str, str], seconds: float | None) -> None:
    assert judged(envelope(32), headers=headers).retry_after == seconds


def test_words_are_those_for_people_and_hold_no_secret() -> None:
    long = "A" * 60
    told = {"error_user_title": "Gagal", "error_user_msg": f"Foto {TOKEN} {long} terlalu besar."}
    found = judged(envelope(36000, 2207004, message="(#36000) technical", **told))
    assert found.words == "Gagal. Foto … … terlalu besar"
    assert judged(envelope(36000, message=f"plain {TOKEN}")).words == "plain …"
    assert TOKEN not in str(found)
    assert "technical" not in str(found)
    assert "36000/2207004" in str(found)


@each(
    "body",
    [
        {"error": "text"},
        {"error": {}},
        {"error": {"code": "190x"}},
        {"error": {"code": True, "message": 5}},
        {"error": {"code": 9e99, "error_subcode": []}},
        {"error": {"code": "9" * 5000}},
        [],
        None,
        3,
    ],
)
def test_any_shape_of_refusal_is_some_failure(body: Any) -> None:
    assert isinstance(judged(body), PlatformError)
    assert type(judged(body, 500)) is Unavailable


def test_codes_may_come_as_text() -> None:
    assert type(judged(envelope("190", "458"))) is AuthRevoked


@each(
    ("body", "none"),
    [
        (envelope(100, 2108006), True),
        (envelope(10, message="(#10) Not enough viewers for the media to show insights"), True),
        (envelope(10, message="(#10) Application does not have permission"), False),
        (envelope(100), False),
        ({"data": []}, False),
    ],
)
def test_insights_that_there_are_none_of_are_told_from_refusals(body: Any, none: bool) -> None:
    assert errors.is_not_given(answer(body)) is none
