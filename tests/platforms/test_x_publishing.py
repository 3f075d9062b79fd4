"""Publishing on X: media in parts, one post, and finding it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govsocial.platforms.base import Image, Video
from govsocial.platforms.errors import (
    BudgetSpent,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT, PAGES_SEARCHED
from tests.gathering import each
from tests.platforms import x_stage as x
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.test_http import NOW

MEBIBYTE = 1024 * 1024


def film(size: int = 9 * MEBIBYTE, **changes: Any) -> Video:
    values: dict[str, Any] = {
        "size": size,
        "media_type": "video/mp4",
        "seconds": 30,
        "width": 1280,
        "height": 720,
        "read": lambda offset, length: b"f" * length,
        **changes,
    }
    return Video(**values)


def gif() -> Image:
    return Image(data=b"gif", media_type="image/gif", alt="", width=4, height=3)


# Publishing


def test_a_post_is_sent_as_it_was_approved(server: Server) -> None:
    x.good(server)
    text = "Siaga banjir 🌊\nhttps://samudrakota.example/siaga #Siaga"
    published = x.client(server).publish(x.outgoing(text=text))
    (call,) = server.calls(x.PUBLISH)
    assert call.json() == {"text": text, "media": {"media_ids": [x.MEDIA_ID]}}
    assert x.token(call) == f"Bearer {x.SECRETS[0]}"
    assert published.platform_id == "1991234567890123999"
    assert published.permalink == f"{server.base}/samudrakota/status/1991234567890123999"
    assert published.sent == call.json()


def test_a_link_goes_into_the_text_where_it_is_not_there_yet(server: Server) -> None:
    x.good(server)
    client = x.client(server)
    client.publish(x.outgoing(images=[], text="Baca", link="https://a.example/b"))
    client.publish(
        x.outgoing(images=[], text="Baca https://a.example/b", link="https://a.example/b")
    )
    client.publish(x.outgoing(text="", link=""))
    sent = [call.json() for call in server.calls(x.PUBLISH)]
    assert [one.get("text") for one in sent] == [
        "Baca\nhttps://a.example/b",
        "Baca https://a.example/b",
        None,
    ]
    with pytest.raises(Refused, match="281"):
        client.publish(x.outgoing(images=[], text="x" * 257, link="https://a.example/b"))


def test_a_film_is_sent_in_parts_and_waited_for(server: Server) -> None:
    x.good(server)
    waits: list[float] = []
    working = x.media(processing_info={"state": "pending", "check_after_secs": 5})
    server.on(x.FINISH, Reply(200, {"data": working}))
    server.on(
        x.STATUS,
        Reply(200, {"data": x.media(processing_info={"state": "in_progress"})}),
        Reply(200, {"data": x.media(processing_info={"state": "succeeded"})}),
    )
    client = x.client(server)
    client._sleep = waits.append
    client.publish(x.outgoing(images=[], video=film(alt="Liputan")))
    begin = server.calls(x.START)[0].json()
    assert begin == {
        "media_type": "video/mp4",
        "total_bytes": 9 * MEBIBYTE,
        "media_category": "tweet_video",
    }
    parts = server.calls(x.APPEND)
    assert [len(one.body) // MEBIBYTE for one in parts] == [4, 4, 1]
    for number, part in enumerate(parts):
        assert b'name="segment_index"\r\n\r\n%d\r\n' % number in part.body
    assert waits == [5, 2]
    assert server.calls(x.STATUS)[0].query == {"command": ["STATUS"], "media_id": [x.MEDIA_ID]}
    assert server.calls(x.DESCRIBE)[0].json()["metadata"] == {"alt_text": {"text": "Liputan"}}


def test_a_film_that_x_cannot_use_or_works_on_for_ever_is_not_posted(server: Server) -> None:
    x.good(server)
    failed = x.media(processing_info={"state": "failed", "error": {"name": "InvalidMedia"}})
    server.on(x.FINISH, Reply(200, {"data": failed}))
    with pytest.raises(Refused):
        x.client(server).publish(x.outgoing(images=[], video=film()))
    for_ever = Reply(200, {"data": x.media(processing_info={"state": "in_progress"})})
    server.on(x.FINISH, for_ever)
    server.on(x.STATUS, for_ever)
    with pytest.raises(Unavailable, match="still working"):
        x.client(server).publish(x.outgoing(images=[], video=film()))
    assert server.calls(x.PUBLISH) == []


def test_handles_are_kept_before_the_call_that_uses_them(server: Server) -> None:
    x.good(server)
    order: list[str] = []

    def note(name: str, answer: Reply) -> Any:
        def reply(received: Received) -> Reply:
            order.append(name)
            return answer

        return reply

    server.on(x.APPEND, note("append", Reply(200, {"data": {}})))
    server.on(x.PUBLISH, note("post", Reply(201, {"data": {"id": "7"}})))
    x.client(server).publish(x.outgoing(keep=lambda kept: order.extend(kept)))
    assert order == ["media.0", "append", "media.0.until", ASKED_AT, "post"]


def test_an_upload_that_is_good_still_is_not_sent_again(server: Server) -> None:
    x.good(server)
    later = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    soon = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    client = x.client(server)
    client.publish(x.outgoing(handles={"media.0": "77", "media.0.until": later}))
    assert server.calls(x.START) == []
    assert server.calls(x.PUBLISH)[0].json()["media"] == {"media_ids": ["77"]}
    for handles in (
        {"media.0": "77", "media.0.until": soon},
        {"media.0": "77"},
        {"media.0": "../7", "media.0.until": later},
    ):
        client.publish(x.outgoing(handles=handles))
    assert len(server.calls(x.START)) == 3


@each("step", range(6))
def test_a_sender_that_was_given_up_sends_nothing_more(server: Server, step: int) -> None:
    """Before each step in turn: the check, four of the upload, and the post itself."""
    x.good(server)
    steps = iter(range(99))

    def before() -> None:
        if next(steps) == step:
            raise PlatformError("given up")

    with pytest.raises(PlatformError, match="given up"):
        x.client(server).publish(x.outgoing(before_step=before))
    assert len(server.received) == max(step - 1, 0)
    assert server.calls(x.PUBLISH) == []


@each(
    "changes",
    [
        {"text": "x" * 281, "images": []},
        {"text": " ", "images": []},
        {"images": [x.IMAGE] * 5},
        {"images": [gif(), x.IMAGE]},
        {"images": [x.IMAGE], "video": film()},
        {"images": [], "video": film(seconds=141)},
        {"images": [], "video": film(width=100, height=900)},
        {"images": [], "video": film(media_type="video/webm")},
    ],
)
def test_what_x_does_not_take_is_refused_before_anything_is_sent(
    server: Server, changes: dict[str, Any]
) -> None:
    x.good(server)
    with pytest.raises(Refused):
        x.client(server).publish(x.outgoing(**changes))
    assert server.received == []


def test_a_second_post_with_the_same_text_is_refused_once_and_unknown_after_an_attempt(
    server: Server,
) -> None:
    x.good(server)
    said = "You are not allowed to create a Tweet with duplicate content."
    server.on(x.PUBLISH, x.plain(403, said))
    with pytest.raises(Refused) as caught:
        x.client(server).publish(x.outgoing(images=[]))
    assert caught.value.words.endswith("duplicate content.")
    with pytest.raises(UnknownOutcome):
        x.client(server).publish(x.outgoing(images=[], handles={ASKED_AT: NOW.isoformat()}))


def test_a_post_that_never_left_does_not_make_its_duplicate_look_like_its_own(
    server: Server,
) -> None:
    x.good(server)
    kept: dict[str, str] = {}
    with pytest.raises(BudgetSpent):
        x.client_of(server, x.store(), meter=x.Purse("0")).publish(
            x.outgoing(images=[], keep=kept.update)
        )
    assert server.calls(x.PUBLISH) == []
    said = "You are not allowed to create a Tweet with duplicate content."
    server.on(x.PUBLISH, x.plain(403, said))
    with pytest.raises(Refused):
        x.client(server).publish(x.outgoing(images=[], handles=kept))


def test_deleting_what_is_gone_is_no_failure(server: Server) -> None:
    server.on(f"{x.DELETE}7", Reply(200, {"data": {"deleted": True}}))
    server.on(f"{x.DELETE}8", x.plain(404, "Not Found"))
    client = x.client(server)
    client.delete("7")
    client.delete("8")
    with pytest.raises(Refused):
        client.delete("../8")
    assert len(server.received) == 2


# Finding


def shown(server: Server, *tweets: dict[str, Any], **meta: str) -> None:
    server.on(x.POSTS, Reply(200, {"data": list(tweets), "meta": meta}))


@each(
    ("sent", "read", "urls"),
    [
        ("A & B", "A &amp; B", []),
        ("Baca contoh.go.id/a ya", "Baca https://t.co/1 ya", ["http://contoh.go.id/a"]),
        ("Baca https://Contoh.go.id/A", "Baca https://t.co/1", ["https://contoh.go.id/A"]),
        ("Dua  spasi\nbaris", "Dua spasi baris", []),
    ],
)
def test_a_post_is_found_by_its_words(
    server: Server, sent: str, read: str, urls: list[str]
) -> None:
    entities = {"urls": [{"url": "https://t.co/1", "expanded_url": one} for one in urls]}
    shown(server, x.tweet("9", text=read, entities=entities))
    found = x.client(server).find(x.outgoing(text=sent, images=[]))
    assert found is not None
    assert found.platform_id == "9"
    assert x.client(server).find(x.outgoing(text=f"{sent}!", images=[])) is None
    assert x.client(server).find(x.outgoing(text=sent, images=[], taken={"9"})) is None
    assert x.client(server).find(x.outgoing(text=sent, images=[x.IMAGE])) is None


def test_a_post_is_found_by_its_media_whatever_its_words(server: Server) -> None:
    own = x.tweet("9", text="Lain", attachments={"media_keys": ["3_77"]})
    other = x.tweet("8", text="Halo", attachments={"media_keys": ["3_78"]})
    shown(server, own, other)
    found = x.client(server).find(x.outgoing(handles={"media.0": "77"}))
    assert found is not None
    assert found.platform_id == "9"
    assert x.client(server).find(x.outgoing(handles={"media.0": "79"})) is None


def test_the_oldest_since_the_attempt_is_the_post(server: Server) -> None:
    def at(minutes: float) -> str:
        return x.written(NOW + timedelta(minutes=minutes))

    shown(
        server,
        x.tweet("9", text="Halo", created_at=at(9), entities={}),
        x.tweet("8", text="Halo", created_at=at(1), entities={}),
        x.tweet("7", text="Halo", created_at=at(-9), entities={}),
    )
    found = x.client(server).find(x.outgoing(images=[]))
    assert found is not None
    assert found.platform_id == "8"
    (call,) = server.calls(x.POSTS)
    assert call.query["start_time"] == [(NOW - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")]


def test_too_many_posts_since_leave_it_unknown(server: Server) -> None:
    numbers = iter(range(99))

    def page(received: Received) -> Reply:
        token = f"t{next(numbers)}"
        return Reply(200, {"data": [x.tweet("9", text="Lain")], "meta": {"next_token": token}})

    server.on(x.POSTS, page)
    with pytest.raises(Unavailable, match="Too many"):
        x.client(server).find(x.outgoing(images=[]))
    assert len(server.received) == PAGES_SEARCHED
