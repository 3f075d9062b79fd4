"""Before a role ends or a unit moves, its page names whom that leaves on accounts without one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.capabilities import Role
from accounts.leaving import MOST_NAMED, left_by_ending, left_by_moving
from accounts.models import Administrator, Grant, OfficialAccount, Unit, User
from tests import factories
from tests.accounts.care.conftest import start
from tests.accounts.test_compliance import work
from tests.cast import Cast

ClientAs = Callable[[object], Client]
NO_OTHER = "is named on official accounts and has no other role there"
MAY_BE_LEFT = "Some people may be left without a role on official accounts"


@pytest.fixture
def section(cast: Cast) -> Unit:
    """A unit below Diskominfo, where the people of Diskominfo have roles by the unit above."""
    factories.reads_english(cast.bayu)
    return factories.unit("Seksi Humas", parent=cast.diskominfo)


@pytest.fixture
def account(cast: Cast, section: Unit) -> OfficialAccount:
    """Sari is in charge, Dwi and Bayu work on it; Bayu has a role everywhere."""
    made = factories.official_account(
        section, display_name="Kanal Humas", person_in_charge=cast.sari
    )
    for person in (cast.dwi, cast.bayu):
        work(cast, made, person)
    return made


def grant_of(person: User) -> Grant:
    return Grant.objects.get(user=person)


def told_of_ending(cast: Cast, person: User) -> list[str]:
    left = left_by_ending(grant_of(person), seen_by=cast.bayu)
    assert left.others == 0
    return [str(one.account) for one in left.shown]


def told_of_moving(unit: Unit, reader: User) -> list[str]:
    left = left_by_moving(unit, seen_by=reader)
    assert left.others == 0
    return [f"{one.person}, {one.role_on}" for one in left.shown]


def test_the_end_of_a_role_names_the_accounts_that_it_leaves_somebody_on(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    grant = grant_of(cast.dwi)
    address = reverse("people:grant_end", args=[grant.pk])
    page = client.get(address).content.decode()
    assert f"Dwi Hartono {NO_OTHER}" in page
    assert "no longer count as person in charge or administrator" in page
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    assert f'<a href="{detail}">Kanal Humas</a>' in page
    line = page.partition(f'<a href="{detail}">Kanal Humas</a>')[2].partition("</li>")[0]
    small = line.partition('<div class="muted small">')[2].partition("</div>")[0]
    assert small.endswith("&nbsp;· Seksi Humas&nbsp;· administrator"), "the rest in one line"
    assert "Dwi Hartono: <a" not in page, "the title names the one whom all lines are about"
    assert "Sari Wulandari" not in page
    again = client.post(address, {"reason": " "})
    assert again.status_code == 422
    assert NO_OTHER in again.content.decode()
    assert client.post(address, {"reason": "Mutasi"}).status_code == 302, "nothing is refused"


def test_the_end_of_a_role_names_the_handovers_in_which_somebody_takes_part(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    handover = start(cast, account)
    link = f'<a href="{reverse("accounts:handover_detail", args=[handover.pk])}">'
    client = client_as("bayu")
    for person, part in ((cast.sari, "in charge"), (cast.rina, "is to take it over")):
        page = client.get(reverse("people:grant_end", args=[grant_of(person).pk])).content.decode()
        assert f"{part}&nbsp;· {link}A handover is under way" in page
    actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Batal")
    page = client.get(reverse("people:grant_end", args=[grant_of(cast.rina).pk])).content.decode()
    assert NO_OTHER not in page


def test_the_end_of_a_role_says_nothing_where_nobody_is_left_behind(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    address = reverse("people:grant_end", args=[grant_of(cast.made).pk])
    page = client_as("bayu").get(address).content.decode()
    assert NO_OTHER not in page
    assert 'role="note"' not in page


def test_another_role_keeps_somebody_on_the_accounts_that_it_reaches(
    cast: Cast, section: Unit, account: OfficialAccount
) -> None:
    ending = grant_of(cast.dwi)
    higher = factories.official_account(cast.diskominfo, person_in_charge=cast.dwi)

    def told() -> list[OfficialAccount]:
        left = left_by_ending(ending, seen_by=cast.bayu)
        return sorted((one.account for one in left.shown), key=lambda one: one.pk)

    assert told() == [account, higher]
    soon = timezone.now() + timedelta(days=3)
    factories.grant(cast.dwi, Role.AUDITOR, cast.dinkes)
    factories.grant(cast.dwi, Role.AUDITOR, section, starts_at=soon)
    assert told() == [account, higher], "elsewhere and to come"
    factories.grant(cast.dwi, Role.REVIEWER, section, ends_at=soon)
    assert told() == [higher], "it is held until its day"
    factories.grant(cast.dwi, Role.AUDITOR, cast.city)
    assert told() == []


def test_what_is_over_leaves_nobody_behind(cast: Cast, section: Unit) -> None:
    today = timezone.localdate()
    status = OfficialAccount.Status
    closed = {"closed_on": today, "closed_reason": "x"}
    for state in (status.CLOSED, status.RELEASED):
        factories.official_account(section, status=state, person_in_charge=cast.dwi, **closed)
    account = factories.official_account(section, display_name="Kanal Humas")
    days = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=3)}
    work(cast, account, cast.dwi, **days)
    never = today + timedelta(days=5)
    work(cast, account, cast.dwi, starts_on=never, ends_on=never - timedelta(days=1))
    assert told_of_ending(cast, cast.dwi) == []
    assert told_of_moving(section, cast.bayu) == []
    work(cast, account, cast.dwi, starts_on=never)
    assert told_of_ending(cast, cast.dwi) == [str(account)], "work that is to come"
    assert told_of_moving(section, cast.bayu) == ["Dwi Hartono, Diskominfo"]
    User.objects.filter(pk=cast.dwi.pk).update(is_active=False)
    assert told_of_ending(cast, cast.dwi) == [], "who is deactivated does not count before either"


def test_the_move_of_a_unit_names_who_has_a_role_only_by_a_unit_above(
    cast: Cast, section: Unit, account: OfficialAccount, client_as: ClientAs
) -> None:
    work(cast, account, cast.rina)
    factories.grant(cast.rina, Role.DRAFTER, section)
    client, address = client_as("bayu"), reverse("people:unit_move", args=[section.pk])
    page = client.get(address).content.decode()
    assert MAY_BE_LEFT in page
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    for person in ("Sari Wulandari", "Dwi Hartono"):
        assert f'{person}: <a href="{detail}">' in page
    assert page.count("role on Dinas Komunikasi dan Informatika") == 2
    for other in ("Rina Lestari", "Bayu Pratama:", "Made Wirawan"):
        assert other not in page, "a role on what moves, at the top, and nothing to do here"
    assert client.post(address, {"parent": cast.dinkes.pk}).status_code == 302
    section.refresh_from_db()
    assert section.parent == cast.dinkes, "nothing is refused"
    assert MAY_BE_LEFT not in client.get(address).content.decode(), "they are left already"


def test_a_unit_that_stays_below_the_unit_of_a_role_leaves_nobody_behind(
    cast: Cast, account: OfficialAccount, section: Unit, client_as: ClientAs
) -> None:
    team = factories.unit("Tim Konten", parent=section)
    lower = factories.official_account(team, person_in_charge=cast.made)
    factories.grant(cast.fajar, Role.DRAFTER, section)
    work(cast, lower, cast.fajar)
    both = ["Fajar Siregar, Seksi Humas", "Made Wirawan, Diskominfo"]
    assert told_of_moving(team, cast.bayu) == both
    # Who keeps Diskominfo alone can move it to no place that is not below Diskominfo.
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.diskominfo)
    assert told_of_moving(team, cast.nur) == both[:1]
    assert told_of_moving(cast.diskominfo, cast.bayu) == [], "they hold it by what moves"
    page = client_as("bayu").get(reverse("people:unit_move", args=[cast.diskominfo.pk]))
    assert 'role="note"' not in page.content.decode()
    # Of two units above the higher keeps longer.
    factories.grant(cast.fajar, Role.AUDITOR, cast.diskominfo)
    assert told_of_moving(team, cast.bayu) == ["Fajar Siregar, Diskominfo", both[1]]
    assert told_of_moving(team, cast.nur) == []


def test_accounts_that_the_reader_does_not_see_are_counted_and_not_named(
    cast: Cast, account: OfficialAccount, section: Unit
) -> None:
    left = left_by_ending(grant_of(cast.dwi), seen_by=cast.fajar)
    assert (left.shown, left.others) == ([], 1)
    # No role moves units and sees no accounts; were there one, it would be told as little.
    factories.grant(cast.fajar, Role.ADMINISTRATOR, cast.dinkes)
    left = left_by_moving(section, seen_by=cast.fajar)
    assert (left.shown, left.others) == ([], 2)


@pytest.mark.parametrize("page", ["grant_end", "unit_move"])
def test_of_many_accounts_the_first_are_named_and_the_rest_counted(
    cast: Cast,
    section: Unit,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    page: str,
) -> None:
    made = OfficialAccount.objects.bulk_create(
        [
            factories.unsaved_account(section, display_name=f"Kanal {number:02}")
            for number in range(MOST_NAMED + 3)
        ]
    )
    Administrator.objects.bulk_create(
        Administrator(
            official_account=one, user=cast.dwi, assigned_by=cast.bayu,
            starts_on=timezone.localdate(),
        )
        for one in made
    )  # fmt: skip
    keys = {"grant_end": grant_of(cast.dwi).pk, "unit_move": section.pk}
    client, address = client_as("bayu"), reverse(f"people:{page}", args=[keys[page]])
    with django_assert_max_num_queries(15):
        told = client.get(address).content.decode()
    assert told.count(">Kanal ") == MOST_NAMED
    assert "Kanal 19" in told
    assert "Kanal 20" not in told
    assert "and 3 more" in told
