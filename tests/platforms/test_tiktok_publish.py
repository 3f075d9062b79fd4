"""TikTok publishes by itself some time after it was asked; nothing is asked for twice."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, PlatformClient
from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    HostRefused,
    NotOut,
    NotReached,
    OperatorNeeded,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.tiktok.publishing import ASKED_AT, LAST_PART, LOOKS, PUBLISH_ID, UPLOAD
from tests.platforms import tiktok_stage as stage
from tests.platforms.fakes import Reply, Reset, Server

PART = 10_000_000


@pytest.fixture
def client(server: Server) -> PlatformClient:
    stage.good(server)
    return stage.client(server)


def film_post(size: int = 40, **changes: Any) -> OutgoingPost:
    return stage.outgoing(images=(), video=stage.film(bytes(size)), **changes)


def test_photos_are_asked_for_with_everything_that_was_approved(
    server: Server, client: PlatformClient
) -> None:
    kept: list[tuple[int, dict[str, str]]] = []

    def keep(handles: Any) -> None:
        kept.append((len(server.calls(stage.PUBLISH)), dict(handles)))

    images = (stage.photo(1), stage.photo(2))
    published = client.publish(stage.outgoing(title="Loket", images=images, keep=keep))
    (asked,) = server.calls(stage.PUBLISH)
    assert asked.json() == {
        "post_mode": "DIRECT_POST",
        "media_type": "PHOTO",
        "post_info": {
            "title": "Loket",
            "description": "Loket buka Sabtu.",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_comment": False,
            "auto_add_music": False,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": 0,
            "photo_images": [image.url for image in images],
        },
    }
    # Before the request, that it is made; after it, what TikTok calls it.
    assert [(calls, sorted(handles)) for calls, handles in kept] == [
        (0, [ASKED_AT, PUBLISH_ID]),
        (1, [PUBLISH_ID]),
    ]
    assert kept[0][1][PUBLISH_ID] == ""
    assert kept[1][1][PUBLISH_ID] == stage.PUBLISH_ID
    assert published.platform_id == "7663542984343883021"
    assert published.sent == asked.json()


def test_a_small_film_is_sent_in_one_part(server: Server, client: PlatformClient) -> None:
    handles: dict[str, str] = {}
    published = client.publish(film_post(keep=handles.update))
    (asked,) = server.calls(stage.BEGIN_FILM)
    assert asked.json() == {
        "post_info": {
            "title": "Loket buka Sabtu.",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_comment": False,
            "disable_duet": True,
            "disable_stitch": False,
        },
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": 40,
            "chunk_size": 40,
            "total_chunk_count": 1,
        },
    }
    (part,) = server.calls(stage.UPLOAD)
    assert part.headers["Content-Range"] == "bytes 0-39/40"
    assert part.headers["Content-Type"] == "video/mp4"
    assert part.query["upload_token"] == [stage.UPLOAD_TOKEN]
    assert "Authorization" not in part.headers
    assert handles[PUBLISH_ID] == handles[LAST_PART] == stage.FILM_ID
    assert handles[UPLOAD] == stage.upload_url(server)
    assert published.permalink == f"{server.base}/@samudrakota/video/7663542984343883021"


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        (PART - 1, [PART - 1]),
        (PART, [PART]),
        (2 * PART - 1, [2 * PART - 1]),
        (2 * PART, [PART, PART]),
        (2 * PART + 1, [PART, PART + 1]),
        (35_000_000, [PART, PART, 15_000_000]),
    ],
)
def test_a_large_film_is_sent_in_whole_parts_and_the_last_takes_the_rest(
    server: Server, client: PlatformClient, size: int, parts: list[int]
) -> None:
    server.on(stage.UPLOAD, *[Reply(206)] * (len(parts) - 1), Reply(201))
    steps: list[int] = []
    client.publish(film_post(size, before_step=lambda: steps.append(len(server.received))))
    source = server.calls(stage.BEGIN_FILM)[0].json()["source_info"]
    assert source["total_chunk_count"] == len(parts) == size // source["chunk_size"]
    sent = server.calls(stage.UPLOAD)
    assert [len(one.body) for one in sent] == parts
    ends = [sum(parts[: number + 1]) for number in range(len(parts))]
    assert [one.headers["Content-Range"] for one in sent] == [
        f"bytes {end - length}-{end - 1}/{size}" for length, end in zip(parts, ends, strict=True)
    ]
    assert steps == [0, 0, *range(1, len(parts) + 2)]


@pytest.mark.parametrize(
    ("creator", "kind"),
    [
        ({"privacy_level_options": ["SELF_ONLY"]}, OperatorNeeded),
        ({"privacy_level_options": ["FOLLOWER_OF_CREATOR", "SELF_ONLY"]}, OperatorNeeded),
        ({"max_video_post_duration_sec": 20}, Refused),
    ],
)
def test_what_the_account_may_not_post_now_is_not_begun(
    server: Server, client: PlatformClient, creator: dict[str, Any], kind: type[PlatformError]
) -> None:
    server.on(stage.CREATOR, stage.ok(stage.creator(**creator)))
    with pytest.raises(kind):
        client.publish(film_post())
    assert server.calls(stage.BEGIN_FILM) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"images": ()},
        {"text": "x" * 2201},
        {"text": "😀" * 1101},
        {"title": "x" * 91},
        {"images": [stage.photo(n) for n in range(36)]},
        {"images": [stage.photo(media_type="image/png")]},
        {"video": stage.film()},
        {"images": (), "video": stage.film(seconds=2)},
        {"images": (), "video": stage.film(media_type="video/x-flv")},
    ],
    ids=range(9),
)
def test_what_tiktok_does_not_take_is_not_sent(
    server: Server, client: PlatformClient, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused):
        client.publish(stage.outgoing(**changes))
    assert server.received == []


def test_a_caption_of_exactly_the_length_is_sent(client: PlatformClient) -> None:
    client.publish(film_post(text="😀" * 1100))


def test_the_title_of_a_film_is_not_sent(server: Server, client: PlatformClient) -> None:
    client.publish(film_post(title="Judul untuk YouTube " * 5))
    assert b"Judul" not in server.calls(stage.BEGIN_FILM)[0].body


def test_photos_without_a_public_address_are_refused(
    server: Server, client: PlatformClient
) -> None:
    images = (stage.photo(1), stage.photo(2, url=None))
    with pytest.raises(Refused):
        client.publish(stage.outgoing(images=images))
    assert server.calls(stage.PUBLISH) == []
    # A film is sent, not fetched.
    client.publish(film_post())


def test_a_film_is_not_sent_to_another_server(server: Server, client: PlatformClient) -> None:
    for address in ("https://evil.example/video/?upload_token=x", "http://10.0.0.1/", "x"):
        begun = stage.ok({"publish_id": stage.FILM_ID, "upload_url": address})
        server.on(stage.BEGIN_FILM, begun)
        with pytest.raises(HostRefused):
            client.publish(film_post())
    assert server.calls(stage.UPLOAD) == []


# How it ends


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Reply(503), Unavailable),
        (Reset(), Unavailable),
        (stage.error("internal_error", 200), Unavailable),
        (stage.error("spam_risk_too_many_posts", 403), RateLimited),
    ],
)
def test_an_unclear_request_for_an_upload_puts_nothing_out(
    server: Server, client: PlatformClient, fault: Reply, kind: type[PlatformError]
) -> None:
    server.on(stage.BEGIN_FILM, fault)
    kept: list[Any] = []
    with pytest.raises(kind):
        client.publish(film_post(keep=kept.append))
    assert kept == []
    assert server.calls(stage.UPLOAD) == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Reply(503), UnknownOutcome), (Reset(), UnknownOutcome), (Reply(416), Unavailable)],
)
def test_an_unclear_last_part_is_asked_about(
    server: Server, client: PlatformClient, fault: Reply, kind: type[PlatformError]
) -> None:
    server.on(stage.UPLOAD, fault)
    with pytest.raises(PlatformError) as caught:
        client.publish(film_post())
    assert type(caught.value) is kind
    assert len(server.calls(stage.UPLOAD)) == 1


@pytest.mark.parametrize("fault", [Reply(503), Reset(), Reply(403)])
def test_a_part_that_is_not_the_last_puts_nothing_out(
    server: Server, client: PlatformClient, fault: Reply
) -> None:
    server.on(stage.UPLOAD, fault)
    handles: dict[str, str] = {}
    with pytest.raises(Unavailable):
        client.publish(film_post(2 * PART, keep=handles.update))
    assert LAST_PART not in handles


@pytest.mark.parametrize("error", ["", None, {}, {"code": ""}, {"code": 0}, {"code": "ok"}])
def test_photos_that_tiktok_took_are_taken_whatever_stands_for_no_error(
    server: Server, client: PlatformClient, error: object
) -> None:
    answer = {"data": {"publish_id": stage.PUBLISH_ID}, "error": error}
    server.on(stage.PUBLISH, Reply(200, answer))
    kept: dict[str, str] = {}
    client.publish(stage.outgoing(keep=kept.update))
    assert kept[PUBLISH_ID] == stage.PUBLISH_ID
    server.on(stage.PUBLISH, Reply(200, {"data": {}, "error": error}))
    with pytest.raises(UnknownOutcome):
        client.publish(stage.outgoing())


@pytest.mark.parametrize(
    "fault", [stage.error("internal_error", 200), Reply(502), stage.ok({"publish_id": ""})]
)
def test_an_unclear_request_for_photos_may_be_out(
    server: Server, client: PlatformClient, fault: Reply
) -> None:
    server.on(stage.PUBLISH, fault)
    with pytest.raises(UnknownOutcome):
        client.publish(stage.outgoing())
    assert len(server.calls(stage.PUBLISH)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        stage.progress("PROCESSING_UPLOAD"),
        stage.progress("PROCESSING_DOWNLOAD"),
        stage.progress("SEND_TO_USER_INBOX"),
        stage.progress("STATE_OF_TOMORROW"),
        Reply(500),
        stage.EXPIRED,
        stage.LIMITED,
        stage.error("invalid_publish_id"),
    ],
    ids=range(8),
)
def test_a_post_that_is_not_out_yet_is_unknown_after_a_few_looks(
    server: Server, answer: Reply
) -> None:
    stage.good(server)
    server.on(stage.STATUS, answer)
    waits: list[float] = []
    client = stage.client_of(server, stage.store(), sleep=waits.append)
    with pytest.raises(UnknownOutcome):
        client.publish(stage.outgoing())
    assert [0.0, *waits] == list(LOOKS)
    assert len(server.calls(stage.PUBLISH)) == 1


def test_a_post_is_looked_at_until_it_is_out(server: Server) -> None:
    stage.good(server)
    server.on(stage.STATUS, stage.progress("PROCESSING_UPLOAD"), Reply(503), stage.done(9 * 10**18))
    waits: list[float] = []
    client = stage.client_of(server, stage.store(), sleep=waits.append)
    assert client.publish(film_post()).platform_id == "9000000000000000000"
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ([7663542984343883021], "7663542984343883021"),
        (["7663542984343883021"], "7663542984343883021"),
        (7663542984343883021, "7663542984343883021"),
        ([1, 2], "1"),
        # Without an id yet, it is looked for among the latest posts.
        ([], stage.video(1)["id"]),
        (None, stage.video(1)["id"]),
    ],
)
def test_the_id_of_a_post_comes_in_any_form_or_not_yet(
    server: Server, client: PlatformClient, ids: Any, found: str
) -> None:
    server.on(stage.STATUS, stage.progress("PUBLISH_COMPLETE", publicaly_available_post_id=ids))
    assert client.publish(stage.outgoing()).platform_id == found


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("file_format_check_failed", Refused),
        ("duration_check_failed", Refused),
        ("frame_rate_check_failed", Refused),
        ("picture_size_check_failed", Refused),
        ("spam_risk_text", Refused),
        ("publish_cancelled", Refused),
        (None, Refused),
        ("photo_pull_failed", Unavailable),
        ("video_pull_failed", Unavailable),
        ("internal", Unavailable),
        ("auth_removed", AuthRevoked),
        ("spam_risk_too_many_posts", RateLimited),
        ("spam_risk_user_banned_from_posting", AccountBlocked),
    ],
)
def test_each_reason_of_a_failure_has_its_meaning(
    server: Server, client: PlatformClient, reason: str | None, kind: type[PlatformError]
) -> None:
    server.on(stage.STATUS, stage.progress("FAILED", fail_reason=reason))
    with pytest.raises(PlatformError) as caught:
        client.publish(stage.outgoing())
    assert type(caught.value) is kind
    # To whoever asks later, too; what may be tried again is then safe to send.
    post = stage.outgoing(handles={PUBLISH_ID: stage.PUBLISH_ID})
    if kind.permanent:
        with pytest.raises(NotOut) as certain:
            client.find(post)
        assert type(certain.value.reason) is kind
        assert str(certain.value) == str(caught.value)
    else:
        assert client.find(post) is None


def test_a_sender_that_was_given_up_asks_for_nothing_more(
    server: Server, client: PlatformClient
) -> None:
    def give_up() -> None:
        if server.calls(stage.CREATOR):
            raise NotReached("This sender has been given up.")

    with pytest.raises(NotReached):
        client.publish(stage.outgoing(before_step=give_up))
    assert server.calls(stage.PUBLISH) == []
