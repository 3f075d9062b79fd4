"""What was confirmed of a text does not hold for another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from content.actions.completing import missing_from
from content.models import Post
from content.standing import standing
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, answers, make_stage

AGAIN = "The text changed since this was declared (version 1)"


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def save(client: Client, stage: Stage, text: str, tick: str, **more: Any) -> Any:
    version = stage.fresh().current_version
    ticks = {"confirm_ethics": tick, "confirm_conduct": tick}
    page = {
        "title": "Jadwal vaksinasi",
        "unit": stage.cast.diskominfo.pk,
        "accounts": stage.account.pk,
        "language": "id",
        "text": text,
        "based_on": version.number if version else 0,
    }
    address = reverse("content:post_edit", args=[stage.post.pk])
    return client.post(address, {**page, **answers(), **ticks, **more})


def confirmed(stage: Stage) -> set[str]:
    version = stage.fresh().current_version
    return set(version.content().declared.confirmed) if version else set()


def test_a_tick_that_came_along_is_asked_for_again_when_the_text_is_another_one(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    shown = client.get(reverse("content:post_edit", args=[stage.post.pk])).content.decode()
    assert 'name="confirm_ethics" value="1"' in shown
    refused = save(client, stage, "Kalimat yang sama sekali lain.", "1", submit="1")
    with django_assert_max_num_queries(15):
        told = client.get(refused["Location"]).content.decode()
    assert told.count("The text changed since version 1; confirm again:") == 2
    assert stage.fresh().status == Post.Status.DRAFT
    assert confirmed(stage) == set()
    # Forged: the version that lacks it.
    save(client, stage, "Kalimat yang sama sekali lain.", "2")
    assert confirmed(stage) == set()
    save(client, stage, "Kalimat yang sama sekali lain.", "on", submit="1")
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_an_approval_falls_only_for_a_text_that_can_be_submitted(
    stage: Stage, client: Client
) -> None:
    stage.submit().approve()
    counts = {"opened_as": standing(stage.fresh())}
    refused = save(client, stage, "Kalimat yang lain.", "1", submit="1", **counts)
    told = refused.content.decode()
    assert refused.status_code == 409
    assert "Nothing is saved yet: the approval of version 1 still counts." in told
    # Why the ticks are gone, although no version lacks them.
    assert told.count("The text changed since version 1; confirm again:") == 2
    assert "Kalimat yang lain." in told
    assert "the approval no longer counts, and what is scheduled is cancelled" in told
    assert 'name="confirm_ethics" value="1"' not in told
    agreed = {"voids_and_submit": standing(stage.post)}
    assert save(client, stage, "Kalimat yang lain.", "1", **agreed).status_code == 409
    assert (stage.fresh().status, stage.post.versions.count()) == (Post.Status.SCHEDULED, 1)
    # Confirmed, it is asked about, and nothing falls by a draft without a word.
    asked = save(client, stage, "Kalimat yang lain.", "on", submit="1", **counts)
    assert "Save, void the approval and submit again" in asked.content.decode()
    save(client, stage, "Kalimat yang lain.", "on", **agreed)
    assert (stage.fresh().status, stage.post.versions.count()) == (Post.Status.SUBMITTED, 2)


def test_it_holds_while_the_public_reads_the_same(stage: Stage, client: Client) -> None:
    kept = save(client, stage, "Vaksin rabies gratis.", "1", title="Judul lain", submit="1")
    assert kept.status_code == 302
    assert stage.fresh().status == Post.Status.SUBMITTED
    # And a text of one account is a text.
    save(
        client,
        stage,
        "Vaksin rabies gratis.",
        "2",
        voids=standing(stage.post),
        **{f"text_{stage.account.pk}": "Lain"},
    )
    assert confirmed(stage) == set()


def test_nobody_declares_by_what_a_colleague_declared(stage: Stage, client: Client) -> None:
    stage.edit("Kalimat Rina", by=stage.cast.rina)
    save(client, stage, "Kalimat Rina", "2", title="Judul lain")
    assert confirmed(stage) == set()
    post = stage.fresh()
    assert post.current_version is not None
    found = [str(one) for one in missing_from(post.current_version.content(), post.unit, post)]
    assert any("since version" in one or "sejak versi" in one for one in found)


def test_an_emergency_notice_shows_that_its_end_is_needed(client: Client) -> None:
    shown = client.get(reverse("content:post_create"), follow=True).content.decode()
    assert "Valid until (WIB)" in shown
    assert '<span class="if-emergency">needed for an emergency</span>' in shown
    assert "An emergency notice needs it." in shown
