"""Whom the register names has a role on the unit of the account, whoever writes the name there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.checklists import NEWEST
from accounts.errors import AccountError
from accounts.models import Administrator, Grant, Handover, OfficialAccount, User
from tests import factories
from tests.cast import Cast

Value = int | str | list[int] | None
CHARGE = "has a role on its unit"
PUT = "UPDATE accounts_officialaccount SET person_in_charge_id = %s WHERE id = %s"
MOVE = "UPDATE accounts_officialaccount SET unit_id = %s WHERE id = %s"
ASSIGN = """
    INSERT INTO accounts_administrator
        (official_account_id, user_id, decree, starts_on, assigned_by_id, created_at)
    VALUES (%s, %s, '', current_date, %s, now())
"""
STRANGERS = [
    "system", "deactivated", "elsewhere", "of a unit below", "without a role", "over", "to come",
]  # fmt: skip


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return factories.official_account(cast.diskominfo)


def stranger(cast: Cast, who: str) -> User:
    if who == "system":
        return User.objects.system()
    if who == "deactivated":
        return cast.inactive
    if who == "elsewhere":
        return cast.fajar
    made = factories.user()
    if who == "of a unit below":
        below = factories.unit("Seksi", parent=cast.diskominfo)
        factories.grant(made, Role.ADMINISTRATOR, below)
    now = timezone.now()
    if who == "over":
        # Given for an hour, the day before.
        began, ended = now - timedelta(days=1), now - timedelta(hours=23)
        factories.grant(made, Role.DRAFTER, cast.diskominfo, starts_at=began, ends_at=ended)
    if who == "to come":
        later = now + timedelta(days=1)
        factories.grant(made, Role.DRAFTER, cast.diskominfo, starts_at=later)
    return made


def run(sql: str, *values: Value) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def refused(sql: str, *values: Value) -> None:
    with pytest.raises(IntegrityError, match=CHARGE):
        run(sql, *values)


@pytest.mark.parametrize("who", STRANGERS)
def test_no_handover_to_a_stranger_begins(cast: Cast, account: OfficialAccount, who: str) -> None:
    OfficialAccount.objects.filter(pk=account.pk).update(person_in_charge=cast.sari)
    assigned = {
        "outgoing": cast.sari,
        "started_by": cast.bayu,
        "due_on": timezone.localdate(),
        "checklist": NEWEST,
    }
    with pytest.raises(IntegrityError, match="Who takes over has a role"), transaction.atomic():
        Handover.objects.create(
            official_account=account, incoming=stranger(cast, who), reason="Pindah", **assigned
        )
    Handover.objects.create(
        official_account=account, incoming=cast.rina, reason="Pindah", **assigned
    )


@pytest.mark.parametrize("who", STRANGERS)
def test_no_stranger_is_put_in_charge_or_assigned(
    cast: Cast, account: OfficialAccount, who: str
) -> None:
    one = stranger(cast, who)
    refused(PUT, one.pk, account.pk)
    refused(ASSIGN, account.pk, one.pk, cast.bayu.pk)
    new = factories.unsaved_account(cast.diskominfo, person_in_charge=one)
    with pytest.raises(IntegrityError, match=CHARGE), transaction.atomic():
        OfficialAccount.objects.bulk_create([new])
    assert run(PUT, None, account.pk) == 1


@pytest.mark.parametrize("who", ["dwi", "sari", "bayu", "laila"])
def test_whoever_has_a_role_on_the_unit_or_above_may_be_named(
    cast: Cast, account: OfficialAccount, who: str
) -> None:
    one = getattr(cast, who)
    assert run(PUT, one.pk, account.pk) == 1
    assert run(ASSIGN, account.pk, one.pk, cast.bayu.pk) == 1
    made = factories.official_account(cast.diskominfo, person_in_charge=one)
    assert made.person_in_charge == one


@pytest.mark.parametrize("who", STRANGERS)
def test_the_actions_refuse_the_same_people_before(
    cast: Cast, account: OfficialAccount, who: str
) -> None:
    one = stranger(cast, who)
    with pytest.raises((AccountError, User.DoesNotExist)):
        actions.assign_administrator(
            actor=cast.bayu,
            official_account_id=account.pk,
            user_id=one.pk,
            starts_on=account.unit.today,
        )
    with pytest.raises(AccountError):
        actions.register_official_account(
            actor=cast.bayu,
            unit_id=cast.diskominfo.pk,
            platform="x",
            handle="lain",
            display_name="Lain",
            person_in_charge_id=one.pk,
        )


def test_an_account_moves_to_no_unit_on_which_its_person_has_no_role(
    cast: Cast, account: OfficialAccount
) -> None:
    run(PUT, cast.dwi.pk, account.pk)
    refused(MOVE, cast.dinkes.pk, account.pk)
    both = "UPDATE accounts_officialaccount SET unit_id = %s, person_in_charge_id = %s"
    refused(both, cast.dinkes.pk, cast.sari.pk)
    assert run(both, cast.dinkes.pk, cast.fajar.pk) == 1
    assert run(both, cast.diskominfo.pk, cast.bayu.pk) == 1
    assert run(MOVE, cast.dinkes.pk, account.pk) == 1, "a role on the whole city reaches both"


def test_who_is_named_already_is_not_judged_anew(cast: Cast, account: OfficialAccount) -> None:
    run(PUT, cast.dwi.pk, account.pk)
    run(ASSIGN, account.pk, cast.dwi.pk, cast.bayu.pk)
    Grant.objects.filter(user=cast.dwi).update(ends_at=timezone.now())
    assert not cast.dwi.may("accounts.view", account.unit_id)
    account.refresh_from_db()
    account.purpose = "Layanan warga"
    account.save()
    actions.suspend_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Diperiksa"
    )
    run("UPDATE accounts_officialaccount SET person_in_charge_id = %s", cast.dwi.pk)
    run("UPDATE accounts_administrator SET decree = 'SK 1', ends_on = starts_on")
    assert Administrator.objects.get().decree == "SK 1"
    run(PUT, cast.sari.pk, account.pk)
    refused(PUT, cast.dwi.pk, account.pk)


def test_a_role_of_the_same_transaction_counts(cast: Cast, account: OfficialAccount) -> None:
    one = factories.user()
    with transaction.atomic():
        actions.grant_role(
            actor=cast.bayu, user_id=one.pk, role=Role.DRAFTER, unit_id=account.unit_id
        )
        run(PUT, one.pk, account.pk)
        run(ASSIGN, account.pk, one.pk, cast.bayu.pk)


def test_nobody_is_assigned_before_there_is_an_account(
    cast: Cast, account: OfficialAccount
) -> None:
    """Foreign keys are looked at only when everything is written."""
    next_one = account.pk + 1
    refused(ASSIGN, next_one, cast.inactive.pk, cast.bayu.pk)
    refused(ASSIGN, next_one, cast.bayu.pk, cast.bayu.pk)


def test_one_stranger_among_many_is_refused(cast: Cast, account: OfficialAccount) -> None:
    many = "INSERT INTO accounts_administrator (official_account_id, user_id, decree, starts_on,"
    many += " assigned_by_id, created_at) SELECT %s, id, '', current_date, %s, now()"
    many += " FROM accounts_user WHERE id = ANY(%s)"
    good = [cast.dwi.pk, cast.sari.pk, cast.bayu.pk]
    refused(many, account.pk, cast.bayu.pk, [*good, cast.fajar.pk])
    assert run(many, account.pk, cast.bayu.pk, good) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_no_older_picture_of_roles_is_asked(cast: Cast, level: str) -> None:
    account = factories.official_account(cast.diskominfo)
    for sql, values in (
        (PUT, (cast.dwi.pk, account.pk)),
        (ASSIGN, (account.pk, cast.dwi.pk, cast.bayu.pk)),
    ):
        with pytest.raises(DatabaseError, match="READ COMMITTED"):
            run(f"SET TRANSACTION ISOLATION LEVEL {level}; {sql}", *values)
