"""What people met who used it: pages that failed, or said what was not so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from content.checklist import ETHICS
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, later, make_stage

SignIn = Callable[[User | str], Client]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, planned_at=later(days=2))


def approve(stage: Stage, client: Client, digest: str) -> str:
    answer = client.post(
        reverse("content:post_approve", args=[stage.post.pk]),
        {"digest": digest, "confirmed": ETHICS.version},
        follow=True,
    )
    return answer.content.decode()


def test_a_post_with_a_planned_time_opens_in_the_composer(stage: Stage, client_as: SignIn) -> None:
    page = client_as("dwi").get(reverse("content:post_edit", args=[stage.post.pk]))
    assert page.status_code == 200
    planned = stage.fresh().planned_at
    assert planned is not None
    told = page.context["form"].groups()["time"].told
    assert told.split()[0] == str(timezone.localtime(planned).day)


def test_the_last_approval_says_when_it_goes_out(stage: Stage, client_as: SignIn) -> None:
    stage.submit()
    sari = client_as(factories.reads_english(stage.cast.sari))
    digest = stage.digest
    said = approve(stage, sari, digest)
    assert "Approved. It goes out on" in said
    assert "next stage" not in said
    assert "not waiting for a decision" in approve(stage, sari, digest), "pressed twice"


def test_a_post_is_moved_on_a_page_of_its_own_without_a_calendar_around_it(
    stage: Stage, client_as: SignIn
) -> None:
    address = reverse("content:post_move", args=[stage.post.pk])
    client = client_as("dwi")
    assert 'hx-target="#calendar-moved"' not in client.get(address).content.decode()
    in_dialog = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-target="#calendar-moved"' in in_dialog
