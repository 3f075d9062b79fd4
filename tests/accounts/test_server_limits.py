"""A server with limits of its own: known when an account is connected, and asked again daily."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts import actions, server_limits
from accounts.models import Credential, OfficialAccount
from content.documents import MediaItem
from content.pages.posts import accounts_of
from content.preflight import problems
from govsocial.platforms.base import VideoLimits
from govsocial.platforms.limits import LIMITS, told, with_told
from kpi.actions import pull_account
from tests import factories
from tests.cast import Cast
from tests.platforms import mastodon_stage as stage
from tests.platforms.conftest import server
from tests.platforms.fakes import Reply, Server

__all__ = ["server"]


FILM = VideoLimits(size=9)


def says(**media: Any) -> Reply:
    statuses = {"max_characters": 5000, "max_media_attachments": 2}
    return Reply(200, {"configuration": {"statuses": statuses, "media_attachments": media}})


@pytest.fixture
def account(cast: Cast, server: Server, settings: Settings) -> OfficialAccount:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({server.host})
    stage.good(server)
    server.on(stage.INSTANCE, says(image_size_limit=1000))
    return factories.official_account(
        cast.diskominfo, platform="mastodon", handle="kota", host=server.base
    )


def connect(account: OfficialAccount, cast: Cast) -> OfficialAccount:
    actions.connect_account(
        actor=cast.bayu,
        official_account_id=account.pk,
        host=account.host,
        typed_secret=stage.TOKEN,
    )
    return OfficialAccount.objects.select_related("credential").get(pk=account.pk)


def picture(size: int) -> MediaItem:
    return MediaItem(
        sha256="0" * 64, media_type="image/png", alt="Peta", width=9, height=9, size=size
    )


def test_what_the_server_takes_is_kept_with_the_connection_and_read_before_an_approval(
    account: OfficialAccount, cast: Cast
) -> None:
    assert [one.message for one in problems(account, "a" * 501, [])] != []
    account = connect(account, cast)
    taken = server_limits.limits_of(account)
    assert (taken.text, taken.images, taken.image_bytes) == (5000, 2, 1000)
    assert taken.alt_text == LIMITS["mastodon"].alt_text, "what it does not say is as usual"
    assert problems(account, "a" * 5000, [picture(1000)]) == []
    assert problems(account, "a" * 5001, []) != []
    assert problems(account, "a", [picture(1001)]) != []
    assert problems(account, "a", [picture(9)] * 3) != []


@pytest.mark.parametrize(
    ("said", "film"),
    [
        ({}, LIMITS["mastodon"].video),
        ({"video_size_limit": 9, "supported_mime_types": ["video/mp4", "video/x"]}, FILM),
        ({"video_size_limit": 9, "supported_mime_types": ["image/png"]}, None),
        ({"supported_mime_types": ["video/x-matroska"]}, None),
        ({"video_size_limit": 0, "supported_mime_types": "video/mp4"}, LIMITS["mastodon"].video),
        ({"video_size_limit": 1.5, "supported_mime_types": [None]}, LIMITS["mastodon"].video),
    ],
)
def test_what_films_the_server_takes_is_kept_with_the_connection(
    account: OfficialAccount, cast: Cast, server: Server, said: Any, film: VideoLimits | None
) -> None:
    server.on(stage.INSTANCE, says(**said))
    account = connect(account, cast)
    taken = server_limits.limits_of(account)
    assert taken.video == film
    # What it says otherwise than others do takes nothing of the rest away.
    assert taken.text == 5000
    # What was kept before films were asked for says nothing of them.
    usual = LIMITS["mastodon"]
    assert with_told(usual, {"text": 5000}).video == usual.video


def test_a_server_that_says_nothing_is_connected_with_the_usual_limits(
    account: OfficialAccount, cast: Cast, server: Server
) -> None:
    server.on(stage.INSTANCE, Reply(500))
    account = connect(account, cast)
    assert server_limits.limits_of(account) == LIMITS["mastodon"]
    assert account.credential.server_limits_at is None


def test_a_pull_asks_again_once_a_day_and_keeps_what_was_known_when_it_fails(
    account: OfficialAccount, cast: Cast, server: Server
) -> None:
    account = connect(account, cast)
    asked = len(server.calls(stage.INSTANCE))

    def pull(hours: int) -> int:
        moment = timezone.now() + timedelta(hours=hours)
        Credential.objects.update(server_limits_at=timezone.now() - timedelta(hours=hours))
        pull_account(official_account_id=account.pk, actor=cast.bayu, at=moment)
        account.credential.refresh_from_db()
        return server_limits.limits_of(account).text

    server.on(stage.INSTANCE, Reply(200, {"configuration": {"statuses": {"max_characters": 70}}}))
    assert pull(hours=23) == 5000
    assert len(server.calls(stage.INSTANCE)) == asked
    assert pull(hours=25) == 70
    server.on(stage.INSTANCE, Reply(503))
    assert pull(hours=49) == 70


def test_hostile_limits_are_kept_harmless() -> None:
    usual = LIMITS["mastodon"]
    kept = told(with_told(usual, {"text": 10**40, "image_types": ["image/png", "\0" * 9]}))
    assert kept["text"] < 10**13
    assert kept["image_types"] == ["image/png"]
    assert with_told(usual, {"needs_media": True, "images": 0}) == usual


def test_limits_cost_a_list_of_accounts_no_query_each(
    account: OfficialAccount, cast: Cast, django_assert_num_queries: Any
) -> None:
    connect(account, cast)

    class Content:
        texts = {account.pk: "Halo"}

    with django_assert_num_queries(1):
        (found,) = accounts_of(Content())  # type: ignore[arg-type]  # as much as it reads
        assert server_limits.limits_of(found).text == 5000
