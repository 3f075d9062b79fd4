"""Several accounts of a consent match: a person chooses, and what is not chosen is given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import actions, tasks, vault
from accounts.actions import consents
from accounts.actions.consent_refusals import settle
from accounts.capabilities import Role
from accounts.consent_words import Reason
from accounts.models import ConsentRequest, Credential, PlatformApp, Revocation
from govsocial.platforms.oauth import Authorisation
from tests import factories
from tests.accounts.consent_checks import everything_at_rest
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import account
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]


@pytest.fixture
def choosing(consent: Stage, client_as: ClientAs) -> tuple[Stage, Client, str]:
    consent.platform.accounts = [
        account("101", "samudrakota"), account("102", "samudrakota"), account("7", "lain"),
    ]  # fmt: skip
    browser = client_as("bayu")
    answer = consent.connect(browser)
    assert answer.status_code == 302
    return consent, browser, answer["Location"]


def test_several_that_match_wait_for_a_choice_with_their_secrets_sealed(
    choosing: tuple[Stage, Client, str],
) -> None:
    consent, browser, address = choosing
    page = browser.get(address).content.decode()
    assert page.count('name="account"') == 2
    for secret in consent.platform.secrets():
        assert secret not in page
        assert secret not in everything_at_rest()
    assert not Credential.objects.exists()
    answer = browser.post(address, {"account": "102"})
    # The fake's profile is the account that was chosen.
    assert answer.status_code == 302
    assert Credential.objects.get().official_account.platform_id == "102"
    assert browser.post(address, {"account": "101"}).status_code == 404, "the choice is made"


@pytest.mark.parametrize("forged", ["7", "999", "", "102 OR 1=1"])
def test_what_does_not_match_cannot_be_chosen(
    choosing: tuple[Stage, Client, str], forged: str
) -> None:
    _consent, browser, address = choosing
    assert browser.post(address, {"account": forged}).status_code == 422
    assert not Credential.objects.exists()
    assert ConsentRequest.objects.get().status == "choosing"


def test_a_choice_belongs_to_person_and_browser(
    choosing: tuple[Stage, Client, str], client_as: ClientAs
) -> None:
    consent, _browser, address = choosing
    siti = factories.user("Siti Rahma")
    factories.grant(siti, Role.ADMINISTRATOR, consent.cast.city)
    for other in (client_as(siti), client_as("bayu")):
        assert other.get(address).status_code == 404
        assert other.post(address, {"account": "101"}).status_code == 404
    assert not Credential.objects.exists()


def test_a_choice_that_nobody_makes_is_given_back(choosing: tuple[Stage, Client, str]) -> None:
    consent, browser, address = choosing
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.get(address).status_code == 404
    assert actions.tidy_consents(actor=consent.cast.bayu) == 1
    assert actions.tidy_consents(actor=consent.cast.bayu) == 0
    request = ConsentRequest.objects.get()
    assert (request.status, request.reason, request.sealed) == ("refused", "expired", "")
    assert Revocation.objects.get().outcome == "waiting"


@pytest.mark.parametrize("how", ["another browser", "too late"])
def test_an_offer_that_ends_otherwise_is_given_back_as_well(
    choosing: tuple[Stage, Client, str], client_as: ClientAs, how: str
) -> None:
    consent, browser, _address = choosing
    request = ConsentRequest.objects.get()
    key = "another session" if how == "another browser" else browser.session.session_key
    if how == "too late":
        ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(actions.ConsentRefused):
        actions.choose_account(
            actor=consent.cast.bayu, browser=str(key), request_id=request.pk, platform_id="101"
        )
    assert ConsentRequest.objects.get().status == "refused"
    tasks.revoke_secrets()
    assert not consent.platform.good


def test_a_state_that_goes_astray_while_somebody_chooses_gives_the_offer_back(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.platform.accounts = [account("101", "samudrakota"), account("102", "samudrakota")]
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    consent.come_back(browser, **brought)
    assert consent.come_back(client_as("bayu"), **brought).status_code == 403
    assert Revocation.objects.get().outcome == "waiting"
    actions.tidy_consents(actor=consent.cast.bayu)
    assert Revocation.objects.count() == 1


def killed(*_args: object) -> None:
    raise SystemExit("The process ends here.")


def later(consent: Stage) -> None:
    """Whoever tidies up comes by, when no answer can be under way any more."""
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(hours=3))
    assert actions.tidy_consents(actor=consent.cast.bayu) == 1
    request = ConsentRequest.objects.get()
    assert (request.status, request.reason, request.sealed) == ("refused", "expired", "")
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "revoked"
    assert not consent.platform.good


@pytest.mark.parametrize("where", ["_connect", "_keep"])
def test_a_choice_whose_process_ends_is_given_back(
    choosing: tuple[Stage, Client, str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    consent, browser, address = choosing
    monkeypatch.setattr(consents, where, killed)
    with pytest.raises(SystemExit):
        browser.post(address, {"account": "101"})
    for secret in consent.platform.secrets():
        assert secret not in everything_at_rest()
    assert browser.post(address, {"account": "101"}).status_code == 404, "the choice is made"
    assert not Credential.objects.exists()
    later(consent)


@pytest.mark.parametrize("where", ["with_account", "_offer", "_connect"])
def test_what_was_given_to_a_process_that_ends_is_given_back(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    ids = ["101", "102"] if where == "_offer" else ["101"]
    consent.platform.accounts = [account(one, "samudrakota") for one in ids]
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    monkeypatch.setattr(consents, where, killed)
    with pytest.raises(SystemExit):
        consent.come_back(browser, **brought)
    for secret in consent.platform.secrets():
        assert secret not in everything_at_rest()
    later(consent)


@pytest.mark.parametrize(("answers", "given_back"), [(True, 0), (False, 1)])
def test_a_choice_that_comes_to_an_end_is_given_back_once_at_most(
    choosing: tuple[Stage, Client, str], answers: bool, given_back: int
) -> None:
    consent, browser, address = choosing
    request = ConsentRequest.objects.get()
    if not answers:
        consent.platform.server.on("GET /me", Reply(401, {}))
    browser.post(address, {"account": "102"})
    with transaction.atomic():
        settle(consent.cast.bayu, request, Reason.EXPIRED)
    assert ConsentRequest.objects.get().sealed == ""
    assert Revocation.objects.count() == given_back
    tasks.revoke_secrets()
    assert len(consent.platform.good) == 1 - given_back


@pytest.mark.parametrize("ids", [("101",), ("101", "102")], ids=["one", "several"])
@pytest.mark.parametrize(("minutes", "status"), [(1, 302), (11, 409)])
def test_tidying_leaves_an_answer_under_way_alone_for_a_while(
    consent: Stage,
    client_as: ClientAs,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    status: int,
    ids: tuple[str, ...],
) -> None:
    consent.platform.accounts = [account(one, "samudrakota") for one in ids]
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    real = vault.authorisation_for

    def slow(app: PlatformApp) -> Authorisation:
        ended = timezone.now() - timedelta(minutes=minutes)
        ConsentRequest.objects.update(expires_at=ended)
        actions.tidy_consents(actor=consent.cast.bayu)
        return real(app)

    monkeypatch.setattr(consents, "authorisation_for", slow)
    assert consent.come_back(browser, **brought).status_code == status
    assert Revocation.objects.count() == (1 if status == 409 else 0), "what came late is given back"
