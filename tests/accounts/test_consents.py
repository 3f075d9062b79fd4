"""There and back: consent over real HTTP with a made-up platform, and all that can be wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import actions, vault
from accounts.capabilities import Role
from accounts.models import ConsentRequest, Credential, OfficialAccount, Revocation
from govsocial.audit.sentences import sentence
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_checks import everything_at_rest, refused
from tests.accounts.consent_stage import Stage, state_of
from tests.accounts.fake_platform import account, fake_spec, standing_in_for
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]


def test_a_consent_connects_the_registered_account(consent: Stage, client_as: ClientAs) -> None:
    answer = consent.connect(client_as("bayu"))
    assert answer.status_code == 302
    detail = reverse("accounts:official_account_detail", args=[consent.account.pk])
    assert answer["Location"] == detail, "the address with the code is left at once"
    credential = Credential.objects.select_related("official_account").get()
    assert credential.official_account.platform_id == "101"
    assert credential.app == consent.app
    assert credential.scopes == ["read", "write", "insights"]
    assert credential.missing_scopes == []
    assert credential.expires_at is not None
    assert credential.access_expires_at is not None
    assert credential.access_expires_at < credential.expires_at
    assert vault.client_for(credential.official_account).profile().platform_id == "101"
    request = ConsentRequest.objects.get()
    assert (request.status, request.sealed) == ("connected", "")
    assert len(trail("accounts.consent.started")) == len(trail("accounts.connection.made")) == 1


def test_no_secret_lies_open_anywhere_on_the_way(
    consent: Stage, client_as: ClientAs, caplog: pytest.LogCaptureFixture
) -> None:
    browser = client_as("bayu")
    with caplog.at_level(logging.DEBUG):
        address = consent.start(browser)
        request = ConsentRequest.objects.get()
        verifier = vault.open_row(request)
        assert state_of(address) not in everything_at_rest()
        brought = consent.platform.consent(address)
        page = consent.come_back(browser, **brought)
        shown = browser.get(page["Location"]).content.decode()
    for secret in [*consent.platform.secrets(), brought["code"], brought["state"], verifier]:
        assert secret not in everything_at_rest()
        assert secret not in caplog.text
        assert secret not in shown


def test_the_page_of_the_start_leads_away_by_a_link_and_is_not_kept(
    consent: Stage, client_as: ClientAs
) -> None:
    """Browsers stop a redirect of a form to another site: ``form-action 'self'``."""
    browser = client_as("bayu")
    address = reverse("accounts:official_account_consent", args=[consent.account.pk])
    page = browser.post(address)
    assert page.status_code == 200
    assert 'rel="noreferrer"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert browser.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(address).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("dwi", 403), ("sari", 403), ("anonymous", 302)])
def test_others_begin_nothing_and_come_back_with_nothing(
    consent: Stage, client_as: ClientAs, who: str, status: int
) -> None:
    begin = reverse("accounts:official_account_consent", args=[consent.account.pk])
    brought = consent.platform.consent(consent.start(client_as("bayu")))
    assert client_as(who).post(begin).status_code == status
    answer = consent.come_back(client_as(who), **brought)
    assert answer.status_code == status
    assert not Credential.objects.exists()
    assert not consent.platform.server.calls("POST /token")
    told = answer.content.decode() + answer.get("Location", "")
    assert brought["code"] not in told
    assert brought["state"] not in told


def test_who_is_not_signed_in_here_is_told_to_begin_again(
    consent: Stage, client_as: ClientAs
) -> None:
    brought = consent.platform.consent(consent.start(client_as("bayu")))
    browser = client_as(None)
    browser.cookies["django_language"] = "en"
    page = browser.get(consent.come_back(browser, **brought)["Location"]).content.decode()
    assert "You are not signed in here, so no consent was finished." in page
    assert "no consent was finished" not in browser.get(reverse("account_login")).content.decode()


def test_an_account_of_strangers_is_not_there(consent: Stage, client_as: ClientAs) -> None:
    siti = factories.user("Siti Rahma")
    other = factories.unit("Kota Lain")
    factories.grant(siti, Role.ADMINISTRATOR, other)
    begin = reverse("accounts:official_account_consent", args=[consent.account.pk])
    assert client_as(siti).post(begin).status_code == 404
    assert not ConsentRequest.objects.exists()


@pytest.mark.parametrize("state", ["", "made-up", "x" * 5000, "\ud800", "a\0b"])
def test_a_state_that_nobody_gave_is_refused_and_leaves_no_trail(
    consent: Stage, client_as: ClientAs, state: str
) -> None:
    consent.start(client_as("bayu"))
    typed = state.encode("utf-8", "replace").decode()
    answer = consent.come_back(client_as("bayu"), state=typed, code="made-up-code")
    assert answer.status_code == 400
    assert not trail("accounts.consent.refused")
    assert ConsentRequest.objects.get().status == "waiting"


def test_the_trail_says_in_words_why_a_consent_connected_nothing(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    consent.come_back(browser, **brought)
    consent.come_back(browser, **brought)
    told = sentence(refused("used"))
    assert told == (
        "Bayu Pratama could not connect @samudrakota (X) by consent "
        "(This request was answered already)."
    )
    with translation.override("id"):
        assert "answered already" not in sentence(refused("used"))


def test_an_answer_counts_once(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    assert consent.come_back(browser, **brought).status_code == 302
    kept = Credential.objects.get().sealed
    again = consent.come_back(browser, **brought)
    assert again.status_code == 409
    refused("used")
    assert Credential.objects.get().sealed == kept
    assert len(consent.platform.server.calls("POST /token")) == 1
    assert not Revocation.objects.exists(), "what is connected stays connected"


def test_another_session_of_the_same_person_is_refused(consent: Stage, client_as: ClientAs) -> None:
    """Also against a session that somebody else fixed: what began elsewhere does not end here."""
    brought = consent.platform.consent(consent.start(client_as("bayu")))
    assert consent.come_back(client_as("bayu"), **brought).status_code == 403
    refused("other_browser")
    assert not Credential.objects.exists()


def test_an_answer_that_comes_too_late_is_refused(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert consent.come_back(browser, **brought).status_code == 409
    refused("expired")
    assert not consent.platform.server.calls("POST /token")


def test_a_consent_that_the_owner_denied_is_told(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    factories.reads_english(consent.cast.bayu).save()
    state = state_of(consent.start(browser))
    hostile = "<script>alert(1)</script>"
    answer = consent.come_back(
        browser, state=state, error="access_denied", error_description=hostile
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "refused at the platform" in page
    assert "alert(1)" not in page
    refused("denied")


@pytest.mark.parametrize(
    ("error", "reason", "status"),
    [
        ("server_error", "no_answer", 502),
        ("temporarily_unavailable", "no_answer", 502),
        ("<script>", "no_answer", 502),
        ("", "no_answer", 502),
        ("invalid_scope", "app_refused", 409),
        ("unauthorized_client", "app_refused", 409),
    ],
)
def test_no_owner_is_said_to_have_refused_what_failed_at_the_platform(
    consent: Stage, client_as: ClientAs, error: str, reason: str, status: int
) -> None:
    browser = client_as("bayu")
    answer = consent.come_back(browser, state=state_of(consent.start(browser)), error=error)
    assert answer.status_code == status
    refused(reason)


def test_an_error_that_is_named_by_its_number_only_is_one(
    consent: Stage, client_as: ClientAs
) -> None:
    """As from Meta's dialog, which also says it in words."""
    browser = client_as("bayu")
    told = {"error_code": "200", "error_message": "Permissions error"}
    answer = consent.come_back(browser, state=state_of(consent.start(browser)), **told)
    assert answer.status_code == 502
    refused("no_answer")


def test_an_answer_without_a_code_is_told(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    assert consent.come_back(browser, state=state_of(consent.start(browser))).status_code == 400
    refused("no_code")


def test_a_right_lost_in_between_is_refused(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    consent.cast.bayu.grants.update(ends_at=timezone.now())
    factories.grant(consent.cast.bayu, Role.ADMINISTRATOR, consent.cast.dinkes)
    assert consent.come_back(browser, **brought).status_code == 403
    refused("not_allowed")
    assert not Credential.objects.exists()


def test_a_code_of_another_request_does_not_fit(consent: Stage, client_as: ClientAs) -> None:
    """Injected codes fail at PKCE; the words of the platform are shown, cleaned."""
    browser = client_as("bayu")
    mine, other = consent.start(browser), consent.start(browser)
    code = consent.platform.consent(other)["code"]
    answer = consent.come_back(browser, state=state_of(mine), code=code)
    assert answer.status_code == 409
    assert "Invalid code" in answer.content.decode()
    assert code not in answer.content.decode()
    refused("not_taken")


def test_two_tabs_do_not_mix_up_their_accounts(consent: Stage, client_as: ClientAs) -> None:
    other = factories.official_account(consent.cast.dinkes, platform="x", handle="dinkes", host="")
    browser = client_as("bayu")
    first, second = consent.start(browser), consent.start(browser, other)
    consent.platform.accounts = [account("202", "dinkes")]
    consent.come_back(browser, **consent.platform.consent(second))
    consent.platform.accounts = [account("101", "samudrakota")]
    consent.come_back(browser, **consent.platform.consent(first))
    ids = dict(OfficialAccount.objects.values_list("handle", "platform_id"))
    assert ids == {"samudrakota": "101", "dinkes": "202"}


def test_without_an_application_the_page_says_who_configures_it(
    consent: Stage, client_as: ClientAs
) -> None:
    actions.remove_platform_app(actor=consent.cast.bayu, platform="x", reason="Pindah")
    page = reverse("accounts:official_account_connect", args=[consent.account.pk])
    assert (
        reverse("people:platform_app_edit", args=["x"])
        in client_as("bayu").get(page).content.decode()
    )
    begin = reverse("accounts:official_account_consent", args=[consent.account.pk])
    assert client_as("bayu").post(begin)["Location"] == page
    assert not ConsentRequest.objects.exists()


def test_a_closed_account_begins_nothing(consent: Stage, client_as: ClientAs) -> None:
    actions.close_official_account(
        actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Digabung"
    )
    begin = reverse("accounts:official_account_consent", args=[consent.account.pk])
    assert client_as("bayu").post(begin).status_code == 302
    assert not ConsentRequest.objects.exists()


def test_each_server_gives_an_application_of_its_own_once(
    consent: Stage, client_as: ClientAs
) -> None:
    host = consent.platform.server.host
    with standing_in_for("mastodon", fake_spec(own_servers=True)):
        made = factories.official_account(
            consent.cast.diskominfo, platform="mastodon", handle="samudrakota", host=host
        )
        browser = client_as("bayu")
        consent.platform.server.on("GET /authorize", Reply(200))
        for _ in range(2):
            actions.start_consent(
                actor=consent.cast.bayu,
                official_account_id=made.pk,
                browser=browser.session.session_key or "",
            )
    assert len(consent.platform.server.calls("POST /api/v1/apps")) == 1
    (entry,) = [
        one for one in trail("accounts.platform_app.configured") if host in one.target_label
    ]
    start, key = entry.data["redirect_uri"][:-1].rsplit("/", 1)
    assert (start, len(key)) == ("https://samudrakota.example/connect/callback", 32)


def test_no_answer_leads_to_another_site(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    answer = consent.come_back(
        browser, **brought, next="https://evil.example/", redirect_uri="https://evil.example/"
    )
    assert answer["Location"].startswith("/official-accounts/")
