"""A consent that comes back in the session of another person than the one who began it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import actions, tasks
from accounts.capabilities import Role
from accounts.consent_words import Reason
from accounts.models import ConsentRequest, Credential, Revocation
from tests import factories
from tests.accounts.consent_checks import refused
from tests.accounts.consent_stage import Stage, state_of
from tests.accounts.fake_platform import account
from tests.accounts.test_given_back_once import MOMENTS, coming_back

ClientAs = Callable[[object], Client]


@pytest.fixture
def siti(consent: Stage, client_as: ClientAs) -> Client:
    """Who might connect the account as well, and did not begin it."""
    person = factories.reads_english(factories.user("Siti Rahma"))
    factories.grant(person, Role.ADMINISTRATOR, consent.cast.city)
    return client_as(person)


def told_whose_it_is(page: HttpResponse) -> None:
    text = page.content.decode()
    assert page.status_code == 403
    assert "This consent was begun by somebody else" in text
    assert "they can still finish it in time" in text
    for name in ("Bayu", "samudrakota", "answered already"):
        assert name not in text


@pytest.mark.parametrize(
    "brings",
    [
        {},
        {"code": ""},
        {"code": "made-up"},
        {"error": "access_denied"},
        {"iss": "https://x.example"},
    ],
    ids=["code", "no code", "another code", "refusal", "another issuer"],
)
def test_who_began_it_may_still_finish_it(
    consent: Stage, siti: Client, client_as: ClientAs, brings: dict[str, str]
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    told_whose_it_is(consent.come_back(siti, **{**brought, **brings}))
    entry = refused("other_person")
    assert (entry.actor_name, entry.target_id) == ("Siti Rahma", str(consent.account.pk))
    assert ConsentRequest.objects.get().status == "waiting"
    assert not consent.platform.server.calls("POST /token")
    assert consent.come_back(browser, **brought).status_code == 302
    assert Credential.objects.get().official_account == consent.account


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_being_answered_is_not_ended(
    consent: Stage, siti: Client, client_as: ClientAs, moment: str
) -> None:
    with coming_back(consent, client_as("bayu"), moment) as brought:
        told_whose_it_is(consent.come_back(siti, **brought))
    assert ConsentRequest.objects.get().status == "connected"
    assert not Revocation.objects.exists()


def test_what_waits_for_a_choice_stays_to_be_chosen_from(
    consent: Stage, siti: Client, client_as: ClientAs
) -> None:
    consent.platform.accounts = [account("101", "samudrakota"), account("102", "samudrakota")]
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    address = consent.come_back(browser, **brought)["Location"]
    told_whose_it_is(consent.come_back(siti, **brought))
    with pytest.raises(actions.ConsentRefused) as told:
        actions.choose_account(
            actor=consent.cast.dwi,
            browser=str(browser.session.session_key),
            request_id=ConsentRequest.objects.get().pk,
            platform_id="102",
        )
    assert told.value.reason == Reason.OTHER_PERSON
    assert browser.post(address, {"account": "101"}).status_code == 302
    assert not Revocation.objects.exists()


def test_what_is_over_is_told_in_the_same_words_and_stays(
    consent: Stage, siti: Client, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    consent.come_back(browser, **brought)
    told_whose_it_is(consent.come_back(siti, **brought))
    assert Credential.objects.get().status == "good"
    assert not Revocation.objects.exists()


def test_who_was_shown_the_state_has_no_account_of_theirs_connected(
    consent: Stage, siti: Client, client_as: ClientAs
) -> None:
    """Siti agrees with an account of hers at the address that Bayu was sent to, and has his browser
    bring her code: not the state keeps it out, but the register."""
    browser = client_as("bayu")
    address = consent.start(browser)
    told_whose_it_is(consent.come_back(siti, state=state_of(address), code="made-up"))
    hers = consent.platform.consent(address)
    consent.platform.accounts = [account("7", "siti")]
    lured = browser.get(reverse("consent_callback"), hers)
    assert lured["Location"] == reverse("consent_refused")
    assert ConsentRequest.objects.get().reason == Reason.OTHER_ACCOUNT
    assert not Credential.objects.exists()
    tasks.revoke_secrets()
    assert not consent.platform.good, "and what she gave is given back"
