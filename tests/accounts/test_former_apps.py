"""A token is refreshed and revoked with the application that it was granted to, also when another
one has taken its place, and the former one's secret is kept no longer than that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, sealing, tasks, vault
from accounts.actions.platform_apps import FORMER_KEPT
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount, PlatformApp, Revocation
from accounts.sealing import Place
from accounts.vault import credentials_of
from govsocial.platforms.oauth import AppCredentials
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import CLIENT_ID, CLIENT_SECRET, fake_spec, standing_in_for
from tests.triggers import migrating

ClientAs = Callable[[object], Client]
REVOKE = "POST /revoke"


@pytest.fixture
def account(on_own_server: OfficialAccount) -> OfficialAccount:
    return on_own_server


def app_of(account: OfficialAccount) -> PlatformApp:
    app = Credential.objects.select_related("app").get(official_account=account).app
    assert app is not None
    return app


def replaced(consent: Stage, browser: Client, account: OfficialAccount) -> PlatformApp:
    """The application that the account was connected through, after a consent with another one
    has begun."""
    app = app_of(account)
    actions.register_app_anew(actor=consent.cast.bayu, platform_app_id=app.pk, reason="Galat")
    # From now on the server gives out another one, and knows that one alone.
    consent.platform.forget_app()
    assert f"client_id={app.client_id}&" not in consent.start(browser, account)
    app.refresh_from_db()
    return app


def disconnect(consent: Stage, account: OfficialAccount) -> None:
    actions.disconnect_account(
        actor=consent.cast.bayu, official_account_id=account.pk, reason="Pindah"
    )
    tasks.revoke_secrets()


def told(consent: Stage, call: str = REVOKE) -> list[dict[str, str]]:
    """The forms that were sent."""
    return [
        {name: value[0] for name, value in parse_qs(received.body.decode()).items()}
        for received in consent.platform.server.calls(call)
    ]


def an_hour_later() -> None:
    PlatformApp.objects.exclude(replaced_at=None).update(replaced_at=timezone.now() - FORMER_KEPT)
    tasks.tidy_consents()


def test_what_the_former_one_was_granted_is_revoked_in_its_name(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    before = credentials_of(app_of(account))
    former = replaced(consent, client_as("bayu"), account)
    (token,) = consent.platform.good
    assert former.replaced_at is not None
    assert app_of(account) == former
    disconnect(consent, account)
    assert told(consent) == [
        {
            "token": token,
            "client_id": before.client_id,
            "client_secret": before.client_secret,
        }
    ]
    assert token not in consent.platform.good
    assert Revocation.objects.get().outcome == "revoked"


def test_its_secret_is_forgotten_once_nothing_needs_it_and_not_before(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    former = replaced(consent, client_as("bayu"), account)
    an_hour_later()
    former.refresh_from_db()
    assert former.is_configured, "an account is connected through it"
    with pytest.raises(InternalError, match="still needed"), transaction.atomic():
        PlatformApp.objects.filter(pk=former.pk).update(sealed="", removed_at=timezone.now())
    actions.disconnect_account(
        actor=consent.cast.bayu, official_account_id=account.pk, reason="Pindah"
    )
    an_hour_later()
    former.refresh_from_db()
    assert former.is_configured, "the server is still to be told"
    with pytest.raises(InternalError, match="still needed"), transaction.atomic():
        PlatformApp.objects.filter(pk=former.pk).update(sealed="", removed_at=timezone.now())
    tasks.revoke_secrets()
    an_hour_later()
    former.refresh_from_db()
    assert (former.sealed, former.is_configured) == ("", False)
    (entry,) = trail("accounts.platform_app.former_forgotten")
    assert entry.data == {"client_id": former.client_id}
    an_hour_later()
    assert len(trail("accounts.platform_app.former_forgotten")) == 1
    current = PlatformApp.objects.get(platform="mastodon", replaced_at=None)
    assert current.is_configured, "the current one stays, connected or not"


def test_whoever_has_just_read_it_as_the_current_one_can_still_begin(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    former = replaced(consent, client_as("bayu"), account)
    disconnect(consent, account)
    tasks.tidy_consents()
    former.refresh_from_db()
    assert former.is_configured


def test_a_consent_that_was_under_way_goes_on_with_the_former_one(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    other = factories.official_account(
        consent.cast.dinkes, platform="mastodon", handle="dinkes", host=account.host
    )
    consent.platform.accounts.append({**consent.platform.accounts[0], "platform_id": "102"})
    consent.platform.accounts[1] |= {"handle": "dinkes", "url": "https://x.example/dinkes"}
    brought = consent.platform.consent(consent.start(browser, other))
    before = app_of(account)
    actions.register_app_anew(actor=consent.cast.bayu, platform_app_id=before.pk, reason="Galat")
    secret = consent.platform.client_secret
    consent.platform.forget_app()
    consent.start(browser, account)
    # This server still knows both.
    consent.platform.client_secret = secret
    an_hour_later()
    assert consent.come_back(browser, **brought).status_code == 302
    assert app_of(other) == before


def test_a_token_is_renewed_with_the_application_that_it_was_granted_to(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    actions.set_platform_app(
        actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
    )
    soon = timezone.now() + timedelta(minutes=1)
    secret = vault.AccountSecretStore(consent.account.pk).load()
    sealed, version = vault.seal(consent.account.pk, {**secret, "expires_at": str(soon)})
    Credential.objects.update(sealed=sealed, key_version=version)
    actions.renew_connection(actor=consent.cast.bayu, official_account_id=consent.account.pk)
    assert Credential.objects.get().status == "good"
    assert consent.platform.refreshed == 1
    form = told(consent, "POST /token")[-1]
    assert (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)


def test_another_client_entered_by_hand_leaves_the_former_one_what_it_was_granted(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    new = actions.set_platform_app(
        actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
    )
    assert new.pk != consent.app.pk
    assert new.client_id in consent.start(browser)
    disconnect(consent, consent.account)
    assert told(consent)[0]["client_id"] == CLIENT_ID
    assert Revocation.objects.get().outcome == "revoked"
    # Back to the first: it is the same application as before.
    back = actions.set_platform_app(
        actor=consent.cast.bayu, platform="x", client_id=CLIENT_ID, client_secret="another-secret"
    )
    assert back.pk == consent.app.pk
    assert PlatformApp.objects.get(platform="x", replaced_at=None) == back
    assert credentials_of(back) == AppCredentials(
        client_id=CLIENT_ID, client_secret="another-secret", owner=""
    )


@pytest.mark.parametrize("shared", [False, True])
def test_connected_anew_through_the_new_one_the_former_access_ends_in_the_former_ones_name(
    consent: Stage, client_as: ClientAs, shared: bool
) -> None:
    with standing_in_for("x", fake_spec(shared_consent=shared)):
        browser = client_as("bayu")
        consent.connect(browser)
        (token,) = consent.platform.good
        consent.platform.client_secret = "rahasia-baru"
        actions.set_platform_app(
            actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
        )
        assert consent.connect(browser).status_code == 302
        tasks.revoke_secrets()
        assert [(form["token"], form["client_id"]) for form in told(consent)] == [
            (token, CLIENT_ID)
        ]
        assert Revocation.objects.get().outcome == "revoked"
        assert token not in consent.platform.good
        assert len(consent.platform.good) == 1, "the new one lives"


def test_where_the_server_no_longer_knows_it_a_person_is_told_what_to_do(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    (token,) = consent.platform.good
    replaced(consent, browser, account)
    # To the server the token is that of an application that is none of ours.
    consent.platform.owners[token] = "forgotten"
    disconnect(consent, account)
    row = Revocation.objects.get()
    assert (row.outcome, row.sealed, row.last_error) == ("not_here", "", "OperatorNeeded")
    assert len(told(consent)) == 1, "asking again changes nothing"
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    page = browser.get(detail).content.decode()
    assert "could not be revoked from here: remove the access" in page
    assert "did not answer" not in page


def test_without_its_secret_nothing_is_sent_and_that_is_said(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    actions.remove_platform_app(actor=consent.cast.bayu, platform="x", reason="Bocor")
    actions.set_platform_app(
        actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
    )
    disconnect(consent, consent.account)
    assert told(consent) == []
    assert Revocation.objects.get().outcome == "not_here"


def test_the_table_keeps_one_current_application_and_each_as_itself(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    former = replaced(consent, client_as("bayu"), account)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlatformApp.objects.filter(pk=former.pk).update(replaced_at=None)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        PlatformApp.objects.filter(pk=former.pk).update(client_id="another")
    former.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        former.save(force_insert=True)


def test_the_migration_binds_secrets_to_their_clients_and_back_leaves_one_for_each_server(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    new = actions.set_platform_app(
        actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
    )
    loader = MigrationExecutor(connection).loader
    (migration,) = (
        one
        for (label, name), one in loader.disk_migrations.items()
        if label == "accounts" and name.endswith("_replaced_applications")
    )
    operation = migration.operations[-1]
    assert isinstance(operation, RunPython)
    assert operation.reverse_code is not None
    apps = loader.project_state().apps
    with migrating(), connection.schema_editor() as editor:
        operation.reverse_code(apps, editor)
    only = PlatformApp.objects.get(platform="x")
    assert only.pk == new.pk
    assert Credential.objects.get().app == only
    of_the_server = Place("platform app", "accounts_platformapp", ("x", ""))
    assert sealing.unseal(only.sealed, only.key_version, of_the_server) == "rahasia-baru"
    with pytest.raises(sealing.CannotOpen):
        credentials_of(only)
    with migrating(), connection.schema_editor() as editor:
        operation.code(apps, editor)
    only.refresh_from_db()
    assert credentials_of(only).client_secret == "rahasia-baru"
    # A secret that opens with no key stops no update.
    PlatformApp.objects.update(sealed="not a secret")
    with migrating(), connection.schema_editor() as editor:
        operation.code(apps, editor)
    assert PlatformApp.objects.get().sealed == "not a secret"


def test_the_pages_show_the_current_one_alone(
    consent: Stage, account: OfficialAccount, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    former = replaced(consent, browser, account)
    address = reverse("people:platform_app_renew", args=[former.pk])
    assert address not in browser.get(reverse("people:platform_app_list")).content.decode()
    assert browser.post(address, {"reason": "Galat"}).status_code == 404
    with pytest.raises(AccountError, match="already"):
        actions.register_app_anew(
            actor=consent.cast.bayu, platform_app_id=former.pk, reason="Galat"
        )
