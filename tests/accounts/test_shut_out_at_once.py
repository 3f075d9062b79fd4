"""Whoever goes on writing is shut out all the same: what they begin after somebody began to shut
them out waits for that, and is refused then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import actions
from accounts.actions.guards import hold_rights
from accounts.capabilities import Role
from accounts.models import Grant, OfficialAccount, User
from tests import factories
from tests.accounts.meanwhile import begin, finish
from tests.cast import Cast, the_cast

pytestmark = pytest.mark.django_db(transaction=True)


def deactivate(cast: Cast, person: User) -> None:
    actions.deactivate_user(actor=cast.bayu, user_id=person.pk, reason="Kata sandinya bocor")


def end_role(cast: Cast, person: User) -> None:
    grant = Grant.objects.get(user=person, unit=cast.dinkes, role=Role.ADMINISTRATOR)
    actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Kata sandinya bocor")


@pytest.mark.parametrize("shut_out", [deactivate, end_role])
def test_who_goes_on_writing_is_shut_out_before_what_they_begin_next(
    shut_out: Callable[[Cast, User], None],
) -> None:
    cast = the_cast()
    account = factories.official_account(cast.dinkes)
    factories.grant(cast.fajar, Role.ADMINISTRATOR, cast.dinkes)
    refusals: list[PermissionDenied] = []

    def write() -> None:
        with pytest.raises(PermissionDenied) as refused:
            actions.suspend_official_account(
                actor=User.objects.get(pk=cast.fajar.pk),
                official_account_id=account.pk,
                reason="Diretas",
            )
        refusals.append(refused.value)

    with transaction.atomic():
        hold_rights(cast.fajar)
        ends = begin(lambda: shut_out(cast, cast.fajar))
        writes = begin(write)
        assert ends.is_alive()
        assert writes.is_alive()
    finish(ends)
    finish(writes)
    assert len(refusals) == 1
    assert OfficialAccount.objects.get(pk=account.pk).status == OfficialAccount.Status.ACTIVE
