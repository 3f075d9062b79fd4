"""The articles of a website, collected from its feed through the whole of a pull."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import Credential, OfficialAccount, User
from accounts.vault import seal, unseal
from kpi import actions
from kpi.models import AccountSnapshot, PlatformPost
from tests import factories
from tests.cast import the_cast
from tests.platforms.fakes import Reply, Server

# The marks of what was read last are kept under the row lock, in a durable transaction.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def article(number: int) -> str:
    at = f"{number:02} Nov 2026 08:00:00 +0700"
    return (
        f"<item><guid>berita-{number}</guid><title>Berita {number}</title>"
        f"<link>https://kota.example/{number}</link><pubDate>{at}</pubDate></item>"
    )


def says(site: Server, *numbers: int) -> None:
    items = "".join(article(number) for number in numbers)
    feed = f'<rss version="2.0"><channel><title>Kota</title>{items}</channel></rss>'
    site.on("GET /feed.xml", Reply(200, feed.encode(), {"ETag": f'"{numbers}"'}))


def connected(site: Server) -> OfficialAccount:
    account = factories.official_account(
        the_cast().diskominfo, platform="feed", handle="kota.example", host=site.base
    )
    sealed, version = seal(account.pk, {"feed_url": f"{site.base}/feed.xml"})
    Credential.objects.create(
        official_account=account,
        sealed=sealed,
        key_version=version,
        connected_by=User.objects.system(),
        connected_at=datetime.now(UTC),
    )
    return account


def test_articles_are_collected_without_numbers_and_stay_when_they_leave_the_feed(
    site: Server, settings: Settings
) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({site.host})
    account, system = connected(site), User.objects.system()
    says(site, 20, 19, 18)
    first = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    run = actions.pull_account(official_account_id=account.pk, actor=system, at=first)
    assert (run.outcome, run.new_posts) == ("done", 3)
    snapshot = AccountSnapshot.objects.get()
    assert (snapshot.followers, snapshot.posts) == (None, None)
    post = PlatformPost.objects.get(platform_id="berita-19")
    assert (post.text, post.likes, post.views) == ("Berita 19", None, None)
    says(site, 22, 21, 20)
    later = first + timedelta(days=2)
    run = actions.pull_account(official_account_id=account.pk, actor=system, at=later)
    assert (run.outcome, run.new_posts, run.gone_posts) == ("done", 2, 0)
    assert PlatformPost.objects.filter(gone_at=None).count() == 5
    assert len(site.received) == 2
    assert unseal(Credential.objects.get())["etag"] == '"(22, 21, 20)"'


@pytest.mark.parametrize(
    ("status", "error"), [(410, "NotFound"), (401, "PermissionMissing"), (403, "PermissionMissing")]
)
def test_a_feed_that_is_gone_or_closed_ends_the_run_and_keeps_what_was_collected(
    site: Server, settings: Settings, status: int, error: str
) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({site.host})
    account, system = connected(site), User.objects.system()
    says(site, 20)
    first = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    actions.pull_account(official_account_id=account.pk, actor=system, at=first)
    site.on("GET /feed.xml", Reply(status, b"<html>"))
    run = actions.pull_account(
        official_account_id=account.pk, actor=system, at=first + timedelta(hours=1)
    )
    assert (run.outcome, run.error) == ("failed", error)
    assert Credential.objects.get().status == "good"
    assert PlatformPost.objects.filter(gone_at=None).count() == 1


def test_captures_of_an_earlier_release_lose_the_key_in_the_address(site: Server) -> None:
    account = connected(site)
    at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    for hour, raw in enumerate(({"feed": "kota.example/f?key=RAHASIA", "title": "K?"}, {})):
        AccountSnapshot.objects.create(
            official_account=account,
            captured_at=at + timedelta(hours=hour),
            definition="feed/1",
            raw=raw,
        )
    with connection.cursor() as cursor:
        cursor.execute(import_module("kpi.migrations.0006_feeds_without_their_query").WITHOUT_QUERY)
    kept = AccountSnapshot.objects.order_by("captured_at").values_list("raw", flat=True)
    assert list(kept) == [{"feed": "kota.example/f", "title": "K?"}, {}]
