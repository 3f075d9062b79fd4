"""Rights and consents are asked before a post is submitted: by the action, by the database, and
once more by the worker that sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from content import actions, gate
from content.errors import ContentError
from content.media_at_the_gate import incomplete
from content.models import MediaFile, Post, Publication, Review
from content.policies import asked_for
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import COMPLETE, say, upload
from tests.content.stage import FakePlatform, Stage, make_stage, media_item
from tests.content.test_layers import without_triggers

ALT = "Petugas menyuntik kucing oranye."
YESTERDAY = timezone.localdate() - timedelta(days=2)
PEOPLE = {"people": "yes", "minors": "no", "consent_place": "Arsip, map 3"}
LACKING: list[dict[str, Any]] = [
    {"licence": ""},
    {"licence": "permission"},
    {"licence": "cc_by", "proof_url": "https://contoh.example/izin"},
    {"licence_until": YESTERDAY},
    {"people": "unknown"},
    PEOPLE | {"consent_place": ""},
    PEOPLE | {"minors": "unknown"},
    PEOPLE | {"minors": "yes"},
    PEOPLE | {"consent_until": YESTERDAY},
]
ENOUGH: list[dict[str, Any]] = [
    {},
    {"licence": "cc_by", "proof_url": "https://contoh.example/izin", "owner": "Made"},
    PEOPLE | {"minors": "yes", "consent_by_guardians": True},
]


@pytest.fixture
def media(cast: Cast) -> MediaFile:
    return upload(cast.dwi, cast.diskominfo)


@pytest.fixture
def stage(cast: Cast, media: MediaFile) -> Stage:
    return make_stage(cast, media=(media_item(media, ALT),))


def open_review(stage: Stage) -> None:
    """As raw SQL would, without any action."""
    version = stage.fresh().current_version
    assert version is not None
    asked = asked_for(version.pk)._asdict()
    Review.objects.create(
        post=stage.post, version=version, digest=version.digest,
        submitted_by=stage.cast.dwi, **asked,
    )  # fmt: skip


def test_action_and_database_ask_the_same(cast: Cast, media: MediaFile, stage: Stage) -> None:
    version = stage.fresh().current_version
    assert version is not None
    usual = {
        **COMPLETE, "licence_until": None, "owner": "", "proof_url": "", "minors": "unknown",
        "consent_place": "", "consent_until": None, "consent_by_guardians": False,
    }  # fmt: skip
    for said in (*LACKING, *ENOUGH):
        say(cast.dwi, media, **{**usual, **said})
        is_complete = said in ENOUGH
        assert (not incomplete(version.content(), cast.diskominfo)) is is_complete, said
        assert gate.media_is_complete(version.pk) is is_complete, said


def test_the_action_alone_submits_nothing_whose_rights_are_not_known(stage: Stage) -> None:
    with without_triggers(), pytest.raises(ContentError, match="by what right") as refused:
        stage.submit()
    assert refused.value.field == "alt_0"
    assert stage.fresh().status == Post.Status.DRAFT


def test_the_database_alone_opens_no_review_of_it(cast: Cast, media: MediaFile) -> None:
    stage = make_stage(cast, media=(media_item(media, ALT),))
    with pytest.raises(IntegrityError, match="rights and consents"), transaction.atomic():
        open_review(stage)
    say(cast.dwi, media, **COMPLETE)
    open_review(stage)


def test_the_database_alone_opens_no_review_of_what_is_not_described(
    cast: Cast, media: MediaFile
) -> None:
    say(cast.dwi, media, **COMPLETE)
    stage = make_stage(cast, media=(media_item(media, " "),))
    with pytest.raises(IntegrityError, match="is described"), transaction.atomic():
        open_review(stage)


def test_a_consent_that_is_taken_back_stops_what_was_approved(
    cast: Cast, media: MediaFile, stage: Stage
) -> None:
    say(cast.dwi, media, **COMPLETE)
    stage.submit().approve()
    say(cast.dwi, media, people="yes", minors="no")
    platform = FakePlatform()
    publication = stage.send(platform)
    assert (publication.status, platform.calls) == (Publication.Status.FAILED, 0)
    assert "media library" in publication.problem


def test_the_page_says_what_is_missing_and_leads_there(
    cast: Cast, client_as: Callable[[object], Client], media: MediaFile, stage: Stage
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    answer = client.post(
        reverse("content:post_submit", args=[stage.post.pk]), {"based_on": "1"}, follow=True
    )
    page = answer.content.decode()
    entry = reverse("content:media_detail", args=[media.pk])
    assert "Picture 1: Say by what right it is published." in page
    assert f'href="{entry}"' in page, "above the form"
    assert f'name="describe" value="{media.pk}"' in page, "beside the picture"
    shown = client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    assert "Picture 1: Say by what right it is published." in shown
    assert f'href="{entry}"' in shown
    say(cast.dwi, media, **COMPLETE)
    actions.submit_post(actor=cast.dwi, post_id=stage.post.pk, based_on=1)
