"""What waits for a person is written as SQL once a minute and asked on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet
from django.test import Client, RequestFactory

from accounts.capabilities import Role
from accounts.models import Grant, Unit, User
from govsocial.settings import base
from govsocial.web import counting
from tests.cast import Cast

START = datetime(2026, 11, 26, 3, 0, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db

_written: list[tuple[str, bool]] = []


def offices_reached(user: User, is_home: bool) -> dict[str, QuerySet[Any]]:
    """A provider that notes when it is asked."""
    _written.append((user.full_name, is_home))
    units = Unit.objects.filter(pk__any=user.units_with("accounts.view"))
    return {"offices": units.filter(name__startswith="Dinas")}


@pytest.fixture(autouse=True)
def only_this_provider(settings: Any) -> Iterator[None]:
    settings.WAITING = [f"{__name__}.offices_reached"]
    _written.clear()
    counting._kept.clear()
    with time_machine.travel(START, tick=False):
        yield
    counting._kept.clear()


def counted(user: User) -> int:
    """As a request of its own does, which reads the person anew."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    request.resolver_match = None
    return counting.counts_of(request)["offices"]


def test_it_is_written_once_a_minute_and_tells_the_rows_of_now(cast: Cast) -> None:
    assert counted(cast.dwi) == 1
    Unit.objects.filter(pk=cast.diskominfo.pk).update(name="Badan Komunikasi")
    with time_machine.travel(START + timedelta(seconds=29), tick=False):
        assert counted(cast.dwi) == 0
    assert _written == [("Dwi Hartono", False)]
    with time_machine.travel(START + timedelta(seconds=30), tick=False):
        assert counted(cast.dwi) == 0
    assert _written == [("Dwi Hartono", False)] * 2


def test_each_person_is_told_of_their_own(cast: Cast) -> None:
    assert [counted(one) for one in (cast.bayu, cast.dwi, cast.fajar, cast.inactive)] == [
        2,
        1,
        1,
        0,
    ]
    assert len(_written) == 4


def test_a_role_given_or_taken_counts_at_once(cast: Cast) -> None:
    assert counted(cast.dwi) == 1
    given = Grant.objects.create(
        user=cast.dwi,
        role=Role.DRAFTER,
        unit=cast.dinkes,
        granted_by=cast.bayu,
        starts_at=START - timedelta(days=1),
        decree="SK 1/2026",
    )
    assert counted(cast.dwi) == 2
    Grant.objects.filter(pk=given.pk).update(ends_at=START - timedelta(hours=1))
    assert counted(cast.dwi) == 1


def test_the_home_page_asks_for_itself(
    cast: Cast, client_as: Callable[..., Client], settings: Any
) -> None:
    settings.WAITING = [*settings.WAITING, *base.WAITING]
    client = client_as("dwi")
    for _ in range(2):
        assert client.get("/").status_code == 200
        assert client.get("/content/posts/").status_code == 200
    assert _written == [("Dwi Hartono", True), ("Dwi Hartono", False)]


def test_no_more_is_kept_than_some_people(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MOST_KEPT", 2)
    for person in (cast.bayu, cast.dwi, cast.sari):
        counted(person)
    assert [len(kept) for kept in counting._kept.values()] == [1]
    assert counted(cast.bayu) == 2
    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        assert counted(cast.bayu) == 2
    assert len(counting._kept) == 1
