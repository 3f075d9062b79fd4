"""Mix-up (RFC 9700, 4.4): one server passes its visitor on, and another one's code comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import ConsentRequest, Credential, OfficialAccount, PlatformApp
from accounts.platform_guides import given_apps
from accounts.redirects import redirect_uri
from govsocial.platforms.registry import issuers
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage, path_of
from tests.accounts.fake_platform import fake_spec, standing_in_for

ClientAs = Callable[[object], Client]


@pytest.fixture
def theirs(consent: Stage) -> Iterator[OfficialAccount]:
    """An account on a server of somebody else's, which gives out applications itself."""
    factories.reads_english(consent.cast.bayu)
    with standing_in_for("mastodon", fake_spec(own_servers=True)):
        yield factories.official_account(
            consent.cast.diskominfo,
            platform="mastodon",
            handle="samudrakota",
            host=consent.platform.server.host,
        )


def refused(consent: Stage, page: HttpResponse) -> None:
    assert page.status_code == 400
    assert "Another server answered than the one that was asked" in page.content.decode()
    assert consent.platform.server.calls("POST /token") == [], "the code went to nobody"
    (entry,) = trail("accounts.consent.refused")
    assert entry.data == {"reason": "other_server", "error": ""}
    assert ConsentRequest.objects.get().status == "refused", "and the state opens nothing more"
    assert not Credential.objects.exists()


def test_a_code_that_comes_to_the_address_of_another_goes_to_nobody(
    consent: Stage, theirs: OfficialAccount, client_as: ClientAs
) -> None:
    """The server sent its visitor on to X, where our application is registered with its own."""
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser, theirs))
    refused(consent, consent.come_back(browser, reverse("consent_callback"), **brought))


def test_a_code_that_comes_to_the_address_of_another_server_goes_to_nobody(
    consent: Stage, theirs: OfficialAccount, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser, theirs))
    other = reverse(
        "consent_callback_of_server", args=[redirect_uri("other.example").split("/")[-2]]
    )
    refused(consent, consent.come_back(browser, other, **brought))


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "", "HTTP://{host}/", "{host}"])
def test_a_code_of_another_issuer_goes_to_nobody(
    consent: Stage, theirs: OfficialAccount, client_as: ClientAs, issuer: str
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser, theirs))
    told = issuer.format(host=theirs.host)
    refused(consent, consent.come_back(browser, **brought, iss=told))


@pytest.mark.parametrize("issuer", ["http://{host}/", "http://{host}"])
def test_the_issuer_that_was_asked_connects(
    consent: Stage, theirs: OfficialAccount, client_as: ClientAs, issuer: str
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser, theirs))
    told = issuer.format(host=theirs.host)
    assert consent.come_back(browser, **brought, iss=told).status_code == 302
    assert Credential.objects.get(official_account=theirs).status == "good"


def test_every_server_has_an_address_of_its_own_and_platforms_keep_theirs(
    consent: Stage, theirs: OfficialAccount, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser, theirs))
    app = PlatformApp.objects.get(platform="mastodon")
    assert app.redirect_uri == redirect_uri(theirs.host) != redirect_uri("other.example")
    assert path_of(brought["state"]) in app.redirect_uri
    assert redirect_uri() == consent.app.redirect_uri
    assert [one.is_current for one in given_apps()] == [True]
    # One that was registered with the address that all shared is asked for anew.
    PlatformApp.objects.filter(pk=app.pk).update(redirect_uri=redirect_uri())
    assert [one.is_current for one in given_apps()] == [False]
    consent.start(browser, theirs)
    assert PlatformApp.objects.get(pk=app.pk).redirect_uri == redirect_uri(theirs.host)


def test_a_platform_is_known_by_its_own_addresses_only() -> None:
    assert issuers("mastodon", host="kota.example") == {
        "https://kota.example",
        "https://kota.example/",
    }
    assert "https://accounts.google.com" in issuers("youtube")
    assert not issuers("x") & (issuers("youtube") | issuers("facebook") | issuers("tiktok"))
