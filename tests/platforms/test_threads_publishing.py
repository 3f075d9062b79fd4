"""Publishing on Threads through containers, and finding what became of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from govsocial.platforms.errors import (
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from tests.gathering import each
from tests.platforms import threads_stage as threads
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.test_http import NOW

# Publishing


def test_a_text_is_published_through_a_container(server: Server) -> None:
    threads.good(server)
    kept: dict[str, str] = {}
    post = threads.outgoing(images=[], link="https://samudrakota.example", keep=kept.update)
    published = threads.client(server).publish(post)
    assert threads.form(server.calls(threads.MAKE)[0]) == {
        "media_type": "TEXT",
        "text": "Halo",
        "link_attachment": "https://samudrakota.example",
    }
    assert threads.form(server.calls(threads.PUBLISH)[0]) == {"creation_id": threads.CONTAINER_ID}
    assert kept.pop(ASKED_AT)
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
    image, film, first, second, carousel = (threads.form(one) for one in server.calls(threads.MAKE))
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
    assert threads.form(server.calls(threads.PUBLISH)[0]) == {"creation_id": threads.CONTAINER_ID}


@pytest.mark.parametrize(
    "answer", [threads.status("EXPIRED"), threads.status("ERROR"), threads.GONE]
)
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
    children = threads.form(server.calls(threads.MAKE)[-1])["children"]
    assert children == f"5,{threads.CONTAINER_ID}"
    assert kept.pop(ASKED_AT)
    assert kept == {"container.1": threads.CONTAINER_ID, "container": threads.CONTAINER_ID}


def test_published_too_early_is_certainly_not_out(server: Server) -> None:
    threads.good(server)
    server.on(threads.PUBLISH, Reply(400, threads.error(24, "x", error_subcode=4_279_009)))
    with pytest.raises(Unavailable):
        threads.client(server).publish(threads.outgoing())


def test_a_spent_day_is_seen_before_anything_is_made(server: Server) -> None:
    threads.good(server)
    server.on(threads.LIMIT, threads.limit(250))
    with pytest.raises(RateLimited) as caught:
        threads.client(server).publish(threads.outgoing())
    assert caught.value.retry_after == 3600
    assert server.calls(threads.MAKE) == []
    server.on(threads.LIMIT, Reply(200, {"data": []}))
    threads.client(server).publish(threads.outgoing())


@each(
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


@each("step", range(4))
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
    server.on("DELETE /v1.0/2", threads.GONE)
    client = threads.client(server)
    client.delete(threads.POST_ID)
    client.delete("2")
    client.delete("../2")
    assert len(server.received) == 2
    server.on(threads.DELETE, Reply(403, threads.error(10, "no permission")))
    with pytest.raises(PermissionMissing):
        client.delete(threads.POST_ID)


# Finding


@each("status", ["FINISHED", "IN_PROGRESS", "ERROR", "EXPIRED"])
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
