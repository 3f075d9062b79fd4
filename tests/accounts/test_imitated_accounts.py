"""A report reaches the unit whose account is imitated, by link, by handle or by likeness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import ImpersonationReport, OfficialAccount, PublicListing, User
from accounts.public.register import register
from tests import factories
from tests.cast import Cast

ClientAs = Callable[[object], Client]
SUSPECT = "instagram.com/palsu.sekali"


@pytest.fixture(autouse=True)
def fresh_register() -> None:
    register.forget()


@pytest.fixture
def twins(cast: Cast) -> dict[str, OfficialAccount]:
    """The same handle on two platforms, of two units."""
    return {
        "x": factories.official_account(
            cast.diskominfo, platform="x", host="", handle="samudrakota", display_name="A"
        ),
        "instagram": factories.official_account(
            cast.dinkes, platform="instagram", host="", handle="samudrakota", display_name="B"
        ),
    }


def code_of(account: OfficialAccount) -> str:
    return PublicListing.objects.get(pk=account.pk).code


def report(suspect: str, imitated: str = "") -> ImpersonationReport:
    made: ImpersonationReport = actions.report_impersonation(
        actor=User.objects.system(), channel="public", suspect=suspect, platform="",
        imitated=imitated, happened="Meminta uang",
    ).report  # fmt: skip
    return made


@pytest.mark.parametrize("platform", ["x", "instagram"])
def test_the_link_on_the_page_of_an_account_names_this_account_and_no_other(
    client_as: ClientAs, twins: dict[str, OfficialAccount], platform: str
) -> None:
    client, account = client_as("bayu"), twins[platform]
    link = f"{reverse('impersonations:report_make')}?imitated={code_of(account)}"
    detail = client.get(reverse("accounts:official_account_detail", args=[account.pk]))
    assert link in detail.content.decode()
    shown = client.get(link).context["form"]["imitated"].value()
    assert shown.endswith("com/samudrakota"), "people read an address, not a code"
    data = {"suspect": "t.me/palsu_sekali", "happened": "Meminta uang", "imitated": shown}
    assert client.post(link, data).status_code == 302
    assert ImpersonationReport.objects.get().official_account == account


@pytest.mark.parametrize(
    ("suspect", "platform"),
    [("x.com/palsusekali", "x"), (SUSPECT, "instagram"), ("@palsusekali", "instagram")],
)
def test_of_a_handle_on_several_platforms_that_of_the_suspect_is_meant(
    client_as: ClientAs, twins: dict[str, OfficialAccount], suspect: str, platform: str
) -> None:
    data: dict[str, Any] = {"suspect": suspect, "happened": "Menipu", "imitated": "@samudrakota"}
    if suspect.startswith("@"):
        data["platform"] = platform
    url = reverse("impersonations:report_make")
    assert client_as("bayu").post(url, data).status_code == 302
    assert ImpersonationReport.objects.get().official_account == twins[platform]


def test_a_later_report_that_names_the_account_brings_the_case_to_its_unit(
    cast: Cast, client_as: ClientAs, twins: dict[str, OfficialAccount]
) -> None:
    first = report(SUSPECT)
    assert first.unit == cast.city
    assert report(SUSPECT, code_of(twins["instagram"])).pk == first.pk
    first.refresh_from_db()
    assert (first.official_account, first.unit) == (twins["instagram"], cast.dinkes)
    page = reverse("impersonations:report_detail", args=[first.pk])
    assert client_as("nur").get(page).status_code == 200
    report(SUSPECT, code_of(twins["x"]))
    first.refresh_from_db()
    assert first.unit == cast.dinkes, "the first account that was named stays"


def test_who_does_not_follow_up_for_the_new_unit_is_not_assigned_any_more(
    cast: Cast, twins: dict[str, OfficialAccount]
) -> None:
    made = report(SUSPECT)
    ImpersonationReport.objects.filter(pk=made.pk).update(assigned_to=cast.sari, unit=cast.city)
    report(SUSPECT, code_of(twins["instagram"]))
    made.refresh_from_db()
    assert (made.unit, made.assigned_to) == (cast.dinkes, None)


@pytest.mark.parametrize(
    ("suspect", "unit"),
    [
        ("instagram.com/puskesmas_sehat", "dinkes"),
        ("instagram.com/samudrakota_resmi", "city"),
        (SUSPECT, "city"),
    ],
    ids=["resembles one unit", "resembles two units", "resembles nobody"],
)
def test_a_report_that_names_nobody_goes_to_the_one_unit_that_the_suspect_resembles(
    cast: Cast, twins: dict[str, OfficialAccount], suspect: str, unit: str
) -> None:
    factories.official_account(cast.dinkes, platform="x", host="", handle="puskesmassehat")
    made = report(suspect)
    assert (made.unit, made.official_account) == (getattr(cast, unit), None)
