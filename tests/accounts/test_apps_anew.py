"""Where a server forgot our application and does not say so, an administrator has it made anew."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.actions.platform_apps import forget_given
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount, PlatformApp
from accounts.redirects import redirect_uri
from accounts.vault import open_row
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.secrets import give_credential
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]
APPS = "POST /api/v1/apps"
LIST = reverse("people:platform_app_list")


@pytest.fixture
def account(consent: Stage, on_own_server: OfficialAccount) -> OfficialAccount:
    """On a server that has forgotten our application since, and does not say so."""
    consent.platform.forget_app()
    consent.platform.server.on("POST /token", Reply(403, {"error": "forbidden"}))
    return on_own_server


def app_of(account: OfficialAccount) -> PlatformApp:
    return PlatformApp.objects.get(platform="mastodon", host=account.host, replaced_at=None)


def anew(app: PlatformApp) -> str:
    return reverse("people:platform_app_renew", args=[app.pk])


def test_the_next_consent_registers_another_one_and_what_is_connected_stays(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser, server = client_as("bayu"), consent.platform.server
    before, credential = app_of(account), Credential.objects.get(official_account=account)
    assert before.client_id in consent.start(browser, account), "nobody noticed"
    assert len(server.calls(APPS)) == 1
    assert anew(before) in browser.get(LIST).content.decode()
    question = browser.get(anew(before)).content.decode()
    assert "1 account is connected through it" in question
    assert f">Register the application at {before.host} anew</button>" in question
    assert "removed in the account’s settings there" in question
    assert app_of(account).redirect_uri, "a question changes nothing"
    assert browser.post(anew(before), {"reason": "Galat"}).status_code == 302
    entry = trail("accounts.platform_app.forgotten")[0]
    assert entry.data == {"client_id": before.client_id, "reason": "Galat"}
    assert entry.actor == consent.cast.bayu
    assert open_row(app_of(account)) == open_row(before), "what is connected still goes by it"
    page = browser.get(LIST).content.decode()
    assert "To be registered anew" in page
    assert anew(before) not in page
    assert re.search(
        r'To be registered anew</span> <span class="muted small">wanted on [^<]+ by Bayu', page
    )
    # Once is enough, also from a window that was opened before.
    for again in (
        browser.get(anew(before), follow=True),
        browser.post(anew(before), {"reason": "Galat"}, follow=True),
    ):
        assert again.redirect_chain == [(LIST, 302)]
        assert "registers the application anew already." in again.content.decode()
    assert len(trail("accounts.platform_app.forgotten")) == 1
    address = consent.start(browser, account)
    assert len(server.calls(APPS)) == 2
    assert app_of(account).client_id != before.client_id
    assert app_of(account).client_id in address
    kept = Credential.objects.get(official_account=account)
    assert (kept.status, kept.sealed) == (Credential.Status.GOOD, credential.sealed)
    assert anew(app_of(account)) in browser.get(LIST).content.decode()


def test_only_accounts_that_came_through_the_application_are_counted(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    pasted = factories.official_account(
        consent.cast.diskominfo, platform="mastodon", handle="lain", host=account.host
    )
    give_credential(pasted, consent.cast.bayu)
    assert (
        "1 account is connected through it"
        in client_as("bayu").get(anew(app_of(account))).content.decode()
    )


def test_nobody_is_named_where_the_server_said_itself_that_it_forgot(
    account: OfficialAccount, client_as: ClientAs
) -> None:
    forget_given(app=app_of(account))
    page = client_as("bayu").get(LIST).content.decode()
    assert re.search(r'To be registered anew</span> <span class="muted small">by the next', page)


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(
    account: OfficialAccount, client_as: ClientAs
) -> None:
    browser, app = client_as("bayu"), app_of(account)
    assert browser.post(anew(app), {"reason": " "}).status_code == 422
    answer = browser.post(anew(app), {"reason": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    assert app_of(account).redirect_uri
    assert browser.post(anew(app), {"reason": "x" * 300}).status_code == 302


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "siti"])
def test_only_administrators_of_the_whole_agency(
    consent: Stage, account: OfficialAccount, client_as: ClientAs, who: str
) -> None:
    siti = factories.user("Siti Rahma")
    factories.grant(siti, Role.ADMINISTRATOR, consent.cast.diskominfo)
    person = siti if who == "siti" else getattr(consent.cast, who)
    app, browser = app_of(account), client_as(person)
    assert browser.get(anew(app)).status_code == 403
    assert browser.post(anew(app), {"reason": "Galat"}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.register_app_anew(actor=person, platform_app_id=app.pk, reason="Galat")
    assert app_of(account).redirect_uri
    actions.register_app_anew(actor=consent.cast.bayu, platform_app_id=app.pk, reason="Galat")


def test_an_application_that_was_entered_by_hand_is_changed_by_hand(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    assert browser.get(anew(consent.app)).status_code == 404
    assert browser.post(anew(consent.app), {"reason": "Galat"}).status_code == 404
    assert anew(consent.app) not in browser.get(LIST).content.decode()
    with pytest.raises(AccountError, match="entered by hand"):
        actions.register_app_anew(
            actor=consent.cast.bayu, platform_app_id=consent.app.pk, reason="Galat"
        )
    consent.app.refresh_from_db()
    assert consent.app.redirect_uri
    assert not trail("accounts.platform_app.forgotten")


def test_a_hundred_servers_make_pages_and_no_more_queries(
    consent: Stage,
    account: OfficialAccount,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    app, browser = app_of(account), client_as("bayu")
    for number in range(100):
        app.pk, app.host = None, f"server-{number:03}.example"
        app.redirect_uri = redirect_uri(app.host)
        app.save(force_insert=True)
    with django_assert_max_num_queries(15):
        page = browser.get(LIST).content.decode()
    assert len(re.findall("/register-anew/", page)) == 50


def test_what_is_marked_or_replaced_already_is_not_marked_again(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    former = app_of(account)

    def mark() -> None:
        actions.register_app_anew(
            actor=consent.cast.bayu, platform_app_id=former.pk, reason="Galat"
        )

    mark()
    with pytest.raises(AccountError, match="registers this application anew already"):
        mark()
    consent.start(client_as("bayu"), account)
    with pytest.raises(AccountError, match="Another application is there"):
        mark()
    assert len(trail("accounts.platform_app.forgotten")) == 1
    assert app_of(account).redirect_uri
