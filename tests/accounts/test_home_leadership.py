"""What leadership reads of the register on the home page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.capabilities import Role
from accounts.models import PublicListing
from accounts.public.register import register as public_register
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period
from tests.accounts.test_impersonations import imitating, move, report
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture
def register(cast: Cast) -> None:
    """Four accounts that a period asked about, one confirmed; two open reports, one settled."""
    public_register.forget()
    make_period(cast.bayu, starts=-40, due=-9)
    confirmed = account_of(cast, cast.sari, display_name="Kanal Beres")
    for name in ("Kanal Lewat", "Kanal Telat"):
        account_of(cast, cast.sari, display_name=name)
    attest(cast.sari, confirmed)
    with time_machine.travel(timezone.now() - timedelta(days=23), tick=False):
        imitating(cast, "instagram.com/samudra.satu")
    imitating(cast, "instagram.com/samudra.dua")
    settled = imitating(cast, "instagram.com/samudra.tiga")
    move(cast, settled, "checking", "not_imitation")


def figure(label: str, number: int) -> str:
    return f'{label}</a></span> </div> <div class="tile-value">{number}<'


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.usefixtures("register")
def test_leadership_reads_two_numbers_and_finds_behind_them_what_they_count(
    cast: Cast, client_as: ClientAs, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_as(factories.reads_english(cast.ratna))
    with django_assert_max_num_queries(15):
        page = words(client, reverse("home"))
    assert (
        'Accounts whose confirmation is late</a></span> </div> <div class="tile-value">3<' in page
    )
    assert "of 4 to be confirmed" in page
    assert figure("Open reports of fake accounts", 2) in page
    assert "the oldest for 23 days" in page
    late, reports = (
        reverse("accounts:attestation_list") + "?state=overdue",
        reverse("impersonations:report_list") + "?status=open",
    )
    assert f'href="{late}"' in page
    assert f'href="{reports}"' in page
    listed = words(client, late)
    assert ("Kanal Lewat" in listed, "Kanal Telat" in listed, "Kanal Beres" in listed) == (
        True, True, False,
    )  # fmt: skip
    shown = words(client, reports).replace("<wbr>", "")
    assert [name in shown for name in ("samudra.satu", "samudra.dua", "samudra.tiga")] == [
        True, True, False,
    ]  # fmt: skip


@pytest.mark.usefixtures("register")
def test_leadership_of_another_unit_counts_its_own_and_others_get_no_such_card(
    cast: Cast, client_as: ClientAs
) -> None:
    head = factories.reads_english(factories.user("Kepala Dinkes"))
    factories.grant(head, Role.LEADERSHIP, cast.dinkes)
    page = words(client_as(head), reverse("home"))
    assert figure("confirmation is late", 0) in page
    assert figure("reports of fake accounts", 0) in page
    for who in (cast.bayu, cast.sari, cast.laila):
        assert "confirmation is late" not in words(
            client_as(factories.reads_english(who)), reverse("home")
        )


def test_a_report_counts_wherever_steps_are_taken_and_the_list_has_no_more_than_is_told(
    cast: Cast, client_as: ClientAs
) -> None:
    public_register.forget()
    factories.official_account(cast.diskominfo, platform="x", host="", handle="samudrakota")
    clinic = factories.official_account(cast.dinkes, platform="x", host="", handle="puskesmas")
    code = PublicListing.objects.get(pk=clinic.pk).code
    # The first is charged to Dinkes and resembles Diskominfo; the second only names Dinkes.
    report(cast, "x.com/samudrak0ta", imitated=code)
    report(cast, "x.com/samudr4kota")
    report(cast, "x.com/samudr4kota", imitated=code)
    listed = reverse("impersonations:report_list") + "?status=open"
    for unit, steps, named in ((cast.diskominfo, 2, 0), (cast.dinkes, 1, 1), (cast.city, 2, 0)):
        head = factories.reads_english(factories.user(f"Kepala {unit.name}"))
        factories.grant(head, Role.LEADERSHIP, unit)
        client = client_as(head)
        page = words(client, reverse("home"))
        assert figure("Open reports of fake accounts", steps) in page, unit
        assert ("1 more in the list only names an account of your units" in page) is bool(named)
        assert len(client.get(listed).context["page"].object_list) == steps + named


def test_before_the_first_period_nothing_is_late_and_nothing_is_zero(
    cast: Cast, client_as: ClientAs
) -> None:
    page = words(client_as(factories.reads_english(cast.ratna)), reverse("home"))
    assert "No attestation period has begun" in page
    assert "None asked about" in page
