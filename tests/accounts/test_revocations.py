"""Disconnecting: the secret is out of use at once, and the platform is told and its answer kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, tasks, vault
from accounts.actions.connections import forget_secret
from accounts.actions.revocations import plan_revocation
from accounts.capabilities import Role
from accounts.models import Credential, Revocation, User
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import AuthRevoked
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import FakeAuthorisation, fake_spec, standing_in_for
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]


def disconnect(consent: Stage) -> None:
    actions.disconnect_account(
        actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Pindah"
    )


def outcomes() -> list[object]:
    return [entry.data["outcome"] for entry in trail("accounts.connection.revocation")]


def again_now() -> None:
    Revocation.objects.update(next_try_at=timezone.now())
    tasks.revoke_secrets()


@pytest.mark.parametrize("how", ["disconnect", "close", "rename"])
def test_whatever_ends_a_connection_tells_the_platform(
    consent: Stage, client_as: ClientAs, how: str
) -> None:
    consent.connect(client_as("bayu"))
    (token,) = consent.platform.good
    if how == "disconnect":
        disconnect(consent)
    elif how == "close":
        actions.close_official_account(
            actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Digabung"
        )
    else:
        with transaction.atomic():
            forget_secret(consent.account)
    with pytest.raises(AuthRevoked):
        vault.AccountSecretStore(consent.account.pk).load()
    assert token in consent.platform.good, "it is not asked inside the transaction"
    assert token not in Revocation.objects.get().sealed
    tasks.revoke_secrets()
    assert token not in consent.platform.good
    revocation = Revocation.objects.get()
    assert (revocation.outcome, revocation.sealed) == ("revoked", "")
    assert outcomes() == ["revoked"]
    assert Credential.objects.get().connected_by == consent.cast.bayu, "the history stays"
    tasks.revoke_secrets()
    assert len(consent.platform.server.calls("POST /revoke")) == 1


def test_a_platform_that_does_not_answer_is_asked_a_few_times_and_that_is_said(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    factories.reads_english(consent.cast.bayu).save()
    consent.connect(browser)
    consent.platform.server.on("POST /revoke", Reply(503, {}))
    disconnect(consent)
    tasks.revoke_secrets()
    assert Revocation.objects.get().next_try_at > timezone.now() + timedelta(seconds=30)
    for _ in range(8):
        again_now()
    assert len(consent.platform.server.calls("POST /revoke")) == 6
    revocation = Revocation.objects.get()
    assert (revocation.outcome, revocation.sealed, revocation.tries) == ("unanswered", "", 6)
    assert outcomes() == ["unanswered"]
    detail = reverse("accounts:official_account_detail", args=[consent.account.pk])
    assert "did not answer" in browser.get(detail).content.decode()


def test_what_was_given_up_is_told_for_a_month_to_who_keeps_the_account(
    cast: Cast, client: Client
) -> None:
    app = actions.set_platform_app(
        actor=cast.bayu, platform="x", client_id="govsocial", client_secret="a-secret"
    )
    account = factories.official_account(cast.diskominfo, platform="x", handle="samudra", host="")
    given_up = Revocation.objects.create(
        official_account=account, app=app, requested_by=cast.bayu, key_version=0,
        outcome="unanswered", tries=6, next_try_at=timezone.now(), settled_at=timezone.now(),
    )  # fmt: skip
    elsewhere = factories.reads_english(factories.user("Gede Putra"))
    factories.grant(elsewhere, Role.ADMINISTRATOR, cast.dinkes)
    page, words = reverse("accounts:connection_health"), "may still stand: its platform never"

    def is_told(user: User) -> bool:
        client.force_login(user)
        shown = client.get(page).content.decode()
        return words in shown and account.display_name in shown

    keeper = factories.reads_english(cast.bayu)
    assert is_told(keeper)
    assert not is_told(elsewhere)
    for outcome, ago, told in (
        ("unanswered", 29, True),
        ("unanswered", 31, False),
        ("revoked", 1, False),
    ):
        Revocation.objects.filter(pk=given_up.pk).update(
            outcome=outcome, settled_at=timezone.now() - timedelta(days=ago)
        )
        assert is_told(keeper) is told, (outcome, ago)
    # An app password is ended where it was made; the page of the account says so.
    Revocation.objects.filter(pk=given_up.pk).update(
        outcome="unanswered", settled_at=timezone.now(), app=None
    )
    assert not is_told(keeper)


def test_a_secret_that_the_platform_does_not_know_is_gone_already(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    consent.platform.good.clear()
    disconnect(consent)
    tasks.revoke_secrets()
    assert outcomes() == ["revoked"]


def test_a_secret_entered_by_hand_cannot_be_taken_back_from_here(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Pindah")
    revocation = Revocation.objects.get()
    assert (revocation.outcome, revocation.sealed) == ("not_here", "")
    assert outcomes() == ["not_here"]


def test_what_others_are_connected_by_is_left_standing(consent: Stage, client_as: ClientAs) -> None:
    """Some platforms take back everything that a person ever gave to the application."""
    with standing_in_for("x", fake_spec(shared_consent=True)):
        browser = client_as("bayu")
        consent.connect(browser)
        other = factories.official_account(
            consent.cast.dinkes, platform="x", handle="dinkes", host=""
        )
        give_credential(other, consent.cast.bayu)
        Credential.objects.filter(official_account=other).update(app=consent.app)
        disconnect(consent)
        assert outcomes() == ["shared"]
        actions.disconnect_account(
            actor=consent.cast.bayu, official_account_id=other.pk, reason="Pindah"
        )
        assert Revocation.objects.filter(outcome="waiting").count() == 1, "the last one is told"


def test_a_second_consent_that_goes_wrong_does_not_end_the_connection_that_is_there(
    consent: Stage, client_as: ClientAs
) -> None:
    """Taking back what the wrong choice gave would take back what the account runs on."""
    consent.connect(client_as("bayu"))
    app = Credential.objects.get().app
    with standing_in_for("x", fake_spec(shared_consent=True)), transaction.atomic():
        plan_revocation(
            actor=consent.cast.bayu,
            official_account=consent.account,
            app=app,
            secret={"access_token": "of-another-page"},
            host="",
        )
    tasks.revoke_secrets()
    assert outcomes() == ["shared"]
    assert consent.platform.server.calls("POST /revoke") == []


def test_what_waits_is_not_taken_back_once_another_account_lives_on_the_same_consent(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    app = Credential.objects.get().app
    with standing_in_for("x", fake_spec(shared_consent=True)):
        disconnect(consent)
        other = factories.official_account(
            consent.cast.diskominfo, platform="x", handle="lain", host=""
        )
        give_credential(other, consent.cast.bayu)
        Credential.objects.filter(official_account=other).update(app=app)
        tasks.revoke_secrets()
    assert outcomes() == ["shared"]
    assert consent.platform.server.calls("POST /revoke") == []


def test_a_secret_that_does_not_open_is_forgotten_all_the_same(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    Credential.objects.update(sealed="not a secret")
    disconnect(consent)
    assert Credential.objects.get().status == "removed"
    assert outcomes() == ["not_here"]


def test_two_workers_tell_the_platform_once(consent: Stage, client_as: ClientAs) -> None:
    consent.connect(client_as("bayu"))
    disconnect(consent)
    assert actions.claim_revocation() is not None
    assert actions.claim_revocation() is None, "it is leased"


def test_the_table_keeps_no_secret_of_what_is_settled(consent: Stage, client_as: ClientAs) -> None:
    consent.connect(client_as("bayu"))
    disconnect(consent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revocation.objects.update(outcome="revoked", settled_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Revocation.objects.update(sealed="")


def test_a_fault_of_ours_is_counted_and_the_others_do_not_wait_for_it(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        consent.connect(client_as("bayu"))
        disconnect(consent)
    first, second = Revocation.objects.order_by("next_try_at")
    due, tell = first.next_try_at, FakeAuthorisation.revoke
    poisoned = json.loads(vault.open_row(first))["access_token"]

    def breaks(consent_of: FakeAuthorisation, secret: Secret) -> None:
        if secret["access_token"] == poisoned:
            raise OverflowError("date value out of range")
        tell(consent_of, secret)

    monkeypatch.setattr(FakeAuthorisation, "revoke", breaks)
    for tries in range(1, 7):
        Revocation.objects.filter(pk=first.pk).update(next_try_at=due)
        with pytest.raises(OverflowError):
            tasks.revoke_secrets()
        first.refresh_from_db()
        assert (first.tries, first.last_error) == (tries, "OverflowError")
        # The run of the next beat.
        tasks.revoke_secrets()
        second.refresh_from_db()
        assert second.outcome == "revoked"
    assert (first.outcome, first.sealed) == ("unanswered", "")
    tasks.revoke_secrets()
