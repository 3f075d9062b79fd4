"""Pictures for platforms that fetch them: signed, for an hour, and only while they are sent."""

from __future__ import annotations

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.actions import set_platform_app
from content import actions
from content.actions.outgoing import outgoing_post
from content.checks import check_public_address
from content.media_addresses import SALT, signed_address
from content.models import Publication
from content.preflight import problems
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import Unavailable, UnknownOutcome
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.stage import (
    FakePlatform,
    Stage,
    connected_account,
    document,
    media_item,
    picture,
)


class Fetching(FakePlatform):
    """Fetches each picture while it publishes, as Instagram does."""

    fetched: bytes = b""
    address: str = ""

    def publish(self, post: OutgoingPost) -> PublishedPost:
        (image,) = post.images
        assert image.url is not None
        self.address = image.url
        answer = Client().get(path_of(image.url))
        assert answer.status_code == 200
        self.fetched = answer.content
        return super().publish(post)


def path_of(address: str | None) -> str:
    assert address is not None
    return address.removeprefix("https://samudrakota.example")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    account = connected_account(
        cast.diskominfo, platform="instagram", handle="samudrakota", host=""
    )
    media = ready(cast.dwi, cast.diskominfo, picture(size=(640, 640), kind="JPEG"))
    written = document(account, media=(media_item(media, "Balai kota"),))
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=written)
    made = Stage(cast, account, post)
    made.submit().approve()
    return made


def test_the_platform_gets_exactly_the_approved_bytes(stage: Stage) -> None:
    platform = Fetching()
    assert stage.send(platform).status == Publication.Status.PUBLISHED
    (image,) = outgoing_post(stage.publication).images
    assert platform.fetched == image.data


def test_the_address_leads_nowhere_once_the_post_is_out(stage: Stage) -> None:
    platform = Fetching()
    stage.send(platform)
    assert Client().get(path_of(platform.address)).status_code == 404


def test_nothing_can_be_fetched_before_it_is_sent(stage: Stage) -> None:
    (item,) = stage.publication.version.content().media
    early = path_of(signed_address(stage.publication, item.sha256))
    assert Client().get(early).status_code == 404


def test_between_two_tries_the_platform_may_still_be_fetching(stage: Stage) -> None:
    platform = FakePlatform(failures=[Unavailable("Still working on the media.")])
    assert stage.send(platform).status == Publication.Status.SCHEDULED
    (item,) = stage.publication.version.content().media
    address = path_of(signed_address(stage.publication, item.sha256))
    assert Client().get(address).status_code == 200
    actions.cancel_publication(
        actor=stage.cast.sari, publication_id=stage.publication.pk, reason="Batal."
    )
    assert Client().get(address).status_code == 404


def test_an_address_ends_after_an_hour_and_takes_no_forging(stage: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("lost")])
    assert stage.send(platform).status == Publication.Status.UNCONFIRMED
    (item,) = stage.publication.version.content().media
    with time_machine.travel("2026-11-25T01:00:00Z", tick=False):
        address = path_of(signed_address(stage.publication, item.sha256))
        assert Client().get(address).status_code == 200
        assert Client().head(address).status_code == 200
        assert Client().post(address).status_code == 405
    with time_machine.travel("2026-11-25T02:00:01Z", tick=False):
        assert Client().get(address).status_code == 404
    other = signing.dumps([stage.publication.pk, item.sha256], salt="something else")
    assert Client().get(f"/content/fetched/{other}/").status_code == 404
    elsewhere = signing.dumps([stage.publication.pk, "f" * 64], salt=SALT)
    assert Client().get(f"/content/fetched/{elsewhere}/").status_code == 404
    assert Client().get("/content/fetched/nothing/").status_code == 404


def test_the_answer_is_a_picture_that_nobody_keeps_or_runs(stage: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("lost")])
    stage.send(platform)
    (item,) = stage.publication.version.content().media
    answer = Client().get(path_of(signed_address(stage.publication, item.sha256)))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_platforms_that_take_bytes_get_no_address(cast: Cast) -> None:
    account = connected_account(cast.diskominfo)
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account)
    )
    stage = Stage(cast, account, post)
    stage.submit().approve()
    assert all(image.url is None for image in outgoing_post(stage.publication).images)


def configure(stage: Stage, platform: str) -> None:
    set_platform_app(
        actor=stage.cast.bayu, platform=platform, client_id="latihan", client_secret="rahasia"
    )


@pytest.mark.parametrize(
    ("site", "training", "reachable"),
    [
        ("http://127.0.0.1:8000", False, False),
        ("http://samudrakota.example", False, False),
        ("https://10.0.0.7", False, False),
        ("https://intranet", False, False),
        ("https://samudrakota.example", False, True),
        ("http://127.0.0.1:8000", True, True),
    ],
)
def test_no_address_is_given_where_no_platform_can_fetch(
    stage: Stage, settings: Settings, site: str, training: bool, reachable: bool
) -> None:
    settings.SITE_URL, settings.TRAINING = site, training
    (image,) = outgoing_post(stage.publication).images
    assert (image.url is not None) == reachable
    (item,) = stage.publication.version.content().media
    said = [one.message for one in problems(stage.account, "Halo", [item])]
    assert any("no public address" in one for one in said) != reachable
    # The operator is told once a platform that fetches has an application.
    assert check_public_address(databases=["default"]) == []
    configure(stage, "x")
    assert check_public_address(databases=["default"]) == []
    configure(stage, "threads")
    found = check_public_address(databases=["default"])
    assert [one.id for one in found] == ([] if reachable else ["govsocial.W201"])
    assert check_public_address(databases=None) == []


def test_before_there_is_a_table_of_applications_nothing_is_said(
    settings: Settings, db: None
) -> None:
    settings.SITE_URL = "http://10.1.2.3"
    settings.TRAINING = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_platformapp RENAME TO not_made_yet")
    assert check_public_address(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE not_made_yet RENAME TO accounts_platformapp")
        cursor.execute("ALTER TABLE accounts_platformapp RENAME removed_at TO not_made_yet")
    assert check_public_address(databases=["default"]) == []


def test_a_role_that_may_not_read_the_applications_is_told_so(
    settings: Settings, app_role: str, db: None
) -> None:
    settings.SITE_URL, settings.TRAINING = "http://10.1.2.3", False
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {app_role}")
    try:
        (told,) = check_public_address(databases=["default"])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert told.id == "govsocial.W202"
    assert told.hint
    assert "accounts_platformapp" in told.hint
