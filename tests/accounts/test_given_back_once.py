"""What a consent gave is given back once, whoever ends it while it is being answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, tasks
from accounts.actions import consent_refusals, consents
from accounts.consent_words import Reason
from accounts.models import ConsentRequest, Credential, Revocation
from accounts.sealing import CannotOpen
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import FakeAuthorisation, account
from tests.platforms.fakes import Received, Reply

pytestmark = pytest.mark.django_db(transaction=True)

ClientAs = Callable[[object], Client]
# What is asked of the platform last before the consent ends otherwise.
MOMENTS = ["POST /token", "GET /accounts", "GET /me"]
ENDS = ["another browser", "tidying"]


@contextmanager
def coming_back(consent: Stage, browser: Client, moment: str) -> Iterator[dict[str, str]]:
    """A consent is being answered: its platform is asked, and answers when this is over."""
    brought = consent.platform.consent(consent.start(browser))
    asked, answer = threading.Event(), threading.Event()
    name = {"POST /token": "_token", "POST /revoke": "_revoke"}.get(moment, "_listed")
    real: Callable[[Received], Reply] = getattr(consent.platform, name)

    def slow(received: Received) -> Reply:
        reply = real(received)
        asked.set()
        assert answer.wait(timeout=20)
        return reply

    consent.platform.server.on(moment, slow)

    def come_back() -> None:
        try:
            consent.come_back(browser, **brought)
        except SystemExit:
            pass
        finally:
            connection.close()

    comer = threading.Thread(target=come_back)
    comer.start()
    try:
        assert asked.wait(timeout=20)
        yield brought
    finally:
        answer.set()
        comer.join(timeout=20)
        consent.platform.server.on(moment, real)


def end(consent: Stage, client_as: ClientAs, how: str, brought: dict[str, str]) -> None:
    """Settle what is being answered, as somebody else."""
    if how == "another browser":
        assert consent.come_back(client_as("bayu"), **brought).status_code == 403
        return
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(hours=3))
    assert actions.tidy_consents(actor=consent.cast.bayu) == 1


def told(consent: Stage) -> int:
    return len(consent.platform.server.calls("POST /revoke"))


def given_back_once(consent: Stage) -> None:
    tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "revoked"
    assert told(consent) == 1
    assert len(trail("accounts.consent.given_back")) == 1
    assert ConsentRequest.objects.get().revocation == Revocation.objects.get()
    assert not consent.platform.good
    assert not Credential.objects.exists()


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_what_was_given_while_another_one_ends_it_is_given_back_once(
    consent: Stage, client_as: ClientAs, moment: str, how: str
) -> None:
    with coming_back(consent, client_as("bayu"), moment) as brought:
        end(consent, client_as, how, brought)
    given_back_once(consent)


@pytest.mark.parametrize("how", ENDS)
def test_what_was_told_to_the_platform_meanwhile_is_not_told_again(
    consent: Stage, client_as: ClientAs, how: str
) -> None:
    """Nothing is left by then of which token it was."""
    with coming_back(consent, client_as("bayu"), "GET /me") as brought:
        end(consent, client_as, how, brought)
        tasks.revoke_secrets()
        assert told(consent) == 1
    given_back_once(consent)


@pytest.mark.parametrize("how", ENDS)
def test_an_offer_that_is_ended_while_it_is_connected_is_given_back_once(
    consent: Stage, client_as: ClientAs, how: str
) -> None:
    consent.platform.accounts = [account("101", "samudrakota"), account("102", "samudrakota")]
    browser = client_as("bayu")
    brought = consent.platform.consent(consent.start(browser))
    address = consent.come_back(browser, **brought)["Location"]

    def meanwhile(received: Received) -> Reply:
        try:
            end(consent, client_as, how, brought)
        finally:
            connection.close()
        return consent.platform._listed(received)

    consent.platform.server.on("GET /me", meanwhile)
    assert browser.post(address, {"account": "101"})["Location"] == reverse("consent_refused")
    given_back_once(consent)


@pytest.mark.parametrize("how", ENDS)
def test_two_who_end_it_at_the_same_moment_give_it_back_once(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Who answers it refuses it, and another one settles it: one has the row first."""
    consent.platform.scope = "read"
    together, real = threading.Barrier(2), consent_refusals.settle

    def at_once(*args: Any, **more: Any) -> Revocation | None:
        together.wait(timeout=20)
        return real(*args, **more)

    monkeypatch.setattr(consent_refusals, "settle", at_once)
    monkeypatch.setattr(consents, "settle", at_once)
    browser, other = client_as("bayu"), client_as("bayu")
    with coming_back(consent, browser, "GET /me") as brought:
        ended = threading.Thread(target=_ended, args=(consent, other, how, brought))
        ended.start()
    ended.join(timeout=20)
    given_back_once(consent)


def _ended(consent: Stage, other: Client, how: str, brought: dict[str, str]) -> None:
    try:
        end(consent, lambda _who: other, how, brought)
    finally:
        connection.close()


@pytest.mark.parametrize("where", ["with_account", "_connect", "_keep"])
@pytest.mark.parametrize("how", ENDS)
def test_who_answers_and_dies_leaves_it_to_who_ended_it(
    consent: Stage,
    client_as: ClientAs,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    how: str,
) -> None:
    def killed(*_args: object) -> None:
        raise SystemExit("The process ends here.")

    monkeypatch.setattr(consents, where, killed)
    moment = "GET /me" if where == "_keep" else "GET /accounts"
    with coming_back(consent, client_as("bayu"), moment) as brought:
        end(consent, client_as, how, brought)
    given_back_once(consent)


@pytest.mark.parametrize("how", ENDS)
def test_who_takes_it_and_dies_before_the_platform_is_told_leaves_it_to_the_next(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def killed(*_args: object) -> None:
        raise SystemExit("The process ends here.")

    with coming_back(consent, client_as("bayu"), "GET /me") as brought:
        end(consent, client_as, how, brought)
        with monkeypatch.context() as patch:
            patch.setattr(FakeAuthorisation, "revoke", killed)
            with pytest.raises(SystemExit):
                tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "waiting"
    assert told(consent) == 0
    tasks.revoke_secrets()
    assert told(consent) == 0, "the one that died may be at it still"
    Revocation.objects.update(next_try_at=timezone.now())
    given_back_once(consent)


@pytest.mark.parametrize("how", ENDS)
def test_who_ends_it_and_dies_before_that_is_committed_leaves_it_to_who_answers(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    real = consent_refusals.give_back

    def killed(*args: Any) -> None:
        real(*args)
        raise SystemExit("The process ends here.")

    other = client_as("bayu")
    consent.platform.scope = "read"
    with coming_back(consent, client_as("bayu"), "GET /me") as brought:
        with monkeypatch.context() as patch:
            patch.setattr(consent_refusals, "give_back", killed)
            with pytest.raises(SystemExit):
                end(consent, lambda _who: other, how, brought)
        assert not Revocation.objects.exists()
    given_back_once(consent)


@pytest.mark.parametrize("how", ENDS)
def test_a_token_that_was_refreshed_meanwhile_is_given_back_as_well(
    consent: Stage, client_as: ClientAs, how: str
) -> None:
    """What the row held is another token by then, and does not end this one."""
    consent.platform.expires_in = 30
    with coming_back(consent, client_as("bayu"), "GET /me") as brought:
        assert consent.platform.refreshed == 1
        end(consent, client_as, how, brought)
    tasks.revoke_secrets()
    assert [one.outcome for one in Revocation.objects.all()] == ["revoked", "revoked"]
    assert not consent.platform.good


def test_what_does_not_open_is_given_back_by_who_holds_it(
    consent: Stage, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_row: object) -> str:
        raise CannotOpen("The key is not here.")

    with coming_back(consent, client_as("bayu"), "GET /me") as brought:
        with monkeypatch.context() as patch:
            patch.setattr(consent_refusals, "open_row", closed)
            end(consent, client_as, "another browser", brought)
        assert not Revocation.objects.exists()
    given_back_once(consent)


def test_no_statement_puts_another_revocation_in_its_place(
    consent: Stage, client_as: ClientAs
) -> None:
    with coming_back(consent, client_as("bayu"), "GET /me") as brought:
        end(consent, client_as, "another browser", brought)
    request = ConsentRequest.objects.get()
    with transaction.atomic():
        another = consent_refusals.give_back(consent.cast.bayu, request, {"access_token": "other"})
    for put in (another.pk, None):
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            _put(request.pk, put)
    assert request.reason == Reason.OTHER_BROWSER


def _put(request: UUID, revocation: UUID | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_consentrequest SET revocation_id = %s WHERE id = %s",
            [revocation, request],
        )
