"""What the page of the health says of access out of use that may still stand at its platform."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.actions.revocations import plan_revocation
from accounts.capabilities import Role
from accounts.models import Credential, OfficialAccount, Revocation, User
from accounts.views.health import MOST_OUT_OF_USE
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast

PAGE = "accounts:connection_health"
BY_CONSENT = "connected by the same consent"
SESSION = "1 session that is out of use is not ended at its platform yet"
LEFT = "may still stand: only a person at the platform can end it"
SETTLED = ["unanswered", "not_here", "not_known"]


def page_of(user: User, client: Client) -> str:
    client.force_login(factories.reads_english(user))
    return client.get(reverse(PAGE)).content.decode()


def test_a_session_that_is_late_ends_with_its_app_password_not_with_a_consent(
    cast: Cast, bluesky: OfficialAccount, client: Client
) -> None:
    plan_revocation(
        actor=cast.bayu, official_account=bluesky, app=None, host=bluesky.host,
        secret={"app_password": "abcd", "refresh_jwt": "a.b.c", "did": "did:plc:a"},
    )  # fmt: skip
    assert SESSION not in page_of(cast.bayu, client), "it is not late yet"
    Revocation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    page = page_of(cast.bayu, client)
    assert SESSION in page
    assert "delete the app password" in page
    assert BY_CONSENT not in page
    assert "remove govsocial" not in page


def test_what_only_a_person_can_end_is_told_for_a_month_to_who_keeps_the_account(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    app = actions.set_platform_app(
        actor=cast.bayu, platform="x", client_id="govsocial", client_secret="a-secret"
    )
    account = factories.official_account(cast.diskominfo, platform="x", handle="samudra", host="")
    elsewhere = factories.user("Gede Putra")
    factories.grant(elsewhere, Role.ADMINISTRATOR, cast.dinkes)
    row = Revocation.objects.create(
        official_account=account, app=app, requested_by=cast.bayu, key_version=0,
        outcome="not_here", next_try_at=timezone.now(), settled_at=timezone.now(),
    )  # fmt: skip
    assert LEFT not in page_of(elsewhere, client)
    for outcome, days, application, told in (
        ("not_here", 29, app, "remove the access in the account"),
        # What cannot be opened any more has none.
        ("not_here", 1, None, "remove the access in the account"),
        ("not_known", 1, app, "it is not known who consented"),
        ("not_known", 31, app, ""),
        ("shared", 1, app, ""),
    ):
        settled = timezone.now() - timedelta(days=days)
        kept = Revocation.objects.filter(pk=row.pk)
        kept.update(outcome=outcome, settled_at=settled, app=application)
        page = page_of(cast.bayu, client)
        assert (LEFT in page) is bool(told), (outcome, days)
        assert told in page
    waiting = [
        Revocation(
            official_account=account, app=application, requested_by=cast.bayu, key_version=1,
            sealed="sealed", next_try_at=timezone.now(),
        )
        for application in (app, None)
        for _ in range(MOST_OUT_OF_USE + 1)
    ]  # fmt: skip
    settled_now = [
        Revocation(
            official_account=account, app=app, requested_by=cast.bayu, key_version=0,
            outcome=outcome, next_try_at=timezone.now(), settled_at=timezone.now(),
        )
        for outcome in SETTLED
        for _ in range(MOST_OUT_OF_USE + 1)
    ]  # fmt: skip
    Revocation.objects.bulk_create(waiting + settled_now)
    Revocation.objects.filter(settled_at=None).update(
        created_at=timezone.now() - timedelta(hours=2)
    )
    client.force_login(cast.bayu)
    with django_assert_max_num_queries(15):
        shown = client.get(reverse(PAGE))
    counts = {
        name: shown.context[name]["count"]
        for name in ("overdue", "overdue_sessions", "unanswered", "left_to_people")
    }
    assert counts == {
        "overdue": 11, "overdue_sessions": 11, "unanswered": 11, "left_to_people": 22
    }  # fmt: skip


def test_who_has_connected_again_is_not_told_to_remove_what_is_in_use(
    cast: Cast, client: Client
) -> None:
    account = factories.official_account(cast.diskominfo, platform="mastodon", handle="samudra")
    Revocation.objects.create(
        official_account=account, requested_by=cast.bayu, key_version=0, outcome="not_here",
        next_try_at=timezone.now(), settled_at=timezone.now(),
    )  # fmt: skip
    assert LEFT in page_of(cast.bayu, client)
    give_credential(account, cast.bayu)
    assert LEFT not in page_of(cast.bayu, client)
    Credential.objects.update(connected_at=timezone.now() - timedelta(days=1))
    assert LEFT in page_of(cast.bayu, client), "connected before"
