"""A token that is given out once: real workers, real HTTP, and a worker that dies in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import actions, vault
from accounts.models import Credential, User
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import AuthRevoked, NotReached, RateLimited, Unavailable
from govsocial.platforms.registry import spec, with_clients
from tests import factories, processes
from tests.accounts.consent_stage import Stage, stage
from tests.accounts.fake_platform import CLIENT_ID, CLIENT_SECRET, FakePlatform
from tests.accounts.secrets import give_credential
from tests.cast import Cast, the_cast

ClientAs = Callable[[object], Client]
ENDED = (timezone.now() - timedelta(minutes=5)).isoformat()


def connected(consent: Stage, *, expires_at: str = ENDED) -> dict[str, str]:
    """The account with a token whose time is over and a refresh token that is good once."""
    consent.platform.good["access-0"] = "refresh-0"
    secret = {
        "access_token": "access-0",
        "refresh_token": "refresh-0",
        "expires_at": expires_at,
        "scope": "read write",
    }
    give_credential(consent.account, consent.cast.bayu, secret)
    return secret


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_an_ended_token_refresh_once_and_both_go_on(
    fake_platform: FakePlatform, settings: Settings
) -> None:
    consent = stage(the_cast(), fake_platform)
    connected(consent)
    together, seen, failures, waited = threading.Barrier(4), [], [], []

    def let_the_others_come() -> None:
        waited.append(processes.until_waiting(3))
        connection.close()

    fake_platform.before_refresh = let_the_others_come

    def work() -> None:
        try:
            client = vault.client_for(consent.account)
            together.wait(timeout=10)
            seen.append(client.profile().platform_id)
        except Exception as exc:
            failures.append(exc)
            raise
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert failures == []
    assert seen == ["101"] * 4
    assert fake_platform.refreshed == 1
    assert waited == [True]
    credential = Credential.objects.get()
    assert credential.refresh_started_at is None
    assert credential.rotated_at is not None
    assert credential.access_expires_at is not None
    assert credential.access_expires_at > timezone.now()
    assert vault.client_for(consent.account).profile().platform_id == "101", "nobody lost it"


class Died(BaseException):
    """The worker is gone between the platform's answer and our commit."""


@pytest.fixture
def store(consent: Stage) -> vault.AccountSecretStore:
    connected(consent)
    return vault.AccountSecretStore(consent.account.pk)


def die(secret: Secret) -> Secret:
    raise Died


def refuse(secret: Secret) -> Secret:
    raise AuthRevoked("The platform gives no new token.")


def begun_before(seconds: int) -> None:
    Credential.objects.update(refresh_started_at=timezone.now() - timedelta(seconds=seconds))


def test_a_refresh_that_was_cut_off_is_known_afterwards_and_said(
    store: vault.AccountSecretStore,
) -> None:
    with pytest.raises(Died):
        store.rotate(stale=store.load(), refresh=die)
    assert Credential.objects.get().refresh_started_at is not None
    begun_before(60)
    with pytest.raises(AuthRevoked, match="cut off"):
        store.rotate(stale=store.load(), refresh=refuse)


def test_a_refresh_that_was_cut_off_before_the_platform_took_it_just_goes_on(
    store: vault.AccountSecretStore,
) -> None:
    with pytest.raises(Died):
        store.rotate(stale=store.load(), refresh=die)
    begun_before(60)
    fresh = store.rotate(stale=store.load(), refresh=lambda old: {**old, "access_token": "new"})
    assert fresh["access_token"] == "new"
    assert Credential.objects.get().refresh_started_at is None


@pytest.mark.parametrize(
    ("failure", "open_after"),
    [
        (NotReached("down"), False),
        (RateLimited("wait"), False),
        (Unavailable("no answer in time"), True),
    ],
)
def test_only_a_failure_that_may_hide_a_new_token_keeps_the_refresh_open(
    store: vault.AccountSecretStore, failure: Exception, open_after: bool
) -> None:
    def fail(secret: Secret) -> Secret:
        raise failure

    with pytest.raises(type(failure)):
        store.rotate(stale=store.load(), refresh=fail)
    assert (Credential.objects.get().refresh_started_at is not None) == open_after


def test_an_ordinary_refusal_is_no_cut_off_refresh(store: vault.AccountSecretStore) -> None:
    with pytest.raises(AuthRevoked, match="no new token"):
        store.rotate(stale=store.load(), refresh=refuse)
    begun_before(1)
    with pytest.raises(AuthRevoked, match="no new token"):
        store.rotate(stale=store.load(), refresh=refuse)


def test_connecting_again_forgets_the_open_refresh(
    consent: Stage, store: vault.AccountSecretStore, client_as: Callable[[object], object]
) -> None:
    begun_before(60)
    consent.connect(client_as("bayu"))  # type: ignore[arg-type]  # a test client
    assert Credential.objects.get().refresh_started_at is None


def test_disconnecting_waits_for_nobody_and_ends_refreshing(
    cast: Cast, consent: Stage, store: vault.AccountSecretStore
) -> None:
    stale = store.load()
    actions.disconnect_account(
        actor=cast.bayu, official_account_id=consent.account.pk, reason="Pindah"
    )
    with pytest.raises(AuthRevoked, match="not connected"):
        store.rotate(stale=stale, refresh=die)


def test_a_token_that_another_worker_has_just_refreshed_outlives_a_late_report(
    consent: Stage, store: vault.AccountSecretStore
) -> None:
    Credential.objects.update(connected_at=timezone.now() - timedelta(hours=1))
    begun = timezone.now()
    store.rotate(stale=store.load(), refresh=lambda old: {**old, "access_token": "new"})

    def report(used_since: datetime) -> bool:
        return actions.mark_revoked(
            actor=User.objects.system(),
            official_account_id=consent.account.pk,
            reason="The token is no longer taken.",
            used_since=used_since,
        )

    assert not report(begun)
    assert store.load()["access_token"] == "new"
    assert report(timezone.now())
    assert Credential.objects.get().status == "revoked"


# Beat --------------------------------------------------------------------------------------------


def renew_what_is_due() -> list[int]:
    system = User.objects.system()
    claimed = actions.claim_renewals()
    for account_id in claimed:
        actions.renew_connection(actor=system, official_account_id=account_id)
    return claimed


def ends_in(**left: float) -> None:
    end = timezone.now() + timedelta(**left)
    Credential.objects.update(access_expires_at=end, renew_after=None)


def test_a_token_near_its_end_is_renewed_and_the_clock_moves(consent: Stage) -> None:
    connected(consent)
    ends_in(minutes=14)
    assert renew_what_is_due() == [consent.account.pk]
    credential = Credential.objects.get()
    assert credential.access_expires_at is not None
    assert credential.access_expires_at > timezone.now() + timedelta(minutes=100)
    assert credential.last_success_at is not None
    assert renew_what_is_due() == []


def test_a_token_of_two_hours_is_claimed_again_at_its_next_end(consent: Stage) -> None:
    connected(consent)
    ends_in(minutes=14)
    assert renew_what_is_due() == [consent.account.pk]
    with time_machine.travel(timezone.now() + timedelta(minutes=110)):
        assert renew_what_is_due() == [consent.account.pk]
    assert consent.platform.refreshed == 2


def test_what_is_far_from_its_end_closed_or_without_end_is_left_alone(consent: Stage) -> None:
    connected(consent)
    ends_in(minutes=16)
    assert actions.claim_renewals() == []
    Credential.objects.update(access_expires_at=None)
    assert actions.claim_renewals() == []
    ends_in(minutes=1)
    Credential.objects.update(status="revoked")
    assert actions.claim_renewals() == []


def test_an_idle_access_token_is_kept_alive(consent: Stage) -> None:
    connected(consent)
    ends_in(days=-1)
    assert renew_what_is_due() == [consent.account.pk]


@pytest.mark.parametrize(("minutes", "asked"), [(60, False), (10, True)])
def test_only_a_renewal_that_asked_the_platform_is_written_as_a_success(
    consent: Stage, minutes: int, asked: bool
) -> None:
    ends = (timezone.now() + timedelta(minutes=minutes)).isoformat()
    connected(consent, expires_at=ends)
    failed = timezone.now() - timedelta(hours=1)
    Credential.objects.update(last_error="PermissionMissing", last_error_at=failed)
    actions.renew_connection(actor=User.objects.system(), official_account_id=consent.account.pk)
    assert consent.platform.refreshed == asked
    assert (Credential.objects.get().last_success_at is not None) == asked


def test_a_fault_of_ours_in_a_renewal_is_raised_and_shown_on_the_page_of_health(
    consent: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(consent)

    def breaks(_secret: Secret) -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr(vault, "clocks", breaks)
    with pytest.raises(ValueError, match="unforeseen"):
        actions.renew_connection(
            actor=User.objects.system(), official_account_id=consent.account.pk
        )
    credential = Credential.objects.get()
    assert (credential.last_error, credential.last_success_at) == ("ValueError", None)
    assert credential.status == Credential.Status.GOOD


@pytest.mark.parametrize("platform", with_clients())
def test_beat_claims_what_the_client_of_the_platform_renews(cast: Cast, platform: str) -> None:
    account = factories.official_account(cast.diskominfo, platform=platform)
    give_credential(account, cast.bayu)
    margin = spec(platform).renew_before
    ends_in(seconds=5 + (margin or timedelta(days=365)).total_seconds())
    assert actions.claim_renewals() == []
    ends_in(seconds=(margin or timedelta(0)).total_seconds() - 5)
    assert actions.claim_renewals() == ([] if margin is None else [account.pk])


def test_a_renewal_that_the_platform_refuses_is_written_in_plain_words(consent: Stage) -> None:
    connected(consent)
    ends_in(minutes=2)
    consent.platform.good.clear()
    renew_what_is_due()
    credential = Credential.objects.get()
    assert credential.status == "revoked"
    assert credential.last_error == "AuthRevoked"


def test_a_connection_outlives_that_its_application_is_taken_away_for_a_moment(
    consent: Stage, client_as: ClientAs
) -> None:
    connected(consent)
    ends_in(minutes=2)
    bayu = consent.cast.bayu
    factories.reads_english(bayu)
    actions.remove_platform_app(actor=bayu, platform="x", reason="Keliru")
    assert renew_what_is_due() == [consent.account.pk]
    credential = Credential.objects.get()
    assert (credential.status, credential.last_error) == ("good", "AppMissing")
    page = client_as("bayu").get(reverse("accounts:connection_health")).content.decode()
    assert "The administrator enters it again; the connection then goes on by itself." in page
    actions.set_platform_app(
        actor=bayu, platform="x", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    ends_in(minutes=2)
    renew_what_is_due()
    credential = Credential.objects.get()
    assert (credential.status, credential.last_success_at is None) == ("good", False)
    assert consent.platform.refreshed == 1


def test_a_renewal_that_fails_for_now_is_tried_again_soon(
    consent: Stage, settings: Settings
) -> None:
    connected(consent)
    ends_in(minutes=2)
    settings.PLATFORM_BASE_URL = "http://127.0.0.1:9"
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:9"})
    renew_what_is_due()
    credential = Credential.objects.get()
    assert credential.status == "good"
    assert credential.last_error == "NotReached"
    assert credential.renew_after is not None
    assert credential.renew_after < timezone.now() + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_two_beats_claim_each_connection_once(fake_platform: FakePlatform) -> None:
    consent = stage(the_cast(), fake_platform)
    connected(consent)
    ends_in(minutes=2)
    together, claimed = threading.Barrier(3), []

    def claim() -> None:
        try:
            together.wait(timeout=10)
            claimed.extend(actions.claim_renewals())
        finally:
            connection.close()

    beats = [threading.Thread(target=claim) for _ in range(3)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join(timeout=20)
    assert claimed == [consent.account.pk]
