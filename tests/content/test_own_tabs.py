"""What one person types in two tabs is kept in both, and neither writes over the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from content import actions
from content.actions.scratches import Place
from content.models import Scratch
from content.standing import standing
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.content.test_unsaved import edit, keep, of, save, unsaved


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def text_of(words: str) -> Q:
    return Q(fields__text=[words])


def test_ones_own_second_tab_keeps_what_is_typed_there_and_both_are_offered(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    stage.submit()
    before = stage.fresh().current_version
    first, second = str(uuid4()), str(uuid4())
    assert keep(client, stage.post, text="Tab satu", based_on=1, scratch_page=first).status_code
    typed = keep(client, stage.post, text="Tab dua", based_on=1, scratch_page=second)
    assert typed.status_code == 200
    assert unsaved() == ["Tab dua", "Tab satu"]
    # The first is saved; what the second goes on with is kept and told beside the new version.
    known = standing(stage.fresh())
    saved = save(client, stage, "Tab satu", scratch_page=first, voids=known)
    assert saved.status_code == 302
    submitted = stage.fresh()
    assert submitted.current_version != before
    typed = keep(client, stage.post, text="Tab dua lagi", based_on=1, scratch_page=second)
    assert "You saved version 2 in another tab." in typed.json()["message"]
    assert stage.fresh().current_version == submitted.current_version
    assert stage.fresh().status == submitted.status
    third = keep(client, stage.post, text="Tab tiga", based_on=2)
    assert third.status_code == 200
    with django_assert_max_num_queries(15):
        shown = client.get(edit(stage)).content.decode()
    assert "Tab tiga" in shown
    assert "Typed in another tab and not saved" in shown
    other = Scratch.objects.get(page=second)
    resumed = client.get(edit(stage), {"resume": other.pk}).content.decode()
    assert "Tab dua lagi</textarea>" in resumed
    # Thrown away, it can be brought back beside what is left.
    thrown = reverse("content:scratch_discard", args=[Scratch.objects.get(text_of("Tab tiga")).pk])
    shown = client.post(thrown, follow=True).content.decode()
    assert "was thrown away" in shown
    assert "Tab dua lagi</textarea>" in shown
    actions.bring_scratch_back(
        actor=stage.cast.dwi, scratch_id=Scratch.objects.get(text_of("Tab tiga")).pk
    )
    # What it was opened with was written on since: it is left, and this page keeps its own.
    seen = other.kept_at.isoformat()
    keep(client, stage.post, text="Tab dua, terakhir", based_on=1, scratch_page=second)
    over = {"scratch_over": second, "scratch_seen": seen}
    keep(client, stage.post, text="Tab empat", based_on=1, **over)
    assert unsaved() == ["Tab empat", "Tab dua, terakhir", "Tab tiga"]


def test_two_tabs_do_not_write_over_each_other(stage: Stage) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()

    def typed(place: Place, text: str) -> Scratch:
        return actions.keep_scratch(
            actor=stage.cast.dwi, place=place, fields={"text": [text]}, based_on=1
        )

    typed(of(stage, page=first), "satu")
    typed(of(stage, page=first), "satu lagi")
    typed(of(stage, page=second), "dua")
    assert unsaved() == ["dua", "satu lagi"]
    # The tab that was opened with that text goes on from it, and the first one with its own.
    typed(of(stage, page=third, over=first), "tiga")
    assert unsaved() == ["tiga", "dua"]
    typed(of(stage, page=first), "satu, terlambat")
    assert unsaved() == ["satu, terlambat", "tiga", "dua"]
