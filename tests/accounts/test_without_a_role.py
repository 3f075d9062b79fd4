"""Who works on an account without a role on its unit counts for nothing, and the pages say so."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, compliance, selectors
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import Administrator, Grant, OfficialAccount, Unit, User
from accounts.seen import marks_of
from tests import factories
from tests.accounts.care.conftest import make_period
from tests.accounts.register_stage import save_details
from tests.accounts.test_compliance import complete_account, missing, work
from tests.accounts.test_stale_forms import as_shown
from tests.cast import Cast

ClientAs = Callable[[object], Client]
GONE = "no role on this unit"


def lose_roles(*people: User) -> None:
    Grant.objects.filter(user__in=people).update(ends_at=timezone.now())


def test_only_administrators_with_a_role_on_the_unit_count(cast: Cast) -> None:
    account = complete_account(cast)
    assert missing(account) == set()
    Grant.objects.filter(user=cast.dwi).update(ends_at=timezone.now())
    assert missing(account) == {"administrators"}
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    below = factories.unit("Seksi", parent=cast.diskominfo)
    factories.grant(cast.dwi, Role.DRAFTER, below)
    later = timezone.now() + timedelta(days=1)
    factories.grant(cast.dwi, Role.DRAFTER, cast.diskominfo, starts_at=later)
    assert missing(account) == {"administrators"}, "elsewhere, below and to come"
    factories.grant(cast.dwi, Role.AUDITOR, cast.city)
    assert missing(account) == set(), "a role above reaches the unit"
    User.objects.filter(pk=cast.dwi.pk).update(is_active=False)
    assert missing(account) == {"administrators"}


def test_one_person_with_two_roles_is_one_person(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    work(cast, account, cast.dwi)
    for role, unit in ((Role.REVIEWER, cast.diskominfo), (Role.AUDITOR, cast.city)):
        factories.grant(cast.dwi, role, unit)
    assert "administrators" in missing(account)


def test_an_account_that_moved_is_judged_by_its_new_unit(cast: Cast) -> None:
    account = complete_account(cast, person_in_charge=cast.bayu)
    OfficialAccount.objects.filter(pk=account.pk).update(unit=cast.dinkes)
    assert missing(OfficialAccount.objects.get(pk=account.pk)) == {"administrators"}
    OfficialAccount.objects.filter(pk=account.pk).update(unit=cast.diskominfo)
    assert missing(account) == set()


def test_sql_and_python_agree_on_roles_given_at_random(cast: Cast) -> None:
    chance, now = random.Random(5), timezone.now()
    units = [cast.city, cast.diskominfo, cast.dinkes]
    for number in range(9):
        units.append(factories.unit(f"Seksi {number}", parent=chance.choice(units)))
    people = [factories.user() for _number in range(12)]
    for person in people:
        factories.grant(person, Role.DRAFTER, cast.city)
    day, accounts = timedelta(days=1), []
    for _number in range(60):
        account = factories.official_account(
            chance.choice(units), person_in_charge=chance.choice([None, *people])
        )
        for person in chance.sample(people, chance.randrange(6)):
            first = timezone.localdate() + timedelta(days=chance.randrange(-9, 2))
            last = chance.choice([None, first + timedelta(days=chance.randrange(12))])
            work(cast, account, person, starts_on=first, ends_on=last)
        accounts.append(account)
    lose_roles(*people)
    for person in people:
        for unit in chance.sample(units, chance.randrange(2, 7)):
            begins = chance.choice([now - 2 * day, now - 2 * day, now + day])
            ends = chance.choice([None, None, begins + day])
            role = chance.choice([Role.DRAFTER, Role.AUDITOR])
            factories.grant(person, role, unit, starts_at=begins, ends_at=ends)
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    everything = OfficialAccount.objects.all()
    found = dict.fromkeys(("person", "administrators"), 0)
    by_sql = {key: set(compliance.lacking(everything, key)) for key in found}
    on_a_page = {one.pk: one for one in everything}
    compliance.count_rules(list(on_a_page.values()))
    for account in selectors.with_evidence(everything):
        for key in found:
            holds = compliance.rule(key).holds
            lacks = account in by_sql[key]
            answers = [holds(one, account.unit.today) for one in (account, on_a_page[account.pk])]
            assert answers == [not lacks] * 2, key
            found[key] += not lacks
    assert all(0 < met < len(accounts) for met in found.values()), found


def test_the_page_names_who_has_no_role_any_more(cast: Cast, client_as: ClientAs) -> None:
    factories.reads_english(cast.bayu)
    today = timezone.localdate()
    account = factories.official_account(cast.diskominfo, person_in_charge=cast.sari)
    work(cast, account, cast.dwi)
    over = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=3)}
    work(cast, account, cast.made, **over)
    client, page = client_as("bayu"), reverse("accounts:official_account_detail", args=[account.pk])
    assert GONE not in client.get(page).content.decode()
    lose_roles(cast.made)
    assert GONE not in client.get(page).content.decode(), "what is over is a record"
    lose_roles(cast.dwi)
    assert client.get(page).content.decode().count(GONE) == 1
    lose_roles(cast.sari)
    assert client.get(page).content.decode().count(GONE) == 2
    User.objects.filter(pk__in=[cast.dwi.pk, cast.sari.pk]).update(is_active=False)
    told = client.get(page).content.decode()
    assert GONE not in told, "one reason is enough"
    assert told.count("deactivated") == 2


@pytest.fixture
def moving(cast: Cast) -> OfficialAccount:
    """Dwi and Bayu work on it; Bayu has a role everywhere."""
    factories.reads_english(cast.bayu)
    account = factories.official_account(cast.diskominfo)
    for person in (cast.dwi, cast.bayu):
        work(cast, account, person)
    return account


def unit_of(account: OfficialAccount) -> Unit:
    unit: Unit = OfficialAccount.objects.get(pk=account.pk).unit
    return unit


def test_a_move_says_first_whom_it_leaves_behind_and_then_is_made(
    cast: Cast, moving: OfficialAccount, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    address = reverse("accounts:official_account_edit", args=[moving.pk])
    sent = as_shown(client.get(address)) | {"unit": cast.dinkes.pk}
    asked = client.post(address, sent)
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "Without a role on Dinkes: Dwi Hartono. After the move" in page
    assert "Bayu Pratama. After" not in page
    assert unit_of(moving) == cast.diskominfo
    # Somebody else is left behind by now, who was not named.
    other = work(cast, moving, cast.rina)
    again = as_shown(asked) | {"unit": cast.dinkes.pk}
    asked = client.post(address, again)
    assert "Without a role on Dinkes: Dwi Hartono, Rina Lestari." in asked.content.decode()
    # What was named of one unit is not said of another.
    elsewhere = factories.unit("Dinsos", parent=cast.city)
    again = as_shown(asked)
    asked_there = client_as("bayu").post(address, again | {"unit": elsewhere.pk})
    assert "Without a role on Dinsos" in asked_there.content.decode()
    assert unit_of(moving) == cast.diskominfo
    assert client.post(address, again).status_code == 302
    assert unit_of(moving) == cast.dinkes
    assert other in moving.administrators.filter(ends_on=None), "nobody's work is ended"
    shown = client.get(reverse("accounts:official_account_detail", args=[moving.pk]))
    assert shown.content.decode().count(GONE) == 2


def test_a_move_that_leaves_nobody_behind_asks_nothing(
    cast: Cast, moving: OfficialAccount, client_as: ClientAs
) -> None:
    address = reverse("accounts:official_account_edit", args=[moving.pk])
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    day = timezone.localdate() - timedelta(days=3)
    work(cast, moving, cast.rina, starts_on=day, ends_on=day)
    client = client_as("bayu")
    sent = as_shown(client.get(address)) | {"unit": cast.dinkes.pk}
    assert save_details(client, address, sent).status_code == 302
    assert unit_of(moving) == cast.dinkes


def test_a_move_names_only_who_counts_before_it(
    cast: Cast, moving: OfficialAccount, client_as: ClientAs
) -> None:
    work(cast, moving, cast.rina)
    lose_roles(cast.dwi)
    edit = reverse("accounts:official_account_edit", args=[moving.pk])
    client = client_as("bayu")
    page = client.post(edit, as_shown(client.get(edit)) | {"unit": cast.dinkes.pk})
    told = str(page.context["form"].errors["unit"])
    assert "Rina Lestari" in told
    assert "Dwi Hartono" not in told
    lose_roles(cast.rina)
    assert (
        client.post(edit, as_shown(client.get(edit)) | {"unit": cast.dinkes.pk}).status_code == 302
    )


def test_whom_the_form_missed_the_action_names(cast: Cast, moving: OfficialAccount) -> None:
    def move(**changes: Any) -> None:
        actions.change_official_account(
            actor=cast.bayu, official_account_id=moving.pk, unit_id=cast.dinkes.pk,
            handle=moving.handle, host=moving.host, display_name=moving.display_name, **changes,
        )  # fmt: skip

    with pytest.raises(AccountError, match="Dwi Hartono") as refused:
        move(seen=marks_of(moving) | {"left_behind": "x"})
    assert refused.value.field == "unit"
    assert unit_of(moving) == cast.diskominfo
    move()
    assert unit_of(moving) == cast.dinkes, "what was read off no form is wanted as it is"


def test_nobody_without_a_role_goes_on_for_longer(cast: Cast) -> None:
    account, today = factories.official_account(cast.diskominfo), timezone.localdate()
    week, month = today + timedelta(days=7), today + timedelta(days=30)
    made = work(cast, account, cast.dwi, ends_on=week)
    without_end = work(cast, account, cast.rina)
    row = Administrator.objects.filter(pk=made.pk)

    def end(one: Administrator, day: Any) -> None:
        actions.end_administrator(
            actor=cast.bayu, administrator_id=one.pk, ends_on=day, reason="Sesuai SK"
        )

    end(made, month)
    lose_roles(cast.dwi, cast.rina)
    with pytest.raises(AccountError, match="Dwi Hartono has no role") as refused:
        end(made, month + timedelta(days=1))
    assert refused.value.field == "ends_on"
    for later in (month + timedelta(days=1), None):
        with pytest.raises(IntegrityError, match="has a role on its unit"), transaction.atomic():
            row.update(ends_on=later)
    end(made, week)
    row.update(ends_on=today)
    end(without_end, month)
    assert set(Administrator.objects.values_list("ends_on", flat=True)) == {today, month}
    factories.grant(cast.dwi, Role.DRAFTER, cast.city)
    end(made, month)


def test_the_page_of_an_end_refuses_beside_the_day(cast: Cast, client_as: ClientAs) -> None:
    account, today = factories.official_account(cast.diskominfo), timezone.localdate()
    made = work(cast, account, cast.dwi, ends_on=today)
    lose_roles(cast.dwi)
    client, page = client_as("bayu"), reverse("accounts:administrator_end", args=[made.pk])
    seen = client.get(page).context["form"]["seen"].value()
    later = (today + timedelta(days=1)).isoformat()
    answer = client.post(page, {"ends_on": later, "reason": "Lanjut", "seen": seen})
    assert answer.status_code == 422
    assert "ends_on" in answer.context["form"].errors


def test_a_form_that_is_asked_back_still_undoes_nothing_that_was_changed_meanwhile(
    cast: Cast, moving: OfficialAccount, client_as: ClientAs
) -> None:
    address = reverse("accounts:official_account_edit", args=[moving.pk])
    client = client_as("bayu")
    sent = as_shown(client.get(address)) | {"unit": cast.dinkes.pk, "purpose": "Kabar"}
    OfficialAccount.objects.filter(pk=moving.pk).update(purpose="Layanan", language="en")
    asked = client.post(address, sent)
    assert "Without a role on Dinkes" in asked.content.decode()
    told = client.post(address, as_shown(asked))
    assert told.status_code == 422
    assert "Changed meanwhile to: Layanan." in told.content.decode()
    assert client.post(address, as_shown(told)).status_code == 302
    moving.refresh_from_db()
    assert (moving.unit, moving.purpose, moving.language) == (cast.dinkes, "Kabar", "en")


def test_whoever_confirms_an_account_reads_who_has_no_role_there(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(cast.diskominfo, person_in_charge=cast.sari)
    OfficialAccount.objects.update(created_at=timezone.now() - timedelta(days=90))
    for person in (cast.dwi, cast.rina):
        work(cast, account, person)
    make_period(cast.bayu)
    client = client_as(factories.reads_english(cast.sari))
    pages = [
        reverse("accounts:attestation_mine"),
        reverse("accounts:attestation_add", args=[account.pk]),
    ]

    def told(page: str) -> list[str]:
        text = client.get(page).content.decode()
        assert "Rina Lestari" in text
        return re.findall(r"Without a role on the unit: ([^<]*)", text)

    assert [told(page) for page in pages] == [[], []]
    lose_roles(cast.dwi)
    assert [told(page) for page in pages] == [["Dwi Hartono"], ["Dwi Hartono"]]


def test_the_export_names_whom_its_rules_do_not_count(cast: Cast, client_as: ClientAs) -> None:
    complete_account(cast, person_in_charge=cast.sari)
    lose_roles(cast.dwi)
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    export = reverse("accounts:official_account_export")
    text = client_as(factories.reads_english(cast.bayu)).get(export).getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["Administrators today"] == "Dwi Hartono, Rina Lestari"
    assert row["Without a role on the unit"] == "Dwi Hartono, Sari Wulandari"


def test_a_move_names_the_person_in_charge_and_the_administrators_at_once(
    cast: Cast, client_as: ClientAs
) -> None:
    account = complete_account(cast, person_in_charge=cast.sari)
    client = client_as(factories.reads_english(cast.bayu))
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    page = client.post(edit, as_shown(client.get(edit)) | {"unit": cast.dinkes.pk})
    errors = page.context["form"].errors
    assert "Sari Wulandari has no role on this unit" in str(errors["person_in_charge"])
    assert "Dwi Hartono" in str(errors["unit"])
