from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, PostKind
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from govsocial.platforms.mastodon.client import MastodonClient
from govsocial.platforms.registry import connect, new_key
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

INSTANCE = "GET /api/v2/instance"
ME = "GET /api/v1/accounts/verify_credentials"
OWN = "GET /api/v1/accounts/42/statuses"
PUBLISH = "POST /api/v1/statuses"
BY_ID = "GET /api/v1/statuses"
MEDIA = "POST /api/v2/media"
ACCOUNT = {"id": "42", "username": "kota", "url": "https://s.example/@kota", "followers_count": 9}
IMAGE = Image(data=b"png", media_type="image/png", alt="Peta banjir", width=4, height=3)


@pytest.fixture
def client(server: Server) -> PlatformClient:
    server.on(ME, Reply(200, ACCOUNT))
    return connect(
        "mastodon",
        host=server.base,
        handle="kota",
        secrets=MemoryStore(access_token="token-1"),
        allowed_private={server.host},
        timing=QUICK,
    )


@pytest.fixture
def patient(server: Server) -> tuple[MastodonClient, list[float]]:
    waits: list[float] = []
    session = Session(server.base, guard=Guard({server.host}), timing=QUICK)
    store = MemoryStore(access_token="token-1")
    return MastodonClient(session=session, secrets=store, sleep=waits.append), waits


def post(text: str = "Halo", **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("mastodon", NOW),
        "text": text,
        "language": "id",
        "created_at": NOW,
        **changes,
    }
    return OutgoingPost(**values)


def status(number: int, content: str = "<p>Halo</p>", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": "2026-11-23T01:00:05.000Z",
        "url": f"https://s.example/@kota/{number}",
        "content": content,
        "media_attachments": [],
        "favourites_count": 2,
        "replies_count": 0,
        **changes,
    }


def test_the_profile_has_its_counters_and_hidden_ones_are_not_given(
    server: Server, client: PlatformClient
) -> None:
    profile = client.profile()
    assert (profile.platform_id, profile.handle) == ("42", f"kota@{server.host}")
    assert (profile.followers, profile.following, profile.posts) == (9, None, None)
    assert profile.definition == "mastodon/1"
    server.on(ME, Reply(200, {**ACCOUNT, "followers_count": -1, "statuses_count": 0}))
    profile = client.profile()
    assert (profile.followers, profile.posts) == (None, 0)
    assert server.received[0].headers["Authorization"] == "Bearer token-1"


def test_a_link_that_a_server_invents_is_not_passed_on(
    server: Server, client: PlatformClient
) -> None:
    server.on(ME, Reply(200, {**ACCOUNT, "url": "javascript:alert(1)"}))
    assert client.profile().url == f"{server.base}/@kota"


def test_a_status_is_sent_with_its_key_language_and_images(
    server: Server, client: PlatformClient
) -> None:
    server.on(MEDIA, Reply(200, {"id": "m1"}))
    server.on(PUBLISH, Reply(200, status(7)))
    outgoing = post(images=[IMAGE])
    published = client.publish(outgoing)
    (upload,) = server.calls(MEDIA)
    assert b'name="description"' in upload.body
    assert b"Peta banjir" in upload.body
    assert b'filename="image.png"' in upload.body
    (sent,) = server.calls(PUBLISH)
    assert sent.headers["Idempotency-Key"] == outgoing.key
    assert sent.json() == {
        "status": "Halo",
        "visibility": "public",
        "language": "id",
        "media_ids": ["m1"],
    }
    assert (published.platform_id, published.permalink) == ("7", "https://s.example/@kota/7")
    assert published.sent == sent.json()
    assert published.response["id"] == "7"


def test_an_image_is_waited_for_until_it_is_processed(
    server: Server, patient: tuple[MastodonClient, list[float]]
) -> None:
    client, waits = patient
    server.on(MEDIA, Reply(202, {"id": "m1", "url": None}))
    server.on("GET /api/v1/media/m1", Reply(206, {"id": "m1"}), Reply(200, {"id": "m1"}))
    server.on(PUBLISH, Reply(200, status(7)))
    client.publish(post(images=[IMAGE]))
    assert waits == [0.5, 1.0]


def test_an_image_that_is_never_ready_publishes_nothing(
    server: Server, patient: tuple[MastodonClient, list[float]]
) -> None:
    client, waits = patient
    server.on(MEDIA, Reply(202, {"id": "m1"}))
    server.on("GET /api/v1/media/m1", Reply(206, {"id": "m1"}))
    with pytest.raises(Unavailable):
        client.publish(post(images=[IMAGE]))
    assert 60 <= sum(waits) < 70
    assert server.calls(PUBLISH) == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [(Reply(500), Unavailable), (Reply(422, {"error": "x"}), Refused), (Reply(200, []), BadAnswer)],
)
def test_a_failed_upload_published_nothing(
    server: Server, client: PlatformClient, reply: Reply, error: type[PlatformError]
) -> None:
    server.on(MEDIA, reply)
    with pytest.raises(error):
        client.publish(post(images=[IMAGE]))
    assert server.calls(PUBLISH) == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(500, b"<html>"), UnknownOutcome),
        (Reply(200, b"<html>"), UnknownOutcome),
        (Reply(200, b'"published"'), UnknownOutcome),
        (Reply(200, {"id": "7"}), UnknownOutcome),
        (Reply(422, {"error": "Validation failed"}), Refused),
        (Reply(422, {"error": "Files have not finished processing."}), Unavailable),
        (Reply(422, b'"a bare string"'), Refused),
        (Reply(401, {"error": "The access token is invalid"}), AuthRevoked),
        (Reply(400, b"Invalid Bearer token"), AuthRevoked),
        (Reply(403, {"error": "outside the authorized scopes"}), PermissionMissing),
        (Reply(404, {"error": "Record not found"}), NotFound),
        (Reply(410, {"error": "Gone"}), NotFound),
        (Reply(404, b"<!DOCTYPE html>"), UnknownOutcome),
        (Reply(413, b"<html>"), Refused),
        (Reply(429, {"error": "Too many requests"}), RateLimited),
    ],
)
def test_only_an_unclear_answer_leaves_a_status_unknown(
    server: Server, client: PlatformClient, reply: Reply, error: type[PlatformError]
) -> None:
    server.on(PUBLISH, reply)
    with pytest.raises(PlatformError) as caught:
        client.publish(post())
    assert type(caught.value) is error
    assert len(server.calls(PUBLISH)) == 1


def test_the_limits_are_those_of_the_server_asked_once(
    server: Server, client: PlatformClient
) -> None:
    server.on(PUBLISH, Reply(200, status(7)))
    server.on(
        INSTANCE,
        Reply(
            200,
            {
                "configuration": {
                    "statuses": {"max_characters": 10, "characters_reserved_per_url": 5},
                    "media_attachments": {"supported_mime_types": ["image/png", "video/mp4"]},
                }
            },
        ),
    )
    with pytest.raises(Refused, match="11 characters"):
        client.publish(post("a" * 11))
    client.publish(post("abcd https://example.org/long/path"))
    assert len(server.calls(INSTANCE)) == 1
    assert client.limits.images == 4
    assert client.limits.image_types == {"image/png"}


@pytest.mark.parametrize(
    ("reply", "too_long"),
    [
        (Reply(404, {"error": "Not Found"}), Refused),
        (Reply(200, b"<html>"), Refused),
        (Reply(404, b"<html>"), NotFromPlatform),
    ],
)
def test_a_server_that_does_not_tell_its_limits_has_the_usual_ones(
    server: Server, client: PlatformClient, reply: Reply, too_long: type[PlatformError]
) -> None:
    server.on(INSTANCE, reply)
    server.on(PUBLISH, Reply(200, status(7)))
    client.publish(post("a" * 500))
    with pytest.raises(too_long):
        client.publish(post("a" * 501))
    assert len(server.calls(PUBLISH)) == 1


def test_own_statuses_come_page_by_page_along_the_link_header(
    server: Server, client: PlatformClient
) -> None:
    link = '<https://evil.example/?max_id=5>; rel="next", <https://x/?min_id=9>; rel="prev"'
    server.on(
        OWN,
        Reply(
            200,
            [
                status(9),
                status(8, in_reply_to_id="1"),
                status(7, visibility="direct"),
                status(6, reblog={"id": "1"}),
                status(5, visibility="private"),
            ],
            {"Link": link},
        ),
        Reply(200, []),
    )
    page = client.posts()
    assert [(one.platform_id, one.kind) for one in page.posts] == [
        ("9", PostKind.POST),
        ("8", PostKind.REPLY),
    ]
    first = page.posts[0]
    assert (first.likes, first.comments, first.shares, first.quotes) == (2, 0, None, None)
    assert (first.views, first.saves) == (None, None)
    assert (first.text, first.permalink) == ("Halo", "https://s.example/@kota/9")
    assert page.next_cursor == "5"
    assert client.posts(cursor="5").next_cursor is None
    first_call, second_call = server.calls(OWN)
    assert first_call.query["exclude_reblogs"] == ["true"]
    assert second_call.query["max_id"] == ["5"]


def test_metrics_are_read_in_one_call_where_the_server_can(
    server: Server, client: PlatformClient
) -> None:
    def answer(received: Received) -> Reply:
        ids = received.query["id[]"]
        return Reply(200, [status(int(one)) for one in ids if one != "3"] + [status(999)])

    server.on(BY_ID, answer)
    found = client.metrics([str(number) for number in range(1, 26)])
    assert [one.platform_id for one in found] == [str(n) for n in range(1, 26) if n != 3]
    assert [len(call.query["id[]"]) for call in server.calls(BY_ID)] == [20, 5]


@pytest.mark.parametrize(
    "reply", [Reply(404, b"<html>"), Reply(405, {"error": "x"}), Reply(200, {"statuses": []})]
)
def test_metrics_are_read_one_by_one_where_the_server_cannot(
    server: Server, client: PlatformClient, reply: Reply
) -> None:
    server.on(BY_ID, reply)
    server.on("GET /api/v1/statuses/1", Reply(200, status(1)))
    server.on("GET /api/v1/statuses/3", Reply(200, status(3)))
    assert [one.platform_id for one in client.metrics(["1", "2", "3"])] == ["1", "3"]
    client.metrics(["1"])
    assert len(server.calls(BY_ID)) == 1


def test_an_outage_is_not_taken_for_deleted_statuses(
    server: Server, client: PlatformClient
) -> None:
    server.on(BY_ID, Reply(503))
    with pytest.raises(Unavailable):
        client.metrics(["1"])
    server.on(BY_ID, Reply(404))
    server.on("GET /api/v1/statuses/1", Reply(500))
    with pytest.raises(Unavailable):
        client.metrics(["1"])


def test_an_identifier_cannot_change_the_path(server: Server, client: PlatformClient) -> None:
    for name in ("../accounts", "1/../2", "1?x=1", "", "%2e"):
        with pytest.raises(Refused):
            client.metrics([name])


def test_a_sent_status_is_found_by_its_text_and_number_of_images(
    server: Server, client: PlatformClient
) -> None:
    outgoing = post("Siaga!\n\n@dinas@other.example lihat https://a.example/x", images=[IMAGE])
    content = (
        '<p>Siaga!</p><p><span class="h-card"><a href="https://other.example/@dinas" '
        'class="u-url mention">@<span>dinas</span></a></span> lihat <a href="https://a.example/x">'
        '<span class="invisible">https://</span><span>a.example/x</span></a></p>'
    )
    picture = [{"id": "m"}]
    server.on(
        OWN,
        Reply(
            200,
            [
                status(9, "<p>Lain</p>"),
                status(8, content, media_attachments=picture),
                status(7, content),
                status(6, content, media_attachments=picture),
                status(5, content, media_attachments=picture, created_at="2026-11-22T01:00:00Z"),
            ],
            {"Link": '<https://s.example/?max_id=5>; rel="next"'},
        ),
    )
    found = client.find(outgoing)
    assert found is not None
    assert found.platform_id == "6"
    assert client.find(post("Siaga!", images=[IMAGE])) is None
    assert client.find(post(outgoing.text)) is not None
    later = post(outgoing.text, images=[IMAGE], created_at=NOW + timedelta(minutes=10))
    assert client.find(later) is None
    assert all(call.method == "GET" for call in server.received)


def test_the_search_goes_on_to_older_pages_and_says_when_it_cannot_know(
    server: Server, client: PlatformClient
) -> None:
    def page(received: Received) -> Reply:
        number = int(received.query.get("max_id", ["100"])[0])
        content = "<p>Halo</p>" if number == 98 else "<p>Lain</p>"
        link = {"Link": f'<https://s.example/?max_id={number - 1}>; rel="next"'}
        created = "2026-11-23T01:00:05Z" if number > 97 else "2026-11-22T00:00:00Z"
        return Reply(200, [status(number, content, created_at=created)], link)

    server.on(OWN, page)
    found = client.find(post())
    assert found is not None
    assert found.platform_id == "98"
    with pytest.raises(Unavailable):
        client.find(post("Tidak ada", created_at=NOW - timedelta(days=30)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b'"a bare string"',
        {"error": "x"},
        [1],
        [{"id": "1"}],
        [status(1, favourites_count="2")],
        [status(1, created_at="yesterday")],
    ],
)
def test_a_list_of_another_shape_is_a_bad_answer(
    server: Server, client: PlatformClient, body: Any
) -> None:
    server.on(OWN, Reply(200, body))
    with pytest.raises(BadAnswer):
        client.posts()


def test_without_a_token_nothing_is_sent(server: Server) -> None:
    client = connect(
        "mastodon",
        host=server.base,
        handle="kota",
        secrets=MemoryStore(),
        allowed_private={server.host},
    )
    with pytest.raises(AuthRevoked):
        client.profile()
    assert server.received == []
