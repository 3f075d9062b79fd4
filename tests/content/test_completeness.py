"""What is submitted is whole: the database asks for what the document itself can say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from content.documents import Declaration, MediaItem, digest_of
from content.models import Post, PostVersion, Review
from content.policies import asked_for
from tests.cast import Cast
from tests.content.stage import DECLARED, FACETS, Stage, make_stage

REFUSED = (IntegrityError, InternalError)
PICTURE = MediaItem(sha256="0" * 64, media_type="image/png", alt=" ", width=9, height=9, size=9)
LACKING: dict[str, dict[str, Any]] = {
    "no accounts": {"texts": {}},
    "an empty text": {"text": " \n"},
    "a picture without words": {"media": (PICTURE,)},
    "a film without words": {"film": replace(PICTURE, media_type="video/mp4")},
    "no class": {"facets": replace(FACETS, classes=())},
    "no function": {"facets": replace(FACETS, function="")},
    "no stage": {"facets": replace(FACETS, stage="")},
    "no audience": {"facets": replace(FACETS, audiences=())},
    "nothing declared": {"declared": Declaration()},
    "no ethics": {"declared": replace(DECLARED, confirmed={"conduct": 1})},
    "no conduct": {"declared": replace(DECLARED, confirmed={"ethics": 1})},
    "a doubt without words": {"declared": replace(DECLARED, doubts=("ethics.1",))},
    "no source": {"declared": replace(DECLARED, source=" ")},
    "no day": {"declared": replace(DECLARED, data_date=None)},
    "a secret": {"declared": replace(DECLARED, secrecy="secret")},
    "excluded": {"declared": replace(DECLARED, excluded="unsure")},
    "personal data": {"declared": replace(DECLARED, personal="unsure")},
    "no lawful basis": {"declared": replace(DECLARED, personal="lawful")},
}


def is_complete(version: PostVersion) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_is_complete(%s)", [version.pk])
        return bool(cursor.fetchone()[0])


def version_of(stage: Stage) -> PostVersion:
    version = stage.fresh().current_version
    assert version is not None
    return version


def test_the_database_tells_what_lacks_something_from_what_is_whole(cast: Cast) -> None:
    stage = make_stage(cast)
    version = version_of(stage)
    assert is_complete(version)
    content = version.content()
    for number, (why, fields) in enumerate(LACKING.items(), start=2):
        wanted = dict(fields)
        if "text" in wanted:
            wanted |= {"texts": dict.fromkeys(content.texts, wanted["text"]), "prepared": {}}
        canonical = replace(content, **wanted).canonical()
        row = PostVersion.objects.create(
            post=stage.post, number=number, editor=cast.dwi, title="J", canonical=canonical,
            digest=digest_of(canonical),
        )  # fmt: skip
        assert not is_complete(row), why


def test_nothing_that_lacks_something_is_submitted_by_whatever_door(cast: Cast) -> None:
    stage = make_stage(cast, declared=Declaration())
    version = version_of(stage)
    with pytest.raises(REFUSED), transaction.atomic():
        Review.objects.create(
            post=stage.post, version=version, digest=version.digest, submitted_by=cast.dwi,
            **asked_for(version.pk)._asdict(),
        )  # fmt: skip
    with pytest.raises(REFUSED), transaction.atomic():
        Post.objects.update(status="submitted")
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE content_post SET status = 'submitted'")
    assert stage.fresh().status == Post.Status.DRAFT


def test_a_submitted_post_is_not_led_to_a_version_that_lacks_something(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    content = replace(version_of(stage).content(), declared=Declaration())
    worse = PostVersion.objects.create(
        post=stage.post, number=2, editor=cast.dwi, title="J", canonical=content.canonical(),
        digest=digest_of(content.canonical()),
    )  # fmt: skip
    with pytest.raises(REFUSED), transaction.atomic():
        Post.objects.update(current_version=worse)
