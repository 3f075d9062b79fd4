"""Reading from Threads: profiles, posts, their figures, days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import time_machine

from govsocial.platforms.base import PostKind
from tests.platforms import threads_stage as threads
from tests.platforms.fakes import Received, Reply, Server

UNKNOWN_FIELD = Reply(400, threads.error(100, "Tried accessing nonexisting field (insights)"))


def test_followers_are_an_insight_of_the_account(server: Server) -> None:
    threads.good(server)
    profile = threads.client(server).profile()
    assert (profile.platform_id, profile.handle) == (threads.ACCOUNT, "samudrakota")
    assert (profile.followers, profile.following, profile.posts) == (14_700, None, None)
    assert profile.verified is None
    by_values = {"data": [{"name": "followers_count", "values": [{"value": 0}]}]}
    server.on(threads.ACCOUNT_INSIGHTS, Reply(200, by_values))
    assert threads.client(server).profile().followers == 0
    for answer in (
        Reply(200, {"data": []}),
        Reply(403, threads.error(10, "Application does not have permission")),
        Reply(400, threads.error(100, "The value must be a valid insights metric")),
    ):
        server.on(threads.ACCOUNT_INSIGHTS, answer)
        assert threads.client(server).profile().followers is None


def test_a_post_has_the_names_of_the_vocabulary(server: Server) -> None:
    threads.good(server)
    (seen,) = threads.client(server).posts().posts
    assert (seen.likes, seen.comments, seen.shares, seen.quotes, seen.views) == (12, 0, 3, 1, 900)
    assert (seen.saves, seen.reach, seen.engagements) == (None, None, None)
    assert seen.posted_at == datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC)
    assert seen.permalink == "https://www.threads.com/@samudrakota/post/abcdefg"
    (call,) = server.calls(threads.POSTS)
    assert call.headers["Authorization"] == f"Bearer {threads.TOKEN}"
    assert threads.TOKEN not in str(call.query)


def test_kinds_are_told_apart_and_reposts_have_no_numbers(server: Server) -> None:
    threads.good(server)
    listed = [
        threads.thread(id="1", media_type="REPOST_FACADE", text=None),
        threads.thread(id="2", is_reply=True, insights=threads.figures()),
        threads.thread(id="3", permalink="javascript:alert(1)", insights={"data": []}),
    ]
    server.on(threads.POSTS, Reply(200, {"data": listed}))
    repost, reply, bare = threads.client(server).posts().posts
    assert (repost.kind, repost.text, repost.likes) == (PostKind.REPOST, "", None)
    assert reply.kind is PostKind.REPLY
    assert (bare.likes, bare.views) == (None, None)
    assert bare.permalink == f"{server.base}/@samudrakota"
    assert len(server.received) == 1


def test_insights_are_asked_for_one_by_one_where_they_do_not_come_along(server: Server) -> None:
    threads.good(server)
    server.on(threads.POSTS, UNKNOWN_FIELD, Reply(200, {"data": [threads.thread()]}))
    server.on(threads.INSIGHTS, Reply(200, threads.figures()))
    client = threads.client(server)
    (seen,) = client.posts().posts
    assert (seen.likes, seen.views) == (12, 900)
    assert seen.raw["insights"] == threads.figures()
    client.posts()
    client.posts(cursor="c")
    threads.client(server).posts()
    # What is not known to Threads is tried once only, also by the client of the next pull.
    asked = [call.query["limit"][0] for call in server.calls(threads.POSTS)]
    assert asked == ["100", "25", "25", "100", "25"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        assert threads.client(server)._expands, "a day later it is tried again"
    server.on(threads.INSIGHTS, Reply(403, threads.error(10, "no permission")))
    assert client.posts().posts[0].likes is None


def test_pages_follow_the_cursor_and_never_the_address(server: Server) -> None:
    threads.good(server)
    more = {"cursors": {"after": "c1"}, "next": "https://evil.example/?access_token=x"}
    post = threads.thread(insights=threads.figures())
    server.on(threads.POSTS, Reply(200, {"data": [post], "paging": more}), Reply(200, {"data": []}))
    client = threads.client(server)
    page = client.posts()
    assert page.next_cursor == "c1"
    last = client.posts(cursor=page.next_cursor)
    assert (list(last.posts), last.next_cursor) == ([], None)
    assert server.calls(threads.POSTS)[1].query["after"] == ["c1"]
    # Cursors without a next page are those of the only page.
    only = {"cursors": {"before": "b", "after": "a"}}
    server.on(threads.POSTS, Reply(200, {"data": [post], "paging": only}))
    assert client.posts().next_cursor is None


def test_a_post_that_is_gone_is_missing(server: Server) -> None:
    threads.good(server)
    server.on("GET /v1.0/2", threads.GONE)
    found = threads.client(server).metrics([threads.POST_ID, "2", "bukan/id", threads.POST_ID])
    assert [one.platform_id for one in found] == [threads.POST_ID]
    assert len(server.received) == 2


def test_days_are_named_by_the_day_and_asked_for_by_the_quarter(server: Server) -> None:
    def views(received: Received) -> Reply:
        since = datetime.fromtimestamp(int(received.query["since"][0]), UTC)
        until = datetime.fromtimestamp(int(received.query["until"][0]), UTC)
        assert until - since <= timedelta(days=90)
        values = [
            {"value": number, "end_time": f"{since.date() + timedelta(days=n + 1)}T07:00:00+0000"}
            for n, number in enumerate((0, 57))
        ]
        return Reply(200, {"data": [{"name": "views", "period": "day", "values": values}]})

    server.on(threads.ACCOUNT_INSIGHTS, views)
    client = threads.client(server)
    days = client.days(date(2026, 10, 1), date(2026, 10, 2))
    assert [(one.day, one.views) for one in days] == [
        (date(2026, 10, 1), 0),
        (date(2026, 10, 2), 57),
    ]
    assert (days[0].reach, days[0].followers_gained, days[0].definition) == (
        None,
        None,
        "threads/1",
    )
    assert len(client.days(date(2026, 1, 1), date(2026, 9, 1))) == 6
    assert client.days(date(2023, 1, 1), date(2024, 4, 12)) == []
    assert client.days(date(2026, 10, 2), date(2026, 10, 1)) == []
