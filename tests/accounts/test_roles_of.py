from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant, Unit, User
from govsocial.web.permissions import require
from tests import factories
from tests.cast import Cast


def test_a_grant_reaches_the_unit_and_everything_below_it(cast: Cast) -> None:
    assert set(cast.bayu.reach) == {cast.city.pk, cast.diskominfo.pk, cast.dinkes.pk}
    section = factories.unit("Seksi Media", parent=cast.diskominfo)
    assert cast.dwi.reach_now() == {
        cast.diskominfo.pk: frozenset({"drafter"}),
        section.pk: frozenset({"drafter"}),
    }


def test_units_are_answered_by_capability_and_anew_once_the_reach_is_forgotten(
    cast: Cast,
) -> None:
    both = {cast.diskominfo.pk, cast.dinkes.pk}
    assert cast.dwi.units_with("content.draft") == {cast.diskominfo.pk}
    assert cast.dwi.units_with("accounts.manage") == frozenset()
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    cast.dwi.forget_reach()
    assert cast.dwi.units_with("content.draft") == both
    assert cast.dwi.units_with("accounts.manage") == frozenset()
    factories.grant(cast.dwi, Role.ADMINISTRATOR, cast.dinkes)
    cast.dwi.forget_reach()
    assert cast.dwi.units_with("content.draft") >= {cast.diskominfo.pk}
    assert cast.dwi.units_with("accounts.manage") == {cast.dinkes.pk}
    with pytest.raises(ValueError, match="no capability"):
        cast.dwi.units_with("accounts.fly")


def test_a_grant_does_not_reach_up_or_sideways(cast: Cast) -> None:
    assert not cast.dwi.may("content.draft", cast.city.pk)
    assert not cast.dwi.may("content.draft", cast.dinkes.pk)


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "held"),
    [
        (timedelta(hours=-1), None, True),
        (timedelta(hours=-1), timedelta(hours=1), True),
        (timedelta(hours=1), None, False),
        (timedelta(hours=-2), timedelta(hours=-1), False),
    ],
    ids=["running", "ends later", "not begun", "over"],
)
def test_a_grant_counts_only_while_it_is_valid(
    cast: Cast, starts_in: timedelta, ends_in: timedelta | None, held: bool
) -> None:
    now = timezone.now()
    factories.grant(
        cast.dwi,
        Role.REVIEWER,
        cast.diskominfo,
        starts_at=now + starts_in,
        ends_at=None if ends_in is None else now + ends_in,
    )
    assert cast.dwi.may("content.review", cast.diskominfo.pk) is held


def test_a_deactivated_person_holds_nothing(cast: Cast) -> None:
    assert cast.inactive.reach_now() == {}
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    # The object in memory still says active; the database has the word.
    assert cast.sari.reach_now() == {}


def test_the_lock_of_an_action_reads_anew(cast: Cast) -> None:
    assert cast.dwi.holds("content.draft")
    Grant.objects.filter(user=cast.dwi).update(ends_at=timezone.now())
    assert cast.dwi.holds("content.draft")  # the page's quick answer, read once per request
    with pytest.raises(PermissionDenied):
        require(cast.dwi, "content.draft", cast.diskominfo.pk)


def test_an_unknown_capability_is_an_error_and_not_a_no(cast: Cast) -> None:
    with pytest.raises(ValueError, match="no capability"):
        cast.dwi.may("content.daft", cast.diskominfo.pk)


def test_a_grant_cannot_be_rewritten_or_deleted(cast: Cast) -> None:
    grant = Grant.objects.get(user=cast.dwi)
    with pytest.raises(InternalError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(role=Role.APPROVER)
    with pytest.raises(InternalError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).delete()
    assert Grant.objects.get(pk=grant.pk).role == Role.DRAFTER


def test_a_unit_cannot_be_below_itself(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="below itself"), transaction.atomic():
        Unit.objects.filter(pk=cast.city.pk).update(parent=cast.dinkes)


def test_the_system_user_cannot_become_active(cast: Cast) -> None:
    system = User.objects.system()
    assert not system.has_usable_password()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=system.pk).update(is_active=True)
