"""No secret and no body in a message, a log record or the chain of an exception."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Callable, Iterator

import pytest

from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.feed.client import _Now
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Answer, Effect, Session
from govsocial.platforms.registry import connect, new_key
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server, raw_server
from tests.platforms.test_http import BROKEN, NOW

SECRET = "sEcr3t-t0ken-5f0d"


def test_what_shows_a_post_or_a_feed_shows_no_address_or_handle_of_it() -> None:
    where = f"https://media.example/{SECRET}"
    image = Image(data=b"", media_type="image/png", alt="", width=1, height=1, url=where)
    film = Video(
        size=1, media_type="video/mp4", seconds=1, width=1, height=1, read=lambda a, b: b"",
        url=where,
    )  # fmt: skip
    post = OutgoingPost(
        key="k", text="Halo", language="id", created_at=NOW, images=[image], video=film,
        handles={"upload": where},
    )  # fmt: skip
    now = _Now({"feed_url": where}, None)
    assert SECRET not in repr([image, film, post, now])


def chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def assert_nothing_leaked(error: PlatformError, caplog: pytest.LogCaptureFixture) -> None:
    for one in chain(error):
        assert SECRET not in f"{one!s} {one!r} {one.args!r} {vars(one)!r}"
    assert SECRET not in "".join(traceback.format_exception(error))
    for record in caplog.records:
        assert SECRET not in f"{record.getMessage()} {vars(record)!r}"


def send_with_secrets(session: Session) -> Answer:
    return session.send(
        "POST",
        "/path",
        effect=Effect.PUBLISH,
        token=SECRET,
        params={"access_token": SECRET},
        json={"password": SECRET},
    )


def echo(status: int) -> Callable[[Received], Reply]:
    def answer(received: Received) -> Reply:
        body = {"error": SECRET, "message": received.headers.get("Authorization", "")}
        return Reply(status, body, {"Location": f"https://evil.example/{SECRET}", "X": SECRET})

    return answer


@each("status", [302, 303, 409, 429, 500, 503])
def test_a_failure_says_nothing_that_was_sent_or_echoed(
    server: Server, session: Session, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("POST /path", echo(status))
    with pytest.raises(PlatformError) as caught:
        send_with_secrets(session)
    assert_nothing_leaked(caught.value, caplog)
    assert SECRET in str(server.received[0].query)


def test_a_redirect_that_echoes_a_secret_into_a_path_is_not_shown(
    server: Server, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("GET /path", Reply(302, headers={"Location": f"/{SECRET}"}))
    server.on(f"GET /{SECRET}", Reply(500))
    with pytest.raises(PlatformError, match="/path") as caught:
        session.send("GET", "/path", effect=Effect.READ, token=SECRET)
    assert_nothing_leaked(caught.value, caplog)


@each("talk", BROKEN)
def test_a_broken_connection_says_nothing_that_was_sent(
    talk: Callable[[socket.socket], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with raw_server(talk) as host:
        session = Session(f"http://{host}", guard=Guard({host}), timing=QUICK)
        with pytest.raises(PlatformError) as caught:
            session.send("POST", "/", effect=Effect.PUBLISH, total=0.2, token=SECRET)
    assert list(chain(caught.value)) == [caught.value]
    assert_nothing_leaked(caught.value, caplog)


def test_a_token_that_cannot_be_sent_is_not_shown(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PlatformError) as caught:
        session.send("GET", "/", effect=Effect.READ, token=f"{SECRET}\n")
    assert_nothing_leaked(caught.value, caplog)


def test_the_log_has_the_outcome_and_no_query(
    server: Server, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("POST /path", Reply(200, {"token": SECRET}))
    answer = send_with_secrets(session)
    (record,) = [one for one in caplog.records if one.name == "govsocial.platforms"]
    assert record.getMessage().startswith("POST 127.0.0.1/path: 200 in ")
    assert vars(record)["platform_status"] == 200
    assert vars(record)["platform_path"] == "/path"
    assert all(SECRET not in repr(vars(one)) for one in caplog.records)
    assert SECRET not in repr(answer)


@each("status", [200, 400, 401, 403, 404, 413, 422, 429, 500])
@each("platform", ["bluesky", "mastodon"])
def test_a_client_says_nothing_of_its_secrets_or_of_an_answer(
    server: Server, caplog: pytest.LogCaptureFixture, platform: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    for route in (
        "GET /api/v2/instance",
        "POST /api/v1/statuses",
        "GET /api/v1/accounts/verify_credentials",
        "POST /xrpc/com.atproto.server.createSession",
        "POST /xrpc/com.atproto.server.refreshSession",
        "POST /xrpc/com.atproto.repo.putRecord",
        "GET /xrpc/app.bsky.actor.getProfile",
    ):
        server.on(route, echo(status))
    for store in (
        MemoryStore(access_token=SECRET, app_password=SECRET),
        MemoryStore(access_token=SECRET, access_jwt=SECRET, refresh_jwt=SECRET, did="did:plc:a"),
    ):
        client = connect(
            platform,
            host=server.base,
            handle="kota.example",
            secrets=store,
            allowed_private={server.host},
            timing=QUICK,
        )
        post = OutgoingPost(key=new_key(platform, NOW), text="Halo", language="id", created_at=NOW)
        with pytest.raises(PlatformError) as published:
            client.publish(post)
        assert_nothing_leaked(published.value, caplog)
        with pytest.raises(PlatformError) as read:
            client.profile()
        assert_nothing_leaked(read.value, caplog)
        assert SECRET not in repr(client)
