"""A consent that somebody ends before its platform was asked for the accounts, while others are
connected through the same application: whoever gives it back asks whose it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.actions import consents
from accounts.models import ConsentRequest, Credential, Revocation
from accounts.vault import unseal
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import account, fake_spec, standing_in_for
from tests.accounts.secrets import give_credential
from tests.accounts.test_given_back_once import ENDS, coming_back, end, told
from tests.platforms.fakes import Received, Reply

pytestmark = pytest.mark.django_db(transaction=True)

ClientAs = Callable[[object], Client]


@pytest.fixture
def another(consent: Stage) -> Iterator[Credential]:
    """Connected through the same application, perhaps by the same consent: only the list of
    accounts tells whose a token is, as at Google."""
    other = factories.official_account(consent.cast.dinkes, platform="x", handle="dinkes", host="")
    give_credential(other, consent.cast.bayu, {"access_token": "a", "account_id": "55"})
    Credential.objects.filter(official_account=other).update(app=consent.app)
    with standing_in_for("x", fake_spec(consent_of=lambda secret: secret.get("account_id"))):
        yield Credential.objects.get(official_account=other)


@pytest.fixture
def ended(consent: Stage, another: Credential, client_as: ClientAs) -> Revocation:
    """How what was given goes back, before the platform is told of it."""
    with coming_back(consent, client_as("bayu"), "POST /token") as brought:
        end(consent, client_as, "another browser", brought)
    return Revocation.objects.get()


def asked(consent: Stage) -> int:
    return len(consent.platform.server.calls("GET /accounts"))


def outcomes() -> list[str]:
    rows = Revocation.objects.order_by("created_at")
    return list(rows.values_list("outcome", flat=True))


def stays_connected(other: Credential) -> None:
    assert Credential.objects.get(status="good") == other
    assert unseal(other)["access_token"] == "a"


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("moment", ["POST /token", "GET /accounts"])
def test_what_hangs_on_nothing_in_use_is_given_back_once(
    consent: Stage, another: Credential, client_as: ClientAs, moment: str, how: str
) -> None:
    with coming_back(consent, client_as("bayu"), moment) as brought:
        end(consent, client_as, how, brought)
    assert outcomes() == ["waiting"]
    tasks.revoke_secrets()
    assert outcomes() == ["revoked"]
    assert told(consent) == asked(consent) == 1
    assert not consent.platform.good
    assert ConsentRequest.objects.get().revocation == Revocation.objects.get()
    (entry,) = trail("accounts.consent.given_back")
    assert entry.data["outcome"] == "revoked"
    stays_connected(another)


@pytest.mark.parametrize("how", ENDS)
def test_who_answers_and_dies_before_the_accounts_are_told_leaves_the_question_to_others(
    consent: Stage,
    another: Credential,
    client_as: ClientAs,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    def killed(*_args: object) -> None:
        raise SystemExit("The process ends here.")

    with monkeypatch.context() as patch:
        patch.setattr(consents, "with_account", killed)
        with coming_back(consent, client_as("bayu"), "GET /accounts") as brought:
            end(consent, client_as, how, brought)
    tasks.revoke_secrets()
    assert outcomes() == ["revoked"]
    assert told(consent) == 1
    stays_connected(another)


@pytest.mark.parametrize(
    ("accounts", "outcome"),
    [
        ([account("101", "samudrakota")], "revoked"),
        ([], "revoked"),
        ([account("55", "dinkes")], "shared"),
        ([account("55", "dinkes"), account("101", "samudrakota")], "not_known"),
    ],
    ids=["its own", "nobody's", "the connected one's", "perhaps the connected one's"],
)
def test_it_is_left_standing_where_a_connection_may_hang_on_it(
    consent: Stage,
    another: Credential,
    ended: Revocation,
    accounts: list[dict[str, str]],
    outcome: str,
) -> None:
    consent.platform.accounts = accounts
    tasks.revoke_secrets()
    assert outcomes() == [outcome]
    assert told(consent) == (1 if outcome == "revoked" else 0)
    (entry,) = trail("accounts.consent.given_back")
    assert entry.data["outcome"] == outcome
    assert Revocation.objects.get().sealed == ""
    stays_connected(another)


def test_a_platform_that_does_not_tell_it_leaves_it_standing(
    consent: Stage, another: Credential, ended: Revocation
) -> None:
    """A token that is good for no question may be renewed by whoever holds the rest of it."""
    consent.platform.server.on("GET /accounts", Reply(401, {"error": "token"}))
    tasks.revoke_secrets()
    assert outcomes() == ["not_known"]
    assert told(consent) == 0
    stays_connected(another)


def test_a_platform_that_is_silent_is_asked_again(
    consent: Stage, another: Credential, ended: Revocation
) -> None:
    consent.platform.server.on("GET /accounts", Reply(503))
    tasks.revoke_secrets()
    assert outcomes() == ["waiting"]
    assert (Revocation.objects.get().tries, told(consent)) == (1, 0)
    consent.platform.server.on("GET /accounts", consent.platform._listed)
    Revocation.objects.update(next_try_at=timezone.now())
    tasks.revoke_secrets()
    assert outcomes() == ["revoked"]
    stays_connected(another)


def test_what_was_told_once_is_not_asked_again(
    consent: Stage, another: Credential, ended: Revocation
) -> None:
    consent.platform.server.on("POST /revoke", Reply(503))
    tasks.revoke_secrets()
    assert outcomes() == ["waiting"]
    consent.platform.server.on("POST /revoke", consent.platform._revoke)
    Revocation.objects.update(next_try_at=timezone.now())
    tasks.revoke_secrets()
    assert outcomes() == ["revoked"]
    assert asked(consent) == 1


def test_it_is_asked_at_once_though_it_waits_for_somebody_who_is_under_way(
    consent: Stage, another: Credential, ended: Revocation, client_as: ClientAs
) -> None:
    """Who sets out again and again may outlast the token with which the platform can be asked."""
    consent.start(client_as("bayu"))
    tasks.revoke_secrets()
    assert (outcomes(), asked(consent), told(consent)) == (["waiting"], 1, 0)
    assert Revocation.objects.get().tries == 0, "waiting is no try"
    consent.platform.server.on("GET /accounts", Reply(401, {"error": "token"}))
    ConsentRequest.objects.filter(settled_at=None).update(expires_at=timezone.now())
    Revocation.objects.update(next_try_at=timezone.now())
    tasks.revoke_secrets()
    assert (outcomes(), asked(consent), told(consent)) == (["revoked"], 1, 1)
    stays_connected(another)


@pytest.mark.parametrize("how", ENDS)
def test_what_the_platform_told_only_its_answerer_is_given_back_all_the_same(
    consent: Stage, another: Credential, client_as: ClientAs, how: str
) -> None:
    with coming_back(consent, client_as("bayu"), "GET /accounts") as brought:
        end(consent, client_as, how, brought)
        consent.platform.server.on("GET /accounts", Reply(401, {"error": "token"}))
        tasks.revoke_secrets()
        assert outcomes() == ["not_known"]
    tasks.revoke_secrets()
    assert outcomes() == ["not_known", "revoked"]
    assert told(consent) == 1
    assert not consent.platform.good


def test_nobody_is_asked_where_nothing_else_is_connected(
    consent: Stage, another: Credential, ended: Revocation
) -> None:
    Credential.objects.update(status="removed", sealed="")
    tasks.revoke_secrets()
    assert outcomes() == ["revoked"]
    assert asked(consent) == 0


def test_the_question_is_asked_outside_of_the_lock_that_others_wait_for(
    consent: Stage, another: Credential, ended: Revocation, client_as: ClientAs
) -> None:
    """Who comes back meanwhile is connected, though the platform is slow to tell whose it was."""
    browser, listed = client_as("bayu"), consent.platform._listed

    def slow(received: Received) -> Reply:
        consent.platform.server.on("GET /accounts", listed)
        try:
            assert consent.connect(browser).status_code == 302
        finally:
            connection.close()
        return listed(received)

    consent.platform.server.on("GET /accounts", slow)
    tasks.revoke_secrets()
    assert outcomes() == ["shared"], "it is for the account that was connected meanwhile"
    assert told(consent) == 0
    assert Credential.objects.filter(status="good").count() == 2
