"""Two connections of one consent that two people end in the same moment: the platform is told of
the last of them. And who does not wait for whom. Real threads, real locks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions, tasks, vault
from accounts.models import Credential, OfficialAccount, Revocation
from tests import factories
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import fake_spec, standing_in_for
from tests.accounts.secrets import give_credential

pytestmark = pytest.mark.django_db(transaction=True)
ClientAs = Callable[[object], Client]


@pytest.fixture(params=["one consent", "one token"])
def pair(
    request: pytest.FixtureRequest, consent: Stage, client_as: ClientAs
) -> Iterator[list[OfficialAccount]]:
    """Two accounts of two units that hang on one consent, as pages of Meta do, or on one token."""
    shared = request.param == "one consent"
    with standing_in_for("x", fake_spec(shared_consent=shared)):
        consent.connect(client_as("bayu"))
        secret = dict(vault.AccountSecretStore(consent.account.pk).load())
        if shared:
            secret |= {"access_token": "of-the-other-page", "refresh_token": ""}
        other = factories.official_account(
            consent.cast.dinkes, platform="x", handle="dinkes", host=""
        )
        give_credential(other, consent.cast.bayu, secret)
        Credential.objects.filter(official_account=other).update(app=consent.app)
        yield [consent.account, other]


def end(consent: Stage, account: OfficialAccount) -> None:
    actions.disconnect_account(
        actor=consent.cast.bayu, official_account_id=account.pk, reason="Pindah"
    )


def closing(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()


def meanwhile(act: Callable[[], object]) -> None:
    """Do it in a transaction of somebody else, who waits for nobody here."""

    other = threading.Thread(target=closing, args=[act], daemon=True)
    other.start()
    other.join(timeout=20)
    assert not other.is_alive(), "it waits for this transaction"


def tell() -> None:
    Revocation.objects.filter(settled_at=None).update(next_try_at=timezone.now())
    tasks.revoke_secrets()


def calls(consent: Stage) -> int:
    return len(consent.platform.server.calls("POST /revoke"))


def outcomes() -> list[str]:
    return sorted(Revocation.objects.values_list("outcome", flat=True))


def test_of_two_that_end_in_the_same_moment_the_platform_is_told(
    consent: Stage, pair: list[OfficialAccount]
) -> None:
    first, second = pair

    def end_second() -> None:
        end(consent, second)
        tell()

    with transaction.atomic():
        end(consent, first)
        meanwhile(end_second)
    assert calls(consent) == 0, "to the second one the first was still in use"
    tell()
    assert calls(consent) == 1
    assert outcomes() == ["revoked", "shared"]


def test_one_that_is_only_being_renewed_keeps_the_consent(
    consent: Stage, pair: list[OfficialAccount]
) -> None:
    first, second = pair

    def end_first() -> None:
        end(consent, first)
        tell()

    with transaction.atomic():
        Credential.objects.select_for_update().get(official_account=second)
        meanwhile(end_first)
        assert outcomes() == ["waiting"]
    tell()
    assert outcomes() == ["shared"]
    assert calls(consent) == 0


def test_an_application_is_changed_while_its_platform_is_silent(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    end(consent, consent.account)
    changed = threading.Event()

    def change() -> None:
        actions.set_platform_app(
            actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
        )
        changed.set()

    during: list[bool] = []

    def silent() -> None:
        other = threading.Thread(target=closing, args=[change], daemon=True)
        other.start()
        during.append(changed.wait(timeout=10))

    consent.platform.before_revoking = silent
    tell()
    assert during == [True]
    assert outcomes() == ["revoked"]
    assert not consent.platform.good
