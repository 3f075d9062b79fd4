"""What was typed goes on on top of a version that was saved meanwhile, once that was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from content.models import Scratch
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.content.test_unsaved import edit, keep, save


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def test_what_was_refused_goes_on_on_top_of_the_version_that_was_seen(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    stage.edit("Kalimat Rina", by=stage.cast.rina)
    page = str(uuid4())
    refused = save(client, stage, "Kalimat saya", scratch_page=page).content.decode()
    assert "Go on with my text on top of version 2" in refused
    assert "Save and submit" not in refused
    assert "Rina Lestari saved version 2 in the meantime." in refused
    # Another version meanwhile: what was not seen is not built upon.
    stage.edit("Kalimat Rina lagi", by=stage.cast.rina)
    asked = save(client, stage, "Kalimat saya", scratch_page=page, onto="2")
    assert asked.status_code == 409
    assert "on top of version 3" in asked.content.decode()
    with django_assert_max_num_queries(20):  # it is kept as well
        shown = save(client, stage, "Kalimat saya", scratch_page=page, onto="3").content.decode()
    assert 'name="based_on" value="3"' in shown
    assert "<del>Rina lagi</del>" in shown
    assert "Save and submit" in shown
    assert stage.fresh().versions.count() == 3
    assert Scratch.objects.get().based_on == 3
    assert save(client, stage, "Kalimat saya", over=page, based_on=3).status_code == 302
    texts = [one.content().text for one in stage.fresh().versions.order_by("number")]
    assert texts == ["Vaksin rabies gratis.", "Kalimat Rina", "Kalimat Rina lagi", "Kalimat saya"]


def test_ones_own_version_of_another_tab_is_told_so_and_what_is_missing_stays_typed(
    stage: Stage, client: Client
) -> None:
    stage.edit("Kalimat saya", by=stage.cast.dwi)
    kept = keep(client, stage.post, based_on=1)
    assert "You saved version 2 in another tab." in kept.json()["message"]
    refused = save(client, stage, "Kalimat lama").content.decode()
    assert "You saved version 2 in another tab." in refused
    assert "Dwi Hartono saved" not in refused
    for forged in ("x", "", "9" * 40):
        assert save(client, stage, "Kalimat lama", onto=forged).status_code == 409
    wrong = save(client, stage, "Kalimat lama", onto="2", title="")
    assert wrong.status_code == 422
    assert "Kalimat lama" in wrong.content.decode()


def test_a_save_does_not_end_what_another_tab_keeps(stage: Stage, client: Client) -> None:
    keep(client, stage.post, text="Dari tab lain", based_on=1)
    assert save(client, stage, "Dari tab ini").status_code == 302
    assert Scratch.objects.get(closed_at=None).fields["text"] == ["Dari tab lain"]
    assert "Dari tab lain" in client.get(edit(stage)).content.decode()
