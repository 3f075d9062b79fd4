"""Reporters are erased and never replaced; the number of the register never goes back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import actions
from accounts.models import ImpersonationStatement, OfficialAccount, RegisterVersion, User
from tests import factories
from tests.cast import Cast

ROW = "UPDATE accounts_impersonationstatement SET {}"


def write(sql: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError):
        write(sql)


@pytest.fixture
def statement(cast: Cast) -> ImpersonationStatement:
    received = actions.report_impersonation(
        actor=User.objects.system(),
        channel="public",
        suspect="https://www.instagram.com/samudrakota.palsu/",
        platform="",
        imitated="",
        happened="Meminta uang.",
        reporter_name="Yuliana",
        reporter_email="yuliana@example.org",
    )
    return received.statement


def test_a_reporter_is_erased_and_never_replaced(
    cast: Cast, statement: ImpersonationStatement
) -> None:
    for forged in (
        "reporter_name = 'Orang lain'",
        "reporter_email = 'lain@example.org'",
        "reporter_name = ''",
        "erased_at = now()",
        "reporter_name = '', erased_at = now()",
        "reporter_name = '', reporter_email = 'lain@example.org', erased_at = now()",
    ):
        refused(ROW.format(forged))
    actions.erase_reporter(actor=cast.bayu, statement_id=statement.pk, reason="Diminta")
    for forged in (
        "reporter_name = 'Yuliana'",
        "erased_at = NULL",
        "erased_at = now() - interval '1 day'",
    ):
        refused(ROW.format(forged))


def test_a_reporter_can_be_erased_past_the_application_too(
    statement: ImpersonationStatement,
) -> None:
    assert write(ROW.format("reporter_name = '', reporter_email = '', erased_at = now()")) == 1


@pytest.mark.django_db(transaction=True)
def test_the_number_of_the_register_only_rises_and_is_never_lost(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    before = RegisterVersion.objects.get()
    refused("DELETE FROM accounts_registerversion")
    refused("UPDATE accounts_registerversion SET number = number - 1")
    refused("UPDATE accounts_registerversion SET changed_at = now()")
    OfficialAccount.objects.filter(pk=account.pk).update(purpose="Kabar")
    assert RegisterVersion.objects.get().number == before.number + 1
