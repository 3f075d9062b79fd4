"""What YouTube says about a channel and its films, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.budget import Unlimited
from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    BadAnswer,
    BudgetSpent,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
)
from govsocial.platforms.registry import spec
from govsocial.platforms.youtube.failures import until_midnight
from tests.gathering import each
from tests.platforms import youtube_stage as stage
from tests.platforms.fakes import Reply, Server


@pytest.fixture
def client(server: Server) -> PlatformClient:
    stage.good(server)
    return stage.client(server)


def test_the_profile_has_its_counters_as_numbers(server: Server, client: PlatformClient) -> None:
    profile = client.profile()
    assert (profile.platform_id, profile.handle) == (stage.CHANNEL, "@samudrakota")
    assert (profile.followers, profile.posts) == (7480, 212)
    assert (profile.following, profile.verified) == (None, None)
    assert (profile.definition, profile.raw["id"]) == ("youtube/1", stage.CHANNEL)
    (asked,) = server.calls(stage.PROFILE)
    assert asked.query["mine"] == ["true"]
    assert asked.headers["Authorization"] == f"Bearer {stage.ACCESS}"


@pytest.mark.parametrize(
    ("changes", "followers"),
    [
        ({"hiddenSubscriberCount": True, "subscriberCount": "0"}, None),
        ({"subscriberCount": "0"}, 0),
        ({"subscriberCount": None}, None),
        ({"subscriberCount": "7,480"}, None),
        ({"subscriberCount": "-1"}, None),
        ({"subscriberCount": True}, None),
    ],
)
def test_a_hidden_number_of_subscribers_is_not_given(
    server: Server, client: PlatformClient, changes: dict[str, Any], followers: int | None
) -> None:
    server.on(stage.PROFILE, Reply(200, stage.listed("channel", stage.channel(**changes))))
    assert client.profile().followers == followers


def test_a_google_account_without_a_channel_is_told_apart(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.PROFILE, Reply(200, {"kind": "youtube#channelListResponse"}))
    with pytest.raises(NotFound, match="no YouTube channel"):
        client.profile()


def test_films_come_in_the_order_of_the_uploads_with_what_reports_add(
    server: Server, client: PlatformClient
) -> None:
    items = stage.listed("playlistItem", stage.item(2), stage.item(1))
    server.on(stage.POSTS, Reply(200, items))
    hidden = stage.video(2, likes=None)
    del hidden["statistics"]["commentCount"]
    server.on(stage.METRICS, Reply(200, stage.listed("video", stage.video(1), hidden)))
    names = ["video", "estimatedMinutesWatched", "shares", "views"]
    server.on(stage.REPORTS, stage.report(names, [stage.film_id(1), 7, 0, 300]))
    newest, older = client.posts().posts
    assert (newest.platform_id, older.platform_id) == (stage.film_id(2), stage.film_id(1))
    assert (newest.likes, newest.comments, newest.shares, newest.watch_seconds) == (
        None,
        None,
        None,
        None,
    )
    assert (older.likes, older.comments, older.shares, older.watch_seconds) == (12, 0, 0, 420)
    assert (older.views, older.video_views, older.saves) == (345, 345, None)
    assert older.text == "Rapat terbuka\n\nRapat anggaran kota."
    assert older.permalink == f"{server.base}/watch?v={stage.film_id(1)}"
    assert older.posted_at == datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC)
    (asked,) = server.calls(stage.POSTS)
    assert asked.query["playlistId"] == [stage.UPLOADS]


def test_private_films_are_not_posts(server: Server, client: PlatformClient) -> None:
    private = stage.video(1, status={"privacyStatus": "private", "uploadStatus": "processed"})
    server.on(stage.METRICS, Reply(200, stage.listed("video", private)))
    assert client.posts().posts == []
    assert client.metrics(stage.IDS) == []


@pytest.mark.parametrize("odd", ["a/b?c", "", "é", 5, None, {}])
def test_an_entry_of_the_list_that_names_no_film_is_left_out(
    server: Server, client: PlatformClient, odd: object
) -> None:
    entry = {"id": "item-2", "contentDetails": {"videoId": odd}}
    server.on(stage.POSTS, Reply(200, stage.listed("playlistItem", entry, stage.item(1))))
    assert [post.platform_id for post in client.posts().posts] == ["film-000001"]
    (asked,) = server.calls(stage.METRICS)
    assert asked.query["id"] == ["film-000001"]


def test_a_film_that_cannot_be_read_costs_none_of_the_others_and_is_not_said_to_be_gone(
    server: Server, client: PlatformClient
) -> None:
    entries = stage.listed("playlistItem", stage.item(1), stage.item(2))
    server.on(stage.POSTS, Reply(200, entries))
    odd = stage.video(2, snippet={})
    server.on(stage.METRICS, Reply(200, stage.listed("video", odd, stage.video(1))))
    assert [post.platform_id for post in client.posts().posts] == ["film-000001"]
    with pytest.raises(BadAnswer):
        client.metrics([stage.film_id(1), stage.film_id(2)])
    for films in ([odd], [odd, odd]):
        server.on(stage.METRICS, Reply(200, stage.listed("video", *films)))
        with pytest.raises(BadAnswer):
            client.posts()


def test_a_channel_that_never_uploaded_anything_has_no_posts(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.POSTS, stage.error(404, "playlistNotFound"))
    page = client.posts()
    assert (page.posts, page.next_cursor) == ([], None)


def test_a_place_that_youtube_does_not_know_is_refused(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.POSTS, stage.error(400, "invalidPageToken"))
    with pytest.raises(Refused):
        client.posts(cursor="CAUQAA")
    assert server.calls(stage.POSTS)[0].query["pageToken"] == ["CAUQAA"]


def test_numbers_are_asked_for_fifty_films_at_a_time_and_reported_once(
    server: Server, client: PlatformClient
) -> None:
    def answer(received: Any) -> Reply:
        names = received.query["id"][0].split(",")
        videos = [stage.video(int(name[-6:])) for name in names if name != stage.film_id(7)]
        return Reply(200, stage.listed("video", *videos))

    server.on(stage.METRICS, answer)
    wanted = [stage.film_id(number) for number in range(1, 121)]
    found = client.metrics([*wanted, wanted[0]])
    assert [one.platform_id for one in found] == [one for one in wanted if one != stage.film_id(7)]
    assert [len(one.query["id"][0].split(",")) for one in server.calls(stage.METRICS)] == [
        50,
        50,
        20,
    ]
    assert len(server.calls(stage.REPORTS)) == 1


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        (stage.error(403, "insufficientPermissions"), 1),
        (Reply(500), 6),
        (Reply(200, b"<html>"), 2),
    ],
    ids=["forbidden", "500", "html"],
)
def test_films_are_read_without_reports_when_those_fail(
    server: Server, client: PlatformClient, answer: Reply, calls: int
) -> None:
    server.on(stage.REPORTS, answer)
    for _ in range(2):
        (seen,) = client.posts().posts
        assert (seen.likes, seen.shares, seen.watch_seconds) == (12, None, None)
    assert len(server.calls(stage.REPORTS)) == calls


def test_days_follow_the_order_of_the_columns(server: Server, client: PlatformClient) -> None:
    names = ["estimatedMinutesWatched", "day", "subscribersGained", "views"]
    rows: list[list[Any]] = [
        [10, "2026-11-18", 3, 42],
        [0.0, "2026-11-19", 0, 7.0],
        [1, "kemarin", 1, 1],
        [None, "2026-11-20"],
    ]
    server.on(stage.REPORTS, stage.report(names, *rows))
    days = client.days(date(2026, 11, 18), date(2026, 11, 22))
    assert [
        (one.day.day, one.followers_gained, one.views, one.watch_seconds, one.reach) for one in days
    ] == [(18, 3, 42, 600, None), (19, 0, 7, 0, None), (20, None, None, None, None)]
    (asked,) = server.calls(stage.REPORTS)
    assert asked.query["startDate"] == ["2026-11-18"]
    assert asked.query["endDate"] == ["2026-11-22"]
    assert asked.query["ids"] == ["channel==MINE"]


def test_a_report_without_rows_has_no_days(server: Server, client: PlatformClient) -> None:
    server.on(stage.REPORTS, stage.report(["day", "views"]))
    assert client.days(date(2026, 11, 21), date(2026, 11, 22)) == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (stage.error(403, "quotaExceeded"), RateLimited),
        (stage.error(403, "dailyLimitExceeded"), RateLimited),
        (stage.error(403, "rateLimitExceeded"), RateLimited),
        (stage.error(403, "userRateLimitExceeded"), RateLimited),
        (stage.error(400, "uploadLimitExceeded"), RateLimited),
        (stage.error(403, "insufficientPermissions"), PermissionMissing),
        (stage.error(403, "forbidden"), PermissionMissing),
        (stage.error(403, "authenticatedUserAccountSuspended"), AccountBlocked),
        (stage.error(403, "authenticatedUserAccountClosed"), AccountBlocked),
        (stage.error(403, "channelSuspended"), AccountBlocked),
        (stage.error(403, "channelClosed"), AccountBlocked),
        (stage.error(403, "accountClosed"), AccountBlocked),
        (stage.error(403, "accessNotConfigured"), AppRefused),
        (stage.error(400, "keyInvalid"), AppRefused),
        (stage.error(401, "youtubeSignupRequired"), Refused),
        (stage.error(400, "invalidTitle"), Refused),
        (stage.error(404, "videoNotFound"), NotFound),
        (Reply(403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}), PermissionMissing),
        (Reply(400, {"error": {"details": [{"reason": "SERVICE_DISABLED"}]}}), AppRefused),
        (Reply(400, {"error": {"code": 400}}), Refused),
        (Reply(400, {"error": ["x"]}), NotFromPlatform),
        # An error with a good status is one all the same.
        (Reply(200, {"error": {"errors": [{"reason": "forbidden"}]}}), PermissionMissing),
    ],
)
def test_each_refusal_has_its_meaning(
    server: Server, client: PlatformClient, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(stage.PROFILE, answer)
    with pytest.raises(PlatformError) as caught:
        client.profile()
    assert type(caught.value) is kind
    assert server.calls(stage.REFRESH) == []


@each(
    ("now", "seconds"),
    [
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), 60),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 86_400),
        # The nights on which clocks change have 25 and 23 hours.
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), 90_000),
        (datetime(2027, 3, 14, 8, 0, tzinfo=UTC), 82_800),
    ],
)
def test_a_spent_quota_begins_anew_at_midnight_of_the_pacific(now: datetime, seconds: int) -> None:
    assert until_midnight(now) == seconds


def test_a_spent_quota_says_when_it_begins_anew(server: Server, client: PlatformClient) -> None:
    server.on(stage.PROFILE, stage.error(403, "quotaExceeded"))
    with pytest.raises(RateLimited) as caught:
        client.profile()
    assert caught.value.retry_after == pytest.approx(until_midnight(), abs=5)


def test_the_words_of_a_refusal_are_kept_without_secrets(
    server: Server, client: PlatformClient
) -> None:
    said = f"Bad value {stage.ACCESS} at https://x.example/?a=b"
    server.on(stage.PROFILE, stage.error(400, "badRequest", said))
    with pytest.raises(Refused) as caught:
        client.profile()
    assert caught.value.words == "Bad value … at …"
    assert stage.ACCESS not in str(caught.value)


class Counting(Unlimited):
    def __init__(self, spent: str = "") -> None:
        self.taken: list[tuple[str, int, bool]] = []
        self.spent = spent

    def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        for quota, cost in costs.items():
            self.taken.append((quota, cost, publishing))
        if quota == self.spent:
            raise BudgetSpent("Nothing left of today's quota.", retry_after=60)


def test_each_call_costs_what_google_counts(server: Server) -> None:
    stage.good(server)
    server.on(stage.DELETE, Reply(204))
    budget = Counting()
    client = stage.client_of(server, stage.store(), budget=budget)
    client.posts()
    client.days(date(2026, 11, 18), date(2026, 11, 22))
    client.delete(stage.film_id(1))
    assert budget.taken == [("units", 1, False)] * 3 + [("units", 50, True)]
    budget.taken.clear()
    client.publish(stage.outgoing())
    assert budget.taken == [("video inserts", 1, True)]
    quotas = {quota.name: quota for quota in spec("youtube").quotas}
    assert {name: quota.amount for name, quota in quotas.items()} == {
        "units": 10_000,
        "video inserts": 100,
    }
    assert {quota.zone for quota in quotas.values()} == {"America/Los_Angeles"}


def test_nothing_is_sent_without_any_quota_left(server: Server) -> None:
    stage.good(server)
    client = stage.client_of(server, stage.store(), budget=Counting("video inserts"))
    with pytest.raises(BudgetSpent):
        client.publish(stage.outgoing())
    assert server.received == []


def test_a_film_that_is_gone_already_is_deleted(server: Server, client: PlatformClient) -> None:
    server.on(stage.DELETE, Reply(204), stage.error(404, "videoNotFound"))
    client.delete(stage.film_id(1))
    client.delete(stage.film_id(1))
    assert server.calls(stage.DELETE)[0].query == {"id": [stage.film_id(1)]}
    with pytest.raises(Refused):
        client.delete("../channels")
