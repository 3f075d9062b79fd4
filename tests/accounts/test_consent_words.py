"""What people are told before a consent, after one that went wrong, and in the history."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions, tasks
from accounts.consent_words import Reason, advice_for, sign_in_for
from accounts.models import Credential, Revocation
from govsocial.audit.sentences import sentence
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_checks import refused
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import account, fake_spec, standing_in_for
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]


@pytest.mark.parametrize(
    ("platform", "said"),
    [
        ("facebook", "your own Facebook account that manages this page, then choose Kota Kita."),
        ("instagram", "your own Facebook account that manages the page linked to @kota"),
        ("youtube", "the Google account that manages this channel"),
        ("x", "as @kota, with no other account"),
        ("threads", "as @kota, with no other account"),
        ("tiktok", "as @kota, with no other account"),
        ("mastodon", "as @kota, with no other account"),
    ],
)
def test_people_are_told_as_whom_to_sign_in(cast: Cast, platform: str, said: str) -> None:
    one = factories.official_account(
        cast.diskominfo, platform=platform, handle="kota", display_name="Kota Kita"
    )
    assert said in sign_in_for(one)
    assert said in " ".join(advice_for(Reason.OTHER_ACCOUNT, one))
    assert len(advice_for(Reason.DENIED, one)) == 1


def test_every_page_on_the_way_says_it(consent: Stage, client_as: ClientAs) -> None:
    factories.reads_english(consent.cast.bayu).save()
    browser = client_as("bayu")
    said = "Sign in there as @samudrakota, with no other account."
    key = consent.account.pk
    assert (
        said
        in browser.get(reverse("accounts:official_account_connect", args=[key])).content.decode()
    )
    assert (
        said
        in browser.post(reverse("accounts:official_account_consent", args=[key])).content.decode()
    )
    consent.platform.accounts = [account("7", "lain")]
    assert said in consent.connect(browser).content.decode()


@pytest.mark.parametrize("shared", [True, False])
def test_a_refused_consent_promises_no_more_than_happens_and_is_no_old_connection(
    consent: Stage, client_as: ClientAs, *, shared: bool
) -> None:
    factories.reads_english(consent.cast.bayu).save()
    browser = client_as("bayu")
    consent.platform.accounts = [account("7", "lain")]
    other = factories.official_account(consent.cast.dinkes, platform="x", handle="dinkes", host="")
    give_credential(other, consent.cast.bayu)
    Credential.objects.filter(official_account=other).update(app=consent.app)
    with standing_in_for("x", fake_spec(shared_consent=shared)):
        page = consent.connect(browser).content.decode()
        tasks.revoke_secrets()
    kept = "was not taken back, because a connection in use hangs on the same consent"
    assert (f"The right that was just given {kept}" in page) is shared
    assert ("is being taken back at the platform" in page) is not shared
    assert "A connection from before" not in page
    (entry,) = trail("accounts.consent.given_back")
    assert entry.data["outcome"] == ("shared" if shared else "revoked")
    assert sentence(entry).endswith(f"{kept}." if shared else "was taken back at the platform.")
    assert not trail("accounts.connection.revocation")
    detail = browser.get(reverse("accounts:official_account_detail", args=[consent.account.pk]))
    assert "Former connection" not in detail.content.decode()


def test_a_former_connection_is_shown_where_there_was_one(
    consent: Stage, client_as: ClientAs
) -> None:
    factories.reads_english(consent.cast.bayu).save()
    browser = client_as("bayu")
    consent.connect(browser)
    actions.disconnect_account(
        actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Pindah"
    )
    detail = browser.get(reverse("accounts:official_account_detail", args=[consent.account.pk]))
    assert "Former connection" in detail.content.decode()
    assert not Revocation.objects.get().of_refused_consent


def test_a_consent_that_gave_nothing_has_nothing_to_take_back(
    consent: Stage, client_as: ClientAs
) -> None:
    factories.reads_english(consent.cast.bayu).save()
    browser = client_as("bayu")
    consent.connect(browser)
    brought = consent.platform.consent(consent.start(browser))
    page = consent.come_back(browser, error="access_denied", state=brought["state"])
    assert "The right that was just given" not in page.content.decode()
    assert "A connection from before is still as it was." in page.content.decode()


def test_a_blocked_account_is_no_matter_of_our_application(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as(factories.reads_english(consent.cast.bayu))
    consent.platform.server.on("GET /accounts", Reply(403, {"error": "blocked"}))
    page = consent.connect(browser)
    assert page.status_code == 409
    told = page.content.decode()
    refused("account_blocked")
    assert "The platform has blocked the account" in told
    assert "Account suspended" in told
    assert "see why, and do what it asks" in told
    assert "credentials" not in told


def test_the_page_of_a_refusal_stands_among_official_accounts(
    consent: Stage, client_as: ClientAs
) -> None:
    page = consent.come_back(client_as("bayu"), state="made-up")
    (here,) = re.findall(r'<a class="nav-link" href="([^"]+)" aria-current', page.content.decode())
    assert here == reverse("accounts:official_account_list")


def test_an_answer_that_comes_again_does_not_say_that_nothing_was_connected(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as(factories.reads_english(consent.cast.bayu))
    link = consent.start(browser)
    brought = consent.platform.consent(link)
    assert "Nothing was stored" in consent.come_back(browser, state="made-up").content.decode()
    consent.come_back(browser, **brought)
    again = consent.come_back(browser, **brought).content.decode()
    assert "answered already" in again
    assert "What the first one did is still as it was." in again
    assert "Nothing was stored" not in again
