"""A training agency starts again whatever was practised in it."""

from __future__ import annotations

import pytest

from accounts import actions, demo_care
from accounts.models import Grant, User
from tests import factories
from tests.cast import Cast


@pytest.mark.django_db
def test_whoever_lost_their_role_gets_one_to_be_named_again(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    people = {user.email: user for user in User.objects.filter(is_active=True)}
    unit = str(cast.diskominfo)
    person, second = people[demo_care.IN_CHARGE[unit]], people[demo_care.SECOND[unit]]
    for grant in Grant.objects.filter(user__in=[person, second]):
        actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Latihan")
    for _ in range(2):
        demo_care._put_in_charge(cast.bayu, account, people)
        account.refresh_from_db()
    assert account.person_in_charge == person
    named = account.administrators.values_list("user_id", flat=True)
    assert sorted(named) == sorted([person.pk, second.pk])
