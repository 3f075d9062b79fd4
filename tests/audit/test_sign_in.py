from __future__ import annotations

from typing import Any

import pytest
from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse

from govsocial.audit.models import Entry
from govsocial.audit.sign_in import digest_of
from tests import factories
from tests.cast import Cast


def sign_in(client: Client, email: str, password: str = factories.PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def told() -> list[Entry]:
    return list(Entry.objects.filter(event__startswith="sign_in.").order_by("pk"))


def test_coming_and_going_is_told(cast: Cast, client: Client) -> None:
    assert sign_in(client, cast.sari.email).status_code == 302
    client.post(reverse("account_logout"))
    started, ended = told()
    assert (started.event, ended.event) == ("sign_in.session.started", "sign_in.session.ended")
    assert started.actor == ended.actor == cast.sari
    assert started.actor_roles == ["approver"]
    assert started.address == "127.0.0.1"
    assert started.request_id


def test_a_wrong_password_is_told_by_the_system_about_the_person(
    cast: Cast, client: Client
) -> None:
    assert sign_in(client, cast.sari.email.upper(), "salah-sama-sekali").status_code == 200
    (entry,) = told()
    assert entry.event == "sign_in.attempt.failed"
    assert entry.actor.is_system
    assert entry.target_label == "Sari Wulandari"
    assert entry.data == {"address_digest": digest_of(cast.sari.email)}


@pytest.mark.parametrize("typed", ["siapa@di-mana.example", "sandi-saya@x.example"])
def test_an_unknown_address_is_told_without_the_address(
    cast: Cast, client: Client, typed: str
) -> None:
    sign_in(client, typed)
    (entry,) = told()
    assert entry.event == "sign_in.attempt.unknown"
    assert entry.actor.is_system
    assert typed not in str(vars(entry))
    assert entry.data == {"address_digest": digest_of(typed)}


def test_no_password_reaches_the_trail(cast: Cast, client: Client) -> None:
    sign_in(client, cast.sari.email)
    sign_in(Client(), cast.dwi.email, "rahasia-yang-salah")
    everything = str([vars(entry) for entry in Entry.objects.all()])
    assert factories.PASSWORD not in everything
    assert "rahasia-yang-salah" not in everything


def test_the_same_address_is_recognised_however_it_is_typed() -> None:
    assert digest_of(" Sari@Samudrakota.example ") == digest_of("sari@samudrakota.example")
    assert digest_of("a") != digest_of("b")
    assert len(digest_of("\ud800\0")) == 16


@pytest.mark.parametrize(
    ("signal", "event"),
    [
        (account_signals.password_changed, "sign_in.password.changed"),
        (account_signals.password_set, "sign_in.password.changed"),
        (account_signals.password_reset, "sign_in.password.reset"),
        (mfa_signals.authenticator_added, "sign_in.factor.added"),
        (mfa_signals.authenticator_removed, "sign_in.factor.removed"),
        (mfa_signals.authenticator_reset, "sign_in.factor.reset"),
        (mfa_signals.authentication_failed, "sign_in.code.failed"),
    ],
)
def test_changes_of_how_somebody_signs_in_are_told(cast: Cast, signal: Any, event: str) -> None:
    class Totp:
        type = "totp"

    request = RequestFactory().get("/")
    # The list of a person's own sessions listens as well.
    request.user, request.session = cast.sari, SessionStore()
    request.session.create()
    signal.send(
        sender=type(cast.sari),
        request=request,
        user=cast.sari,
        authenticator=Totp(),
    )
    (entry,) = told()
    assert entry.event == event
    assert entry.target_id == str(cast.sari.pk)
    assert entry.actor.is_system == (event == "sign_in.code.failed")
