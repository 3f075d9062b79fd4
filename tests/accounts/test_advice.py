"""What people are told to do about a platform that refuses for the application or the account."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.actions.outcomes import note_outcome
from accounts.health import APPLICATION, WAIT, advice_on, health_of
from accounts.selectors import accounts_with_health
from govsocial.platforms.errors import AccountBlocked, AppRefused, PlatformError
from govsocial.platforms.registry import Platform
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast


def told(error: str, platform: str) -> tuple[str, str]:
    with translation.override("en"):
        sentence, where = advice_on(error, platform)
        return str(sentence), where


@pytest.mark.parametrize("platform", [str(one) for one in Platform])
def test_a_refused_application_is_looked_at_where_it_is_entered(platform: str) -> None:
    sentence, where = told("AppRefused", platform)
    assert "does not take the agency's application. Check its" in sentence
    assert where == APPLICATION


@pytest.mark.parametrize("platform", [str(one) for one in Platform])
def test_a_blocked_account_is_looked_at_on_the_platform_and_not_among_applications(
    platform: str,
) -> None:
    sentence, where = told("AccountBlocked", platform)
    assert "application" not in sentence
    assert where == WAIT


@pytest.mark.parametrize(
    ("error", "platform", "words"),
    [
        ("OperatorNeeded", "tiktok", "must audit the application"),
        ("Hidden", "youtube", "audited the project"),
        ("OperatorNeeded", "x", "credit"),
    ],
)
def test_an_audit_and_credit_are_named_where_they_are_meant(
    error: str, platform: str, words: str
) -> None:
    assert words in told(error, platform)[0]
    for other in ("AppRefused", "AccountBlocked"):
        assert not {"audit", "credit"} & set(told(other, platform)[0].split())


@pytest.mark.parametrize(
    ("error", "links"), [(AppRefused("no"), True), (AccountBlocked("no"), False)]
)
def test_either_stops_the_connection_and_a_post_that_met_it_is_no_success(
    cast: Cast, error: PlatformError, links: bool
) -> None:
    account = factories.official_account(cast.diskominfo, platform="x", host="")
    give_credential(account, cast.bayu)
    note_outcome(account.pk, error, of_post=True)
    health = health_of(accounts_with_health(cast.bayu).get(pk=account.pk))
    assert health.state == "stopped"
    assert bool(health.url) is links
