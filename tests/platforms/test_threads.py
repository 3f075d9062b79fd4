"""The client of Threads: reading, containers, finding, tokens, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from govsocial.platforms.base import PostKind
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotOffered,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.registry import spec
from govsocial.platforms.threads.consent import ThreadsAuthorisation
from tests.platforms import threads_stage as threads
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

GONE = Reply(400, threads.error(100, "Unsupported request", error_subcode=33))
UNKNOWN_FIELD = Reply(400, threads.error(100, "Tried accessing nonexisting field (insights)"))


def form(received: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(received.body.decode()).items()}


# Reading


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
    server.on("GET /v1.0/2", GONE)
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


# Publishing


def test_a_text_is_published_through_a_container(server: Server) -> None:
    threads.good(server)
    kept: dict[str, str] = {}
    post = threads.outgoing(images=[], link="https://samudrakota.example", keep=kept.update)
    published = threads.client(server).publish(post)
    assert form(server.calls(threads.MAKE)[0]) == {
        "media_type": "TEXT",
        "text": "Halo",
        "link_attachment": "https://samudrakota.example",
    }
    assert form(server.calls(threads.PUBLISH)[0]) == {"creation_id": threads.CONTAINER_ID}
    assert kept == {"container": threads.CONTAINER_ID}
    assert published.platform_id == threads.POST_ID
    assert published.permalink == "https://www.threads.com/@samudrakota/post/abcdefg"


def test_a_post_that_is_out_needs_no_address_to_be_out(server: Server) -> None:
    threads.good(server)
    server.on(threads.POST, Reply(500))
    published = threads.client(server).publish(threads.outgoing())
    assert published.permalink == f"{server.base}/@samudrakota"


def test_pictures_and_films_are_sent_as_addresses(server: Server) -> None:
    threads.good(server)
    client = threads.client(server)
    client.publish(threads.outgoing())
    client.publish(threads.outgoing(images=[], video=threads.VIDEO))
    client.publish(threads.outgoing(images=[threads.IMAGE], video=threads.VIDEO))
    image, film, first, second, carousel = (form(one) for one in server.calls(threads.MAKE))
    assert image == {
        "media_type": "IMAGE",
        "image_url": "https://media.example/1.jpg",
        "alt_text": "Peta banjir",
        "text": "Halo",
    }
    assert (film["media_type"], film["video_url"]) == ("VIDEO", "https://media.example/2.mp4")
    assert first["is_carousel_item"] == second["is_carousel_item"] == "true"
    assert "text" not in first
    assert carousel == {
        "media_type": "CAROUSEL",
        "children": f"{threads.CONTAINER_ID},{threads.CONTAINER_ID}",
        "text": "Halo",
    }


def test_media_are_waited_for_and_not_for_ever(server: Server) -> None:
    threads.good(server)
    waits: list[float] = []
    client = threads.client(server)
    client._sleep = waits.append
    working = threads.status("IN_PROGRESS")
    server.on(threads.CONTAINER, working, working, threads.status("FINISHED"))
    client.publish(threads.outgoing())
    assert waits == [1, 2]
    waits.clear()
    server.on(threads.CONTAINER, working)
    with pytest.raises(Unavailable, match="still working"):
        client.publish(threads.outgoing())
    assert 240 < sum(waits) <= 300
    assert len(server.calls(threads.PUBLISH)) == 1


@pytest.mark.parametrize("status", ["ERROR", "EXPIRED", "SOMETHING_NEW"])
def test_media_that_threads_cannot_use_are_refused_with_its_words(
    server: Server, status: str
) -> None:
    threads.good(server)
    server.on(threads.CONTAINER, threads.status(status, "INVALID_ASPEC_RATIO"))
    with pytest.raises(Refused) as caught:
        threads.client(server).publish(threads.outgoing())
    assert caught.value.words == "INVALID_ASPEC_RATIO"
    assert server.calls(threads.PUBLISH) == []


@pytest.mark.parametrize("status", ["FINISHED", "IN_PROGRESS"])
def test_a_container_of_an_earlier_attempt_is_used(server: Server, status: str) -> None:
    threads.good(server)
    server.on(threads.CONTAINER, threads.status(status), threads.status("FINISHED"))
    handles = {"container": threads.CONTAINER_ID}
    threads.client(server).publish(threads.outgoing(handles=handles))
    assert server.calls(threads.MAKE) == []
    assert form(server.calls(threads.PUBLISH)[0]) == {"creation_id": threads.CONTAINER_ID}


@pytest.mark.parametrize("answer", [threads.status("EXPIRED"), threads.status("ERROR"), GONE])
def test_a_container_that_is_over_is_made_anew(server: Server, answer: Reply) -> None:
    threads.good(server)
    server.on("GET /v1.0/5", answer)
    threads.client(server).publish(threads.outgoing(handles={"container": "5"}))
    assert len(server.calls(threads.MAKE)) == 1


def test_a_container_that_is_out_is_not_published_again(server: Server) -> None:
    threads.good(server)
    server.on(threads.CONTAINER, threads.status("PUBLISHED"))
    post = threads.outgoing(handles={"container": threads.CONTAINER_ID})
    threads.shows(server, post, 0)
    assert threads.client(server).publish(post).platform_id == threads.POST_ID
    with pytest.raises(UnknownOutcome):
        threads.client(server).publish(replace(post, taken={threads.POST_ID}))
    server.on(threads.POSTS, Reply(200, {"data": []}))
    with pytest.raises(UnknownOutcome):
        threads.client(server).publish(post)
    assert server.calls(threads.PUBLISH) == server.calls(threads.MAKE) == []


def test_parts_of_a_carousel_are_used_again(server: Server) -> None:
    threads.good(server)
    server.on("GET /v1.0/5", threads.status("FINISHED"))
    kept: dict[str, str] = {}
    threads.client(server).publish(
        threads.outgoing(images=[threads.IMAGE] * 2, handles={"container.0": "5"}, keep=kept.update)
    )
    children = form(server.calls(threads.MAKE)[-1])["children"]
    assert children == f"5,{threads.CONTAINER_ID}"
    assert kept == {"container.1": threads.CONTAINER_ID, "container": threads.CONTAINER_ID}


def test_published_too_early_is_certainly_not_out(server: Server) -> None:
    threads.good(server)
    server.on(threads.PUBLISH, Reply(400, threads.error(24, "x", error_subcode=4_279_009)))
    with pytest.raises(Unavailable):
        threads.client(server).publish(threads.outgoing())


def test_a_spent_day_is_seen_before_anything_is_made(server: Server) -> None:
    threads.good(server)
    server.on(threads.LIMIT, threads.limit(250))
    with pytest.raises(RateLimited):
        threads.client(server).publish(threads.outgoing())
    assert server.calls(threads.MAKE) == []
    server.on(threads.LIMIT, Reply(200, {"data": []}))
    threads.client(server).publish(threads.outgoing())


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 501},
        {"text": "\N{GRINNING FACE}" * 126},
        {"text": "", "images": []},
        {"images": [threads.IMAGE] * 21},
        {"images": [threads.IMAGE] * 20, "video": threads.VIDEO},
        {"text": " ".join(f"https://a.example/{n}" for n in range(6)), "images": []},
        {
            "text": " ".join(f"https://a.example/{n}" for n in range(5)),
            "images": [],
            "link": "https://b.example",
        },
    ],
)
def test_what_threads_does_not_take_is_refused_before_anything_is_sent(
    server: Server, changes: dict[str, Any]
) -> None:
    threads.good(server)
    with pytest.raises(Refused):
        threads.client(server).publish(threads.outgoing(**changes))
    assert server.received == []


@pytest.mark.parametrize("step", range(4))
def test_a_sender_that_was_given_up_sends_nothing_more(server: Server, step: int) -> None:
    threads.good(server)
    steps = iter(range(99))

    def before() -> None:
        if next(steps) == step:
            raise PlatformError("given up")

    with pytest.raises(PlatformError, match="given up"):
        threads.client(server).publish(threads.outgoing(before_step=before))
    assert server.calls(threads.PUBLISH) == []


def test_deleting_what_is_gone_is_no_failure(server: Server) -> None:
    server.on(threads.DELETE, Reply(200, {"success": True}))
    server.on("DELETE /v1.0/2", GONE)
    client = threads.client(server)
    client.delete(threads.POST_ID)
    client.delete("2")
    client.delete("../2")
    assert len(server.received) == 2
    server.on(threads.DELETE, Reply(403, threads.error(10, "no permission")))
    with pytest.raises(PermissionMissing):
        client.delete(threads.POST_ID)


# Finding


@pytest.mark.parametrize("status", ["FINISHED", "IN_PROGRESS", "ERROR", "EXPIRED"])
def test_a_container_that_is_not_published_is_no_post(server: Server, status: str) -> None:
    post = threads.outgoing(handles={"container": threads.CONTAINER_ID})
    threads.shows(server, post, 0)
    server.on(threads.CONTAINER, threads.status(status))
    assert threads.client(server).find(post) is None


def test_a_published_container_is_found_or_not_known_yet(server: Server) -> None:
    post = threads.outgoing(handles={"container": threads.CONTAINER_ID})
    server.on(threads.CONTAINER, threads.status("PUBLISHED"))
    threads.shows(server, post, 0)
    client = threads.client(server)
    found = client.find(post)
    assert found is not None
    assert found.platform_id == threads.POST_ID
    with pytest.raises(Unavailable):
        client.find(replace(post, taken={threads.POST_ID}))


def test_without_a_container_words_and_media_decide(server: Server) -> None:
    def at(minutes: float) -> str:
        return (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")

    listed = [
        threads.thread(id="9", text="Halo", timestamp=at(9)),
        threads.thread(id="8", text="Halo ", timestamp=at(3), media_type="IMAGE"),
        threads.thread(id="7", text="Halo", timestamp=at(2)),
        threads.thread(id="6", text="Halo", timestamp=at(-9)),
    ]
    server.on(threads.POSTS, Reply(200, {"data": listed}))
    client = threads.client(server)
    found = client.find(threads.outgoing(images=[]))
    assert found is not None
    assert found.platform_id == "7"
    pictured = client.find(threads.outgoing())
    assert pictured is not None
    assert pictured.platform_id == "8"
    assert client.find(threads.outgoing(text="Lain", images=[])) is None


def test_too_many_posts_since_leave_it_unknown(server: Server) -> None:
    numbers = iter(range(99))

    def page(received: Received) -> Reply:
        paging = {"cursors": {"after": f"c{next(numbers)}"}, "next": "https://x"}
        return Reply(200, {"data": [threads.thread(text="Lain")], "paging": paging})

    server.on(threads.POSTS, page)
    with pytest.raises(Unavailable, match="Too many"):
        threads.client(server).find(threads.outgoing(images=[]))


# Refusals and tokens


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, threads.error(190, "Invalid", error_subcode=458), AuthRevoked),
        (500, threads.error(190, "Invalid"), AuthRevoked),
        (400, threads.error(190, "Over", error_subcode=463), AuthRevoked),
        (400, threads.error(10, "no permission"), PermissionMissing),
        (400, threads.error(4, "limit"), RateLimited),
        (500, threads.error(32, "limit"), RateLimited),
        (400, threads.error(2, "x", is_transient=True), UnknownOutcome),
        (500, threads.error(2, "x", is_transient=True), UnknownOutcome),
        (400, threads.error(100, "THREADS_API__LINK_LIMIT_EXCEEDED"), Refused),
        (400, threads.error(100, "x", error_subcode=4_279_013), OperatorNeeded),
        (404, b"<html>", NotFound),
        (200, {"id": "../1"}, UnknownOutcome),
    ],
    ids=repr,
)
def test_a_refusal_is_understood_by_its_envelope(
    server: Server, status: int, body: Any, kind: type[PlatformError]
) -> None:
    threads.good(server)
    server.on(threads.PUBLISH, Reply(status, body))
    with pytest.raises(PlatformError) as caught:
        threads.client(server).publish(threads.outgoing())
    assert type(caught.value) is kind
    assert len(server.calls(threads.PUBLISH)) == 1


def test_a_passing_failure_of_a_read_is_tried_again_whatever_its_status(server: Server) -> None:
    threads.good(server)
    good = server.answer_of(threads.PROFILE)
    server.on(threads.PROFILE, Reply(400, threads.error(2, "x", is_transient=True)), good)
    assert threads.client(server).profile().handle == "samudrakota"


def test_a_token_that_another_worker_renewed_is_used(server: Server) -> None:
    threads.good(server)
    store = threads.store()
    over = Reply(401, threads.error(190, "Over", error_subcode=463))

    def profile(received: Received) -> Reply:
        store.secret = {**store.load(), "access_token": "baru-oleh-yang-lain"}
        server.on(threads.PROFILE, Reply(200, {"id": "5", "username": "a"}))
        return over

    server.on(threads.PROFILE, profile)
    assert threads.client_of(server, store).profile().handle == "a"
    assert server.calls(threads.PROFILE)[1].headers["Authorization"].endswith("baru-oleh-yang-lain")


def test_a_token_is_renewed_when_it_is_a_week_old(server: Server) -> None:
    threads.good(server)
    young = (datetime.now(UTC) + timedelta(days=54)).isoformat()
    week_old = (datetime.now(UTC) + timedelta(days=52)).isoformat()
    threads.client(server, expires_at=young).renew()
    threads.client(server, expires_at="").renew()
    assert server.received == []
    store = threads.store(expires_at=week_old)
    threads.client_of(server, store).renew()
    kept = store.load()
    assert (kept["access_token"], kept["account_id"]) == (threads.SECRETS[1], threads.ACCOUNT)
    ends = datetime.fromisoformat(kept["expires_at"]) - datetime.now(UTC)
    assert ends == pytest.approx(timedelta(seconds=5_183_944), abs=timedelta(seconds=5))
    assert server.calls(threads.RENEW)[0].query["grant_type"] == ["th_refresh_token"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply(400, threads.error(190, "Over", error_subcode=463)), AuthRevoked),
        (Reply(500), Unavailable),
        (Reply(200, {"expires_in": 5}), BadAnswer),
        (Reply(200, threads.error(1, "x")), Unavailable),
    ],
)
def test_a_renewal_that_fails_loses_nothing(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(threads.RENEW, answer)
    store = threads.store(expires_at=datetime.now(UTC).isoformat())
    before = store.load()
    with pytest.raises(PlatformError) as caught:
        threads.client_of(server, store).renew()
    assert type(caught.value) is kind
    assert store.load() == before


def test_the_rights_of_a_token_are_asked_for(server: Server) -> None:
    def told(**facts: Any) -> None:
        server.on(threads.DEBUG, Reply(200, {"data": facts}))

    client = threads.client(server)
    told(is_valid=True, scopes=["threads_basic", "threads_content_publish"])
    client.check_can_publish()
    told(is_valid=True, scopes=["threads_basic"])
    with pytest.raises(PermissionMissing, match="threads_content_publish"):
        client.check_can_publish()
    told(is_valid=False)
    with pytest.raises(AuthRevoked):
        client.check_can_publish()


# Consent


def consent(server: Server) -> ThreadsAuthorisation:
    return ThreadsAuthorisation(threads.connection(server, MemoryStore()))


def test_consent_leads_to_a_long_token_and_the_account_behind_it(server: Server) -> None:
    threads.good(server)
    server.on(threads.SHORT, Reply(200, {"access_token": "pendek-123", "user_id": 78154620934812}))
    server.on(threads.LONG, Reply(200, {"access_token": threads.SECRETS[1], "expires_in": 5183944}))
    asking = consent(server)
    address = asking.address(redirect_uri="https://app.example/back", state="s-1", verifier="")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": ["aplikasi"],
        "redirect_uri": ["https://app.example/back"],
        "scope": ["threads_basic,threads_content_publish,threads_manage_insights,threads_delete"],
        "response_type": ["code"],
        "state": ["s-1"],
    }
    secret = asking.exchange(code="c-1#_", redirect_uri="https://app.example/back", verifier="")
    assert form(server.calls(threads.SHORT)[0])["code"] == "c-1"
    assert server.calls(threads.LONG)[0].query["access_token"] == ["pendek-123"]
    assert (secret["access_token"], secret["account_id"]) == (threads.SECRETS[1], "78154620934812")
    (choice,) = asking.choices(secret)
    assert choice.platform_id == choice.secret["account_id"] == threads.ACCOUNT
    assert choice.secret["scope"] == "threads_basic"
    assert threads.SECRETS[1] not in repr(choice)


def test_a_consent_that_fails_tells_no_secret(server: Server) -> None:
    said = f"Bad {threads.SECRETS[2]} c-rahasia-12"
    server.on(threads.SHORT, Reply(400, threads.error(100, said)))
    with pytest.raises(Refused) as caught:
        consent(server).exchange(code="c-rahasia-12", redirect_uri="https://a", verifier="")
    assert threads.SECRETS[2] not in f"{caught.value!r} {vars(caught.value)!r}"
    assert "c-rahasia-12" not in f"{caught.value!r} {vars(caught.value)!r}"
    with pytest.raises(NotOffered):
        consent(server).revoke({})


def test_every_cost_is_of_a_quota_that_is_declared() -> None:
    assert {quota.name for quota in spec("threads").quotas} == {"threads posts", "threads deletes"}
