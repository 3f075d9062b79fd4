"""Mastodon gives whoever consents anew the token that they have: taking it back because of one
consent must not end what another one connected. Nor may it end a consent that is under way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, tasks, vault
from accounts.actions import consents, revocations
from accounts.capabilities import Role
from accounts.models import ConsentRequest, Credential, Revocation
from tests import factories
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import account, fake_spec, standing_in_for

ClientAs = Callable[[object], Client]
REVOKE = "POST /revoke"
STILL_STANDS = "still stands at its platform"


@pytest.fixture
def again(consent: Stage) -> Stage:
    consent.platform.gives_again = True
    return consent


def disconnect(consent: Stage) -> None:
    actions.disconnect_account(
        actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Pindah"
    )


def due_now() -> None:
    Revocation.objects.filter(settled_at=None).update(next_try_at=timezone.now())
    tasks.revoke_secrets()


def detail(consent: Stage) -> str:
    return reverse("accounts:official_account_detail", args=[consent.account.pk])


def is_connected(consent: Stage) -> bool:
    token = vault.AccountSecretStore(consent.account.pk).load()["access_token"]
    return token in consent.platform.good


@pytest.mark.parametrize("refused", ["other account", "rights"])
def test_a_refused_consent_leaves_the_token_that_a_connection_holds(
    again: Stage, client_as: ClientAs, refused: str
) -> None:
    browser = client_as("bayu")
    again.connect(browser)
    asked = again.account
    if refused == "other account":
        # Signed in as the first account still.
        asked = factories.official_account(
            again.cast.dinkes, platform="x", handle="dinkes", host=""
        )
    else:
        again.platform.scope = "read"
    assert again.connect(browser, asked).status_code == 409
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "shared"
    assert is_connected(again)
    disconnect(again)
    tasks.revoke_secrets()
    assert not again.platform.good, "the last one who held it is gone"


def test_connecting_again_before_the_platform_was_told_keeps_the_token(
    again: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    again.connect(browser)
    disconnect(again)
    again.connect(browser)
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "shared"
    assert is_connected(again)


def test_a_token_of_its_own_is_taken_back_though_others_are_connected(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    consent.connect(browser)
    other = factories.official_account(consent.cast.dinkes, platform="x", handle="dinkes", host="")
    consent.connect(browser, other)
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "revoked"
    assert is_connected(consent)
    # One that does not open might hold it.
    Credential.objects.update(sealed="not a secret")
    consent.connect(browser, other)
    assert Revocation.objects.latest("created_at").outcome == "not_known"


@pytest.mark.parametrize("shared_consent", [False, True])
@pytest.mark.parametrize("status", ["waiting", "answered"])
def test_the_platform_is_told_nothing_while_a_consent_is_under_way(
    consent: Stage, client_as: ClientAs, shared_consent: bool, status: str
) -> None:
    """One that only began is in danger where more ends than the token that is named."""
    browser = client_as("bayu")
    with standing_in_for("x", fake_spec(shared_consent=shared_consent)):
        consent.connect(browser)
        disconnect(consent)
        consent.start(browser)
        begun = ConsentRequest.objects.filter(settled_at=None)
        if status == "answered":
            begun.update(status="answered", sealed="")
        due_now()
        waits = status == "answered" or shared_consent
        assert len(consent.platform.server.calls(REVOKE)) == (0 if waits else 1)
        if not waits:
            return
        row = Revocation.objects.get()
        assert (row.outcome, row.tries) == ("waiting", 0)
        assert row.next_try_at > timezone.now() + timedelta(seconds=10)
        begun.update(status="refused", sealed="", settled_at=timezone.now())
        due_now()
        assert Revocation.objects.get().outcome == "revoked"


@pytest.mark.parametrize("back", [False, True])
def test_whoever_has_only_set_out_holds_it_up_for_an_hour_at_most(
    consent: Stage, client_as: ClientAs, back: bool
) -> None:
    """What was given to one who is back is not ended: then the page of the health says so."""
    browser = client_as(factories.reads_english(consent.cast.bayu))
    keeper = factories.reads_english(factories.user("Gede Putra"))
    factories.grant(keeper, Role.ADMINISTRATOR, consent.cast.dinkes)
    health = reverse("accounts:connection_health")
    with standing_in_for("x", fake_spec(shared_consent=True)):
        consent.connect(browser)
        actions.close_official_account(
            actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Digabung"
        )
        other = factories.official_account(
            consent.cast.dinkes, platform="x", handle="dinkes", host=""
        )
        consent.start(browser, other)
        if back:
            ConsentRequest.objects.filter(settled_at=None).update(status="answered", sealed="")
        Revocation.objects.update(created_at=timezone.now() - timedelta(minutes=59))
        due_now()
        assert consent.platform.good
        assert STILL_STANDS not in browser.get(health).content.decode()
        Revocation.objects.update(created_at=timezone.now() - timedelta(minutes=61))
        due_now()
        page = browser.get(health).content.decode()
        assert bool(consent.platform.good) is back
        assert (STILL_STANDS in page) is back
        assert (detail(consent) in page) is back, "also of an account that is closed"
        elsewhere = client_as(keeper).get(health)
        assert elsewhere.status_code == 200
        assert STILL_STANDS not in elsewhere.content.decode(), "a keeper of another unit"
        begun = ConsentRequest.objects.filter(settled_at=None)
        begun.update(status="refused", sealed="", settled_at=timezone.now())
        due_now()
    assert Revocation.objects.get().outcome == "revoked"
    assert STILL_STANDS not in browser.get(health).content.decode()


@pytest.mark.parametrize("person", ["siti", "budi"])
def test_an_offer_of_the_same_person_is_waited_for(
    consent: Stage, client_as: ClientAs, person: str
) -> None:
    with standing_in_for("x", fake_spec(shared_consent=True)):
        browser = client_as("bayu")
        consent.connect(browser)
        disconnect(consent)
        other = factories.official_account(
            consent.cast.dinkes, platform="x", handle="dinkes", host=""
        )
        consent.platform.accounts = [account("201", "dinkes"), account("202", "dinkes")]
        consent.connect(browser, other)
        assert ConsentRequest.objects.filter(status="choosing").exists()
        row = Revocation.objects.get()
        vault.seal_row(row, json.dumps({"access_token": "a", "person": person}))
        row.save()
        due_now()
    assert len(consent.platform.server.calls(REVOKE)) == (1 if person == "budi" else 0)


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_back_while_the_platform_is_told_is_given_a_token_that_lives(
    again: Stage, client_as: ClientAs
) -> None:
    """Without a lock the token that is just being taken back would be given and kept."""
    browser = client_as("bayu")
    again.connect(browser)
    disconnect(again)
    brought = again.platform.consent(again.start(browser))
    came = threading.Event()

    def come_back() -> None:
        try:
            again.come_back(browser, **brought)
        finally:
            came.set()
            connection.close()

    comer = threading.Thread(target=come_back)

    def meanwhile() -> None:
        comer.start()
        came.wait(timeout=0.5)

    again.platform.before_revoking = meanwhile
    tasks.revoke_secrets()
    comer.join(timeout=20)
    assert Revocation.objects.get().outcome == "revoked"
    assert ConsentRequest.objects.latest("created_at").status == "connected"
    assert is_connected(again)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared_consent", [False, True])
def test_a_connection_is_never_ended_whenever_it_is_kept(
    again: Stage,
    client_as: ClientAs,
    monkeypatch: pytest.MonkeyPatch,
    shared_consent: bool,
) -> None:
    """Before the first question whether the platform may be told, between the two, or after."""
    browser = client_as("bayu")
    with standing_in_for("x", fake_spec(shared_consent=shared_consent)):
        for moment in range(3):
            again.connect(browser)
            disconnect(again)
            kept_at(moment, again, browser, monkeypatch)
            assert ConsentRequest.objects.latest("created_at").status == "connected", moment
            assert is_connected(again), moment
            due_now()
            assert not Revocation.objects.filter(settled_at=None).exists()
            assert is_connected(again), moment


def kept_at(moment: int, again: Stage, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a consent that was given kept after so many questions of a revocation."""
    brought = again.platform.consent(again.start(browser))
    given, go_on = threading.Event(), threading.Event()
    keep = consents._keep

    def held(*args: Any) -> bool:
        given.set()
        assert go_on.wait(timeout=20)
        return keep(*args)

    def come_back() -> None:
        try:
            again.come_back(browser, **brought)
        finally:
            given.set()
            connection.close()

    comer, asked = threading.Thread(target=come_back), 0

    def let_go() -> None:
        go_on.set()
        comer.join(timeout=20)

    def counted(question: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*args: Any) -> Any:
            nonlocal asked
            if asked == moment:
                let_go()
            answer = question(*args)
            asked += 1
            if asked == moment:
                let_go()
            return answer

        return ask

    with monkeypatch.context() as patch:
        patch.setattr(consents, "_keep", held)
        for name in ("_left_standing", "_ends_consent_under_way"):
            patch.setattr(revocations, name, counted(getattr(revocations, name)))
        comer.start()
        assert given.wait(timeout=20)
        due_now()
        let_go()
