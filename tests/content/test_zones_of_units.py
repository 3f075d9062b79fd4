"""Times of a post are those of its unit, whoever types or reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.capabilities import Role
from content import actions
from content.models import Post
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, document

SignIn = Callable[[object], Client]
TYPED, MEANT = "2127-03-01T09:00", datetime(2127, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def east(cast: Cast) -> Cast:
    """Dwi, who is of the west, writes for an office in the east too."""
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    cast.dinkes.time_zone = "Asia/Jayapura"
    cast.dinkes.save(update_fields=["time_zone"])
    return cast


@pytest.fixture
def client(east: Cast, client_as: SignIn) -> Client:
    return client_as(factories.reads_english(east.dwi))


def written(cast: Cast, **fields: Any) -> dict[str, Any]:
    said = {"title": "T", "text": "Halo", "language": "id", "sensitivity": "ordinary"}
    return {**said, "unit": cast.dinkes.pk, "planned_at": TYPED, **fields}


def test_a_typed_time_is_read_in_the_zone_of_the_chosen_unit_and_the_page_says_so(
    east: Cast, client: Client
) -> None:
    create = reverse("content:post_create")
    page = client.get(create, follow=True).content.decode()
    assert "Publication time (WIB)" in page, "no unit is chosen: that of the reader"
    assert f'value="{east.dinkes.pk}" data-zone="WIT"' in page, "for the script"
    asked = client.post(create, written(east, title=""))
    assert asked.status_code == 422
    assert "Publication time (WIT)" in asked.content.decode()
    assert f'value="{TYPED}"' in asked.content.decode()
    saved = client.post(create, written(east), follow=True)
    assert "1 March 2127 09:00 WIT" in saved.content.decode()
    post = Post.objects.get()
    assert post.planned_at == MEANT
    again = client.get(reverse("content:post_edit", args=[post.pk])).content.decode()
    assert "Publication time (WIT)" in again
    assert f'value="{TYPED}"' in again
    assert "09:00 WIT" in again.split("Time, campaign and language")[1].split("</summary>")[0]


def test_a_forged_unit_has_no_zone(east: Cast, client: Client) -> None:
    elsewhere = factories.unit(parent=east.city, time_zone="Asia/Makassar")
    for unit in (elsewhere.pk, "9" * 18, "x\0"):
        answer = client.post(reverse("content:post_create"), written(east, unit=unit))
        assert answer.status_code == 422
        assert "Publication time (WIB)" in answer.content.decode()


def test_the_calendar_moves_in_the_zone_of_the_unit_and_tells_both_clocks(
    east: Cast, client: Client
) -> None:
    stage = _planned(east, "2127-03-01T00:00:00+00:00")
    address = reverse("content:post_move", args=[stage.post.pk])
    page = client.get(address).content.decode()
    assert "Publication time (WIT)" in page
    assert f'value="{TYPED}"' in page
    client.post(address, {"planned_at": "2127-03-02T00:30", "based_on": "1"})
    assert stage.fresh().planned_at == datetime(2127, 3, 1, 15, 30, tzinfo=UTC)
    shown = client.get(reverse("content:calendar_month", args=["2127-03"])).content.decode()
    cell = shown.split('data-day="2127-03-01"')[1].split("data-day=")[0]
    assert "22:30 (00:30 WIT)" in cell, "its place is by the clock of the reader"
    assert 'data-at="2127-03-02T00:30"' in cell, "a script shifts the clock of the unit"


def _planned(cast: Cast, at: str) -> Stage:
    account = factories.official_account(cast.dinkes)
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.dinkes.pk,
        document=document(account, planned_at=datetime.fromisoformat(at)),
    )
    return Stage(cast, account, post)
