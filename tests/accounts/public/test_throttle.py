"""One address may ask a great deal, and not everything. No header changes which address it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast

CHECK = "/official/check/"


def ask(number: int, **headers: str) -> int:
    return Client().get(CHECK, {"q": f"@akun{number}abc"}, headers=headers).status_code


def test_what_has_to_be_worked_out_is_counted_and_what_is_kept_is_not(
    cast: Cast, settings: Any
) -> None:
    settings.PUBLIC_LOOKUPS_PER_MINUTE = 3
    assert [ask(number) for number in range(5)] == [200, 200, 200, 429, 429]
    assert [ask(0) for _again in range(5)] == [200] * 5
    refused = Client().get(CHECK, {"q": "@lagi", "lang": "en"})
    assert 50 <= int(refused.headers["Retry-After"]) <= 60
    assert "try again in 1 minute" in refused.content.decode()


def test_kept_pages_have_a_limit_too(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_REQUESTS_PER_MINUTE = 4
    assert [ask(0) for _again in range(6)] == [200] * 4 + [429] * 2


def test_a_forged_header_is_no_other_address(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_LOOKUPS_PER_MINUTE = 2
    forged = [ask(n, **{"X-Forwarded-For": f"36.1.1.{n}", "X-Real-IP": f"36.2.2.{n}"})
              for n in range(4)]  # fmt: skip
    assert forged == [200, 200, 429, 429]


def test_behind_a_proxy_the_proxys_word_counts(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_LOOKUPS_PER_MINUTE = 2
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    same = [ask(n, **{"X-Forwarded-For": f"36.1.1.{n}, 36.9.9.9"}) for n in range(3)]
    assert same == [200, 200, 429]
    assert ask(9, **{"X-Forwarded-For": "36.9.9.10"}) == 200


@pytest.mark.parametrize("settings_value", [1])
def test_a_whole_line_of_ipv6_is_one_address(
    cast: Cast, settings: Any, settings_value: int
) -> None:
    settings.PUBLIC_LOOKUPS_PER_MINUTE = settings_value
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    line = [ask(n, **{"X-Forwarded-For": f"2001:db8:1:2::{n:x}"}) for n in range(2)]
    assert line == [200, 429]
    assert ask(5, **{"X-Forwarded-For": "2001:db8:1:3::1"}) == 200


def test_the_report_form_can_always_be_opened(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_LOOKUPS_PER_MINUTE = 0
    assert Client().get(reverse("official:report_make")).status_code == 200
