"""Taking a secret back ends everything that the same consent gave, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import actions, tasks, vault
from accounts.actions.connections import Proven, keep_connection
from accounts.actions.revocations import plan_revocation
from accounts.models import Credential, OfficialAccount, PlatformApp, Revocation
from govsocial.audit.models import Entry
from govsocial.platforms.base import Profile, Secret
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import FakeAuthorisation, account, fake_spec, standing_in_for
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]
PLATFORMS = ["facebook", "instagram", "tiktok", "youtube"]
IN_PERSON = {"facebook", "instagram"}
SITI, BUDI = "1001", "2002"


def app_of(cast: Cast, platform: str, client_id: str = "badan") -> PlatformApp:
    return actions.set_platform_app(
        actor=cast.bayu, platform=platform, client_id=client_id, client_secret="rahasia"
    )


def secret_of(account_id: str, person: str = "") -> dict[str, str]:
    """As the clients store it; only Meta tells who agreed."""
    own = {"access_token": f"token-of-{account_id}-{person}", "account_id": account_id}
    return own | ({"user_id": person} if person else {})


def connected(
    cast: Cast, app: PlatformApp, account_id: str, person: str = "", **secret: str
) -> OfficialAccount:
    platform = app.platform
    person = person if platform in IN_PERSON else ""
    made = factories.official_account(
        cast.diskominfo,
        platform=platform,
        handle=f"kanal{account_id}",
        host="",
        platform_id=account_id,
    )
    give_credential(made, cast.bayu, secret_of(account_id, person) | secret)
    Credential.objects.filter(official_account=made).update(app=app)
    return made


def disconnect(cast: Cast, made: OfficialAccount) -> Revocation:
    actions.disconnect_account(actor=cast.bayu, official_account_id=made.pk, reason="Pindah")
    return Revocation.objects.get(official_account=made)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_another_person_gave_does_not_keep_a_secret_alive(cast: Cast, platform: str) -> None:
    app = app_of(cast, platform)
    first, second = connected(cast, app, "501", SITI), connected(cast, app, "502", BUDI)
    assert [disconnect(cast, one).outcome for one in (first, second)] == ["waiting", "waiting"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_person_with_two_accounts(cast: Cast, platform: str) -> None:
    """At Meta they hang on one consent; at TikTok and Google each account has its own."""
    app = app_of(cast, platform)
    first, second = connected(cast, app, "501", SITI), connected(cast, app, "502", SITI)
    shared = platform in IN_PERSON
    assert disconnect(cast, first).outcome == ("shared" if shared else "waiting")
    assert disconnect(cast, second).outcome == "waiting", "the last one is told"


@pytest.mark.parametrize("person", [SITI, BUDI])
def test_one_application_of_meta_serves_its_sister_platform_too(cast: Cast, person: str) -> None:
    page = connected(cast, app_of(cast, "facebook"), "501", SITI)
    connected(cast, app_of(cast, "instagram"), "601", person)
    assert disconnect(cast, page).outcome == ("shared" if person == SITI else "waiting")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("whose", ["somebody else", "the same"])
def test_a_refused_consent_is_given_back_unless_a_connection_hangs_on_it(
    cast: Cast, platform: str, whose: str
) -> None:
    app = app_of(cast, platform)
    made = connected(cast, app, "501", SITI)
    given = secret_of("501", SITI) if whose == "the same" else secret_of("private", BUDI)
    if platform not in IN_PERSON:
        del given["user_id"]
    with transaction.atomic():
        revocation = plan_revocation(
            actor=cast.bayu,
            official_account=made,
            app=app,
            secret=given,
            host="",
            of_refused_consent=True,
        )
    assert revocation.outcome == ("shared" if whose == "the same" else "waiting")
    assert len(trail("accounts.consent.given_back")) == (1 if whose == "the same" else 0)
    assert not Entry.objects.filter(data__icontains=SITI).exists()


def again(cast: Cast, made: OfficialAccount, app: PlatformApp, secret: Secret) -> None:
    profile = Profile(
        platform_id=made.platform_id, handle=made.handle, display_name="", url="", definition=""
    )
    proven = Proven(host="", profile=profile, secret=secret, app=app)
    keep_connection(actor=cast.bayu, official_account_id=made.pk, proven=proven)


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_the_consent_of_whoever_left_ends_when_a_successor_connects(
    cast: Cast, platform: str
) -> None:
    app = app_of(cast, platform)
    made = connected(cast, app, "501", SITI)
    again(cast, made, app, secret_of("501", SITI) | {"access_token": "newer"})
    assert not Revocation.objects.exists(), "the same person's consent would end with it"
    again(cast, made, app, secret_of("501", BUDI))
    revocation = Revocation.objects.get()
    assert revocation.outcome == "waiting"
    assert json.loads(vault.open_row(revocation))["user_id"] == SITI


@pytest.mark.parametrize("platform", ["tiktok", "youtube"])
def test_the_same_account_again_ends_nothing(cast: Cast, platform: str) -> None:
    app = app_of(cast, platform)
    made = connected(cast, app, "501")
    again(cast, made, app, secret_of("501") | {"access_token": "newer"})
    assert not Revocation.objects.exists()


def test_the_one_who_left_keeps_other_connections_going(cast: Cast) -> None:
    app = app_of(cast, "facebook")
    made = connected(cast, app, "501", SITI)
    connected(cast, app, "502", SITI)
    again(cast, made, app, secret_of("501", BUDI))
    assert Revocation.objects.get().outcome == "shared"


@pytest.mark.parametrize("unknown", ["own", "other", "sealed away"])
def test_where_nobody_knows_who_consented_it_is_left_and_a_person_is_told(
    cast: Cast, client_as: ClientAs, unknown: str
) -> None:
    factories.reads_english(cast.bayu).save()
    app = app_of(cast, "facebook")
    made = connected(cast, app, "501", "" if unknown == "own" else SITI)
    other = connected(cast, app, "502", "" if unknown == "other" else BUDI)
    if unknown == "sealed away":
        Credential.objects.filter(official_account=other).update(sealed="not a secret")
    revocation = disconnect(cast, made)
    assert (revocation.outcome, revocation.sealed) == ("not_known", "")
    (entry,) = trail("accounts.connection.revocation")
    assert entry.data["outcome"] == "not_known"
    detail = reverse("accounts:official_account_detail", args=[made.pk])
    assert "can remove it in their own settings" in client_as("bayu").get(detail).content.decode()
    assert disconnect(cast, other).outcome in {"waiting", "not_here"}, "nothing else is in use"


def test_who_consented_is_asked_again_when_the_platform_is_told(
    consent: Stage, client_as: ClientAs
) -> None:
    consent.connect(client_as("bayu"))
    app = Credential.objects.get().app
    with standing_in_for("x", fake_spec(shared_consent=True)):
        actions.disconnect_account(
            actor=consent.cast.bayu, official_account_id=consent.account.pk, reason="Pindah"
        )
        other = factories.official_account(
            consent.cast.dinkes, platform="x", handle="dinkes", host=""
        )
        give_credential(other, consent.cast.bayu, {"access_token": "a", "person": "budi"})
        Credential.objects.filter(official_account=other).update(app=app)
        tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "revoked"
    assert not consent.platform.good


@pytest.mark.parametrize("reached", [[account("7", "pribadi")], []])
def test_a_private_account_agreed_by_mistake_is_given_back_though_others_are_connected(
    consent: Stage,
    client_as: ClientAs,
    reached: list[dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where only the list of accounts tells whose consent it was, as at Google."""
    consent.platform.accounts = reached
    other = factories.official_account(consent.cast.dinkes, platform="x", handle="dinkes", host="")
    give_credential(other, consent.cast.bayu, {"access_token": "a", "account_id": "55"})
    Credential.objects.filter(official_account=other).update(app=consent.app)
    told: list[Secret] = []
    tell = FakeAuthorisation.revoke

    def noted(consent_of: FakeAuthorisation, secret: Secret) -> None:
        told.append(secret)
        tell(consent_of, secret)

    monkeypatch.setattr(FakeAuthorisation, "revoke", noted)
    with standing_in_for("x", fake_spec(consent_of=lambda secret: secret.get("account_id"))):
        consent.connect(client_as("bayu"))
        tasks.revoke_secrets()
    assert Revocation.objects.get().outcome == "revoked"
    assert [one["account_id"] for one in told] == ["7" if reached else ""]
    assert not consent.platform.good
