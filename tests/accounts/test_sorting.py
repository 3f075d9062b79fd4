"""Lists sort what is kept as a code by what the code means to people, and exports do so too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import ImpersonationReport, OfficialAccount, User
from accounts.public.register import register
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period
from tests.cast import Cast

ClientAs = Callable[[object], Client]
COURSE = ["proposed", "active", "suspended", "closed", "released"]


@pytest.fixture
def accounts(cast: Cast) -> None:
    ended: dict[str, Any] = {"closed_on": date(2026, 11, 1), "closed_reason": "Digabung"}
    for status in ("closed", "released", "active", "suspended", "proposed"):
        more = ended if status in {"closed", "released"} else {}
        factories.official_account(cast.dinkes, status=status, **more)


@pytest.fixture
def platforms(cast: Cast) -> None:
    """In no order, neither by name nor by code; two of their names are translated."""
    for platform in ("feed", "x", "whatsapp", "bluesky", "youtube", "other"):
        factories.official_account(cast.dinkes, platform=platform, host="")


def listed(client: Client, name: str, sort: str) -> list[Any]:
    return list(client.get(reverse(name), {"sort": sort}).context["page"])


def exported(client: Client, name: str, sort: str, column: int) -> list[str]:
    answer: Any = client.get(reverse(name), {"sort": sort})
    lines = b"".join(answer.streaming_content).decode().splitlines()[1:]
    return [line.split(",")[column] for line in lines]


@pytest.mark.usefixtures("accounts")
def test_a_status_sorts_by_its_course_on_the_page_and_in_the_file(
    cast: Cast, client_as: ClientAs
) -> None:
    client, name = client_as(factories.reads_english(cast.bayu)), "accounts:official_account_list"
    export = "accounts:official_account_export"
    labels = [str(OfficialAccount.Status(status).label) for status in COURSE]
    assert [one.status for one in listed(client, name, "status")] == COURSE
    assert [one.status for one in listed(client, name, "-status")] == COURSE[::-1]
    assert exported(client, export, "status", 5) == labels
    assert exported(client, export, "-status", 5) == labels[::-1]


@pytest.mark.usefixtures("platforms")
@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["other", "bluesky", "feed", "whatsapp", "x", "youtube"]),
        ("id", ["bluesky", "other", "whatsapp", "feed", "x", "youtube"]),
    ],
)
def test_a_platform_sorts_by_the_name_that_the_reader_sees(
    cast: Cast, client_as: ClientAs, language: str, wanted: list[str]
) -> None:
    reader = factories.reads_english(cast.bayu) if language == "en" else cast.bayu
    client = client_as(reader)
    for name in ("accounts:official_account_list", "accounts:connection_health"):
        assert [one.platform for one in listed(client, name, "platform")] == wanted
        assert [one.platform for one in listed(client, name, "-platform")] == wanted[::-1]
    named = exported(client, "accounts:connection_health_export", "platform", 2)
    assert named == sorted(named, key=str.casefold)


def test_a_finding_sorts_by_the_order_in_which_people_are_asked(
    cast: Cast, client_as: ClientAs
) -> None:
    make_period(cast.bayu)
    account = account_of(cast, cast.sari)
    attest(
        cast.sari, account, "Semua salah", still_ours=False, still_needed=False,
        administrators_right=False, two_step_on=False,
    )  # fmt: skip
    asked = ["still_ours", "still_needed", "administrators_right", "two_step_on"]
    client, name = client_as("bayu"), "accounts:finding_list"
    assert [one.question for one in listed(client, name, "question")] == asked
    assert [one.question for one in listed(client, name, "-question")] == asked[::-1]


def test_a_report_sorts_by_the_course_of_its_handling(cast: Cast, client_as: ClientAs) -> None:
    register.forget()
    system = User.objects.system()
    for number in range(3):
        actions.report_impersonation(
            actor=system, channel="public", suspect=f"t.me/palsu_{number}", platform="",
            imitated="", happened="Menipu",
        )  # fmt: skip
    cases = ImpersonationReport.objects.order_by("pk")
    for pk, status in zip(cases.values_list("pk", flat=True), ("checking", "new", ""), strict=True):
        if status == "":
            cases.filter(pk=pk).update(status="dismissed", settled_at=timezone.now())
        else:
            cases.filter(pk=pk).update(status=status)
    client, name = client_as("bayu"), "impersonations:report_list"
    course = ["new", "checking", "dismissed"]
    assert [one.status for one in listed(client, name, "status")] == course
    assert [one.status for one in listed(client, name, "-status")] == course[::-1]
