"""A server that forgot our application is asked for another one, and nobody is stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions.platform_apps import forget_given
from accounts.models import Credential, OfficialAccount, PlatformApp, User
from accounts.vault import open_row
from govsocial.platforms.errors import AppRefused, AppUnknown, Refused
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.registry import authorisation
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import fake_spec, standing_in_for
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]
APPS = "POST /api/v1/apps"


@pytest.fixture
def account(consent: Stage) -> Iterator[OfficialAccount]:
    """An account on a server that gives out applications."""
    with standing_in_for("mastodon", fake_spec(own_servers=True)):
        yield factories.official_account(
            consent.cast.diskominfo,
            platform="mastodon",
            handle="samudrakota",
            host=consent.platform.server.host,
        )


def app_of(account: OfficialAccount) -> PlatformApp:
    return PlatformApp.objects.get(platform="mastodon", host=account.host, replaced_at=None)


def test_an_application_that_was_forgotten_is_asked_for_anew_before_anybody_is_sent_there(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser, server = client_as("bayu"), consent.platform.server
    consent.start(browser, account)
    consent.start(browser, account)
    first = app_of(account).client_id
    assert len(server.calls(APPS)) == 1
    consent.platform.forget_app()
    address = consent.start(browser, account)
    second = app_of(account)
    assert len(server.calls(APPS)) == 2
    assert second.client_id != first
    assert second.client_id in address
    assert open_row(second) == consent.platform.client_secret
    assert [one.data["changed"] for one in trail("accounts.platform_app.configured")][-1] == [
        "client_id", "client_secret",
    ]  # fmt: skip
    assert consent.come_back(browser, **consent.platform.consent(address)).status_code == 302
    assert Credential.objects.get(official_account=account).status == "good"


def test_who_was_on_the_way_when_it_was_forgotten_is_told_and_begins_again(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    factories.reads_english(consent.cast.bayu)
    browser, server = client_as("bayu"), consent.platform.server
    brought = consent.platform.consent(consent.start(browser, account))
    consent.platform.forget_app()
    page = consent.come_back(browser, **brought)
    assert page.status_code == 409
    assert "The server no longer knows our application" in page.content.decode()
    assert trail("accounts.consent.refused")[0].data == {
        "reason": "app_forgotten",
        "error": "AppUnknown",
    }
    (told,) = trail("accounts.platform_app.unknown")
    assert told.actor == User.objects.system()
    assert forget_given(app=app_of(account))
    assert len(trail(told.event)) == 1, "once"
    assert consent.connect(browser, account).status_code == 302
    assert len(server.calls(APPS)) == 2


def test_a_server_in_trouble_loses_nobody_their_application(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser, server = client_as("bayu"), consent.platform.server
    consent.start(browser, account)
    server.on("POST /token", Reply(403, {"error": "forbidden"}))
    consent.start(browser, account)
    assert len(server.calls(APPS)) == 1


def test_an_application_that_was_entered_by_hand_is_for_an_administrator(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    consent.platform.forget_app()
    consent.come_back(browser, **brought)
    assert trail("accounts.consent.refused")[0].data["reason"] == "app_refused"
    consent.app.refresh_from_db()
    assert consent.app.redirect_uri.endswith(reverse("consent_callback"))


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        (401, "invalid_client", AppUnknown),
        (400, "invalid_client", AppUnknown),
        (401, "The client is not known", AppUnknown),
        (403, "unauthorized_client", AppRefused),
        (400, "invalid_grant", Refused),
    ],
)
def test_what_a_mastodon_server_says_of_the_application_is_told_apart_from_the_code(
    consent: Stage, status: int, error: str, raised: type[Exception]
) -> None:
    server = consent.platform.server
    server.on("POST /oauth/token", Reply(status, {"error": error}))
    way = authorisation(
        "mastodon",
        app=AppCredentials(client_id="x", client_secret="y"),
        host=server.host,
        allowed_private=[server.host],
    )
    with pytest.raises(raised) as told:
        way.exchange(code="z", redirect_uri="https://x.example/", verifier="v" * 64)
    assert type(told.value) is raised
