"""The rules as SQL that was written before: of the right day, and wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from pytest_django import Settings

from accounts import compliance
from accounts.compliance_rules import CATALOGUE
from accounts.models import Attestation, OfficialAccount, Unit, User
from tests import factories
from tests.accounts.test_compliance import complete_account
from tests.cast import Cast


@pytest.fixture(autouse=True)
def nothing_written_before() -> Iterator[None]:
    compliance._judgement.cache_clear()
    yield
    compliance._judgement.cache_clear()


def counted(account: OfficialAccount, today: date | None = None) -> tuple[int, int]:
    rows = compliance.by_completeness(OfficialAccount.objects.all(), today)
    found = rows.annotate(met=F("rules_met"), asked=F("rules_asked")).get(pk=account.pk)
    return found.met, found.asked


def is_complete(account: OfficialAccount) -> bool:
    found = compliance.complete(OfficialAccount.objects.all(), is_complete=True)
    return found.filter(pk=account.pk).exists()


def test_what_was_written_on_another_day_or_for_other_days_is_not_used_again(
    cast: Cast, settings: Settings
) -> None:
    today, month = timezone.localdate(), timedelta(days=30)
    account = complete_account(cast, two_step_checked_on=today - month)
    met, asked = counted(account)
    assert (met, is_complete(account)) == (asked, True)
    usual = settings.REGISTER_RULE_DAYS
    settings.REGISTER_RULE_DAYS = {**usual, "two_step": 29}
    assert (counted(account), is_complete(account)) == ((met - 1, asked), False)
    settings.REGISTER_RULE_DAYS = usual
    assert (counted(account), is_complete(account)) == ((met, asked), True)
    too_late = today - month + timedelta(days=usual["two_step"] + 1)
    assert counted(account, too_late) == (met - 1, asked)
    assert counted(account, too_late - timedelta(days=1)) == (met, asked)


def test_days_are_not_those_of_the_readers_zone(cast: Cast) -> None:
    account = complete_account(cast)
    # It is never the same day in both.
    east, west = "Pacific/Kiritimati", "Pacific/Pago_Pago"
    confirmed = Attestation.objects.get(official_account=account).confirmed_at
    last_day = timezone.localdate(confirmed, ZoneInfo(east)) + timedelta(days=370)
    met = {}
    for zone in (east, west, east):
        with timezone.override(zone):
            met[zone], _asked = counted(account, last_day)
    assert met[west] == met[east]


def test_facts_that_change_behind_the_back_of_the_application_count_at_once(cast: Cast) -> None:
    account = complete_account(cast)
    met, asked = counted(account)
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE accounts_officialaccount SET purpose = ''",
            "UPDATE accounts_credential SET status = 'revoked'",
            "UPDATE accounts_user SET is_active = false WHERE email LIKE 'sari%%'",
            "UPDATE accounts_user SET is_active = false WHERE email LIKE 'dwi%%'",
        ):
            cursor.execute(statement)
            met -= 1
            assert counted(account) == (met, asked), statement
    assert not is_complete(account)


def test_it_is_about_the_account_that_it_stands_beside_also_within_another_query(
    cast: Cast,
) -> None:
    whole = complete_account(cast)
    poor = factories.official_account(cast.dinkes)
    # Any: the type checker does not see what is added.
    judged: Any = compliance.by_completeness(OfficialAccount.objects.all())
    good = judged.filter(rules_met=F("rules_asked"))
    assert list(OfficialAccount.objects.filter(pk__in=good.values("pk"))) == [whole]
    assert list(OfficialAccount.objects.exclude(pk__in=good.values("pk"))) == [poor]
    theirs = good.filter(unit=OuterRef("pk"))
    assert list(Unit.objects.filter(Exists(theirs))) == [cast.diskominfo]
    people = User.objects.filter(accounts_in_charge_of__in=good.order_by("completeness"))
    assert list(people.distinct()) == [cast.sari]
    beside = OfficialAccount.objects.filter(Exists(good.filter(unit=OuterRef("unit"))))
    assert list(beside) == [whole]


def test_a_rule_that_joins_another_table_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    joins = replace(CATALOGUE[0], met=lambda today: Q(unit__name="Dinkes"))
    monkeypatch.setattr(compliance, "CATALOGUE", (joins, *CATALOGUE[1:]))
    with pytest.raises(ValueError, match="accounts_unit"):
        compliance.judgement(timezone.localdate())
