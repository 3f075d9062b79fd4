"""What a further report about the same suspect may change, and what not."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.models import Grant, PublicListing, User
from accounts.public.register import register
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_impersonations import move, report
from tests.conftest import Cast


@pytest.fixture(autouse=True)
def fresh_register() -> None:
    register.forget()


def code_of_dinkes(cast: Cast) -> str:
    account = factories.official_account(
        cast.dinkes, platform="instagram", host="", handle="dinkes"
    )
    return PublicListing.objects.get(pk=account.pk).code


def test_a_further_report_takes_nothing_away_from_who_is_checking(cast: Cast) -> None:
    made = report(cast).report
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=cast.bayu.pk, official_account_id=None
    )
    move(cast, made, "checking")
    again = report(cast, imitated=code_of_dinkes(cast))
    assert again.joined
    made.refresh_from_db()
    assert (made.unit, made.assigned_to) == (cast.city, cast.bayu)
    assert made.official_account is None
    (entry,) = trail("accounts.impersonation.claimed")
    assert "dinkes" in entry.data["account"]
    assert entry.target_id == str(made.pk)
    assert len(trail("accounts.impersonation.assigned")) == 1, "by Bayu, and not again"


def test_a_further_report_moves_a_new_one_and_the_trail_says_who_lost_it(cast: Cast) -> None:
    made = report(cast).report
    top = factories.user("Putu Ayu")
    factories.grant(top, Role.ADMINISTRATOR, cast.city)
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=top.pk, official_account_id=None
    )
    Grant.objects.filter(user=top).update(ends_at=timezone.now())
    report(cast, imitated=code_of_dinkes(cast))
    made.refresh_from_db()
    assert (made.unit, made.assigned_to) == (cast.dinkes, None)
    *_earlier, entry = trail("accounts.impersonation.assigned")
    assert entry.actor == User.objects.system()
    assert (entry.data["to_whom"], "dinkes" in entry.data["account"]) == ("nobody", True)
    assert trail("accounts.impersonation.claimed") == []
