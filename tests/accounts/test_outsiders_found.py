"""Who keeps accounts finds those that name somebody who has no role on their unit any more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.mail_care import letter_of
from accounts.models import Grant, OfficialAccount, Reminder, User
from accounts.models.attestation import Question
from accounts.named import names_outsiders, outsiders_of
from accounts.snapshots import with_register_row
from tests import factories
from tests.accounts.care.conftest import account_of, make_period
from tests.accounts.test_compliance import complete_account, work
from tests.accounts.test_without_a_role import lose_roles
from tests.cast import Cast

ClientAs = Callable[[object], Client]
LIST = "/official-accounts/?missing=role"


@pytest.fixture(autouse=True)
def in_english(cast: Cast) -> None:
    factories.reads_english(cast.bayu)


def listed(client: Client) -> list[str]:
    page = client.get(LIST)
    assert page.status_code == 200
    return sorted(one.display_name for one in page.context["page"])


def told_at_home(client: Client) -> str:
    page = client.get(reverse("home"))
    assert page.context["waiting"] == sum(
        card.waiting for card in [*page.context["main_cards"], *page.context["aside_cards"]]
    )
    text = page.content.decode()
    return text if f'href="{LIST}"' in text else ""


def test_the_home_page_tells_how_many_and_leads_to_them(cast: Cast, client_as: ClientAs) -> None:
    client = client_as("bayu")
    answered = factories.official_account(
        cast.diskominfo, display_name="Kanal Sari", person_in_charge=cast.sari
    )
    worked = factories.official_account(cast.diskominfo, display_name="Kanal Dwi")
    work(cast, worked, cast.dwi)
    work(cast, answered, cast.rina)
    assert (told_at_home(client), listed(client)) == ("", [])
    lose_roles(cast.sari)
    assert "1 account names somebody" in told_at_home(client)
    lose_roles(cast.dwi)
    assert "2 accounts name somebody" in told_at_home(client)
    assert listed(client) == ["Kanal Dwi", "Kanal Sari"]
    factories.grant(cast.sari, Role.AUDITOR, cast.city)
    assert listed(client) == ["Kanal Dwi"]


def test_one_too_many_is_found_where_the_rules_are_kept(cast: Cast, client_as: ClientAs) -> None:
    account = complete_account(cast, person_in_charge=cast.sari)
    work(cast, account, cast.made)
    lose_roles(cast.made)
    client = client_as("bayu")
    assert (
        client.get("/official-accounts/?missing=administrators").context["page"].object_list == []
    )
    assert listed(client) == [account.display_name]
    assert "1 account names somebody" in told_at_home(client)


def test_the_list_of_them_names_in_each_row_who_has_no_role(
    cast: Cast, client_as: ClientAs
) -> None:
    today, client = timezone.localdate(), client_as("bayu")

    def told(address: str) -> list[list[str]]:
        page = client.get(address).content.decode()
        cells = re.findall(r'data-label="Person in charge">(.*?)</td>', page, re.DOTALL)
        return [re.sub(r"<[^>]*>", "|", cell).strip("|").split("|") for cell in cells]

    for number, person in enumerate((cast.laila, None, cast.sari)):
        account = factories.official_account(
            cast.diskominfo, display_name=f"Kanal {number}", person_in_charge=person
        )
        work(cast, account, cast.rina)
        work(cast, account, cast.made)
        work(cast, account, cast.dwi, starts_on=today + timedelta(days=1))
        if person:
            work(cast, account, person)
    lose_roles(cast.rina, cast.dwi, cast.sari)
    User.objects.filter(pk=cast.made.pk).update(is_active=False)
    names = "Without a role: Made Wirawan (deactivated), Rina Lestari"
    assert [[part for part in parts if part.strip()] for parts in told(LIST)] == [
        ["Laila Nasution", names],
        ["Nobody yet", names],
        ["Sari Wulandari ", "(no role on this unit)", names],
    ]
    assert "Without a role:" not in client.get("/official-accounts/").content.decode()


def test_naming_them_costs_one_query_and_only_where_they_are_asked_for(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as("bayu")

    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return [one["sql"] for one in caught]

    for number in range(8):
        account = factories.official_account(cast.diskominfo, display_name=f"Kanal {number}")
        work(cast, account, cast.dwi if number % 2 else cast.rina)
    lose_roles(cast.dwi, cast.rina)
    all_of_them, found = queries("/official-accounts/"), queries(LIST)
    assert len(found) == len(all_of_them) + 1 <= 15


def test_what_is_over_or_to_come_names_nobody(cast: Cast, client_as: ClientAs) -> None:
    today, day = timezone.localdate(), timedelta(days=1)
    account = factories.official_account(cast.diskominfo)
    work(cast, account, cast.dwi, starts_on=today - 9 * day, ends_on=today - day)
    work(cast, account, cast.dwi, starts_on=today + day)
    closed = {"closed_on": today, "closed_reason": "x"}
    for state in (OfficialAccount.Status.CLOSED, OfficialAccount.Status.RELEASED):
        factories.official_account(
            cast.diskominfo, status=state, person_in_charge=cast.dwi, **closed
        )
    lose_roles(cast.dwi)
    assert (told_at_home(client_as("bayu")), listed(client_as("bayu"))) == ("", [])


def test_only_who_keeps_the_accounts_is_told(cast: Cast, client_as: ClientAs) -> None:
    for unit, person in ((cast.diskominfo, cast.dwi), (cast.dinkes, cast.fajar)):
        factories.official_account(unit, display_name=unit.short_name, person_in_charge=person)
    lose_roles(cast.dwi, cast.fajar)
    for who in ("laila", "ratna", "rina"):
        assert told_at_home(client_as(who)) == ""
    factories.reads_english(cast.laila)
    factories.grant(cast.laila, Role.ADMINISTRATOR, cast.dinkes)
    page = told_at_home(client_as("laila"))
    assert "1 account names somebody" in page
    assert "1 more in the list is kept by other administrators" in page
    assert listed(client_as("laila")) == sorted(
        [cast.dinkes.short_name, cast.diskominfo.short_name]
    )
    Grant.objects.filter(user=cast.laila, unit=cast.city).update(ends_at=timezone.now())
    assert "more in the list" not in told_at_home(client_as("laila"))


def test_the_list_finds_whom_the_page_of_an_account_names(cast: Cast) -> None:
    units = [cast.city, cast.diskominfo, cast.dinkes]
    people = [cast.dwi, cast.sari, cast.fajar, cast.nur]
    extra = [factories.grant(person, Role.AUDITOR, cast.city) for person in people]
    for number in range(24):
        made = factories.official_account(
            units[number % 3], person_in_charge=people[number % 4] if number % 5 else None
        )
        if number % 2:
            work(cast, made, people[number // 3 % 4])
    Grant.objects.filter(pk__in=[one.pk for one in extra]).update(ends_at=timezone.now())
    accounts = list(with_register_row(OfficialAccount.objects.all()))
    named = {key for key, names in outsiders_of(accounts).items() if names}
    found = OfficialAccount.objects.filter(names_outsiders()).values_list("pk", flat=True)
    assert 0 < len(named) < len(accounts)
    assert set(found) == named


def test_lists_and_letters_mark_who_is_in_charge_without_a_role(
    cast: Cast, client_as: ClientAs
) -> None:
    account = account_of(cast, cast.sari)
    make_period(cast.bayu, starts=-40, due=-20)
    client = client_as("bayu")
    letter = Reminder(kind=Reminder.Kind.ESCALATION, person=cast.bayu)

    def marked() -> list[int]:
        lists = [client.get("/official-accounts/"), client.get("/official-accounts/attestations/")]
        export = client.get(reverse("accounts:attestation_export"))
        found = [one.content.decode() for one in lists]
        written = letter_of(letter)
        assert written is not None
        assert account.display_name in written.message
        rows = export.getvalue().decode().splitlines()
        column = rows[0].split(",").index("Without a role on the unit")
        return [
            *(text.count("(no role on this unit)") for text in [*found, written.message]),
            rows[1].split(",").count("Sari Wulandari") - 1 if rows[1].split(",")[column] else 0,
        ]

    assert marked() == [0, 0, 0, 0]
    lose_roles(cast.sari)
    assert marked() == [1, 1, 1, 1]


def test_a_role_that_ends_while_a_card_is_open_is_shown_before_the_account_is_confirmed(
    cast: Cast, client_as: ClientAs
) -> None:
    account = account_of(cast, cast.sari)
    work(cast, account, cast.dwi)
    period = make_period(cast.bayu)
    client = client_as(factories.reads_english(cast.sari))
    address = reverse("accounts:attestation_add", args=[account.pk])
    answers = {str(question): "yes" for question in Question} | {"period": str(period.pk)}

    def send() -> Any:
        return client.post(address, {**answers, "seen": seen})

    seen = client.get(address).context["card"].digest
    lose_roles(cast.dwi)
    asked = send()
    assert asked.status_code == 422
    assert "The register has changed since you looked" in asked.content.decode()
    assert "Without a role on the unit: Dwi Hartono" in asked.content.decode()
    seen = asked.context["card"].digest
    assert send().status_code == 302
    assert account.attestations.count() == 1
